"""What a contestant is to the bench: a command line, and how its deliveries are counted.

Not here: any contestant; each has a file of its own beside this one.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Literal, TypeAlias

from msgspec import Struct

from bench.tally import MakeListener, reports

Kind: TypeAlias = Literal["idle", "others", "ours", "floor"]
"""floor: the system calls that no watcher of this kind can do without."""


class Contestant(Struct, frozen=True, kw_only=True):
    """One way to watch all running containers of an engine."""

    key: str  # on the command line and in results
    title: str  # for people
    kind: Kind
    command: Sequence[str] | None = None  # None: nobody watches
    needs: Sequence[str] = ()  # modules of the packages in the dependency group `bench`
    serves: bool = False  # it is an agent: a client connects to the port it names, and counts what comes
    listener: MakeListener = reports  # understands what it, or its client, prints
    reads_frames: bool = False  # prints less than it gets: its figures are counted by the bytes it reads


def python(module: str, *arguments: str) -> list[str]:
    """A module of the bench, in a process of its own."""
    return [sys.executable, "-m", module, *arguments]


def program(name: str) -> str:
    """A program that is installed beside this Python, else the one that is on the path."""
    beside = Path(sys.executable).parent / name
    return str(beside) if beside.exists() else shutil.which(name) or name
