"""What a person reads in a terminal: the rows that `docker stats` prints, and the same text made from our figures.

Source of the roundings: docker/go-units `size.go` (4 digits of binary units for memory, 3 of decimal ones for I/O).
Not here: our own figures.
"""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import NamedTuple

import anyio
from anyio.streams.text import TextReceiveStream

FIRST_ROWS_S = 2.0
_BINARY = ("B", "KiB", "MiB", "GiB", "TiB")
_DECIMAL = ("B", "kB", "MB", "GB", "TB")


class Row(NamedTuple):
    """One container's row, and when it was printed (Unix seconds)."""

    at_s: float
    cpu_pct: float
    memory: str
    network: str
    block: str
    pids: str


async def follow_docker_stats(host: str, rows: Mapping[str, list[Row]]) -> None:
    """Append every row that `docker stats` prints of the containers with these names, until cancelled or it ends."""
    command = ["docker", "--host", host, "stats", "--format", "{{json .}}", *rows]
    async with await anyio.open_process(command, stdin=subprocess.DEVNULL) as process:
        try:
            assert process.stdout is not None
            rest = ""
            async for text in TextReceiveStream(process.stdout):
                *lines, rest = (rest + text).split("\n")
                for line in lines:
                    _keep(line, rows)
        finally:
            with suppress(ProcessLookupError):  # it gives up by itself where an engine is too busy to answer it
                process.kill()


def _keep(line: str, rows: Mapping[str, list[Row]]) -> None:
    start, end = line.find("{"), line.rfind("}")  # what moves the cursor stands around it
    if start < 0 or end < start:
        return
    row = json.loads(line[start : end + 1])
    # The command cuts the slash off a name; Podman sends names without one, and so loses their first letter.
    name = next((name for name in rows if row["Name"] in {name, name[1:]}), None)
    if name is not None and row["CPUPerc"] != "--":
        rows[name].append(
            Row(
                at_s=time.time(),
                cpu_pct=float(row["CPUPerc"].rstrip("%")),
                memory=row["MemUsage"],
                network=row["NetIO"],
                block=row["BlockIO"],
                pids=row["PIDs"],
            )
        )


def settled(rows: Sequence[Row]) -> Sequence[Row]:
    """Those that compare with a second ago: the first ones compare with the container's start."""
    return [row for row in rows if row.at_s >= rows[0].at_s + FIRST_ROWS_S]


def printed_memory(used: int | None, limit: int | None) -> str:
    """Memory in use and its limit, as a row has them."""
    return _pair(used, limit, 1024, 4, _BINARY)


def printed_io(one: int | None, other: int | None) -> str:
    """Bytes received and sent, or read and written, as a row has them."""
    return _pair(one, other, 1000, 3, _DECIMAL)


def _pair(one: int | None, other: int | None, base: int, digits: int, units: Sequence[str]) -> str:
    if one is None or other is None:
        return "unknown"
    return f"{_size(one, base, digits, units)} / {_size(other, base, digits, units)}"


def _size(size: float, base: int, digits: int, units: Sequence[str]) -> str:
    power = 0
    while size >= base and power < len(units) - 1:
        size /= base
        power += 1
    return f"{size:.{digits}g}{units[power]}"
