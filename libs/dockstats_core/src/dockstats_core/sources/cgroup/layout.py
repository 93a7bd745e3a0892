"""Where a container's counters are: from mountinfo and /proc/<pid>/cgroup, or from the drivers' naming. Pure.

A cgroup's path is told relative to the reader's cgroup namespace (cgroup_namespaces(7)): it may begin with "/.." for
each level above the namespace's root, and the names of those levels cannot be seen from inside. A mount shows the tree
from its root on, which mountinfo tells in the same way (proc_pid_mountinfo(5)), so the root is cut from the path. A
directory is believed only when one of its components carries the container's id: a pid may have been given to another
process, and a process may have moved itself further down.
Not here: reading mountinfo, looking whether a directory is there (files), what is in it (kernel_files).
"""

from __future__ import annotations

import re
from typing import Literal, TypeAlias

from msgspec import Struct

from dockstats_core.containers import is_container_id

V1Controller: TypeAlias = Literal["cpuacct", "cpu", "memory", "blkio", "pids"]
Controller: TypeAlias = Literal["unified", "cpuacct", "cpu", "memory", "blkio", "pids"]
Mode: TypeAlias = Literal["v1", "v2", "hybrid"]

V1_CONTROLLERS: tuple[V1Controller, ...] = ("cpuacct", "cpu", "memory", "blkio", "pids")

NO_MOUNT = "no cgroup mount"
NO_LINES = "empty"
DELETED = "deleted"
NOT_IN_PATH = "id not in the path"
HOST_ROOT = "controllers whose path is the root are the host's figures, not the container's"
OUTSIDE = "outside the mounted tree"
NAMESPACED = "namespaced: build the path from the engine's driver and cgroup parent, or search for the id"


# --- Mounts -------------------------------------------------------------------------------------------------------


class Mount(Struct, frozen=True):
    """One mounted cgroup tree: `point` shows the cgroup `root` and what is below it."""

    root: str
    point: str


class Mounts(Struct, frozen=True):
    """The cgroup trees that can be seen, by controller; several of one hierarchy stand in the order of mountinfo."""

    v1: dict[V1Controller, tuple[Mount, ...]]
    v2: tuple[Mount, ...]

    @property
    def mode(self) -> Mode | None:
        """v1 wherever one of its controllers is mounted: what is on v1 cannot be on v2 at the same time."""
        if self.v1:
            return "hybrid" if self.v2 else "v1"
        return "v2" if self.v2 else None


def mounts(mountinfo: str, within: str | None = None) -> Mounts:
    """The cgroup mounts in the text of /proc/self/mountinfo.

    Args:
        mountinfo: see proc_pid_mountinfo(5); lines of another shape are skipped.
        within: only mounts at this path or below it.
    """
    visible: dict[str, tuple[Mount, str, list[str]]] = {}  # by point: a later mount covers an earlier one
    for line in mountinfo.split("\n"):
        before, _, after = line.partition(" - ")  # optional fields, none to several, end with the "-"
        place, kind = before.split(" "), after.split(" ")
        if len(place) < 6 or len(kind) < 3 or "\0" in line:
            continue
        mount = Mount(root=_unescaped(place[3]), point=_unescaped(place[4]))
        visible[mount.point] = (mount, kind[0], kind[2].split(","))
    v1: dict[V1Controller, tuple[Mount, ...]] = {}
    v2: tuple[Mount, ...] = ()
    for mount, file_system, options in visible.values():
        if within is not None and not _is_within(mount.point, within):
            continue
        if file_system == "cgroup2":
            v2 += (mount,)
        elif file_system == "cgroup":
            for controller in V1_CONTROLLERS:
                if controller in options:
                    v1[controller] = (*v1.get(controller, ()), mount)
    return Mounts(v1=v1, v2=v2)


def _unescaped(field: str) -> str:
    """The kernel writes blank, tab, line end and backslash as \\040, \\011, \\012 and \\134."""
    return re.sub(r"\\([0-7]{3})", lambda match: chr(int(match[1], 8)), field)


def _is_within(point: str, directory: str) -> bool:
    return f"{point}/".startswith(f"{directory.rstrip('/')}/")


# --- Where the process is told ------------------------------------------------------------------------------------


