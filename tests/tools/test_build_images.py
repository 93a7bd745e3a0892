"""What the images' builder asks for: the locked packages of both programs, with hashes, for the base's Python.

Not here: the images themselves (tests/engine/test_in_container.py).
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from tools.build_images import PRUNED, ROOT, locked_requirements, make_locked


def test_requirements_are_the_locked_versions_with_hashes() -> None:
    text = locked_requirements()
    names = dict(re.findall(r"^([a-z0-9-]+)==([^ ;]+)", text, re.MULTILINE))
    assert {"litestar", "uvicorn", "msgspec", "psutil"} <= names.keys()
    assert not names.keys() & {*PRUNED, "dockstats-core", "pytest"}
    lock = tomllib.loads((ROOT / "uv.lock").read_text())
    versions = {package["name"]: package.get("version") for package in lock["package"]}
    assert names == {name: versions[name] for name in names}
    assert text.count("--hash=sha256:") >= len(names)


def test_wheels_that_are_there_for_this_lock_and_python_are_not_fetched_again(tmp_path: Path) -> None:
    (tmp_path / "locked").mkdir()
    (tmp_path / "locked" / "kept").touch()
    (tmp_path / "made-for").write_text(f"3.11\n{locked_requirements()}")
    make_locked(tmp_path / "locked", "3.11")
    assert [path.name for path in (tmp_path / "locked").iterdir()] == ["kept"]
