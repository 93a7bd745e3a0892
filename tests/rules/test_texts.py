"""No file tells where somebody's checkout lies or which package registry they use, and the entry points say the same.

Not here: whether the documentation is true; tests/rules/test_options.py and the tests of docs/protocol.md hold that.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

# uv writes the registry it resolved with into its lock; nothing else has a reason to.
MAY_NAME_REGISTRIES = {"uv.lock"}

PERSONAL_PATH = re.compile(r"(?<![\w.~$}-])(?:/(?:home|Users)/\w|/(?:root|work)/\w|[A-Z]:\\Users\\)")
REGISTRY = re.compile(
    r"pypi\.org|pythonhosted\.org|npmjs\.(?:org|com)|yarnpkg\.com|npmmirror\.com|crates\.io|proxy\.golang\.org|rubygems\.org"
)


def tracked_and_new() -> list[str]:
    """Paths of the repository's files, with those not yet committed and without those git ignores."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if listed.returncode != 0:
        pytest.skip(f"git knows no checkout here: {listed.stderr.strip()}")
    return sorted({name for name in listed.stdout.split("\0") if (ROOT / name).is_file()})


def lines_with(pattern: re.Pattern[str], *, but: AbstractSet[str] = frozenset()) -> Iterator[str]:
    for name in tracked_and_new():
        if name in but:
            continue
        try:
            text = (ROOT / name).read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue  # a picture
        for number, line in enumerate(text.splitlines(), start=1):
            if pattern.search(line):
                yield f"{name}:{number}: {line.strip()[:160]}"


def test_no_file_names_a_path_of_somebodys_machine() -> None:
    assert list(lines_with(PERSONAL_PATH)) == []


def test_no_file_but_the_lock_names_a_package_registry() -> None:
    assert list(lines_with(REGISTRY, but=MAY_NAME_REGISTRIES)) == []


@pytest.mark.parametrize(
    ("text", "is_personal"),
    [
        ("cd /" + "home/ada/dockstats", True),
        ('"/' + "Users/ada/dockstats", True),
        ("file:///" + "root/.cache/x", False),  # a name that starts with a dot is configuration, wherever it lies
        ("(/" + "work/checkout)", True),
        ("$HOME/work/x", False),
        ("docs/home/index.md", False),
        ("/sys/fs/cgroup", False),
        ("https://example.org/work/x", False),
    ],
)
def test_paths_of_somebodys_machine_are_recognised(text: str, *, is_personal: bool) -> None:
    assert (PERSONAL_PATH.search(text) is not None) is is_personal


def test_registries_are_recognised() -> None:
    assert REGISTRY.search("https://" + "pypi" + ".org/simple")
    assert not REGISTRY.search("https://example.org/simple")


def test_readme_makefile_and_ci_run_the_same_tests() -> None:
    readme = (ROOT / "README.md").read_text()
    makefile = (ROOT / "Makefile").read_text()
    assert "pip install uv && uv run dashboard" in readme
    assert "pip install uv && uv run pytest" in readme
    assert re.search(r"^test:.*\n\tuv run pytest\b", makefile, re.MULTILINE)
    assert re.search(r"\btest\b", (ROOT / ".ci" / "run").read_text())
    assert ".ci/run" in (ROOT / ".github" / "workflows" / "ci.yml").read_text()
