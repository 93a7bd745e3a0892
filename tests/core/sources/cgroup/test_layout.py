"""Directories of containers: the recorded machines, what they do not show, and laws for strangers' text.

Expectations of the recorded entries: see `rules` in tests/vectors/cgroup-files.json.
"""

from __future__ import annotations

import fnmatch
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dockstats_core.sources.cgroup.layout import Location, Mount, candidates, locate, mounts
from tests.vectors import entries

ID = "3e7f3d7c6ad126056180e65a4dadb08b5540b5683a431d8154570e2606c4ca67"
AGENT = "1317fbd952c8899e6784ec7f3ce1944c26037c956fafa1aa4485d19b6bb9a938"


@pytest.mark.parametrize("entry", entries("cgroup-files", "locate"))
def test_recorded_machine_tells_the_recorded_directories(entry: dict[str, Any]) -> None:
    there = entry["input"]
    location = locate(
        mounts(there["mountinfo"]), there["proc_cgroup"], there["container_id"], there["own_cgroup_on_host"]
    )
    expected = entry["expected"]
    assert (location.mode, location.dirs, location.reason) == (expected["mode"], expected["dirs"], expected["reason"])


# --- Mounts ---------------------------------------------------------------------------------------------------------


def v2_mount(root: str, point: str) -> str:
    return f"29 18 0:26 {root} {point} ro,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n"


def v1_mount(controllers: str, root: str, point: str) -> str:
    return f"30 24 0:30 {root} {point} rw,relatime - cgroup cgroup rw,{controllers}\n"


def located(mountinfo: str, proc_cgroup: str, own: str | None = None, container_id: str = ID) -> Location:
    return locate(mounts(mountinfo), proc_cgroup, container_id, own)


@pytest.mark.parametrize(
    ("mountinfo", "mode"),
    [
        pytest.param("", None, id="nothing"),
        pytest.param(v1_mount("name=systemd", "/", "/sys/fs/cgroup/systemd"), None, id="no controller we read"),
        pytest.param(
            v1_mount("net_cls", "/", "/net") + v2_mount("/", "/sys/fs/cgroup"), "v2", id="one more v1 tree on v2"
        ),
        pytest.param(v1_mount("memory", "/", "/memory"), "v1", id="v1"),
        pytest.param(v1_mount("pids", "/", "/pids") + v2_mount("/", "/unified"), "hybrid", id="hybrid"),
        pytest.param("a line of another shape\n - \n36 35 - cgroup2 x rw\n", None, id="other lines"),
        pytest.param(v2_mount("/", "/a\0b"), None, id="a name that no file can have"),
    ],
)
def test_mounts_tell_the_mode(mountinfo: str, mode: str | None) -> None:
    assert mounts(mountinfo).mode == mode


def test_mount_that_another_covers_is_not_seen() -> None:
    mountinfo = v2_mount("/docker/x", "/sys/fs/cgroup") + v2_mount("/", "/sys/fs/cgroup")
    assert mounts(mountinfo).v2 == (Mount(root="/", point="/sys/fs/cgroup"),)
    assert mounts(mountinfo + "40 18 0:9 / /sys/fs/cgroup rw - tmpfs tmpfs rw\n").v2 == ()


def test_all_four_escapes_of_a_mount_are_undone() -> None:
    (mount,) = mounts(v2_mount(r"/a\134040", r"/b\040c\011d\012e")).v2
    assert mount == Mount(root=r"/a\040", point="/b c\td\ne")


@pytest.mark.parametrize("within", ["/host/cgroup", "/host/cgroup/"])
def test_mounts_outside_the_given_root_are_left_out(within: str) -> None:
    mountinfo = (
        v1_mount("memory", "/", "/sys/fs/cgroup/memory")
        + v1_mount("memory", "/", "/host/cgroup/memory")
        + v2_mount("/", "/host/cgroup")
        + v2_mount("/", "/host/cgroups")
    )
    seen = mounts(mountinfo, within)
    assert [mount.point for mount in seen.v2] == ["/host/cgroup"]
    assert {name: [mount.point for mount in trees] for name, trees in seen.v1.items()} == {
        "memory": ["/host/cgroup/memory"]
    }


def test_mounts_within_the_root_of_the_file_system_are_all() -> None:
    assert len(mounts(v2_mount("/", "/sys/fs/cgroup"), "/").v2) == 1


# --- What a process tells -------------------------------------------------------------------------------------------


def test_hybrid_machine_tells_the_directory_of_pressure_too() -> None:
    mountinfo = v1_mount("memory", "/", "/cg/memory") + v2_mount("/", "/cg/unified")
    location = located(mountinfo, f"4:memory:/docker/{ID}\n0::/docker/{ID}\n")
    assert location.unified_dir == f"/cg/unified/docker/{ID}"
    assert location.dirs == dict.fromkeys(["cpuacct", "cpu", "blkio", "pids"]) | {"memory": f"/cg/memory/docker/{ID}"}