class Location(Struct, frozen=True):
    """A container's directories.

    `dirs` has "unified" on v2 and the v1 controllers otherwise; None = not to be read. `unified_dir` is the directory
    in the v2 tree, where pressure is told, on hybrid machines too. `reason` says why a directory is None, where it is
    not simply that there is no such controller.
    """

    mode: Mode | None
    dirs: dict[Controller, str | None] | None
    unified_dir: str | None
    reason: str | None


def locate(mounted: Mounts, proc_cgroup: str, container_id: str, own_cgroup_on_host: str | None = None) -> Location:
    """The directories of the container to which a process belongs.

    Args:
        mounted: the reader's mounts.
        proc_cgroup: the text of /proc/<pid>/cgroup, see cgroups(7), of a process of the container.
        container_id: the id that a component of the path must carry; the last that does is the container's.
        own_cgroup_on_host: the reader's own cgroup as the host sees it, when that is known from elsewhere. It names the
            levels above the root of the reader's namespace.
    """
    mode = mounted.mode
    if mode is None:
        return Location(mode=None, dirs=None, unified_dir=None, reason=NO_MOUNT)
    v1_paths, v2_path = _paths(proc_cgroup)

    def directory(path: str | None, trees: tuple[Mount, ...]) -> _Found:
        if path is None or not trees:
            return _Found()
        return _directory(path, trees, container_id, own_cgroup_on_host)

    unified = directory(v2_path, mounted.v2)
    if mode == "v2":
        reason = NO_LINES if v2_path is None else unified.reason
        return Location(mode=mode, dirs={"unified": unified.path}, unified_dir=unified.path, reason=reason)
    found = {name: directory(v1_paths.get(name), mounted.v1.get(name, ())) for name in V1_CONTROLLERS}
    reasons = [place.reason for place in found.values() if place.reason is not None]
    return Location(
        mode=mode,
        dirs={name: place.path for name, place in found.items()},
        unified_dir=unified.path,
        reason=NO_LINES if not v1_paths else next(iter(reasons), None),
    )


class _Found(Struct, frozen=True):
    path: str | None = None
    reason: str | None = None


def _paths(proc_cgroup: str) -> tuple[dict[str, str], str | None]:
    """The path by v1 controller, and the one in the v2 tree. Lines are "number:controllers:path"; v2's is "0::path"."""
    v1: dict[str, str] = {}
    v2 = None
    for line in proc_cgroup.split("\n"):
        number, *rest = line.split(":", 2)  # a path may contain colons
        if len(rest) < 2 or not rest[1].startswith("/") or "\0" in rest[1]:
            continue
        controllers, path = rest
        if not controllers:
            v2 = path if number == "0" else v2
        else:
            v1 |= dict.fromkeys(controllers.split(","), path)
    return v1, v2


def _directory(path: str, trees: tuple[Mount, ...], container_id: str, own: str | None) -> _Found:
    """The container's directory in the first tree that shows it, or why none does."""
    if path.endswith(" (deleted)"):  # the kernel's mark for a removed cgroup whose process is going
        return _Found(reason=DELETED)
    place = _place(path, own)
    if place == _Place(0, ()):
        return _Found(reason=HOST_ROOT)
    if place is None or (own_part := _up_to_id(place.names, container_id)) is None:
        return _Found(reason=NOT_IN_PATH)
    reason = OUTSIDE
    for tree in trees:
        root = _place(tree.root, own)
        if root is None:
            continue
        if root.climbs == place.climbs and own_part[: len(root.names)] == root.names:
            return _Found(path="/".join((tree.point.rstrip("/"), *own_part[len(root.names) :])))
        if root.climbs > place.climbs:  # the tree begins above the path's beginning; the names between are not known
            reason = NAMESPACED
    return _Found(reason=reason)


class _Place(Struct, frozen=True):
    """A cgroup as seen from a namespace: so many levels up from its root, then down by names."""

    climbs: int
    names: tuple[str, ...]


def _place(path: str, own: str | None) -> _Place | None:
    """`path` taken apart, from the host's root where `own` is known; None where it cannot be a cgroup's."""
    names = _names(path)
    climbs = next((number for number, name in enumerate(names) if name != ".."), len(names))
    names = names[climbs:]
    if ".." in names:
        return None
    if own is None:
        return _Place(climbs, names)
    above = _names(own)
    return None if climbs > len(above) else _Place(0, above[: len(above) - climbs] + names)


