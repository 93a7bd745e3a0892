"""Only our own programs are taken from where they were installed for the bench."""

from __future__ import annotations

from pathlib import Path

from bench.contestants.agent_cgroup import CGROUP_500MS
from bench.contestants.docker_stats import DOCKER_STATS
from bench.contestants.idle import IDLE
from bench.installed import as_installed


def test_agent_is_the_installed_one_with_its_own_arguments() -> None:
    assert CGROUP_500MS.command is not None
    command = as_installed(CGROUP_500MS, Path("/somewhere/bin")).command
    assert command == ["/somewhere/bin/dockstats-agent", *CGROUP_500MS.command[1:]]


def test_everybody_else_is_left_as_it_is() -> None:
    assert as_installed(DOCKER_STATS, Path("/somewhere/bin")) is DOCKER_STATS
    assert as_installed(IDLE, Path("/somewhere/bin")) is IDLE