def test_hybrid_machine_whose_containers_are_in_v1_only_has_no_directory_of_pressure_and_needs_no_reason() -> None:
    mountinfo = v1_mount("memory", "/", "/cg/memory") + v2_mount("/", "/cg/unified")
    location = located(mountinfo, f"4:memory:/docker/{ID}\n0::/\n")
    assert (location.unified_dir, location.reason) == (None, None)


def test_v2_machine_tells_the_directory_of_pressure_as_the_one_directory() -> None:
    location = located(v2_mount("/", "/cg"), f"0::/docker/{ID}\n")
    assert location.dirs == {"unified": f"/cg/docker/{ID}"}
    assert location.unified_dir == f"/cg/docker/{ID}"


def test_v1_process_without_v1_lines_is_gone() -> None:
    assert located(v1_mount("memory", "/", "/cg/memory"), f"0::/docker/{ID}\n").reason == "empty"


def test_first_tree_that_shows_the_container_is_taken() -> None:
    """An agent in a container without a namespace of its own: its own cgroup, and the host's tree beside it."""
    mountinfo = (
        v1_mount("memory", f"/docker/{AGENT}", "/sys/fs/cgroup/memory")
        + v1_mount("memory", "/", "/host/memory")
        + v1_mount("memory", "/", "/host/again")
    )
    location = located(mountinfo, f"4:memory:/docker/{ID}\n")
    assert location.dirs is not None
    assert (location.dirs["memory"], location.reason) == (f"/host/memory/docker/{ID}", None)


def test_tree_of_the_container_itself_shows_it_at_its_point() -> None:
    location = located(v2_mount(f"/docker/{ID}", "/sys/fs/cgroup"), f"0::/docker/{ID}/init.scope\n")
    assert location.unified_dir == "/sys/fs/cgroup"


def test_tree_below_the_container_does_not_show_it() -> None:
    location = located(v2_mount(f"/docker/{ID}/init.scope", "/below"), f"0::/docker/{ID}/init.scope\n")
    assert (location.unified_dir, location.reason) == (None, "outside the mounted tree")


def test_agent_in_a_namespace_prefers_the_reason_with_a_way_out() -> None:
    mountinfo = v2_mount("/", "/sys/fs/cgroup") + v2_mount("/../..", "/host/cgroup")
    location = located(mountinfo, f"0::/../docker-{ID}.scope\n")
    assert location.reason is not None
    assert location.reason.startswith("namespaced")


def test_agent_in_a_namespace_finds_itself_when_its_place_is_known() -> None:
    mountinfo = v2_mount("/", "/sys/fs/cgroup") + v2_mount("/../..", "/host/cgroup")
    own = f"/system.slice/docker-{ID}.scope"
    assert located(mountinfo, "0::/\n", own).unified_dir == "/sys/fs/cgroup"
    assert located(v2_mount("/../..", "/host/cgroup"), "0::/\n", own).unified_dir == f"/host/cgroup{own}"


@pytest.mark.parametrize(
    ("mountinfo", "path", "reason"),
    [
        pytest.param(v2_mount("/", "/cg"), f"/../../../{ID}", "id not in the path", id="path above the host's root"),
        pytest.param(v2_mount("/../../..", "/cg"), f"/{ID}", "outside the mounted tree", id="tree above it"),
    ],
)
def test_place_that_climbs_above_the_host_is_not_believed(mountinfo: str, path: str, reason: str) -> None:
    location = located(mountinfo, f"0::{path}\n", own="/system.slice/agent.scope")
    assert (location.unified_dir, location.reason) == (None, reason)


@pytest.mark.parametrize(
    "path",
    [
        pytest.param(f"/docker/{ID}00", id="longer"),
        pytest.param(f"/docker/ab{ID}", id="its end"),
        pytest.param(f"/docker/{ID[:-1]}", id="shorter"),
        pytest.param(f"/docker/{ID.upper()}", id="other case"),
        pytest.param(f"/docker/../{ID}", id="a step back on the way"),
    ],
)
def test_component_that_is_not_exactly_the_id_is_not_believed(path: str) -> None:
    assert located(v2_mount("/", "/cg"), f"0::{path}\n").reason == "id not in the path"


@pytest.mark.parametrize("container_id", ["", ".*", "..", "docker", "a" * 11])
def test_text_that_is_no_id_is_nowhere(container_id: str) -> None:
    location = located(v2_mount("/", "/cg"), "0::/docker/..docker\n", container_id=container_id)
    assert (location.unified_dir, location.reason) == (None, "id not in the path")
    assert candidates(container_id, None) == ()


lines = st.lists(
    st.sampled_from(
        ["0", "4", ":", "::", "memory", "/", "/..", "..", ID, f"docker-{ID}.scope", "\n", "\0", " (deleted)"]
    )
).map("".join)


@given(proc_cgroup=lines | st.text(), own=st.none() | lines, root=lines)
def test_any_text_gives_a_directory_below_the_mount_or_a_reason(proc_cgroup: str, own: str | None, root: str) -> None:
    mountinfo = v1_mount("memory", "/", "/cg/memory") + v2_mount(f"/{root}", "/cg/unified") + v2_mount("/", "/cg/all")
    for place in (located(mountinfo, proc_cgroup, own), located(v2_mount(f"/{root}", "/cg/unified"), proc_cgroup, own)):
        for directory in (*(place.dirs or {}).values(), place.unified_dir):
            if directory is not None:
                assert directory.startswith("/cg/")
                assert ".." not in directory.split("/")
                assert "\0" not in directory
        if place.mode == "v2":
            assert (place.unified_dir is None) is (place.reason is not None)


