"""Builds the wheels, installs them into an empty environment outside the checkout, and starts the dashboard from there.

What a wheel forgot (a file of the page, a dependency) shows here and nowhere else: in the checkout everything is there.
Run by `make wheels`. Not here: what the dashboard does (tests).
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import tempfile
import urllib.request
from pathlib import Path

ROOT = Path(__file__).parents[1]
PACKAGES = ("dockstats-core", "dockstats-agent", "dockstats-dashboard")
STARTED_WITHIN_S = 30
ENDED_WITHIN_S = 10
_OPEN = re.compile(r"open (http://\S+)")
_REFERENCE = re.compile(r'(?:src|href)="([^":]+)"')


def main() -> None:
    """Build, install, start, look, stop; an exception says what is wrong."""
    with tempfile.TemporaryDirectory(prefix="dockstats-wheels-") as folder:
        place = Path(folder)
        for package in PACKAGES:
            _run("uv", "build", "--quiet", "--wheel", "--package", package, "--out-dir", str(place / "dist"), cwd=ROOT)
        wheels = sorted(str(path) for path in (place / "dist").glob("*.whl"))
        if len(wheels) != len(PACKAGES):
            raise SystemExit(f"expected {len(PACKAGES)} wheels, built {wheels}")
        environment = place / "venv"
        _run("uv", "venv", "--quiet", "--python", sys.executable, str(environment), cwd=place)
        python = environment / "bin" / "python"
        _run("uv", "pip", "install", "--quiet", "--python", str(python), *wheels, cwd=place)
        _run(str(environment / "bin" / "dockstats-agent"), "--version", cwd=place)
        _look_at_dashboard(environment / "bin" / "dockstats-dashboard", place)


def _look_at_dashboard(command: Path, place: Path) -> None:
    process = subprocess.Popen(
        [command, "--demo", "--listen", "127.0.0.1:0"], cwd=place, env=_environment(), stderr=subprocess.PIPE, text=True
    )
    try:
        base = _address(process)
        page = _fetch(base)
        references = _REFERENCE.findall(page)
        if not references:
            raise SystemExit(f"the page at {base} names no script and no style")
        for reference in references:
            _fetch(base + reference)
        print(f"the page and {len(references)} files came from the wheels")
    finally:
        process.send_signal(signal.SIGTERM)
        code = process.wait(ENDED_WITHIN_S)
    if code != 0:
        raise SystemExit(f"the dashboard ended with exit code {code} on SIGTERM")


def _address(process: subprocess.Popen[str]) -> str:
    assert process.stderr is not None
    seen = []
    for line in process.stderr:
        seen.append(line)
        if (match := _OPEN.search(line)) is not None:
            return match[1]
    raise SystemExit("the dashboard did not start:\n" + "".join(seen))


def _fetch(url: str) -> str:
    with urllib.request.urlopen(url, timeout=STARTED_WITHIN_S) as answer:
        body: bytes = answer.read()
    if not body:
        raise SystemExit(f"{url} is empty")
    return body.decode("utf-8", "replace")


def _run(*command: str, cwd: Path) -> None:
    subprocess.run(command, cwd=cwd, env=_environment(), check=True)


def _environment() -> dict[str, str]:
    """Nothing of the checkout's environment: neither its packages nor somebody's settings."""
    left_out = ("VIRTUAL_ENV", "PYTHONPATH", "AGENT_", "DASHBOARD_", "DOCKER_")
    return {name: value for name, value in os.environ.items() if not name.startswith(left_out)}


if __name__ == "__main__":
    main()
