"""Finding a container: by its process where that is in sight and its own, else by the drivers' names of directories."""

from __future__ import annotations

import errno
import shutil
from pathlib import Path

import pytest

from dockstats_core.containers import Container
from dockstats_core.sources.cgroup.finding import Finder, Found, NotFound
from tests.builders import container, container_id
from tests.cgroup_trees import CONTROLLERS, Machine, Mode

MODES: tuple[Mode, ...] = ("v1", "v2", "hybrid")
USER = "user.slice/user-1000.slice/user@1000.service"
AGENT = "f" * 64


def finder(machine: Machine) -> Finder:
    return Finder(str(machine.proc), str(machine.cgroup))


def found(machine: Machine, one: Container) -> Found:
    outcome = finder(machine).find(one)
    assert isinstance(outcome, Found), outcome
    return outcome


def not_found(machine: Machine, one: Container) -> NotFound:
    outcome = finder(machine).find(one)
    assert isinstance(outcome, NotFound), outcome
    return outcome


def expected(machine: Machine, one: Container, *, with_process: bool = True) -> Found:
    return Found(
        version=2 if machine.mode == "v2" else 1,
        dirs=machine.directories(one),  # type: ignore[arg-type]
        unified_dir=None if machine.mode == "v1" else str(machine.directory(one, "unified")),
        process_dir=f"{machine.proc}/{one.pid}" if with_process else None,
    )


# By its process. -----------------------------------------------------------------------------------------------------

PLACES = [
    pytest.param({"place": "docker/{id}"}, id="cgroupfs driver"),
    pytest.param({"place": "system.slice/docker-{id}.scope"}, id="systemd driver"),
    pytest.param({"place": "a.slice/a-b.slice/docker-{id}.scope"}, id="systemd driver with a parent"),
    pytest.param({"place": f"{USER}/user.slice/docker-{{id}}.scope"}, id="rootless Docker"),
    pytest.param({"place": "machine.slice/libpod-{id}.scope", "below": "/container"}, id="Podman"),
    pytest.param({"place": "docker/{id}", "below": "/init.scope"}, id="systemd in the container"),
    pytest.param({"place": "docker/{id}", "below": f"/docker/{container_id(9)}"}, id="a container in the container"),
    pytest.param({"place": "docker/{id}", "root": f"/docker/{AGENT}"}, id="engine in a container"),
]


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("arguments", PLACES)
def test_container_whose_process_is_in_sight_is_where_that_says(
    tmp_path: Path, mode: Mode, arguments: dict[str, str]
) -> None:
    machine = Machine(tmp_path, mode, **arguments)  # type: ignore[arg-type]
    one = machine.run(container(1, pid=101))
    assert found(machine, one) == expected(machine, one)


def test_process_decides_where_a_name_would_lead_elsewhere(tmp_path: Path) -> None:
    machine = Machine(tmp_path, "v2", place="elsewhere/{id}")
    one = machine.run(container(1, pid=101))
    (machine.cgroup / "docker" / one.id).mkdir(parents=True)
    assert found(machine, one) == expected(machine, one)


def test_directories_that_are_gone_although_the_process_tells_of_them_are_not_found(tmp_path: Path) -> None:
    machine = Machine(tmp_path, "v1")
    one = machine.run(container(1, pid=101))
    shutil.rmtree(machine.directory(one, "memory"))
    assert found(machine, one).dirs.keys() == set(CONTROLLERS) - {"memory"}
    machine.end(Container(id=one.id, name=one.name))
    assert not_found(machine, one).reason == "its cgroup cannot be seen (no such directory)"


def test_hybrid_machine_whose_engine_keeps_out_of_the_v2_tree_has_no_place_of_pressure(tmp_path: Path) -> None:
    machine = Machine(tmp_path, "hybrid", in_unified=False)
    one = machine.run(container(1, pid=101))
    assert found(machine, one).dirs == machine.directories(one)
    assert found(machine, one).unified_dir is None


# By the names of directories. ----------------------------------------------------------------------------------------

NAMED = [
    pytest.param("docker/{id}", None, id="cgroupfs driver"),
    pytest.param("system.slice/docker-{id}.scope", None, id="systemd driver"),
    pytest.param("a.slice/a-b.slice/docker-{id}.scope", "a-b.slice", id="systemd driver with a parent"),
    pytest.param("team/web/{id}", "/team/web", id="cgroupfs driver with a parent"),
    pytest.param(f"{USER}/user.slice/docker-{{id}}.scope", None, id="rootless Docker"),
    pytest.param("machine.slice/libpod-{id}.scope", None, id="Podman"),
]


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(("place", "parent"), NAMED)
@pytest.mark.parametrize("pid", [None, 101])
def test_container_whose_process_is_not_in_sight_is_found_by_name_without_a_process(
    tmp_path: Path, mode: Mode, place: str, parent: str | None, pid: int | None
) -> None:
    machine = Machine(tmp_path, mode, place=place)
    machine.run(container(1))
    one = container(1, pid=pid, cgroup_parent=parent)
    assert found(machine, one) == expected(machine, one, with_process=False)


def test_mount_point_with_the_letters_of_a_pattern_is_searched_all_the_same(tmp_path: Path) -> None:
    machine = Machine(tmp_path / "a[b]*", "v2", place=f"{USER}/user.slice/docker-{{id}}.scope")
    one = machine.run(container(1))
    assert found(machine, one).dirs == machine.directories(one)


