"""The two apps as they run: in this process on a free port, or as a process of their own.

Not here: what they are tested for.
"""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Protocol

import anyio
from anyio.streams.text import TextReceiveStream
from msgspec import Struct

from dockstats_core.program.listen import ListenAddress
from dockstats_core.program.sockets import bound_address, open_sockets

ANY_PORT = ListenAddress("127.0.0.1", 0)
_URL = re.compile(r"(?:https?|wss?)://[^/\s]*:(\d+)")


async def until(condition: Callable[[], bool], *, within_s: float = 30.0) -> None:
    """Wait until something is so that tells nobody when it becomes so."""
    with anyio.move_on_after(within_s):
        while not condition():  # noqa: ASYNC110 - see above
            await anyio.sleep(0.01)
        return
    raise AssertionError(f"not so within {within_s} s")


def keep_buffers_small(*sockets: socket.socket) -> None:
    """Let the kernel hold next to nothing for a peer that does not read; a listening socket passes this on."""
    for one in sockets:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 65_536)


class Serving(Protocol):
    """What both apps' servers have."""

    async def serve(self, sockets: list[socket.socket] | None = None) -> None: ...

    def stop(self) -> None: ...


@asynccontextmanager
async def served(make: Callable[[Callable[[], None]], Serving]) -> AsyncIterator[int]:
    """The server that `make` makes, on a free port of loopback, for as long as the block runs.

    `make` gets what the server has to call once it answers.
    """
    sockets = open_sockets(ANY_PORT)
    started = anyio.Event()
    server = make(started.set)
    try:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(server.serve, sockets)
            with anyio.fail_after(20):
                await started.wait()
            yield bound_address(ANY_PORT, sockets).port
            server.stop()
    finally:
        for listening in sockets:
            listening.close()


class Program:
    """A program of ours in a process of its own; `log` grows while it runs."""

    def __init__(self, process: anyio.abc.Process) -> None:
        self.process = process
        self.log: list[str] = []
        self._news = anyio.Event()

    async def follow(self) -> None:
        """Keep what it logs."""
        assert self.process.stderr is not None
        rest = ""
        async for text in TextReceiveStream(self.process.stderr, errors="replace"):
            *lines, rest = (rest + text).split("\n")
            self.log += lines
            self._news.set()
            self._news = anyio.Event()
        self._news.set()

    async def line_with(self, text: str, *, within_s: float = 40.0) -> str:
        """The first line of the log that holds `text`, as soon as it is there."""
        with anyio.move_on_after(within_s):
            while True:
                for line in self.log:
                    if text in line:
                        return line
                await self._news.wait()
        raise AssertionError(f"no line with {text!r} within {within_s} s in:\n" + "\n".join(self.log))

    async def port(self, *, within_s: float = 40.0) -> int:
        """The port it says it serves on."""
        match = _URL.search(await self.line_with("://127.0.0.1", within_s=within_s))
        assert match is not None
        return int(match[1])

    async def stop(self, sign: signal.Signals = signal.SIGTERM, *, within_s: float = 30.0) -> int:
        """Ask it to end; gives the exit code."""
        self.process.send_signal(sign)
        with anyio.fail_after(within_s):
            return await self.process.wait()


@asynccontextmanager
async def program(
    name: str, *arguments: str, environ: Mapping[str, str] | None = None, directory: Path | None = None
) -> AsyncIterator[Program]:
    """`dockstats-agent` or `dockstats-dashboard` with these arguments, killed at the end if it still runs."""
    async with command(_command(name, arguments), environ=environ, directory=directory) as running:
        yield running


@asynccontextmanager
async def command(
    words: Sequence[str], *, environ: Mapping[str, str] | None = None, directory: Path | None = None
) -> AsyncIterator[Program]:
    """Any other program, in the same way."""
    process = await anyio.open_process(
        words,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env=_environment(environ),
        cwd=directory,
    )
    running = Program(process)
    try:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(running.follow)
            try:
                yield running
            finally:  # also when the test failed: closing waits for the process to end
                if process.returncode is None:
                    process.kill()
            await process.wait()
    finally:
        with anyio.CancelScope(shield=True):
            await process.aclose()


@contextmanager
def signals_as_they_were() -> Iterator[None]:
    """What a program's start does about signals holds no longer than the block."""
    before = {sign: signal.getsignal(sign) for sign in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for sign, handler in before.items():
            signal.signal(sign, handler)


class Ended(Struct, frozen=True):
    """A program that ended by itself."""

    code: int
    out: str
    error: str


async def ended(
    name: str, *arguments: str, environ: Mapping[str, str] | None = None, directory: Path | None = None
) -> Ended:
    """How `dockstats-agent` or `dockstats-dashboard` ends that should not even start."""
    with anyio.fail_after(30):
        done = await anyio.run_process(
            _command(name, arguments), env=_environment(environ), cwd=directory, check=False, stdin=subprocess.DEVNULL
        )
    return Ended(done.returncode, done.stdout.decode(), done.stderr.decode())


def executable(name: str) -> str:
    """The path of one of the programs."""
    return str(Path(sys.executable).parent / name)


def _command(name: str, arguments: Sequence[str]) -> Sequence[str]:
    return [executable(name), *arguments]


def _environment(environ: Mapping[str, str] | None) -> dict[str, str]:
    """This process's, without what would configure the program."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("DOCKER", "AGENT", "DASHBOARD"))}
    return {**kept, **(environ or {})}
