"""What the Dockerfiles, compose.yaml and docs/containers.md say of each other and of the programs is true.

Not here: whether it works (tests/engine/test_in_container.py).
"""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

import pytest

from dockstats_core.program.options import options_of
from tools.build_images import APPS, BASE

ROOT = Path(__file__).parents[2]
COMPOSE = (ROOT / "compose.yaml").read_text()
GUIDE = (ROOT / "docs" / "containers.md").read_text()


def dockerfile(app: str) -> str:
    return (ROOT / "apps" / app / "Dockerfile").read_text()


@pytest.mark.parametrize("app", APPS)
def test_image_has_the_version_of_its_package_and_the_builders_base(app: str) -> None:
    project = tomllib.loads((ROOT / "apps" / app / "pyproject.toml").read_text())["project"]
    assert f"\nARG VERSION={project['version']}\n" in dockerfile(app)
    assert f"\nARG BASE={BASE}\n" in dockerfile(app)
    assert BASE in GUIDE


@pytest.mark.parametrize("app", APPS)
def test_nothing_in_the_dockerfile_needs_a_shell(app: str) -> None:
    commands = re.findall(r"^(?:RUN|CMD|ENTRYPOINT|HEALTHCHECK .*CMD) (.*)$", dockerfile(app), re.MULTILINE)
    assert len(commands) >= 5
    for command in commands:
        assert isinstance(json.loads(command), list)


def test_both_programs_share_the_layer_of_other_peoples_packages() -> None:
    first, second = (dockerfile(app).partition("COPY build/wheels/own")[0].partition("FROM")[2] for app in APPS)
    assert first == second


def test_variables_of_the_compose_file_are_options_or_told_there() -> None:
    known = {variable for app in APPS for option in options_of(app) for variable in option.variables}
    set_inside = set(re.findall(r"^      ([A-Z_]+): ", COMPOSE, re.MULTILINE))
    assert set_inside
    assert set_inside <= known
    assert "DOCKER_GID=$(stat -c %g /var/run/docker.sock)" in COMPOSE
    assert "DOCKER_GID=$(stat -c %g /var/run/docker.sock)" in GUIDE


def test_guide_names_only_flags_and_variables_that_there_are() -> None:
    options = [option for app in APPS for option in options_of(app)]
    variables = {variable for option in options for variable in option.variables}
    assert set(re.findall(r"\b(?:AGENT|DASHBOARD)_[A-Z_]+\b", GUIDE)) <= variables
    for flag in ("--proc-root", "--cgroup-root", "--listen", "--base-path", "--agents"):
        assert flag in GUIDE
        assert flag in {option.flag for option in options}


def test_compose_file_gives_the_mounts_of_the_guide() -> None:
    for mount in ("/var/run/docker.sock:/var/run/docker.sock", "/sys/fs/cgroup:/sys/fs/cgroup:ro"):
        assert f"- {mount}" in COMPOSE
        assert f"--volume {mount}" in GUIDE
    assert "pid: host" in COMPOSE
    assert "--pid host" in GUIDE
