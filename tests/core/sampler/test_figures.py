"""What is remembered between ticks: ages, staleness, gaps and restarts."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from dockstats_core.containers import Container
from dockstats_core.messages.agent import ContainerSample, UnknownReason
from dockstats_core.readings import Reading
from dockstats_core.sampler.figures import FigureLimits, Figures
from dockstats_core.sources.protocol import Failure
from tests.builders import NOW, container, container_id, reading

INTERVAL_S = 1.0
TIME_OUT = Failure(reason="time_out", detail="no answer within 5 s")


class Ticking:
    """Figures, and the seconds of their clock."""

    def __init__(self, limits: FigureLimits | None = None) -> None:
        self.figures = Figures(limits)

    def tick(
        self,
        at_s: float,
        outcome: Reading | Failure | None,
        *,
        of: Container | None = None,
        lost: UnknownReason | None = None,
        interval_s: float = INTERVAL_S,
    ) -> ContainerSample:
        """The only container's sample at `at_s`."""
        [sample] = self.figures.update(
            [of or container()],
            {} if outcome is None else {container_id(1): outcome},
            now_ns=round(at_s * 1e9),
            interval_s=interval_s,
            host_memory_bytes=8 * 2**30,
            lost=lost,
        )
        return sample


def test_a_first_reading_shows_memory_and_says_that_cpu_needs_two() -> None:
    sample = Ticking().tick(0, reading(mem_usage_bytes=1000))
    assert sample.mem_usage_bytes == 1000
    assert sample.cpu_pct is None
    assert sample.unknown["cpu"] == "first_sample"


def test_a_second_reading_gives_cpu_over_the_time_between_them() -> None:
    ticking = Ticking()
    ticking.tick(0, reading(cpu_ns=0))
    sample = ticking.tick(1, reading(at_s=1, cpu_ns=250_000_000))
    assert sample.cpu_pct == 25.0
    assert sample.age_secs == 0.0
    assert not sample.stale


def test_a_container_without_any_reading_says_so() -> None:
    sample = Ticking().tick(0, None)
    assert sample.cpu_pct is None
    assert sample.mem_bytes is None
    assert sample.age_secs is None
    assert set(sample.unknown.values()) == {"not_read_yet"}


def test_a_container_that_was_never_read_for_a_reason_gives_the_reason() -> None:
    assert set(Ticking().tick(0, TIME_OUT).unknown.values()) == {"time_out"}


def test_the_same_reading_again_grows_old_and_is_not_computed_anew() -> None:
    ticking = Ticking()
    ticking.tick(0, reading(cpu_ns=0))
    second = reading(at_s=1, cpu_ns=500_000_000)
    ticking.tick(1, second)
    sample = ticking.tick(2.5, second)
    assert sample.cpu_pct == 50.0
    assert sample.age_secs == 1.5
    assert not sample.stale


def test_a_figure_older_than_three_intervals_is_stale() -> None:
    ticking = Ticking()
    ticking.tick(0, reading())
    assert not ticking.tick(3.0, TIME_OUT).stale
    assert ticking.tick(3.1, TIME_OUT).stale


def test_below_two_seconds_nothing_is_stale_however_short_the_interval() -> None:
    ticking = Ticking()
    ticking.tick(0, reading(), interval_s=0.1)
    assert not ticking.tick(2.0, TIME_OUT, interval_s=0.1).stale
    assert ticking.tick(2.1, TIME_OUT, interval_s=0.1).stale


def test_a_figure_is_taken_back_after_a_minute_with_the_reason() -> None:
    ticking = Ticking()
    ticking.tick(0, reading(mem_usage_bytes=1000))
    assert ticking.tick(60, TIME_OUT).mem_usage_bytes == 1000
    sample = ticking.tick(60.1, TIME_OUT)
    assert sample.mem_usage_bytes is None
    assert set(sample.unknown.values()) == {"time_out"}


def test_a_long_interval_keeps_its_figures_longer() -> None:
    ticking = Ticking()
    ticking.tick(0, reading(mem_usage_bytes=1000), interval_s=300)
    assert ticking.tick(300, None, interval_s=300).mem_usage_bytes == 1000


def test_a_lost_engine_makes_every_figure_stale_at_once() -> None:
    ticking = Ticking()
    ticking.tick(0, reading(mem_usage_bytes=1000))
    sample = ticking.tick(0.5, None, lost="engine_unreachable")
    assert sample.stale
    assert sample.mem_usage_bytes == 1000
    assert ticking.tick(61, None, lost="engine_unreachable").unknown["memory"] == "engine_unreachable"


