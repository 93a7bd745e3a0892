"""`uv run python -m bench.load [--only NAME] [--span S] [--quick]`: what dockstats holds, as a table.

The figures are kept as bench/results/load.json. Not here: the loads (scenarios), what they may cost (table).
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import anyio
from msgspec import structs

from bench.load.findings import FILE, Held, LoadResult, keep
from bench.load.scenarios import FULL, QUICK, Size, many_agents, many_browsers, many_dashboards
from bench.load.table import markdown, rows
from bench.machine import cpu_model

LOADS: Mapping[str, Callable[[Size], Awaitable[Held]]] = {
    "browsers": many_browsers,
    "agents": many_agents,
    "dashboards": many_dashboards,
}
OVER = 3  # the exit code


def main(arguments: Sequence[str] | None = None) -> int:
    """Run it; gives the exit code."""
    parser = argparse.ArgumentParser(
        prog="bench.load",
        description="What dockstats holds: a thousand browsers, a hundred agents, a hundred dashboards.",
        epilog=f"Ends with exit code {OVER} if a figure is over its bound. Leave the machine alone meanwhile.",
    )
    parser.add_argument("--only", choices=LOADS, action="append", help="this load only; may be repeated")
    parser.add_argument("--span", type=float, help=f"seconds that each is measured (default {FULL.span_s:g})")
    parser.add_argument("--quick", action="store_true", help="a tenth of everything: shows that it works")
    parser.add_argument("--out", type=Path, default=FILE, help="where the result goes (default %(default)s)")
    options = parser.parse_args(arguments)
    size = QUICK if options.quick else FULL
    if options.span is not None:
        size = structs.replace(size, span_s=options.span, filling_s=0.0)
    began_at = datetime.now(UTC).isoformat(timespec="seconds")
    result = LoadResult(
        began_at=began_at,
        cpu_model=cpu_model(),
        cores=os.cpu_count() or 1,
        python=platform.python_version(),
        held=anyio.run(_all_held, options.only or list(LOADS), size),
    )
    keep(result, options.out)
    print(markdown(result))
    return 0 if all(holds for _, _, _, holds in rows(result)) else OVER


async def _all_held(names: Sequence[str], size: Size) -> list[Held]:
    held = []
    for name in names:
        print(f"{datetime.now(UTC):%H:%M:%S} many {name}", file=sys.stderr, flush=True)
        held.append(await LOADS[name](size))
    return held


if __name__ == "__main__":
    sys.exit(main())
