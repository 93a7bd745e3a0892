"""Which time a point of history gets, and which batches become none."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from dockstats_core.fleet.history import CLOCK_OFF_S, HostRecorder
from dockstats_core.history.store import HistoryStore
from dockstats_core.messages.agent import ContainerSample
from tests.builders import NOW, batch, container_id

START = NOW.timestamp()


class Recording:
    """One host's recorder; times are seconds since NOW."""

    def __init__(self) -> None:
        self.store = HistoryStore()
        self.recorder = HostRecorder("heron", self.store)
        self._sequence = 0

    def record(self, sent: float, received: float | None = None, *, stale: bool = False) -> None:
        self._sequence += 1
        sample = ContainerSample(id=container_id(1), name="web-1", cpu_pct=1.0, stale=stale)
        sent_at = NOW + timedelta(seconds=sent)
        received_at = NOW + timedelta(seconds=sent if received is None else received)
        self.recorder.record(batch(self._sequence, sent_at=sent_at, containers=[sample]), received_at)

    def at(self, container: str | None = None, *, now: float = 100.0) -> list[float]:
        """When the points are, to the millisecond: what an answer shows."""
        return [round(at - START, 3) for at in self.store.answer("heron", container, now=START + now).at]


def test_point_has_the_time_of_the_figures_when_the_clocks_agree() -> None:
    recording = Recording()
    recording.record(1.0, 1.4)
    recording.record(2.0, 2.0 + CLOCK_OFF_S)
    assert recording.at() == recording.at(container_id(1)) == [1.0, 2.0]


def test_agent_whose_clock_is_off_gets_the_time_of_arrival() -> None:
    recording = Recording()
    recording.record(-3600.0, 1.0)
    recording.record(7200.0, 2.0)
    assert recording.at() == [1.0, 2.0]


def test_how_far_a_clock_is_behind_is_told_while_it_is_off() -> None:
    recording = Recording()
    behind = []
    for received, off in ((1.0, 0.0), (2.0, -3600.0), (3.0, 60.0), (4.0, 1.0)):
        recording.record(received + off, received)
        behind.append(recording.recorder.clock_behind.total_seconds())
    assert behind == [0, 3600, -60, 0]


def test_clock_found_off_is_trusted_again_at_half_the_difference() -> None:
    recording = Recording()
    recording.record(1.0, 1.0 + CLOCK_OFF_S + 0.1)
    recording.record(2.0, 2.0 + CLOCK_OFF_S - 0.1)
    assert recording.at() == [6.1, 6.9], "still off"
    recording.record(7.5, 7.5 + CLOCK_OFF_S / 2)
    assert recording.at() == [6.1, 6.9, 7.5]


def test_point_not_later_than_the_last_is_left_out() -> None:
    recording = Recording()
    for sent in (5.0, 5.0, 4.0, 6.0):
        recording.record(sent)
    assert recording.at() == [5.0, 6.0]


def test_history_starts_anew_when_our_own_clock_was_set_back() -> None:
    recording = Recording()
    recording.record(50.0)
    recording.record(50.0 - 2 * CLOCK_OFF_S - 0.1)
    assert recording.at() == [39.9]


def test_stale_figures_are_a_gap_not_a_point() -> None:
    recording = Recording()
    recording.record(1.0)
    recording.record(2.0, stale=True)
    recording.record(3.0)
    assert recording.at(container_id(1)) == [1.0, 3.0]
    assert recording.at() == [1.0, 3.0]


@given(st.lists(st.tuples(st.integers(0, 60_000), st.integers(-20_000, 20_000)), max_size=40))
def test_times_only_go_forward_whatever_the_clocks_do(arrivals: list[tuple[int, int]]) -> None:
    recording = Recording()
    for received_ms, off_ms in arrivals:
        recording.record((received_ms + off_ms) / 1000, received_ms / 1000)
    times = recording.at()
    assert times == sorted(set(times))
