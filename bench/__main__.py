"""`uv run bench`: what it costs to watch containers, side by side. See bench/run.py for the way of a run."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Collection
from types import FrameType

from bench.lineup import chosen
from bench.machine import is_installed
from bench.options import parse
from bench.run import run
from bench.running import BenchError

_ASKED = "DOCKSTATS_BENCH_ASKED"  # that it was started again; once is enough

ECHO_S = 1.0
"""`uv run` passes on a Ctrl-C that the terminal has sent to the bench already; a later one is a person's again."""


def main() -> int:
    """Run the bench; 0 for a run to be trusted, 1 for one that stopped, 3 for one that was disturbed."""
    options = parse(sys.argv[1:])
    _bring_contestants(options.only)
    interrupts = _Interrupts()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, interrupts)
    try:
        return 0 if run(options).trusted else 3
    except BenchError as error:
        print(f"bench: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("bench: interrupted; its containers are removed", file=sys.stderr)
        return 130


def _bring_contestants(only: Collection[str]) -> None:
    """Start again with the packages of all contestants where uv started this and can bring them; else go on without."""
    uv = os.environ.get("UV")
    if uv and _ASKED not in os.environ and not all(is_installed(one) for one in chosen(only)):
        print("bench: installing who takes part (uv's dependency group bench)", file=sys.stderr)
        os.execve(uv, [uv, "run", "--group", "bench", "bench", *sys.argv[1:]], {**os.environ, _ASKED: "yes"})


class _Interrupts:
    """Ends the run at a signal, and does not let its echo cut the removal of the containers short."""

    def __init__(self) -> None:
        self._last_s: float | None = None

    def __call__(self, _signal: int, _frame: FrameType | None) -> None:
        now_s = time.monotonic()
        if self._last_s is None or now_s - self._last_s > ECHO_S:
            self._last_s = now_s
            raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