@pytest.mark.parametrize("mode", MODES)
def test_reader_in_a_cgroup_namespace_finds_by_name_and_still_knows_the_process(tmp_path: Path, mode: Mode) -> None:
    machine = Machine(
        tmp_path, mode, place="system.slice/docker-{id}.scope", root="/../..", told="/../docker-{id}.scope"
    )
    one = machine.run(container(1, pid=101))
    assert found(machine, one) == expected(machine, one)


@pytest.mark.parametrize("mode", MODES)
def test_pid_that_now_is_another_containers_process_is_not_believed(tmp_path: Path, mode: Mode) -> None:
    machine = Machine(tmp_path, mode)
    one, other = machine.run(container(1)), machine.run(container(2, pid=101))
    one = container(1, pid=101)
    assert found(machine, one) == expected(machine, one, with_process=False)
    assert found(machine, other) == expected(machine, other)


@pytest.mark.parametrize("told", ["/", "/system.slice/cron.service", f"/docker/{AGENT}"])
def test_pid_of_a_process_outside_the_container_is_not_believed(tmp_path: Path, told: str) -> None:
    machine = Machine(tmp_path, "v2", told=told)
    one = machine.run(container(1, pid=101))
    assert found(machine, one).dirs == machine.directories(one)
    assert found(machine, one).process_dir is None


def test_process_that_others_may_not_look_at_leaves_the_search_by_name(tmp_path: Path) -> None:
    machine = Machine(tmp_path, "v2")
    one = machine.run(container(1, pid=101))
    told = machine.proc / "101" / "cgroup"
    told.unlink()
    told.symlink_to(told)
    assert found(machine, one) == expected(machine, one, with_process=False)


def test_first_of_several_trees_that_shows_the_container_is_taken(tmp_path: Path) -> None:
    """As in a container: its own cgroup at the usual place, and the host's whole tree beside it."""
    machine = Machine(tmp_path, "v2")
    one = machine.run(container(1))
    (own := tmp_path / "cgroup" / "own").mkdir()
    mountinfo = machine.proc / "self" / "mountinfo"
    mountinfo.write_text(f"30 1 0:9 /docker/{AGENT} {own} rw - cgroup2 cgroup2 rw\n{mountinfo.read_text()}")
    assert found(machine, one).dirs == machine.directories(one)


# Not at all. ---------------------------------------------------------------------------------------------------------


def test_container_of_another_machine_is_not_found_and_the_reason_names_both_ways(tmp_path: Path) -> None:
    assert not_found(Machine(tmp_path, "v2"), container(1, pid=101)) == NotFound(
        reason="its cgroup is not below the mounted tree, nor is its first process in sight"
    )


def test_container_outside_the_mounted_tree_says_so(tmp_path: Path) -> None:
    machine = Machine(tmp_path, "v2", root=f"/docker/{AGENT}", told="/docker/{id}")
    one = container(1, pid=101)
    machine.process(101, f"/docker/{one.id}")
    assert not_found(machine, one).reason == "its cgroup cannot be seen (outside the mounted tree)"


def test_container_that_restarts_has_ended_for_the_moment(tmp_path: Path) -> None:
    outcome = not_found(Machine(tmp_path, "v2"), container(1, state="restarting"))
    assert (outcome.reason, outcome.ended) == ("it has no process", True)


def test_without_a_mounted_tree_nothing_is_found_until_one_is(tmp_path: Path) -> None:
    machine = Machine(tmp_path, "v2")
    one = machine.run(container(1, pid=101))
    machine.unmount()
    looking = finder(machine)
    assert looking.mode is None
    assert looking.find(one) == NotFound(reason=f"no cgroup file system is mounted at {machine.cgroup} or below")
    machine.mount()
    assert looking.find(one) == expected(machine, one)
    assert looking.mode == "v2"


def test_without_a_root_to_look_below_every_mount_counts(tmp_path: Path) -> None:
    machine = Machine(tmp_path, "v2")
    one = machine.run(container(1, pid=101))
    looking = Finder(str(machine.proc), "")
    assert looking.find(one) == expected(machine, one)
    machine.unmount()
    assert Finder(str(machine.proc), "").find(one) == NotFound(reason="no cgroup file system is mounted here")


def test_mounts_outside_the_given_root_are_not_looked_at(tmp_path: Path) -> None:
    machine = Machine(tmp_path, "v2")
    one = machine.run(container(1, pid=101))
    assert isinstance(Finder(str(machine.proc), "/elsewhere").find(one), NotFound)


def test_a_proc_without_this_process_leaves_the_mounts_to_its_own(tmp_path: Path) -> None:
    """The real mounts of this process, none of which is below the directory."""
    looking = Finder(str(tmp_path), str(tmp_path))
    assert looking.find(container(1, pid=101)) == NotFound(
        reason=f"no cgroup file system is mounted at {tmp_path} or below"
    )


def test_mounts_that_cannot_be_read_are_an_error_that_names_the_file(tmp_path: Path) -> None:
    machine = Machine(tmp_path, "v2")
    mountinfo = machine.proc / "self" / "mountinfo"
    mountinfo.unlink()
    mountinfo.symlink_to(mountinfo)
    with pytest.raises(OSError, match="symbolic links") as raised:
        finder(machine).find(container(1, pid=101))
    assert (raised.value.errno, raised.value.filename) == (errno.ELOOP, str(mountinfo))
