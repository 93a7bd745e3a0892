"""Prints the diagram of the connection's states, drawn from their table; with --write puts it into machine.py."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TypeVar

from dockstats_core.connection import machine, states

StateT = TypeVar("StateT", bound=str)
StepT = TypeVar("StepT", bound=str)

TARGET = Path(machine.__file__)
_INDENT = "    "
_DIAGRAM = re.compile(r"(?:^    .*--> \w+\n)+", re.MULTILINE)


def diagram(table: Mapping[StateT, Mapping[StepT, StateT]]) -> str:
    """One line a step, in the table's order; what has no step is an end and has no line of its own."""
    longest_state = max(map(len, table))
    longest_step = max(len(step) for steps in table.values() for step in steps)
    lines = []
    for state, steps in table.items():
        for place, (step, following) in enumerate(steps.items()):
            name = state if place == 0 else ""
            dashes = "-" * (longest_step - len(step))
            lines.append(f"{_INDENT}{name:<{longest_state}} -- {step} {dashes}--> {following}\n")
    return "".join(lines)


def drawn_into(source: str, table: Mapping[StateT, Mapping[StepT, StateT]]) -> str:
    """`source` with the diagram of `table` in place of the one it has.

    Raises:
        ValueError: it does not have exactly one.
    """
    if len(_DIAGRAM.findall(source)) != 1:
        raise ValueError("there should be exactly one diagram to replace: lines like `    open -- stop --> closed`")
    return _DIAGRAM.sub(diagram(table), source)


def main(argv: Sequence[str], target: Path = TARGET) -> int:
    """Print the diagram, or put it in place."""
    if "--write" in argv:
        target.write_text(drawn_into(target.read_text(encoding="utf-8"), states.TABLE), encoding="utf-8")
    else:
        print(diagram(states.TABLE), end="")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
