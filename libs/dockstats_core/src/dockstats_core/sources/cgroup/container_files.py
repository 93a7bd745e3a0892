"""One container's kernel files: opened once, read at each tick, given as counters.

The CPU counter comes first, and the time is taken right after it: what a percentage is made of belongs together. While
it stands still nothing of the container runs, and all else waits for up to two seconds: so it is with most containers
of most hosts most of the time. What tells why something is slow is read once a second, however short the interval, and
repeated in between; files that only a person changes (limits), and those that were not there, are looked at again every
few seconds. Each container has its own seconds, so that they do not all fall into one tick.
Not here: where the files are (finding), what they say (parse).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from msgspec import structs

from dockstats_core.readings import Reading
from dockstats_core.sources.cgroup.counters import Counters, Number
from dockstats_core.sources.cgroup.files import Descriptors, KeptFile
from dockstats_core.sources.cgroup.finding import Found
from dockstats_core.sources.cgroup.kernel_files import NET_DEV, PRESSURE_FILES, V1_FILES, V2_FILES, KernelFile, Pace

LOOK_AGAIN_NS = 5_000_000_000
"""How long a limit may stay as it was read, and how soon a file that was not there is looked for again."""

DETAILS_NS = 1_000_000_000
"""How long details are repeated."""

# Details whose rates are of interest, wherever they stand: on v2 in files that are read at each tick. They keep the
# time of the other details.
_RATED: tuple[Number, ...] = ("cpu_user_ns", "cpu_kernel_ns", "block_reads", "block_writes")

NOT_UNDERSTOOD = "its text has a form that is not known"

_NOTHING: Counters = {}
_NONE_KEPT = Descriptors(0)  # for files that are read too seldom to stay open


class _Watched(KeptFile):
    """One file, open or not, and what its last text said: most texts are the same from tick to tick."""

    __slots__ = ("counters", "file", "makes_sense", "text")

    def __init__(self, file: KernelFile, directory: str, budget: Descriptors) -> None:
        super().__init__(directory, file.name, _NONE_KEPT if file.pace == "seldom" else budget)
        self.file = file
        self.text: bytes | None = None
        self.counters: Counters = _NOTHING
        self.makes_sense = True

    @property
    def pace(self) -> Pace:
        """How often it is worth reading, by what it says now."""
        resting = self.file.still_at_zero is not None and self.counters.get(self.file.still_at_zero) == 0
        return "seldom" if resting else self.file.pace

    def look(self) -> bool:
        """Whether the file is there; if so, its counters are those of now.

        Raises:
            OSError: it is there and cannot be read.
        """
        text = self.read()
        if text != self.text:  # parsing takes ten times as long as comparing
            self.text = text
            self.counters = {}
            self.makes_sense = text is None or self.file.parse(text, self.counters)
        return text is not None


class ContainerFiles:
    """What is open for one container.

    Args:
        container_id: whose files they are.
        found: where they are.
        with_network: whether its network is its own, so that its traffic can be counted.
        leave_alone: whether nothing but the CPU counter is read for a while when that stands still.
        budget: of descriptors.
        complain: told the path of each file that cannot be read or understood, and why.
    """

    def __init__(
        self,
        container_id: str,
        found: Found,
        *,
        with_network: bool,
        leave_alone: bool = True,
        budget: Descriptors,
        complain: Callable[[str, str], None],
    ) -> None:
        self._container_id = container_id
        self._leave_alone = leave_alone
        self._complain = complain
        self._all = [_Watched(file, directory, budget) for file, directory in _places(found)]
        self._network: _Watched | None = None
        if with_network and found.process_dir is not None:
            self._network = _Watched(NET_DEV, found.process_dir, budget)
        self._each_tick: list[_Watched] = []
        self._each_second: list[_Watched] = []
        self._limits: Counters = {}
        self._details: Counters = {}
        self._details_ns = 0
        self._kept_problems: dict[Pace, list[str]] = {"seldom": [], "second": []}
        self._look_again_ns = self._details_due_ns = 0
        self._lag_ns = int(container_id[:4], 16) * DETAILS_NS >> 16
        self._cpu_total_ns: int | None = None
        self._still_until_ns = 0
        self._still: Reading | None = None  # the last one, when its CPU counter was that of the one before
        self.counted: frozenset[str] = frozenset()
        """The fields of a Reading that its files gave the last time all of them were looked for."""

    def read(self, clock_ns: Callable[[], int]) -> Reading | None:
        """Its counters; None when it has ended, which every file of its cgroup then says."""
        now_ns = clock_ns()
        if self._still is not None and now_ns < self._still_until_ns and self._has_not_run():
            now_ns = clock_ns()
            return structs.replace(self._still, read_ns=now_ns, taken_ns=now_ns)
        if now_ns >= self._look_again_ns:
            self._look_for_files(now_ns)
        counters: Counters = {}
        problems: list[str] = []
        lives = False
        read_ns = 0
        for watched in self._each_tick:
            lives = self._read_one(watched, counters, problems) or lives
            if not read_ns:
                read_ns = clock_ns()
        if not lives:
            return None
        if self._network is not None:  # last: an open file of the network outlives the container
            self._read_one(self._network, counters, problems)
        if now_ns >= self._details_due_ns:
            self._read_details(counters, read_ns)
        counters.update(self._details)
        counters.update(self._limits)
        for kept in self._kept_problems.values():
            problems += kept
        if not self.counted:
            self.counted = frozenset(counters)
        reading = Reading(
            container_id=self._container_id,
            read_ns=read_ns,
            taken_ns=read_ns,
            rest_ns=read_ns,
            details_ns=self._details_ns,
            problems=tuple(problems),
            **counters,
        )
        before_ns, self._cpu_total_ns = self._cpu_total_ns, reading.cpu_total_ns
        stands_still = before_ns is not None and before_ns == reading.cpu_total_ns
        self._still = reading if stands_still and self._leave_alone else None
        self._still_until_ns = self._details_due_ns + DETAILS_NS
        return reading

    def _has_not_run(self) -> bool:
        """Whether the CPU counter, whose file comes first, says the same as the last time."""
        cpu = self._each_tick[0]
        try:
            return "cpu_total_ns" in cpu.counters and cpu.read() == cpu.text
        except OSError:
            return False

    def _read_details(self, counters: Counters, read_ns: int) -> None:
        """Read the details, and take those over that stand among the tick's counters."""
        details: Counters = {}
        problems = self._kept_problems["second"] = []
        for watched in self._each_second:
            self._read_one(watched, details, problems)
        for name in _RATED:
            if name in counters:
                details[name] = counters[name]
        self._details, self._details_ns = details, read_ns
        # The first time after a part of a second that is this container's own, then after whole ones.
        self._details_due_ns = (read_ns // DETAILS_NS) * DETAILS_NS + self._lag_ns
        if self._details_due_ns <= read_ns:
            self._details_due_ns += DETAILS_NS

    def _look_for_files(self, now_ns: int) -> None:
        """Which files are there, and what stands in those that are read seldom."""
        present: dict[str, _Watched] = {}
        limits: Counters = {}
        each: dict[Pace, list[_Watched]] = {"tick": [], "second": [], "seldom": []}
        problems: list[str] = []
        for watched in self._all:
            file, wrong = watched.file, list[str]()
            if file.instead_of in present:
                continue
            is_known = watched.text is not None and watched.pace != "seldom"  # it is read often enough
            if not is_known and not self._read_one(watched, {}, wrong):
                continue
            present[file.name] = watched
            each[watched.pace].append(watched)
            if watched.pace == "seldom":
                limits.update(watched.counters)
                problems += wrong
        self._each_tick, self._each_second = each["tick"], each["second"]
        self._limits, self._kept_problems["seldom"] = limits, problems
        self._look_again_ns = now_ns + LOOK_AGAIN_NS - self._lag_ns
        self._details_due_ns = 0
        self.counted = frozenset()

    def _read_one(self, watched: _Watched, counters: Counters, problems: list[str]) -> bool:
        """Whether the file is there; what it tells is put into `counters`, what is wrong with it into `problems`."""
        try:
            if not watched.look():
                return False
        except OSError as error:
            wrong = error.strerror or str(error)
        else:
            counters.update(watched.counters)
            if watched.makes_sense:
                return True
            wrong = NOT_UNDERSTOOD
        problems.append(watched.file.name)
        self._complain(watched.path, wrong)
        return True

    def close(self) -> None:
        """Close all that is open."""
        for watched in self._all:
            watched.close()
        if self._network is not None:
            self._network.close()


def _places(found: Found) -> Iterator[tuple[KernelFile, str]]:
    """Each file of the cgroup that may be there, with its directory."""
    for file in V2_FILES if found.version == 2 else V1_FILES:
        if file.controller in found.dirs:
            yield file, found.dirs[file.controller]
    if found.unified_dir is not None:
        for file in PRESSURE_FILES:
            yield file, found.unified_dir
