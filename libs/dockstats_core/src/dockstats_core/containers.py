"""One container as the inventory knows it, and what an id must look like.

Names, images and labels are written by strangers: they are text of bounded length, never a path, never a metric name.
Not here: figures (readings, messages), where the facts come from (inventory).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct, field

# An id becomes part of a URL path and, for the cgroup source, of a file path: hex digits or nothing.
_ID = re.compile(r"[0-9a-f]{12,64}\Z")

MAX_TEXT = 512
"""Longest name, image, project, service or label kept, in characters; an image reference may have 512, a name 255."""

# The engine's states in which a container has processes, and so counters.
COUNTED = frozenset({"running", "paused", "restarting"})


def is_container_id(text: str) -> bool:
    """Whether `text` is a full or short container id: 12 to 64 lower-case hex digits."""
    return _ID.match(text) is not None


def bounded(text: str) -> str:
    """`text` cut to MAX_TEXT characters, the last one an ellipsis where something was cut."""
    return text if len(text) <= MAX_TEXT else text[: MAX_TEXT - 1] + "…"


class Container(Struct, frozen=True, kw_only=True):
    """What is known of one container besides its figures. Limits are its own; None means it has none."""

    id: str
    name: str
    image: str | None = None
    state: str | None = None
    health: str | None = None
    compose_project: str | None = None
    compose_service: str | None = None
    started_at: datetime | None = None
    finished_at: datetime | None = None
    restart_count: int | None = None
    exit_code: int | None = None
    oom_killed: bool | None = None
    cpu_limit_cores: float | None = None
    mem_limit_bytes: int | None = None
    pids_limit: int | None = None
    network_mode: str | None = None
    network_of: str | None = None  # name of the container whose network it shares
    pid: int | None = None  # of its first process, in the engine's pid namespace
    cgroup_parent: str | None = None  # as it was given, where it was
    labels: Mapping[str, str] = field(default_factory=dict)  # only those that somebody asked for

    @property
    def is_counted(self) -> bool:
        """Whether it has processes, and so counters to read."""
        return self.state in COUNTED
