"""The lists of modules in docs/architecture.md are those of the tree: none is missing, none is invented.

Not here: who may import whom (test_layers).
"""

from __future__ import annotations

import configparser
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LIBRARY = ROOT / "libs/dockstats_core/src/dockstats_core"
APPS = [ROOT / "apps/agent/src/dockstats_agent", ROOT / "apps/dashboard/src/dockstats_dashboard"]
PAGE = ROOT / "apps/dashboard/src/dockstats_dashboard/page"
TEXT = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")

_ROW = re.compile(r"^\| `(\w+)` \| (.*) \|$", re.MULTILINE)
_MODULE = re.compile(r"`([a-z][a-z0-9_-]*)`")
LISTED = {package: set(_MODULE.findall(modules)) for package, modules in _ROW.findall(TEXT[: TEXT.index("The page (")])}
PACKAGES = [*(one.parent for one in LIBRARY.rglob("__init__.py") if one.parent != LIBRARY), *APPS]


@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: package.name)
def test_every_package_is_listed_with_all_its_modules_and_no_others(package: Path) -> None:
    modules = {one.stem for one in package.glob("*.py")} - {"__init__"}
    assert LISTED.get(package.name) == modules


def test_the_page_is_listed_with_all_its_modules() -> None:
    start = TEXT.index("The page (`dockstats_dashboard/page`)")
    listed = set(_MODULE.findall(TEXT[start : TEXT.index("Pure modules", start)]))
    assert listed == {one.stem for one in PAGE.glob("*.js")}


def test_the_pure_modules_are_those_that_the_contract_holds() -> None:
    contracts = configparser.ConfigParser()
    contracts.read(ROOT / ".importlinter")
    held = contracts["importlinter:contract:pure"]["source_modules"].split()
    start = TEXT.index("randomness are arguments", TEXT.index("Pure modules"))
    listed = re.findall(r"`([a-z_]+(?:\.[a-z_]+)*)`", TEXT[start : TEXT.index("\n\n", start)])
    assert sorted(f"dockstats_core.{module}" for module in listed) == sorted(held)
