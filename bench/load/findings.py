"""What a load run found; kept as bench/results/load.json. Pure but for the file."""

from __future__ import annotations

from pathlib import Path

import msgspec
from msgspec import Struct

from bench.load.watch import Delays
from bench.options import RESULTS

FILE = RESULTS / "load.json"


class Held(Struct, frozen=True, kw_only=True):
    """One program of ours under one load, over one span."""

    key: str
    title: str
    full: bool  # of the size that the promises are made for
    seconds: float
    cpu_pct: float  # the program's own, 100 = one core
    peak_rss_bytes: int  # since its start
    readers: int  # that were connected and read, the fewest at any moment of the span
    readers_wanted: int
    batches: int  # that came, over all readers
    lost: int
    delays: Delays | None
    load_pct: float  # CPU of the processes that made the load
    others_pct: float  # CPU of whatever else ran on the machine, the kernel's own threads included
    stolen_pct: float  # CPU that the machine did not have: its host gave it to others
    silent: int = 0  # readers that read nothing
    silent_left: int = 0  # of them, those that were still connected at the end of the span
    history_bytes: int | None = None
    history_may_be_bytes: int | None = None


class LoadResult(Struct, frozen=True, kw_only=True):
    """One run."""

    began_at: str
    cpu_model: str
    cores: int
    python: str
    held: list[Held]


def keep(result: LoadResult, path: Path = FILE) -> None:
    """Write it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(msgspec.json.format(msgspec.json.encode(result)) + b"\n")


def kept(path: Path = FILE) -> LoadResult:
    """The last run that was written."""
    return msgspec.json.decode(path.read_bytes(), type=LoadResult)
