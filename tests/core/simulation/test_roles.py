"""The cast of a made-up host is one that an engine could run, and shows everything there is to see."""

from __future__ import annotations

import re
from itertools import groupby

import pytest

from dockstats_core.containers import MAX_TEXT
from dockstats_core.simulation.roles import KIB, MUST_HAVE, OTHERS, Role

ALL = (*MUST_HAVE, *OTHERS)
DOCKER_NAME = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9_.-]+")


@pytest.mark.parametrize("role", ALL, ids=lambda role: role.service)
def test_role_can_be_played_by_a_container(role: Role) -> None:
    assert DOCKER_NAME.fullmatch(f"{role.project or role.service}-{role.service}-1")
    assert len(role.image) < MAX_TEXT
    assert ":" in role.image, "a tag, as people pin them"
    assert role.cores > 0
    assert role.pids > 0
    assert (role.burst_cores > 0) == (role.bursts_per_min > 0)
    assert role.pids_limit is None or role.pids < role.pids_limit
    assert role.cpu_limit_cores is None or role.cores < role.cpu_limit_cores * 1.5


@pytest.mark.parametrize("role", [role for role in ALL if role.mem_limit_bytes], ids=lambda role: role.service)
def test_limited_program_fits_its_memory_at_first(role: Role) -> None:
    assert role.anon_bytes + (96 + 24 * role.pids) * KIB < (role.mem_limit_bytes or 0)


def test_memory_that_rises_has_a_rate_and_what_leaks_has_a_limit_to_die_of() -> None:
    for role in ALL:
        assert (role.memory == "steady") == (role.grows_bytes_per_s == 0), role.service
        assert not role.memory.endswith("leak") or role.mem_limit_bytes is not None, role.service


def test_service_is_there_once_and_a_project_stands_together() -> None:
    assert len({(role.project, role.service) for role in ALL}) == len(ALL)
    projects = [project for project, _ in groupby(OTHERS, key=lambda role: role.project)]
    assert len(projects) == len(set(projects)), "hosts take them project by project"


def test_shared_network_is_of_a_service_that_comes_before() -> None:
    for place, role in enumerate(ALL):
        kind, _, service = (role.network or "").partition(":")
        if kind == "container":
            assert service in {other.service for other in MUST_HAVE[:place] if other.network is None}


def test_host_with_room_for_the_first_ones_shows_every_kind_of_thing() -> None:
    assert {role.fate for role in MUST_HAVE} == {"runs", "ails", "crashes", "jobs", "paused", "stopped"}
    assert {role.memory for role in MUST_HAVE} == {"steady", "saw-tooth", "leak"}
    assert {role.memory for role in ALL} == {"steady", "saw-tooth", "leak", "worker-leak"}
    assert {role.network for role in MUST_HAVE} >= {None, "host", "none", "container:vpn"}
    assert any(role.health_check for role in MUST_HAVE)
    assert any(role.cpu_limit_cores and role.cores + role.burst_cores > role.cpu_limit_cores for role in MUST_HAVE)
    assert any(role.project is None for role in MUST_HAVE)