def _names(path: str) -> tuple[str, ...]:
    return tuple(name for name in path.split("/") if name not in ("", "."))


_HEX_DIGITS = frozenset("0123456789abcdef")


def _up_to_id(names: tuple[str, ...], container_id: str) -> tuple[str, ...] | None:
    """The names as far as the last that carries the id, as a word of its own: "<id>", "docker-<id>.scope"."""
    if not is_container_id(container_id):
        return None
    for end in range(len(names), 0, -1):
        before, found, after = names[end - 1].rpartition(container_id)
        if found and before[-1:] not in _HEX_DIGITS and after[:1] not in _HEX_DIGITS:
            return names[:end]
    return None


# --- Where host pids are not visible ------------------------------------------------------------------------------

_USER_MANAGER = "user.slice/user-*.slice/user@*.service"
"""Where a user's systemd keeps its own slices: rootless engines are below."""

_NO_NAME = re.compile(r"[\x00-\x1f*?\[\]\\]|^\.\.$")


def candidates(container_id: str, cgroup_parent: str | None) -> tuple[str, ...]:
    """Glob patterns of the directories a container may have below the root of a tree, the likeliest first.

    Each ends in the component that carries the id, so what a pattern matches is this container's.

    Sources: moby's `daemon/daemon_unix.go` (`/docker`, `system.slice`, --cgroup-parent), runc's
    `libcontainer/cgroups/systemd` (`<prefix>-<id>.scope`, a slice's parents), Podman's `libpod/options.go` and
    `libpod/container_internal_linux.go` (`libpod_parent`, `machine.slice`, rootless `user.slice`, `libpod-payload-<id>`
    with --cgroups=split), Kubernetes' `pkg/kubelet/cm` (`kubepods`).

    Args:
        container_id: 12 to 64 hex digits; anything else has no directory.
        cgroup_parent: the container's --cgroup-parent as the engine tells it. It is a stranger's text: one that is not
            plain names is left out.
    """
    if not is_container_id(container_id):
        return ()
    scopes = (f"docker-{container_id}.scope", f"libpod-{container_id}.scope")
    parent = _parent(cgroup_parent or "")
    patterns: list[str] = []
    if parent is not None:
        if parent.endswith(".slice"):
            patterns += [f"{parent}/{scope}" for scope in scopes]
            patterns += [f"{_USER_MANAGER}/{parent}/{scope}" for scope in scopes]
        patterns += [f"{parent}/{container_id}", f"{parent}/libpod-{container_id}"]
    patterns += [
        f"docker/{container_id}",
        f"system.slice/docker-{container_id}.scope",
        f"machine.slice/libpod-{container_id}.scope",
        f"machine.slice/machine-libpod_pod_*.slice/libpod-{container_id}.scope",
        f"libpod_parent/libpod-{container_id}",
        f"libpod_parent/*/libpod-{container_id}",
        f"system.slice/*.service/libpod-payload-{container_id}",
        *(f"{_USER_MANAGER}/{level}/{scope}" for level in ("user.slice", "app.slice") for scope in scopes),
        f"{_USER_MANAGER}/user.slice/user-libpod_pod_*.slice/libpod-{container_id}.scope",
        f"{_USER_MANAGER}/*.slice/*.service/libpod-payload-{container_id}",
        f"kubepods/pod*/{container_id}",
        f"kubepods/*/pod*/{container_id}",
        f"kubepods.slice/kubepods-pod*.slice/*-{container_id}.scope",
        f"kubepods.slice/kubepods-*.slice/kubepods-*-pod*.slice/*-{container_id}.scope",
    ]
    return tuple(dict.fromkeys(patterns))


def _parent(cgroup_parent: str) -> str | None:
    """The relative path of a --cgroup-parent: a slice with its parents, or a path. None where it names none."""
    names = _names(cgroup_parent)
    if not names or any(_NO_NAME.search(name) or len(name) > 255 for name in names):
        return None
    if len(names) == 1 and names[0].endswith(".slice"):
        return _slice_path(names[0])
    return "/".join(names)


def _slice_path(name: str) -> str | None:
    """`a-b.slice` is in `a.slice`: systemd.slice(5), runc's ExpandSlice. None for the root slice and for bad names."""
    parts = name.removesuffix(".slice").split("-")
    if not all(parts):
        return None
    return "/".join("-".join(parts[:end]) + ".slice" for end in range(1, len(parts) + 1))
