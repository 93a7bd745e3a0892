"""The map holds: `.importlinter` passes on the tree, and each of its contracts fails on a copy that breaks it.

Not here: the map itself (`.importlinter`), the reasons behind it (docs/architecture.md).
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = {
    "dockstats_core": Path("libs/dockstats_core/src"),
    "dockstats_agent": Path("apps/agent/src"),
    "dockstats_dashboard": Path("apps/dashboard/src"),
}

MAP = "Each layer of the library imports only layers below it"
APPS = "The apps stand on the library and never import each other"
WEB = "The library knows no web framework and no web server"
CLICK = "One command line for both programs, and it is not click"
PURE = "Pure modules get time and randomness as arguments and do no input or output"


def lint(tree: Path) -> tuple[int, str]:
    """Exit code and output of import-linter on a tree.

    A process of its own, because it asks the import system where packages are.
    """
    done = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command as run; run()", "--no-cache"],
        cwd=tree,
        env={
            **os.environ,
            "PYTHONPATH": os.pathsep.join(str(tree / folder) for folder in SOURCES.values()),
            "COLUMNS": "200",
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=50,
        check=False,
    )
    return done.returncode, done.stdout


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A copy of what import-linter reads, to be broken."""
    shutil.copy(ROOT / ".importlinter", tmp_path)
    for package, folder in SOURCES.items():
        shutil.copytree(ROOT / folder / package, tmp_path / folder / package, ignore=_all_but_python)
    return tmp_path


def _all_but_python(folder: str, names: list[str]) -> set[str]:
    return {name for name in names if not (name.endswith(".py") or Path(folder, name).is_dir())} | {"__pycache__"}


def append(tree: Path, module: str, line: str) -> None:
    """`line` as the last one of a module, which need not have existed."""
    package, _, rest = module.partition(".")
    path = tree / SOURCES[package] / package / rest.replace(".", "/")
    path = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    with path.open("a") as file:
        file.write(f"\n{line}\n")


def test_the_map_holds() -> None:
    code, output = lint(ROOT)
    assert code == 0, output
    assert "Contracts: 5 kept, 0 broken." in output


def test_new_top_level_module_fails_until_its_layer_is_decided(tree: Path) -> None:
    append(tree, "dockstats_core.utils", "")
    code, output = lint(tree)
    assert code == 1
    assert f"{MAP} BROKEN" in output
    assert "- dockstats_core.utils" in output


@pytest.mark.parametrize(
    ("module", "line", "contract"),
    [
        ("dockstats_core.calculator", "import dockstats_core.sampler", MAP),
        ("dockstats_core.sources.protocol", "import dockstats_core.inventory.roster", MAP),
        ("dockstats_core.readings", "import dockstats_core.containers", MAP),
        ("dockstats_core.errors", "import dockstats_core.messages.agent", MAP),
        ("dockstats_agent", "import dockstats_dashboard", APPS),
        ("dockstats_core.feeds.local", "import dockstats_agent", APPS),
        ("dockstats_core.feeds.local", "import litestar", WEB),
        ("dockstats_core.program.listen", "import uvicorn", WEB),
        ("dockstats_dashboard", "import click", CLICK),
        ("dockstats_core.calculator", "import anyio", PURE),
        ("dockstats_core.backoff", "import random", PURE),
        ("dockstats_core.connection.machine", "from time import monotonic", PURE),
        ("dockstats_core.fleet", "import logging", PURE),
        ("dockstats_core.errors", "import os.path", PURE),
        ("dockstats_core.messages.codec", "def late():\n    import socket", PURE),
    ],
)
def test_stray_import_breaks_its_contract(tree: Path, module: str, line: str, contract: str) -> None:
    append(tree, module, line)
    code, output = lint(tree)
    assert code == 1
    assert f"{contract} BROKEN" in output
