"""The machine that the bench runs on: what it is, and what it does before anything is started.

Not here: whether that is good enough (trust).
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import platform
import time
from collections.abc import Iterable
from pathlib import Path

from bench.containers import Engine
from bench.contestants.contestant import Contestant
from bench.processes import Span
from bench.trust import Before

QUIET_S = 3.0
_PACKAGES = (
    "dockstats-core",
    "dockstats-agent",
    "glances",
    "docker",
    "aiodocker",
    "aiohttp",
    "msgspec",
    "anyio",
    "uvicorn",
)


def before(engine: Engine, absent: Iterable[Contestant]) -> Before:
    """Look at the machine for some seconds."""
    span = Span(watcher=None)
    time.sleep(QUIET_S)
    usage = span.end()
    return Before(
        usage=usage,
        load_1m=os.getloadavg()[0],
        running_containers=len(engine.running()),
        engine_connections=engine.connections(),
        absent=tuple(one.title for one in absent),
    )


def is_installed(contestant: Contestant) -> bool:
    """Whether what it needs is there."""
    return all(importlib.util.find_spec(module) is not None for module in contestant.needs)


def cpu_model() -> str:
    """As the kernel calls it; empty where it does not."""
    for line in Path("/proc/cpuinfo").read_text(errors="replace").splitlines():
        name, _, value = line.partition(":")
        if name.strip() == "model name":
            return value.strip()
    return ""


def versions(engine: Engine) -> dict[str, str]:
    """Of everything that takes part."""
    found = {
        "python": platform.python_version(),
        "docker client": engine.docker("version", "--format", "{{.Client.Version}}"),
    }
    for package in _PACKAGES:
        try:
            found[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found
