"""Whatever is recorded, history stays within its bytes, loses its oldest first, and tells the rest as it was."""

from __future__ import annotations

import gc
import tracemalloc
from itertools import pairwise

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dockstats_core.history.answers import HistoryAnswer
from dockstats_core.history.columns import CONTAINER_COLUMNS, HOST_COLUMNS, Row, UnknownColumnError
from dockstats_core.history.series import SERIES_OVERHEAD_BYTES, Series
from dockstats_core.history.store import HistoryLimits, HistoryStore
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
    history.record("heron", 1.23456789, None, {"c1": (12.3, 512 * 2**20, *NOTHING[2:-1], 0.1)})
    answer = history.answer("heron", "c1", now=2.0)
    assert (answer.at, cpu(answer)) == ([1.234], [12.3])
    assert answer.columns["io_pressure_pct"] == [0.1]
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


def test_points_until_a_time_are_those_before_it() -> None:
    history = store()
    for at in range(200):
        history.record("heron", float(at), host(), {})
    assert history.answer("heron", now=199.0, since=10.0, until=12.0).at == [10.0, 11.0]
    assert len(history.answer("heron", now=199.0, until=1e300).at) == 200
    assert history.answer("heron", now=199.0, since=12.0, until=10.0).at == []
    assert history.answer("heron", now=199.0, until=-1e300).at == []


def test_step_gives_means_of_whole_buckets() -> None:
    history = store()
    for at in range(100):
        history.record("heron", at + 0.25, host(at), {})
    answer = history.answer("heron", now=100.0, since=13.0, until=22.0, step_s=5.0, columns=["cpu_pct"])
    assert (answer.at, answer.columns) == ([10.0, 15.0, 20.0], {"cpu_pct": [12.0, 17.0, 22.0]})


@pytest.mark.parametrize("since", [None, -1e300, 1e12, float("inf")])
@pytest.mark.parametrize("until", [None, -1e300, 1e12, float("inf")])
def test_times_far_away_are_no_trouble_with_a_step(since: float | None, until: float | None) -> None:
    history = store()
    history.record("heron", 1.7e9, host(), {})
    answer = history.answer("heron", now=1.7e9, since=since, until=until, step_s=0.1)
    assert len(answer.at) == (since in (None, -1e300) and until != -1e300)


def test_only_the_columns_asked_for_are_told_in_that_order() -> None:
    history = store()
    history.record("heron", 1.0, host(), {"c1": row(5.0, 7)})
    answer = history.answer("heron", "c1", now=1.0, columns=["mem_bytes", "cpu_pct"])
    assert list(answer.columns.items()) == [("mem_bytes", [7]), ("cpu_pct", [5.0])]
    with pytest.raises(UnknownColumnError, match="pids"):
        history.answer("nobody", "c1", now=1.0, columns=["containers"])
    with pytest.raises(UnknownColumnError, match="containers"):
        history.answer("heron", now=1.0, columns=["pids"])


def test_container_is_known_by_the_first_characters_of_its_id_where_only_one_has_them() -> None:
    one, other, twin = "ab" * 32, "ab" * 6 + "cd" * 26, "ef" * 32
    history = store()
    history.record("heron", 1.0, host(), {one: row(1.0), other: row(2.0), twin: row(3.0)})
    history.record("ibis", 1.0, host(), {twin[:20] + "0" * 44: row(4.0)})

    def asked(container: str) -> tuple[str | None, list[float | None]]:
        answer = history.answer("heron", container, now=1.0)
        return answer.container_id, cpu(answer)

    assert asked(twin[:12]) == asked(twin[:63]) == asked(twin) == (twin, [3.0])
    assert asked(one[:13]) == (one, [1.0])
    assert asked(one[:12]) == (one[:12], []), "two begin so"
    assert asked(twin[:11]) == (twin[:11], []), "too short to be an id"
    assert asked("0" * 12) == ("0" * 12, [])


# --- Moments and sparklines -----------------------------------------------------------------------------------------


def test_moment_is_of_one_host_only() -> None:
    history = store()
    history.record("heron", 1.0, host(5.0), {"c1": row(6.0)})
    history.record("ibis", 1.0, host(7.0), {"c2": row(8.0)})
    moment = history.at("ibis", 1.5, within_s=3.0)
    assert moment.host is not None
    assert (moment.host.at, moment.host.figures[0]) == (1.0, 7.0)
    assert {container: point.figures[0] for container, point in moment.containers.items()} == {"c2": 8.0}
    nobody = history.at("nobody", 1.5, within_s=3.0)
    assert (nobody.host, nobody.containers) == (None, {})


def test_oldest_time_is_that_of_the_oldest_point_of_all() -> None:
    history = store(retention_s=100.0, block_s=10.0)
    assert history.oldest() is None
    history.record("heron", 2.0, host(), {})
    history.record("ibis", 1.0, None, {"c1": row()})
    assert history.oldest() == 1.0
    history.record("heron", 150.0, host(), {})
    assert history.oldest() == 150.0


def test_sparklines_are_of_every_agents_containers_by_short_id() -> None:
    history = store()
    for at in range(0, 100, 2):
        history.record("heron", at + 1.0, host(), {"a" * 64: row(at, at * 1000)})
        history.record("ibis", at + 1.0, host(), {"b" * 64: row(None, 12345)})
    history.record("ibis", 101.0, host(), {})
    lines = history.sparklines(100.0)
    assert (lines.at, lines.step) == (100.0, 2.0)
    assert {agent: list(of_agent) for agent, of_agent in lines.agents.items()} == {
        "heron": ["a" * 12],
        "ibis": ["b" * 12],
    }
    assert lines.agents["heron"]["a" * 12].cpu_pct == list(range(40, 100, 2))
    assert lines.agents["ibis"]["b" * 12].mem_bytes == [12340] * 30
    assert history.sparklines(1000.0).agents == {"heron": {}, "ibis": {}}


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
    assert history.bytes_held < 3 * held + 2 * 130 * 100
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
    assert 265_000 < history.bytes_held < 275_000


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
