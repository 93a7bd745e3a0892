"""Whatever is recorded, history stays within its bytes, loses its oldest first, and tells the rest as it was."""

from __future__ import annotations

import gc
import tracemalloc
from itertools import pairwise

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dockstats_core.history.columns import CONTAINER_COLUMNS, HOST_COLUMNS, Row
from dockstats_core.history.series import SERIES_OVERHEAD_BYTES, Series
from dockstats_core.history.store import HistoryAnswer, HistoryLimits, HistoryStore
from tests.builders import container_id

NOTHING: Row = (None,) * len(CONTAINER_COLUMNS)


def row(cpu_pct: float | None = 1.0, mem_bytes: float | None = None) -> Row:
    return (cpu_pct, mem_bytes, *NOTHING[2:])


def host(cpu_pct: float = 1.0) -> Row:
    return (cpu_pct, *(None,) * (len(HOST_COLUMNS) - 1))


def store(**limits: float) -> HistoryStore:
    return HistoryStore(HistoryLimits(**limits))  # type: ignore[arg-type]


def cpu(answer: HistoryAnswer) -> list[float | None]:
    return answer.columns["cpu_pct"]


# --- Answers --------------------------------------------------------------------------------------------------------


def test_answer_has_every_column_by_name_as_long_as_its_times() -> None:
    history = store()
    for at in range(3):
        history.record("heron", float(at), host(at), {"c1": row(at * 2)})
    of_host, of_container = history.answer("heron", now=2.0), history.answer("heron", "c1", now=2.0)
    assert (of_host.agent_id, of_host.container_id, of_container.container_id) == ("heron", None, "c1")
    assert list(of_host.columns) == [column.name for column in HOST_COLUMNS]
    assert list(of_container.columns) == [column.name for column in CONTAINER_COLUMNS]
    assert of_host.at == of_container.at == [0.0, 1.0, 2.0]
    assert (cpu(of_host), cpu(of_container)) == ([0.0, 1.0, 2.0], [0.0, 2.0, 4.0])
    assert {len(column) for answer in (of_host, of_container) for column in answer.columns.values()} == {3}


def test_answer_can_always_be_said_in_json() -> None:
    history = store()
    history.record("heron", 1.0, None, {"c1": row(None, 1e300), "c2": row(float("inf"))})
    for container in ("c1", "c2"):
        answer = history.answer("heron", container, now=1.0)
        assert cpu(answer) == answer.columns["mem_bytes"] == [None]
        assert b"null" in msgspec.json.encode(answer)


def test_decimals_hide_the_rounding_of_32_bit_floats() -> None:
    history = store()
    history.record("heron", 1.23456789, None, {"c1": (12.3, 512 * 2**20, 0.1, *NOTHING[3:])})
    answer = history.answer("heron", "c1", now=2.0)
    assert (answer.at, cpu(answer)) == ([1.235], [12.3])
    assert answer.columns["net_rx_bytes_per_sec"] == [0.1]
    assert repr(answer.columns["mem_bytes"]) == f"[{512 * 2**20}]", "whole bytes"


def test_what_was_never_recorded_has_no_points_but_its_columns() -> None:
    history = store()
    history.record("heron", 1.0, None, {"c1": row()})
    for answer in (
        history.answer("ibis", now=1.0),
        history.answer("heron", now=1.0),
        history.answer("heron", "c2", now=1),
    ):
        assert answer.at == []
        assert set(map(tuple, answer.columns.values())) == {()}
    assert history.series_count == 1


def test_time_without_a_point_is_a_gap() -> None:
    history = store()
    for at in (1.0, 2.0, 50.0, 51.0):
        history.record("heron", at, None, {"c1": row()})
    assert history.answer("heron", "c1", now=51.0).at == [1.0, 2.0, 50.0, 51.0]


def test_container_that_missed_a_batch_has_a_gap_and_the_others_none() -> None:
    history = store()
    history.record("heron", 1.0, host(), {"c1": row(), "c2": row()})
    history.record("heron", 2.0, host(), {"c2": row()})
    history.record("heron", 3.0, host(), {"c1": row(), "c2": row()})
    assert history.answer("heron", "c1", now=3.0).at == [1.0, 3.0]
    assert history.answer("heron", "c2", now=3.0).at == history.answer("heron", now=3.0).at == [1.0, 2.0, 3.0]


