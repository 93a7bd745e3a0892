"""What some tests need from the machine, and whether it is there: an engine with the test image, Chromium, the guest.

`conftest.py` asks here before the first test runs; a test that needs the image's name or Chromium's path asks here too.
So does whoever could do with a network namespace, and has another way where there is none.
Not here: starting an engine (tests/engine/up), building the guest (tests/engine/guest), skipping (conftest.py).
"""

from __future__ import annotations

import http.client
import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from pathlib import Path

IMAGE = "dockstats-test:latest"
DEFAULT_HOST = "unix:///var/run/docker.sock"
ANSWER_S = 5.0

# Debian calls it chromium; the others are what people and hosted runners have instead.
_CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_HEADLESS_NAME = "chromium-headless-shell"


class _UnixConnection(http.client.HTTPConnection):
    """HTTP over the engine's socket, without any code of ours: these checks must not depend on what they guard."""

    def __init__(self, path: str) -> None:
        super().__init__("localhost", timeout=ANSWER_S)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(ANSWER_S)
        try:
            self.sock.connect(self._path)
        except OSError:
            self.close()
            raise


def _status(path: str, target: str) -> int:
    connection = _UnixConnection(path)
    try:
        connection.request("GET", target)
        answer = connection.getresponse()
        answer.read()
        return answer.status
    finally:
        connection.close()


def missing_engine(environ: Mapping[str, str] = os.environ) -> str | None:
    """None when the engine answers and has the test image; else one sentence that says what is missing."""
    host = environ.get("DOCKER_HOST") or DEFAULT_HOST
    if not host.startswith("unix://"):
        return f"engine tests need an engine of this machine, and DOCKER_HOST is {host}"
    path = host.removeprefix("unix://")
    try:
        if _status(path, "/_ping") != http.client.OK:
            return f"what listens at {path} is not a Docker Engine"
        if _status(path, f"/images/{IMAGE}/json") != http.client.OK:
            return f"the engine at {path} has no image {IMAGE}; tests/engine/up makes it"
    except (OSError, http.client.HTTPException) as error:
        return f"no engine answers at {path} ({error}); as root on Debian, tests/engine/up starts one"
    return None


def chromium() -> str | None:
    """Path of a Chromium that Playwright can start, or None. DOCKSTATS_TEST_CHROMIUM names another one."""
    return _first_installed(_CHROMIUM_NAMES)


def headless_chromium() -> str | None:
    """The same without windows, where that is installed: it takes two thirds of the CPU. Every tab is in front."""
    return _first_installed((_HEADLESS_NAME, *_CHROMIUM_NAMES))


def _first_installed(names: Iterable[str]) -> str | None:
    named = os.environ.get("DOCKSTATS_TEST_CHROMIUM")
    return shutil.which(named) if named else next(filter(None, map(shutil.which, names)), None)


def missing_browser() -> str | None:
    """None when a Chromium is installed; else one sentence that says how to get it."""
    return None if chromium() else "no chromium is installed; on Debian: apt-get install chromium"


@cache
def can_have_own_network() -> bool:
    """Whether a test may enter a network namespace of its own (own_network): on Linux, as root."""
    unshare = shutil.which("unshare")
    return unshare is not None and _succeeds(unshare, "--net", "true")


def _succeeds(*command: str) -> bool:
    return subprocess.run(command, stderr=subprocess.DEVNULL, check=False).returncode == 0


def guest_root(environ: Mapping[str, str] = os.environ) -> Path:
    """The directory that `tests/engine/guest root` fills."""
    return Path(environ.get("DOCKSTATS_GUEST_ROOT") or Path(tempfile.gettempdir(), "dockstats-guest"))


def missing_guest(environ: Mapping[str, str] = os.environ) -> str | None:
    """None when the guest can be started; else one sentence that says what is missing."""
    root = guest_root(environ)
    if not shutil.which("linux.uml") or not (root / "site.list").is_file():
        return f"no guest is built in {root}; as root on Debian, tests/engine/guest root builds it"
    return None


MISSING: Mapping[str, Callable[[], str | None]] = {
    "engine": missing_engine,
    "browser": missing_browser,
    "guest": missing_guest,
}
"""One check a marker: what a test marked with this name needs."""
