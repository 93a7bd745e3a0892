"""One container's kernel files: opened once, read at each tick, given as counters.

The CPU counter comes first, and the time is taken right after it: what a percentage is made of belongs together. Files
that only a person changes (limits), and those that were not there, are looked at again every few seconds.
Not here: where the files are (finding), what they say (parse).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from dockstats_core.readings import Reading
from dockstats_core.sources.cgroup.files import Descriptors, KeptFile
from dockstats_core.sources.cgroup.finding import Found
from dockstats_core.sources.cgroup.kernel_files import NET_DEV, PRESSURE_FILES, V1_FILES, V2_FILES, KernelFile
from dockstats_core.sources.cgroup.parse import Counters

LOOK_AGAIN_NS = 5_000_000_000
"""How long a limit may stay as it was read, and how soon a file that was not there is looked for again."""

NOT_UNDERSTOOD = "its text has a form that is not known"

_NONE_KEPT = Descriptors(0)  # for files that are read too seldom to stay open


class _Watched:
    """One file, open or not."""

    __slots__ = ("file", "kept")

    def __init__(self, file: KernelFile, directory: str, budget: Descriptors) -> None:
        self.file = file
        self.kept = KeptFile(f"{directory}/{file.name}", _NONE_KEPT if file.seldom else budget)


class ContainerFiles:
    """What is open for one container.

    Args:
        container_id: whose files they are.
        found: where they are.
        with_network: whether its network is its own, so that its traffic can be counted.
        budget: of descriptors.
        complain: told the path of each file that cannot be read or understood, and why.
    """

    def __init__(
        self,
        container_id: str,
        found: Found,
        *,
        with_network: bool,
        budget: Descriptors,
        complain: Callable[[str, str], None],
    ) -> None:
        self._container_id = container_id
        self._complain = complain
        self._all = [_Watched(file, directory, budget) for file, directory in _places(found)]
        self._network: _Watched | None = None
        if with_network and found.process_dir is not None:
            self._network = _Watched(NET_DEV, found.process_dir, budget)
        self._present: list[_Watched] = []
        self._limits: Counters = {}
        self._look_again_ns: int | None = None
        self.counted: frozenset[str] = frozenset()
        """The fields of a Reading that its files gave the last time all of them were looked for."""

    def read(self, clock_ns: Callable[[], int]) -> Reading | None:
        """Its counters; None when it has ended, which every file of its cgroup then says."""
        now_ns = clock_ns()
        if self._look_again_ns is None or now_ns >= self._look_again_ns:
            self._look_for_files(now_ns)
        counters = self._limits.copy()
        problems: list[str] = []
        lives = False
        read_ns = 0
        for watched in self._present:
            lives = self._read_one(watched, counters, problems) or lives
            if not read_ns:
                read_ns = clock_ns()
        if not lives:
            return None
        if self._network is not None:  # last: an open file of the network outlives the container
            self._read_one(self._network, counters, problems)
        if not self.counted:
            self.counted = frozenset(counters)
        return Reading(
            container_id=self._container_id, read_ns=read_ns, taken_ns=read_ns, problems=tuple(problems), **counters
        )

    def _look_for_files(self, now_ns: int) -> None:
        """Which files are there, and what stands in those that are read seldom."""
        present: dict[str, _Watched] = {}
        limits: Counters = {}
        for watched in self._all:
            if watched.file.instead_of not in present and self._read_one(
                watched, limits if watched.file.seldom else {}, []
            ):
                present[watched.file.name] = watched
        self._present = [watched for watched in present.values() if not watched.file.seldom]
        self._limits = limits
        self._look_again_ns = now_ns + LOOK_AGAIN_NS
        self.counted = frozenset()

    def _read_one(self, watched: _Watched, counters: Counters, problems: list[str]) -> bool:
        """Whether the file is there; what it tells is put into `counters`, what is wrong with it into `problems`."""
        try:
            text = watched.kept.read()
        except OSError as error:
            wrong = error.strerror or str(error)
        else:
            if text is None:
                return False
            if watched.file.parse(text, counters):
                return True
            wrong = NOT_UNDERSTOOD
        problems.append(watched.file.name)
        self._complain(watched.kept.path, wrong)
        return True

    def close(self) -> None:
        """Close all that is open."""
        for watched in self._all:
            watched.kept.close()
        if self._network is not None:
            self._network.kept.close()


def _places(found: Found) -> Iterator[tuple[KernelFile, str]]:
    """Each file of the cgroup that may be there, with its directory."""
    for file in V2_FILES if found.version == 2 else V1_FILES:
        if file.controller in found.dirs:
            yield file, found.dirs[file.controller]
    if found.unified_dir is not None:
        for file in PRESSURE_FILES:
            yield file, found.unified_dir
