"""Who takes part, in the order of the tables. Each has a file in `contestants`, and a process of its own."""

from __future__ import annotations

from collections.abc import Collection

from bench.contestants.agent_cgroup import CGROUP_1S, CGROUP_100MS, CGROUP_500MS
from bench.contestants.agent_one_shot import ONE_SHOT
from bench.contestants.agent_stream import STREAM
from bench.contestants.aiodocker_streams import AIODOCKER
from bench.contestants.contestant import Contestant
from bench.contestants.docker_py import DOCKER_PY
from bench.contestants.docker_stats import DOCKER_STATS
from bench.contestants.floor import FLOOR_100MS, FLOOR_500MS
from bench.contestants.glances import GLANCES
from bench.contestants.idle import IDLE

ALL: tuple[Contestant, ...] = (
    IDLE,
    DOCKER_STATS,
    GLANCES,
    DOCKER_PY,
    AIODOCKER,
    STREAM,
    ONE_SHOT,
    CGROUP_1S,
    CGROUP_500MS,
    CGROUP_100MS,
    FLOOR_500MS,
    FLOOR_100MS,
)


def chosen(only: Collection[str]) -> list[Contestant]:
    """Those with these keys, and nobody, over whom all costs are told; everybody where no key is given."""
    return [one for one in ALL if not only or one.key in only or one is IDLE]