def test_points_from_a_time_on_leave_out_what_a_page_has_already() -> None:
    history = store()
    for at in range(200):
        history.record("heron", float(at), host(), {})
    assert history.answer("heron", now=199.0, since=197.5).at == [198.0, 199.0]
    assert len(history.answer("heron", now=199.0, since=-1e9).at) == 200
    assert history.answer("heron", now=199.0, since=1e9).at == []


# --- How long, and how much -----------------------------------------------------------------------------------------


def test_point_older_than_the_retention_is_not_told_even_while_its_block_is_held() -> None:
    history = store(retention_s=10.0, block_s=60.0)
    for at in range(21):
        history.record("heron", float(at), host(), {})
    assert history.answer("heron", now=20.0).at == [float(at) for at in range(10, 21)]
    assert history.answer("heron", now=28.5).at == [19.0, 20.0]
    assert history.answer("heron", now=100.0).at == []


def test_asking_for_more_than_the_retention_gives_the_retention() -> None:
    history = store(retention_s=10.0, block_s=60.0)
    for at in range(21):
        history.record("heron", float(at), host(), {})
    assert history.answer("heron", now=20.0, since=0.0).at == [float(at) for at in range(10, 21)]


def test_blocks_past_the_retention_are_given_back_whoever_they_belong_to() -> None:
    history = store(retention_s=100.0, block_s=10.0)
    history.record("heron", 0.0, host(), {"gone": row(), "stays": row()})
    held = history.bytes_held
    for at in range(1, 300):
        history.record("ibis", float(at), host(), {})
        history.record("heron", at + 0.5, None, {"stays": row()})
    assert history.answer("heron", "gone", now=50.0).at == []
    assert history.series_count == 2, "the host of heron and the container that is gone have no points any more"
    assert history.bytes_held < 3 * held + 2 * 110 * 100
    history.expire(1e6)
    assert (history.bytes_held, history.series_count) == (0, 0)


def test_container_that_is_gone_can_be_asked_for_until_its_points_are_too_old() -> None:
    history = store(retention_s=100.0)
    history.record("heron", 0.0, host(), {"gone": row(7.0)})
    history.record("heron", 99.0, host(), {})
    assert cpu(history.answer("heron", "gone", now=99.0)) == [7.0]
    history.record("heron", 101.0, host(), {})
    assert history.answer("heron", "gone", now=101.0).at == []


def test_full_store_makes_every_chart_shorter_from_its_left_end_and_none_thinner() -> None:
    history = store(max_bytes=60_000, block_s=5.0)
    for at in range(2000):
        history.record("heron", at / 2, host(), {"c1": row(), "c2": row()})
    answers = [history.answer("heron", container, now=1000.0) for container in (None, "c1", "c2")]
    for answer in answers:
        assert answer.at[-1] == 999.5
        assert {after - before for before, after in pairwise(answer.at)} == {0.5}
        assert len(answer.at) > 100
    lengths = [len(answer.at) for answer in answers]
    assert max(lengths) - min(lengths) <= 10, "a block at most"
    assert 55_000 < history.bytes_held <= 60_000


def test_store_without_room_for_a_single_point_keeps_nothing_and_goes_on() -> None:
    history = store(max_bytes=100)
    for at in range(3):
        history.record("heron", float(at), host(), {"c1": row()})
    assert (history.bytes_held, history.series_count) == (0, 0)
    assert history.answer("heron", now=3.0).at == []


def test_forgotten_agent_has_no_points_and_holds_no_bytes() -> None:
    history = store()
    history.record("heron", 1.0, host(), {"c1": row()})
    held = history.bytes_held
    history.record("ibis", 1.0, host(), {"c1": row()})
    history.forget("ibis")
    history.forget("nobody")
    assert (history.bytes_held, history.series_count) == (held, 2)
    assert history.answer("ibis", "c1", now=1.0).at == []
    history.record("ibis", 0.5, host(), {"c1": row()})
    assert history.answer("ibis", "c1", now=1.0).at == [0.5]
    history.expire(1e6)
    assert history.bytes_held == 0


def test_half_an_hour_of_two_points_a_second_costs_what_the_limits_promise() -> None:
    history = store()
    for at in range(3600):
        history.record("heron", at / 2, None, {"c1": row()})
    assert len(history.answer("heron", "c1", now=1799.5).at) == 3600
    assert 150_000 < history.bytes_held < 170_000


