"""Finds a container's files on this machine: by its first process, else by how the drivers name their directories.

The process is asked first, since it knows: `/proc/<pid>/cgroup` names the directories whatever driver made them. Its
own directory of /proc is used for the network only when that file carries the container's id: without the host's
processes in sight, a pid of the engine's is nobody's here, or another program's.
Not here: the rules (layout), reading counters (container_files).
"""

from __future__ import annotations

import glob
import os
from typing import Literal

from msgspec import Struct

from dockstats_core.containers import Container
from dockstats_core.sources.cgroup import layout
from dockstats_core.sources.cgroup.files import NONE_LEFT, read_text
from dockstats_core.sources.cgroup.layout import Controller, Location, Mount, Mounts

_OWN_MOUNTS = "/proc/self/mountinfo"  # for a --proc-root in which this process is not


class Found(Struct, frozen=True, kw_only=True):
    """Where one container's files are; a missing directory has no figures."""

    version: Literal[1, 2]
    dirs: dict[Controller, str]
    unified_dir: str | None  # where pressure is told, on hybrid machines too
    process_dir: str | None  # its first process's directory of /proc, once that is known to be its


class NotFound(Struct, frozen=True):
    """No directory of the container's can be seen, and why; `ended`: because it does not run at the moment."""

    reason: str
    ended: bool = False


class Finder:
    """Looks for containers below the mounts of this process.

    Args:
        proc_root: where the /proc is in which the engine's pids mean something.
        cgroup_root: look only at cgroup mounts here and below; empty for all.
    """

    def __init__(self, proc_root: str, cgroup_root: str) -> None:
        self._proc_root = proc_root
        self._cgroup_root = cgroup_root
        self._mounts: Mounts | None = None

    @property
    def mode(self) -> layout.Mode | None:
        """What kind of cgroup tree is mounted here; None where none is."""
        return self._mounted().mode

    def find(self, container: Container) -> Found | NotFound:
        """The container's directories, as they are now.

        Raises:
            OSError: the mounts of this process cannot be read, or no descriptor is left.
        """
        mounted = self._mounted()
        if mounted.mode is None:
            self._mounts = None  # they may come
            return NotFound(reason=self._no_mounts())
        location, process_dir = self._by_process(container, mounted)
        dirs = _seen(location)
        unified_dir = None if location is None else location.unified_dir
        if not dirs:
            dirs, unified_dir = _by_name(container, mounted)
        if not dirs:
            if container.state == "restarting":
                return NotFound(reason="it has no process", ended=True)
            return NotFound(reason=_not_seen(location))
        return Found(
            version=2 if mounted.mode == "v2" else 1, dirs=dirs, unified_dir=unified_dir, process_dir=process_dir
        )

    def _mounted(self) -> Mounts:
        if self._mounts is None:
            text = read_text(f"{self._proc_root}/self/mountinfo") or read_text(_OWN_MOUNTS) or b""
            self._mounts = layout.mounts(text.decode(errors="surrogateescape"), self._cgroup_root or None)
        return self._mounts

    def _no_mounts(self) -> str:
        where = f"at {self._cgroup_root} or below" if self._cgroup_root else "here"
        return f"no cgroup file system is mounted {where}"

    def _by_process(self, container: Container, mounted: Mounts) -> tuple[Location | None, str | None]:
        """Where the container's first process says it is, and that process's directory, if it is the container's."""
        if container.pid is None:
            return None, None
        process_dir = f"{self._proc_root}/{container.pid}"
        try:
            text = read_text(f"{process_dir}/cgroup")
        except OSError as error:
            if error.errno in NONE_LEFT:
                raise
            return None, None  # a /proc that hides others' processes: the directories may be seen all the same
        if text is None:
            return None, None
        location = layout.locate(mounted, text.decode(errors="surrogateescape"), container.id)
        return location, process_dir if container.id.encode() in text else None


def _seen(location: Location | None) -> dict[Controller, str]:
    if location is None or location.dirs is None:
        return {}
    return {name: place for name, place in location.dirs.items() if place is not None and os.path.isdir(place)}


def _by_name(container: Container, mounted: Mounts) -> tuple[dict[Controller, str], str | None]:
    """The directories that carry the container's id where the drivers put them."""
    names = layout.candidates(container.id, container.cgroup_parent)
    dirs: dict[Controller, str] = {}
    for controller, trees in mounted.v1.items():
        place, names = _first_existing(trees, names)
        if place is not None:
            dirs[controller] = place
    unified, _ = _first_existing(mounted.v2, names)
    if mounted.mode == "v2" and unified is not None:
        dirs["unified"] = unified
    return dirs, unified


def _first_existing(trees: tuple[Mount, ...], names: tuple[str, ...]) -> tuple[str | None, tuple[str, ...]]:
    """The first directory of these names, and the names to try in the next hierarchy.

    Drivers put a container into the same place of each. So where one was found, the others are there; and where none
    was, the patterns are not tried again (measured: looking in vain takes 0.6 ms a hierarchy).
    """
    for tree in trees:
        for name in names:
            if glob.has_magic(name):
                place = next(glob.iglob(f"{glob.escape(tree.point)}/{name}"), None)
            else:
                place = f"{tree.point}/{name}" if os.path.isdir(f"{tree.point}/{name}") else None
            if place is not None:
                return place, (glob.escape(place.removeprefix(f"{tree.point}/")),)
    return None, tuple(name for name in names if not glob.has_magic(name))


def _not_seen(location: Location | None) -> str:
    if location is None or location.reason == layout.NOT_IN_PATH:
        return "its cgroup is not below the mounted tree, nor is its first process in sight"
    return f"its cgroup cannot be seen ({location.reason or 'no such directory'})"
