"""A search that coverage guides: atheris (libFuzzer) changes inputs and keeps those that reach lines not seen before.

It runs in a process of its own, which libFuzzer ends: `python -m tests.fuzz.guided TARGET FLAGS FOLDERS`, started by
`python -m tests.fuzz`. Our code, the laws themselves and the protocols below are instrumented while they are imported.
Not here: which inputs it begins with, what is done with what it finds (searching).
"""

from __future__ import annotations

import importlib
import sys

from tests.fuzz import json_trees
from tests.fuzz.target import load

INSTRUMENTED = ["dockstats_core", "tests.fuzz", "wsproto", "h11", "httpcore"]


def main() -> None:
    """Search until libFuzzer ends the process: 0 when the time is over, 77 when something was found."""
    atheris = importlib.import_module("atheris")  # not on every platform
    name, *flags = sys.argv[1:]
    with atheris.instrument_imports(include=INSTRUMENTED):
        target = load(name)

    def mutated(data: bytes, longest: int, seed: int) -> bytes:
        changed = json_trees.changed(data, longest, seed) if seed % 2 else None
        by_bytes: bytes = atheris.Mutate(data, longest) if changed is None else changed
        return by_bytes

    mutator = {"custom_mutator": mutated} if target.holds_json else {}
    atheris.Setup([name, f"-max_len={target.longest}", *flags], target.fuzz, **mutator)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
