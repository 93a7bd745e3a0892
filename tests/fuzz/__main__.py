"""`python -m tests.fuzz TARGET --seconds N`: search for bytes that break a target's law; `all` takes them in turn.

Ends with 1 where something was found: the input is kept in tests/fuzz/corpus/TARGET, and played again by
tests/fuzz/test_regressions.py from then on. See docs/fuzzing.md. Not here: the search itself (searching).
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from tests.fuzz.searching import search
from tests.fuzz.target import NAMES


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("target", choices=(*NAMES, "all"))
    parser.add_argument("--seconds", type=float, default=20.0, help="for each target (default: 20)")
    parser.add_argument(
        "--grow", type=Path, metavar="FOLDER", help="leave inputs that reach new lines in FOLDER/TARGET"
    )
    asked = parser.parse_args()
    code = 0
    for name in NAMES if asked.target == "all" else [asked.target]:
        began_s = time.monotonic()
        outcome = search(name, asked.seconds, grown=None if asked.grow is None else (asked.grow / name).resolve())
        took_s = time.monotonic() - began_s
        without = "" if outcome.way == "atheris" else ", without coverage: atheris is not installed here"
        print(f"{name}: {outcome.tried} inputs in {took_s:.0f} s by {outcome.way}{without}", flush=True)
        if outcome.found is not None:
            print(outcome.found, file=sys.stderr)
            code = 1
    return code


if __name__ == "__main__":
    sys.exit(main())
