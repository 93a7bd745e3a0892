"""docs/reliability.md tells no lies: every fault has a promise and a test, and every test that it names exists.

So does every test that docs/security-review.md names.

Not here: whether the test shows what the row promises; that is for whoever reads both.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from msgspec import Struct

ROOT = Path(__file__).parents[2]
DOCUMENT = ROOT / "docs" / "reliability.md"
REVIEW = ROOT / "docs" / "security-review.md"
HEAD = ("fault", "what is promised", "shown by")
NAMED = re.compile(r"`(tests/[^`:]+\.(?:py|js))::([^`]+)`")


class Row(Struct, frozen=True):
    """One fault of the document."""

    fault: str
    promise: str
    shown_by: str

    @property
    def tests(self) -> list[tuple[str, str]]:
        """File and name of each test."""
        return NAMED.findall(self.shown_by)


def rows() -> Iterator[Row]:
    """Every row of every table."""
    for line in DOCUMENT.read_text().splitlines():
        cells = tuple(cell.strip() for cell in line.strip("|").split("|"))
        if line.startswith("| ") and cells != HEAD:
            assert len(cells) == len(HEAD), line
            yield Row(*cells)


@cache
def names_in(file: str) -> frozenset[str]:
    """The names of the tests in a Python file, without running it."""
    tree = ast.parse((ROOT / file).read_text())
    functions = (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    return frozenset(node.name for node in functions if node.name.startswith("test_"))


def exists(file: str, name: str) -> bool:
    """Whether the test is there; one of the page is known by its title."""
    if not (ROOT / file).is_file():
        return False
    return name in names_in(file) if file.endswith(".py") else name in (ROOT / file).read_text()


def test_every_fault_stands_once_and_has_a_promise() -> None:
    faults = [row.fault for row in rows()]
    assert len(faults) > 50
    assert len(faults) == len(set(faults))
    assert [row for row in rows() if not row.promise] == []


def test_every_fault_has_a_test() -> None:
    assert [row.fault for row in rows() if not row.tests] == []


def test_every_test_that_is_named_exists() -> None:
    assert [f"{file}::{name}" for row in rows() for file, name in row.tests if not exists(file, name)] == []


def test_every_test_that_the_security_review_names_exists() -> None:
    named = NAMED.findall(REVIEW.read_text())
    assert len(named) > 30
    assert [f"{file}::{name}" for file, name in named if not exists(file, name)] == []


def test_nothing_but_tests_stands_in_the_last_column() -> None:
    assert {re.sub(NAMED, "", row.shown_by).replace(",", "").strip() for row in rows()} == {""}


def test_every_test_of_whole_programs_that_break_is_named() -> None:
    named = {test for row in rows() for test in row.tests}
    ours = {
        (str(file.relative_to(ROOT)), name)
        for file in (ROOT / "tests" / "reliability").glob("test_*.py")
        for name in names_in(str(file.relative_to(ROOT)))
    }
    assert ours - named == set()


def test_test_that_is_not_there_is_found() -> None:
    here = "tests/rules/test_reliability.py"
    assert exists(here, "test_test_that_is_not_there_is_found")
    assert not exists(here, "test_nothing")
    assert not exists("tests/rules/test_nothing.py", "test_nothing")
