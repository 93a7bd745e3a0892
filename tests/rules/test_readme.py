"""README.md cannot lie: its scripts run as they stand, and its commands and links exist.

Not here: the set-up lines on a machine with nothing on it (.ci/run).
"""

from __future__ import annotations

import contextlib
import os
import re
import shlex
import subprocess
import sys
import tomllib
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import anyio
import pytest
from anyio.streams.text import TextReceiveStream

from dockstats_core.program.command_line import parse
from dockstats_core.program.options import AGENT_OPTIONS, DASHBOARD_OPTIONS, ProgramName
from tests.fake_engine import FakeEngine
from tests.running import program
from tools.take_screenshots import PICTURES

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
_SCRIPT = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SCRIPTS = _SCRIPT.findall(README)
PROSE = _SCRIPT.sub("", README)
COMMANDS = [
    command.strip()
    for line in re.findall(r"^    (\S.*)$|`(uv run [^`]+)`", PROSE, re.MULTILINE)
    for command in "".join(line).partition("#")[0].split("&&")
]


@asynccontextmanager
async def lines_of(script: str, environ: Mapping[str, str]) -> AsyncIterator[AsyncIterator[str]]:
    """What a script prints while it runs, line by line; it is killed at the end."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("DOCKER")}
    process = await anyio.open_process(
        [sys.executable, "-c", script],
        stdin=subprocess.DEVNULL,
        stderr=None,
        env={**kept, **environ, "PYTHONUNBUFFERED": "1"},
    )

    async def lines() -> AsyncIterator[str]:
        assert process.stdout is not None
        rest = ""
        async for text in TextReceiveStream(process.stdout):
            *whole, rest = (rest + text).split("\n")
            for line in whole:
                yield line

    async with process:
        try:
            with anyio.fail_after(30):
                yield lines()
        finally:
            process.kill()


async def line_of(lines: AsyncIterator[str], name: str) -> list[str]:
    """The words of the first line about a container whose figures are known."""
    async for line in lines:
        words = line.split()
        if words[-3] == name and words[-2] != "None":
            return words
    raise AssertionError(f"the script ended without a line about {name}")


def test_there_are_two_scripts_and_both_are_short() -> None:
    assert len(SCRIPTS) == 2
    for script in SCRIPTS:
        assert len([line for line in script.splitlines() if line.strip()]) < 10


async def test_first_script_prints_live_figures_of_the_local_engine() -> None:
    async with FakeEngine(tick_s=0.1) as engine:
        engine.run("web", cores=0.5)
        async with lines_of(SCRIPTS[0], {"DOCKER_HOST": engine.host}) as lines:
            *_, cpu_pct, mem_bytes = await line_of(lines, "web")
    assert float(cpu_pct) > 0
    assert int(mem_bytes) > 0


async def test_second_script_prints_live_figures_of_a_remote_agent() -> None:
    async with FakeEngine(tick_s=0.1) as engine:
        engine.run("web", cores=0.5)
        arguments = ("--docker-endpoint", engine.host, "--host-label", "Rack 2", "--listen", "127.0.0.1:0")
        async with program("dockstats-agent", *arguments) as agent:
            port = await agent.port()
            assert SCRIPTS[1].count("8080") == 1
            async with lines_of(SCRIPTS[1].replace("8080", str(port)), {}) as lines:
                *label, _, cpu_pct, mem_bytes = await line_of(lines, "web")
    assert label == ["Rack", "2"]
    assert float(cpu_pct) > 0
    assert int(mem_bytes) > 0


def test_the_two_scripts_differ_only_in_their_feed() -> None:
    first, second = (script.splitlines() for script in SCRIPTS)
    different = [(one.strip(), other.strip()) for one, other in zip(first, second, strict=True) if one != other]
    assert [one for one, _ in different] == [
        "from dockstats_core import LocalFeed",
        "async with LocalFeed() as feed:",
    ]
    assert all("AgentFeed" in other for _, other in different)


def test_every_picture_of_the_page_is_shown() -> None:
    shown = set(re.findall(r"docs/images/([\w-]+)\.png", README))
    assert shown == {picture.name for picture in PICTURES}
    assert shown == {path.stem for path in (ROOT / "docs/images").glob("*.png")}


def takes(name: ProgramName, arguments: list[str]) -> None:
    """Fails where the program would not start with these arguments."""
    with contextlib.suppress(SystemExit):  # --help
        parse(name, arguments, {}, Path("/nonexistent"))


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_exists_and_takes_what_is_shown(command: str) -> None:
    words = shlex.split(command)
    if words == ["pip", "install", "uv"]:
        return
    if words[0] == "export":
        variables = {name for option in (*AGENT_OPTIONS, *DASHBOARD_OPTIONS) for name in option.variables}
        assert words[1].partition("=")[0] in variables
        return
    if words[0] == "make":
        makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
        assert all(re.search(rf"^{target}:", makefile, re.MULTILINE) for target in words[1:])
        return
    if "compose" in words:  # tests/engine/test_in_container.py runs it
        assert (ROOT / "compose.yaml").is_file()
        return
    scripts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["scripts"]
    assert words[:2] == ["uv", "run"]
    match words[2]:
        case "pytest":
            assert words[3:] == []
        case "agent":
            assert scripts["agent"] == "dockstats_agent.cli:main"
            takes("agent", words[3:])
        case "dashboard":
            assert scripts["dashboard"] == "dockstats_dashboard.cli:main"
            takes("dashboard", words[3:])
        case "bench":
            assert scripts["bench"] == "bench.__main__:main"
        case other:
            pytest.fail(f"README.md shows uv run {other}")


def test_the_set_up_is_two_lines() -> None:
    assert COMMANDS[:4] == ["pip install uv", "uv run dashboard", "pip install uv", "uv run pytest"]


@pytest.mark.parametrize("target", sorted(set(re.findall(r"\]\(((?!https?:)[^)#]+\.md)\)", README))))
def test_every_page_it_links_to_exists(target: str) -> None:
    assert (ROOT / target).is_file()