def test_a_reading_after_a_gap_starts_from_unknown() -> None:
    ticking = Ticking()
    ticking.tick(0, reading(cpu_ns=0))
    sample = ticking.tick(10.1, reading(at_s=10.1, cpu_ns=10**10))
    assert sample.cpu_pct is None
    assert sample.unknown["cpu"] == "gap"
    assert ticking.tick(11.1, reading(at_s=11.1, cpu_ns=2 * 10**10)).cpu_pct is not None


def test_a_restart_starts_from_unknown_even_if_counters_grew() -> None:
    ticking = Ticking()
    ticking.tick(0, reading(cpu_ns=100), of=container(started_at=NOW))
    restarted = container(started_at=NOW + timedelta(seconds=30))
    assert ticking.tick(1, reading(at_s=1, cpu_ns=500), of=restarted).unknown["cpu"] == "first_sample"


def test_a_start_time_that_only_becomes_exact_is_no_restart() -> None:
    ticking = Ticking()
    ticking.tick(0, reading(cpu_ns=0), of=container(started_at=NOW))
    exact = container(started_at=NOW + timedelta(milliseconds=400))
    assert ticking.tick(1, reading(at_s=1, cpu_ns=10**9), of=exact).cpu_pct == 100.0


def test_a_renamed_container_keeps_its_figures_under_its_new_name() -> None:
    ticking = Ticking()
    ticking.tick(0, reading(cpu_ns=0))
    sample = ticking.tick(1, reading(at_s=1, cpu_ns=10**9), of=container(name="api"))
    assert (sample.name, sample.cpu_pct) == ("api", 100.0)
    assert ticking.tick(1.1, None, of=container(name="api-2")).name == "api-2"


def test_a_container_that_left_is_forgotten() -> None:
    ticking = Ticking()
    ticking.tick(0, reading(cpu_ns=0))
    assert ticking.figures.update([], {}, now_ns=0, interval_s=1.0, host_memory_bytes=None) == []
    assert ticking.tick(1, reading(at_s=1, cpu_ns=10**9)).unknown["cpu"] == "first_sample"


def test_failures_of_a_tick_are_counted() -> None:
    ticking = Ticking()
    ticking.tick(0, TIME_OUT)
    assert ticking.figures.failures == 1
    ticking.tick(1, reading(at_s=1))
    assert ticking.figures.failures == 0


@given(
    st.lists(
        st.tuples(
            st.floats(0.01, 30),
            st.one_of(st.none(), st.just(TIME_OUT), st.integers(0, 10**12)),
        ),
        max_size=20,
    )
)
def test_whatever_comes_no_figure_is_negative_and_no_unknown_lacks_its_reason(
    steps: list[tuple[float, Failure | int | None]],
) -> None:
    ticking, at_s = Ticking(), 0.0
    for pause_s, step in steps:
        at_s += pause_s
        outcome = reading(at_s=at_s, cpu_ns=step) if isinstance(step, int) else step
        sample = ticking.tick(at_s, outcome)
        assert (sample.cpu_pct is None) == ("cpu" in sample.unknown)
        assert sample.cpu_pct is None or sample.cpu_pct >= 0
        assert sample.age_secs is None or sample.age_secs >= 0


def test_details_that_are_read_once_a_second_give_their_rates_at_every_tick() -> None:
    ticking = Ticking()
    ticking.tick(0, reading(block_writes=0))
    ticking.tick(0.9, structs.replace(reading(at_s=0.9, block_writes=0), details_ns=0))
    rates = [
        ticking.tick(at_s, structs.replace(reading(at_s=at_s, block_writes=50), details_ns=10**9)).block_writes_per_sec
        for at_s in (1.0, 1.5, 1.9)
    ]
    assert rates == [50.0, 50.0, 50.0]
    assert ticking.tick(2, reading(at_s=2, block_writes=80)).block_writes_per_sec == 30.0


def test_container_that_stands_still_keeps_its_figures_and_gets_its_rates_over_the_whole_time_without_a_spike() -> None:
    def at(at_s: float, rest_s: float, received: int) -> Reading:
        counters = {"cpu_ns": 7, "net_rx_bytes": received, "net_tx_bytes": 0}
        return structs.replace(reading(at_s=at_s, **counters), rest_ns=round(rest_s * 1e9))

    ticking = Ticking()
    ticking.tick(1.0, at(1.0, 1.0, 0))
    still = ticking.tick(1.5, at(1.5, 1.5, 0))
    assert (still.cpu_pct, still.net_rx_bytes_per_sec) == (0.0, 0.0)
    repeated = ticking.tick(2.0, at(2.0, 1.5, 0))
    assert repeated == still
    assert repeated.age_secs == 0.0
    assert ticking.tick(2.5, at(2.5, 2.5, 500)).net_rx_bytes_per_sec == 500.0
    assert ticking.tick(3.0, structs.replace(at(3.0, 3.0, 500), cpu_total_ns=500_000_007)).cpu_pct == 100.0
