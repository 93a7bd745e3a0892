"""What the page's bench found, and what the page may cost; kept as bench/results/page.json. Pure but for the file."""

from __future__ import annotations

from pathlib import Path

import msgspec
from msgspec import Struct

from bench.options import RESULTS

FILE = RESULTS / "page.json"


class Drawing(Struct, frozen=True, kw_only=True):
    """One fleet in one window, after it has loaded."""

    hosts: int
    containers: int  # all told
    interval_s: float
    updates: int
    update_median_ms: float
    update_p99_ms: float
    longest_task_ms: float
    long_tasks: int
    renderer_pct: float  # CPU of its process, 100 = one core
    first_figures_ms: float  # from navigation, the median of several
    bytes_per_s: float  # of the stream, compressed


class Endurance(Struct, frozen=True, kw_only=True):
    """Many updates on one page: what grows."""

    updates: int  # batches that reached it
    seconds: float
    heap_before_mib: float
    heap_after_mib: float
    nodes_before: int
    nodes_after: int


class Weight(Struct, frozen=True, kw_only=True):
    """Some of the page's files, as they are sent."""

    files: int
    plain_bytes: int
    gzipped_bytes: int


class PageResult(Struct, frozen=True, kw_only=True):
    """One run."""

    began_at: str
    chromium: str
    cpu_model: str
    drawings: list[Drawing]
    endurance: Endurance
    until_first_figures: Weight
    first_visit: Weight  # with what follows them by itself
    whole: Weight  # all that can ever be asked for


def keep(result: PageResult, path: Path = FILE) -> None:
    """Write it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(msgspec.json.format(msgspec.json.encode(result)) + b"\n")


def kept(path: Path = FILE) -> PageResult:
    """The last run that was written."""
    return msgspec.json.decode(path.read_bytes(), type=PageResult)
