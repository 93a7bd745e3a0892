"""What a fuzz target is: a law that holds for any bytes, and what a search for bytes that break it begins with.

Not here: the targets (one file each, `TARGET` in it), how they are searched (searching).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

CORPUS = Path(__file__).parent / "corpus"
"""A folder a target, of inputs that once broke its law, or that lead to places which are hard to find by chance."""

NAMES = ("messages", "fleet", "engine_answers", "engine_http", "kernel_files", "grammars", "connection")


@dataclass(frozen=True, kw_only=True)
class Target:
    """One law.

    Attributes:
        fuzz: takes any bytes; what it raises is a fault, in the product or in the law.
        seeds: sound inputs, which the search changes.
        words: what it may put in by itself, as a keyword of the grammar.
        longest: of an input, in bytes.
        holds_json: whether inputs hold JSON, which is then changed as a tree as well as byte by byte.
    """

    fuzz: Callable[[bytes], None]
    seeds: Sequence[bytes]
    words: Sequence[bytes] = ()
    longest: int = 4096
    holds_json: bool = False


def load(name: str) -> Target:
    """The target of that name; its module, and what that imports, is loaded now."""
    target: Target = import_module(f"tests.fuzz.{name}").TARGET
    return target


def kept(name: str) -> list[Path]:
    """The inputs kept for a target, by name."""
    return sorted(path for path in (CORPUS / name).glob("*") if path.is_file())
