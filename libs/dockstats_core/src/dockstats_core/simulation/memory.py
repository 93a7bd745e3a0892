"""One made-up container's memory: what its program holds, the page cache beside it, and what happens near the limit.

A program's memory follows its role's shape; page cache takes the room that is left. In the last tenth below its bound
the kernel takes pages back that are needed again: allocations meet the limit, faults read from the disk, tasks wait.
Not here: who dies of it (life).
"""

from __future__ import annotations

from random import Random

from dockstats_core.simulation.roles import KIB, MIB, Role

_FILE_CACHE_FILLS_IN_S = 60.0
_LEAKED_AT_FIRST = 0.85  # of the room, at most: nothing should die as soon as somebody looks
_WORKER_HOLDS = 0.7  # of what leaked; given back when the kernel kills it
_SQUEEZED_FROM = 0.9  # of the bound
_LIMIT_HITS_PER_S = 60.0  # and the following, right at the bound
_MAJOR_FAULTS_PER_S = 400.0
_SWAPPED_SHARE = 0.06  # of the bound
SQUEEZED_READS_BYTES_PER_S = 12 * MIB  # of pages that were given up too early


class Memory:
    """The memory of one run of a container; the next run has a new one.

    Args:
        role: what the program is like.
        bound_bytes: the limit in effect.
    """

    def __init__(self, role: Role, bound_bytes: int) -> None:
        self._role = role
        self._bound_bytes = bound_bytes
        self.kernel_bytes: int = (96 + 24 * role.pids) * KIB
        self._room_bytes = bound_bytes - self.kernel_bytes
        self._heap_bytes = 0.0  # what rises
        self._hits = self._faults = 0.0
        self.anon_bytes: float = 0.0
        self.file_bytes: float = 0.0
        self.oom_kills: int = 0
        """Processes killed since the start while the container went on."""
        self.limit_hits: int = 0
        """Allocations that met the bound, since the start."""
        self.major_faults: int = 0
        """Page faults that read from the disk, since the start."""
        self.swap_bytes: int = 0
        """What the kernel moved out to make room."""
        self.squeezed: float = 0.0
        """How near the bound it is: 0 up to nine tenths, 1 right at it."""
        self.is_full: bool = False
        """Whether what only grows has met the bound."""

    def begin(self, age_s: float, rng: Random) -> None:
        """It has run for `age_s` seconds already."""
        role = self._role
        if role.memory == "saw-tooth":
            self._heap_bytes = rng.uniform(0.0, 0.5) * role.anon_bytes
        elif role.memory != "steady":
            self._heap_bytes = rng.uniform(0.0, _LEAKED_AT_FIRST) * (self._room_bytes - 0.7 * role.anon_bytes)
        self.file_bytes = min(1.0, age_s / _FILE_CACHE_FILLS_IN_S) * role.file_bytes
        self.live(0.0, busy=0.0, noise=0.0)

    def live(self, length_s: float, *, busy: float, noise: float) -> None:
        """Let time pass.

        Args:
            length_s: how much, in seconds.
            busy: CPU given, as a multiple of the role's ordinary use.
            noise: about -1 to 1, moves a steady program's memory a little.
        """
        role, room = self._role, self._room_bytes
        level = 0.7
        if role.memory == "steady":
            level = 1.0 + 0.03 * noise
        else:
            self._heap_bytes += role.grows_bytes_per_s * min(busy, 3.0) * length_s
            if role.memory == "saw-tooth" and self._heap_bytes > 0.6 * role.anon_bytes:
                self._heap_bytes = 0.05 * role.anon_bytes
            elif role.memory == "worker-leak" and role.anon_bytes * level + self._heap_bytes >= room:
                self._heap_bytes = (1 - _WORKER_HOLDS) * (room - role.anon_bytes * level)
                self.oom_kills += 1
        self.anon_bytes = min(room, role.anon_bytes * level + self._heap_bytes)
        self.file_bytes += (role.file_bytes - self.file_bytes) * length_s / (length_s + _FILE_CACHE_FILLS_IN_S)
        self.file_bytes = min(self.file_bytes, room - self.anon_bytes)
        over = (self.anon_bytes + self.kernel_bytes) / self._bound_bytes - _SQUEEZED_FROM
        if over > 0 or self.squeezed:
            self._squeeze(length_s, max(0.0, over) / (1 - _SQUEEZED_FROM))

    def _squeeze(self, length_s: float, squeezed: float) -> None:
        self.squeezed = squeezed
        self._hits += _LIMIT_HITS_PER_S * squeezed * length_s
        self._faults += _MAJOR_FAULTS_PER_S * squeezed * length_s
        self.limit_hits = int(self._hits) + self.oom_kills
        self.major_faults = int(self._faults)
        self.swap_bytes = int(_SWAPPED_SHARE * squeezed * self._bound_bytes)
        self.is_full = self._role.memory == "leak" and self.anon_bytes >= self._room_bytes

    @property
    def usage_bytes(self) -> int:
        """All it takes, cache included."""
        return int(self.anon_bytes) + int(self.file_bytes) + self.kernel_bytes
