"""`uv run python -m bench.soak [--minutes N]`: runs, prints a table, keeps bench/results/soak.json.

Not here: the run (life), what may be (table).
"""

from __future__ import annotations

import argparse
import platform
import random
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import anyio

from bench.machine import cpu_model
from bench.soak.findings import FILE, SoakResult, keep
from bench.soak.life import Life
from bench.soak.plan import Plan
from bench.soak.table import markdown, rows
from tests.fake_engine import FakeEngine

OVER = 3  # the exit code
SEED = 6


def main(arguments: Sequence[str] | None = None) -> int:
    """Run it; gives the exit code."""
    parser = argparse.ArgumentParser(
        prog="bench.soak",
        description="What dockstats keeps when browsers, containers and agents come and go for long.",
        epilog=f"Ends with exit code {OVER} if something grows that should not.",
    )
    parser.add_argument("--minutes", type=float, default=30.0, help="how long (default %(default)g)")
    parser.add_argument("--out", type=Path, default=FILE, help="where the result goes (default %(default)s)")
    options = parser.parse_args(arguments)
    result = anyio.run(_soaked, Plan.of(options.minutes))
    keep(result, options.out)
    print(markdown(result))
    return 0 if all(holds for _, _, _, holds in rows(result)) else OVER


async def _soaked(plan: Plan) -> SoakResult:
    began_at, began_s = datetime.now(UTC), time.monotonic()
    async with FakeEngine(tick_s=0.5) as engine:
        life = Life(plan, engine, random.Random(SEED))
        await life.rounds()
    return SoakResult(
        began_at=began_at.isoformat(timespec="seconds"),
        cpu_model=cpu_model(),
        python=platform.python_version(),
        seconds=time.monotonic() - began_s,
        warm_s=plan.warm_s,
        visits=life.visits,
        restarts=life.restarts,
        unclean_ends=life.unclean_ends,
        changes=life.changes,
        absences=life.absences,
        kept=life.kept,
        troubles=life.troubles,
    )


if __name__ == "__main__":
    sys.exit(main())
