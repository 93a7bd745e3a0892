"""Every input that once broke a law, or that a search began with, holds it now.

Not here: new inputs (test_short).
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.fuzz.target import CORPUS, NAMES, kept, load


@pytest.mark.parametrize(("name", "path"), [pytest.param(n, p, id=f"{n}/{p.name}") for n in NAMES for p in kept(n)])
def test_kept_input_holds_the_law(name: str, path: Path) -> None:
    load(name).fuzz(path.read_bytes())


@pytest.mark.parametrize("name", NAMES)
def test_seeds_hold_the_law_whole_and_cut(name: str) -> None:
    target = load(name)
    for data in (*target.seeds, b"", b"\0"):
        assert len(data) <= target.longest
        target.fuzz(data)
        target.fuzz(data[: len(data) // 2])


def test_every_kept_input_belongs_to_a_target_and_is_small() -> None:
    folders = {path.name for path in CORPUS.iterdir()} if CORPUS.exists() else set()
    assert folders <= set(NAMES)
    for name in NAMES:
        assert all(path.stat().st_size <= load(name).longest for path in kept(name))


def test_documentation_tells_of_every_target_and_what_was_found() -> None:
    text = (CORPUS.parents[2] / "docs" / "fuzzing.md").read_text(encoding="utf-8")
    for table in text.split("## What was found"):
        assert re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE) == list(NAMES)
