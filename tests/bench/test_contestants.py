from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bench.client import new_figures
from bench.contestants.docker_py import read_stamp_s
from bench.contestants.docker_stats import painted
from bench.contestants.glances import printed
from bench.lineup import ALL, chosen
from bench.tally import Tally
from dockstats_core import ContainerSample, ContainerStatsBatch
from dockstats_core.messages.agent import AgentMetrics

DOCKER_STATS = [
    b"\x1b[HCONTAINER ID   NAME      CPU %     MEM USAGE / LIMIT   MEM %     NET I/O     BLOCK I/O   PIDS\x1b[K",
    b"a7cb6d20024d   one       0.00%     516KiB / 23.54GiB   0.00%     516B / 0B   0B / 0B     1\x1b[K",
    b"10f82fe9a9cf   two       --        -- / --             --        --          --          --\x1b[K",
    b"\x1b[H\x1b[K",
]


def test_docker_stats_follows_the_containers_that_it_shows_with_figures() -> None:
    tally, listen = Tally(), painted()
    for line in DOCKER_STATS * 2:
        listen(line, tally)
    assert tally.containers == 1
    listen(DOCKER_STATS[2].replace(b"--   ", b"1.25%", 1), tally)
    assert tally.containers == 2


def test_glances_delivers_the_containers_that_have_figures_at_each_refresh() -> None:
    tally, listen = Tally(), printed()
    listen(b"containers: [{'name': 'one', 'memory_usage': 520192}, {'name': 'two', 'memory_usage': None}]", tally)
    listen(b"containers: [{'name': 'one', 'memory_usage': 520192}, {'name': 'two', 'memory_usage': 9}]", tally)
    listen(b"something else", tally)
    assert tally.containers == 2


@pytest.mark.parametrize("stamp", ["2026-11-24T12:00:00.123456789Z", "2026-11-24T13:00:00.123456+01:00"])
def test_engine_s_stamp_is_read_to_the_microsecond(stamp: str) -> None:
    assert read_stamp_s(stamp) == pytest.approx(datetime(2026, 11, 24, 12, 0, 0, 123456, UTC).timestamp(), abs=1e-6)


def batch(sent_s: float, **ages: float | None) -> ContainerStatsBatch:
    return ContainerStatsBatch(
        agent_id="a",
        sent_at=datetime.fromtimestamp(sent_s, UTC),
        sequence=1,
        containers=[ContainerSample(id=key, name=key, age_secs=age) for key, age in ages.items()],
        agent_metrics=AgentMetrics(),
    )


def test_figure_is_new_when_it_was_read_at_another_moment() -> None:
    first = new_figures(batch(1000.0, one=0.01, two=0.02, three=None), {})
    assert first == pytest.approx({"one": 999.99, "two": 999.98})
    again = new_figures(batch(1000.5, one=0.5103, two=0.02), first)
    assert again == pytest.approx({"two": 1000.48})


def test_contestants_have_names_of_their_own_and_one_is_nobody() -> None:
    assert len({one.key for one in ALL}) == len({one.title for one in ALL}) == len(ALL)
    assert [one.key for one in ALL if one.command is None] == ["idle"]


def test_some_contestants_are_always_measured_beside_nobody() -> None:
    assert [one.key for one in chosen(["glances"])] == ["idle", "glances"]
    assert chosen([]) == list(ALL)
