"""What a program holds at an instant: memory, descriptors, threads, tasks; and what it logged that it should not have.

Not here: when to look (life), what may be held (table).
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from msgspec import Struct, structs

_MARK = "tasks "
NEWEST = 15  # lines of a log: what a program told within a second and a half
_RSS = re.compile(r"^VmRSS:\s+(\d+) kB$", re.MULTILINE)
_THREADS = re.compile(r"^Threads:\s+(\d+)$", re.MULTILINE)
_TROUBLE = re.compile(r"^\S+Z (?:WARNING|ERROR|CRITICAL) |^\s*Traceback|^\S*Error: ")


class Kept(Struct, frozen=True, kw_only=True):
    """One program at one instant at which nothing is asked of it."""

    at_s: float  # since the start of the run
    rss_bytes: int
    descriptors: int
    threads: int
    tasks: int
    history_bytes: int = 0


def line_of(tasks: int) -> str:
    """What a program tells of itself, as a line of its log."""
    return f"{_MARK}{tasks}"


def tasks_in(log: Sequence[str]) -> int:
    """The fewest tasks that it told lately, as calls that are out just now are tasks too; 0 where it told none."""
    told = [int(line.removeprefix(_MARK)) for line in log[-NEWEST:] if line.startswith(_MARK)]
    return min(told, default=0)


def least(looks: Sequence[Kept]) -> Kept:
    """What was held at all of several instants close to each other: the last, less what was open only now and then."""
    return structs.replace(looks[-1], descriptors=min(one.descriptors for one in looks))


def kept_by(pid: int, log: Sequence[str], at_s: float, *, history_bytes: int = 0, proc: Path = Path("/proc")) -> Kept:
    """What the process holds now."""
    status = (proc / str(pid) / "status").read_text()
    return Kept(
        at_s=at_s,
        rss_bytes=_number(_RSS, status) * 1024,
        descriptors=len(os.listdir(proc / str(pid) / "fd")),
        threads=_number(_THREADS, status),
        tasks=tasks_in(log),
        history_bytes=history_bytes,
    )


def troubles(log: Iterable[str], injected: Sequence[re.Pattern[str]]) -> list[str]:
    """Lines that tell of something wrong, but for what was injected."""
    return [line for line in log if _TROUBLE.search(line) and not any(one.search(line) for one in injected)]


def _number(pattern: re.Pattern[str], text: str) -> int:
    match = pattern.search(text)
    assert match is not None
    return int(match[1])