# --- Laws -----------------------------------------------------------------------------------------------------------

AGENTS, CONTAINERS = ["heron", "ibis"], ["c1", "c2", "c3"]
batches = st.lists(
    st.tuples(
        st.sampled_from(AGENTS),
        st.integers(0, 400),  # tenths of a second since the batch before
        st.booleans(),
        st.sets(st.sampled_from(CONTAINERS)),
    ),
    max_size=80,
)
limits = st.builds(
    HistoryLimits,
    retention_s=st.sampled_from([5.0, 60.0, 1e9]),
    max_bytes=st.sampled_from([0, 2_000, 6_000, 20_000, 10**9]),
    block_s=st.sampled_from([0.0, 3.0, 60.0]),
    block_points=st.sampled_from([1, 4, 1000]),
)


@given(limits, batches, st.data())
def test_store_holds_no_more_than_its_bytes_and_tells_the_newest_points_of_each_series(
    bounds: HistoryLimits, story: list[tuple[str, int, bool, set[str]]], data: st.DataObject
) -> None:
    history = HistoryStore(bounds)
    recorded: dict[tuple[str, str | None], list[float]] = {}
    now = 0.0
    for agent, tenths, with_host, containers in story:
        now = round(now + (tenths + 1) / 10, 1)
        rows = dict.fromkeys(sorted(containers), row(now))
        history.record(agent, now, host(now) if with_host else None, rows)
        for container in [None] * with_host + sorted(containers):
            recorded.setdefault((agent, container), []).append(now)
        assert history.bytes_held <= bounds.max_bytes
        assert history.bytes_held == sum(series.bytes_held for series in all_series(history))
    since = data.draw(st.none() | st.floats(-10, now + 10))
    for (agent, container), times in recorded.items():
        answer = history.answer(agent, container, now=now, since=since)
        wanted = [at for at in times if at >= max(now - bounds.retention_s, -1e9 if since is None else since)]
        assert answer.at == wanted[len(wanted) - len(answer.at) :], "the newest, without a hole"
        assert cpu(answer) == pytest.approx(answer.at, rel=1e-3)
        if bounds.max_bytes == 10**9:
            assert answer.at == wanted


@given(batches, st.integers(1, 12))
def test_when_something_has_to_go_it_is_the_oldest_of_the_whole_store(
    story: list[tuple[str, int, bool, set[str]]], room_for: int
) -> None:
    """With a block a point, what is kept is exactly the end of what was recorded, in the order it was recorded."""
    one_point = HistoryStore(HistoryLimits(block_points=1))
    one_point.record("heron", 0.0, None, {"c1": row()})
    history = store(max_bytes=one_point.bytes_held * room_for, block_points=1, retention_s=1e9)
    order: list[tuple[str, str | None, float]] = []
    now = 0.0
    for agent, tenths, _, containers in story:
        now = round(now + (tenths + 1) / 10, 1)
        rows = dict.fromkeys(sorted(containers), row(now))
        history.record(agent, now, None, rows)
        order += [(agent, container, now) for container in rows]
    kept = [
        (agent, container, at)
        for agent in AGENTS
        for container in CONTAINERS
        for at in history.answer(agent, container, now=now).at
    ]
    assert set(kept) == set(order[len(order) - len(kept) :])
    assert len(kept) >= min(len(order), room_for)


@pytest.mark.parametrize(
    ("containers", "points"), [pytest.param(150, 150, id="long series"), pytest.param(3000, 3, id="short series")]
)
def test_what_the_store_counts_is_what_it_takes(containers: int, points: int) -> None:
    tracemalloc.start()
    try:
        gc.collect()
        before, _ = tracemalloc.get_traced_memory()
        history = HistoryStore()
        for at in range(points):
            rows = {container_id(number): row(at, number) for number in range(containers)}
            history.record("heron", float(at), host(at), rows)
        del rows
        gc.collect()
        after, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert history.series_count == containers + 1
    assert 0.75 * history.bytes_held < after - before <= 1.05 * history.bytes_held


def all_series(history: HistoryStore) -> list[Series]:
    """Every series that is held."""
    found = [series for of_agent in history._hosts.values() for series in of_agent.values()]
    assert all(series.bytes_held > SERIES_OVERHEAD_BYTES for series in found), "none is held empty"
    return found