@given(proc_cgroup=st.text(), mountinfo=st.text())
def test_any_text_for_mounts_raises_nothing(proc_cgroup: str, mountinfo: str) -> None:
    located(mountinfo, proc_cgroup)


names = st.text("abc.-_:@ ", min_size=1, max_size=12).filter(lambda name: name not in (".", ".."))


@given(above=st.lists(names, max_size=4), cut=st.integers(0, 4), below=st.lists(names, max_size=3))
def test_root_of_the_mount_is_cut_from_the_path(above: list[str], cut: int, below: list[str]) -> None:
    root, rest = above[:cut], [*above[cut:], ID]
    escaped = "/" + "/".join(root).replace(" ", "\\040")
    location = located(v2_mount(escaped, "/cg"), "0::/" + "/".join([*root, *rest, *below]) + "\n")
    assert location.unified_dir == "/".join(["/cg", *rest])


# --- By the drivers' naming -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cgroup_parent", "directory"),
    [
        (None, f"docker/{ID}"),
        ("", f"system.slice/docker-{ID}.scope"),
        ("/fleet/night", f"fleet/night/{ID}"),
        ("fleet", f"fleet/{ID}"),
        ("/", f"docker/{ID}"),
        ("night-batch.slice", f"night.slice/night-batch.slice/docker-{ID}.scope"),
        ("/night.slice/night-batch.slice", f"night.slice/night-batch.slice/docker-{ID}.scope"),
        ("a-b-c.slice", f"a.slice/a-b.slice/a-b-c.slice/docker-{ID}.scope"),
        ("-.slice", f"system.slice/docker-{ID}.scope"),
        (
            "night.slice",
            f"user.slice/user-1004.slice/user@1004.service/night.slice/docker-{ID}.scope",
        ),
        (None, f"user.slice/user-1004.slice/user@1004.service/user.slice/docker-{ID}.scope"),
        (None, f"user.slice/user-1004.slice/user@1004.service/app.slice/docker-{ID}.scope"),
        ("user.slice", f"user.slice/user-1000.slice/user@1000.service/user.slice/libpod-{ID}.scope"),
        ("machine.slice", f"machine.slice/libpod-{ID}.scope"),
        (None, f"machine.slice/machine-libpod_pod_{AGENT}.slice/libpod-{ID}.scope"),
        ("/libpod_parent", f"libpod_parent/libpod-{ID}"),
        (None, f"libpod_parent/{AGENT}/libpod-{ID}"),
        (None, f"system.slice/web.service/libpod-payload-{ID}"),
        ("/kubepods/burstable/pod7f3a", f"kubepods/burstable/pod7f3a/{ID}"),
        (None, f"kubepods/pod7f3a/{ID}"),
        (None, f"kubepods/besteffort/pod7f3a/{ID}"),
        (None, f"kubepods.slice/kubepods-pod7f3a.slice/docker-{ID}.scope"),
        (
            None,
            f"kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod7f3a.slice/cri-containerd-{ID}.scope",
        ),
    ],
)
def test_patterns_reach_where_a_driver_puts_the_container(cgroup_parent: str | None, directory: str) -> None:
    patterns = candidates(ID, cgroup_parent)
    matching = [
        pattern
        for pattern in patterns
        if pattern.count("/") == directory.count("/")
        and all(map(fnmatch.fnmatchcase, directory.split("/"), pattern.split("/")))
    ]
    assert matching


def test_own_parent_comes_before_the_usual_places() -> None:
    assert candidates(ID, "/fleet/night")[0] == f"fleet/night/{ID}"


@pytest.mark.parametrize(
    "cgroup_parent",
    [
        "..",
        "/../..",
        "a/../../etc",
        "a\0b",
        "*",
        "a?",
        "[ab].slice",
        "a\\b",
        "a\nb",
        "x" * 256,
        "--.slice",
        "a--b.slice",
    ],
)
def test_parent_that_is_not_plain_names_is_left_out(cgroup_parent: str) -> None:
    assert candidates(ID, cgroup_parent) == candidates(ID, None)


@given(cgroup_parent=st.text() | st.text("./-*[]ab\0\n").map(lambda text: text + ".slice"))
def test_any_parent_stays_below_the_root_and_adds_no_wildcard(cgroup_parent: str) -> None:
    usual = candidates(ID, None)
    for pattern in candidates(ID, cgroup_parent):
        names = pattern.split("/")
        assert ID in names[-1]
        assert not pattern.startswith("/")
        assert not {"", ".", ".."} & set(names)
        assert "\0" not in pattern
        if pattern not in usual:
            assert not set("*?[") & set(pattern.replace("user.slice/user-*.slice/user@*.service/", ""))
