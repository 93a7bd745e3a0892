"""The two programs as browser tests need them: a dashboard that follows some agents, an agent that invents its host.

Not here: agents that say what they are told (fake_agent), what is between browser and dashboard (proxy).
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import NamedTuple

from tests.running import Program, program


class Agent(NamedTuple):
    """An agent that runs; `url` is what a dashboard connects to."""

    url: str
    port: int
    program: Program


@asynccontextmanager
async def dashboard(*arguments: str, port: int = 0, **environ: str) -> AsyncIterator[str]:
    """The address of the page of a dashboard in a process of its own, on a free port unless one is given."""
    listen = ("--listen", f"127.0.0.1:{port}")
    async with program("dockstats-dashboard", *listen, *arguments, environ=environ) as running:
        yield f"http://127.0.0.1:{await running.port()}/"


@asynccontextmanager
async def simulated_agent(*arguments: str, port: int = 0, containers: int = 12) -> AsyncIterator[Agent]:
    """An agent in a process of its own, whose host and containers are made up."""
    fixed = ("--listen", f"127.0.0.1:{port}", "--source", "simulated", "--simulated-containers", f"{containers}")
    async with program("dockstats-agent", *fixed, *arguments) as running:
        bound = await running.port()
        yield Agent(f"ws://127.0.0.1:{bound}/ws", bound, running)


def following(**agents: object) -> tuple[str, str]:
    """The option of a dashboard that follows these URLs: `following(db=url)`, by id, which is the label, too."""
    return "--agents", ";".join(f"{name}|{name}|{url}" for name, url in agents.items())
