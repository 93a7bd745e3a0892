"""What a soak found; kept as bench/results/soak.json. Pure but for the file."""

from __future__ import annotations

from pathlib import Path

import msgspec
from msgspec import Struct

from bench.options import RESULTS
from bench.soak.kept import Kept
from bench.statistics import median

FILE = RESULTS / "soak.json"
_ENDS = 3  # instants at either end whose median is taken: one alone may catch a collection that is yet to come


class SoakResult(Struct, frozen=True, kw_only=True):
    """One run."""

    began_at: str
    cpu_model: str
    python: str
    seconds: float
    warm_s: float  # from here on nothing may grow
    visits: int  # of browsers
    restarts: int  # of an agent
    unclean_ends: int  # of agents that were asked to end, and gave another exit code than 0
    changes: int  # of containers
    absences: int  # of the engine
    kept: dict[str, list[Kept]]  # by program
    troubles: list[str]  # lines of any program's log that tell of something wrong and were not caused on purpose


def watched(result: SoakResult, program: str) -> list[Kept]:
    """What the program held after warming up."""
    return [one for one in result.kept[program] if one.at_s >= result.warm_s]


def grown_bytes(kept: list[Kept]) -> float:
    """How much more memory the program holds at the end than at the begin."""
    return median([one.rss_bytes for one in kept[-_ENDS:]]) - median([one.rss_bytes for one in kept[:_ENDS]])


def keep(result: SoakResult, path: Path = FILE) -> None:
    """Write it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(msgspec.json.format(msgspec.json.encode(result)) + b"\n")


def kept(path: Path = FILE) -> SoakResult:
    """The last run that was written."""
    return msgspec.json.decode(path.read_bytes(), type=SoakResult)
