"""The proxy of docs/security.md in front of the engine that the tests share: its very configuration, run by nginx.

Only what a machine has once is put elsewhere: the directory it listens in, the engine's socket and that socket's group.
Not here: what it lets through (test_proxy).
"""

from __future__ import annotations

import grp
import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import anyio

from tests.documented_paths import PATHS, DocumentedPath, proxy_configuration
from tests.engine.containers import HOST

NGINX = shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/bin")
_LINE = '        "~^(GET|HEAD) '
_LISTEN = "listen unix:/run/dockstats/docker.sock;"
_STARTED_WITHIN_S = 10.0


def why_no_proxy() -> str | None:
    """None where this machine can start one; else the reason, as a sentence."""
    if os.geteuid() != 0:
        return "the proxy is started as root, which gives its workers the group of the engine's socket"
    return None if NGINX else "nginx is not installed here; tests/engine/up installs it"


def let_through(text: str) -> list[str]:
    """The lines of a configuration that let something through: one for each row of the table, in its order."""
    return [line for line in text.splitlines() if line.startswith(_LINE)]


@asynccontextmanager
async def proxy(*, refusing: DocumentedPath | None = None, tcp: bool = False) -> AsyncIterator[str]:
    """Run it, without one row's line where it is to refuse that; gives what DOCKER_HOST would say."""
    with tempfile.TemporaryDirectory(prefix="proxy-") as name:  # a socket's path must stay short
        folder = Path(name)
        host = f"unix://{folder}/docker.sock"
        text = proxy_configuration()
        if refusing is not None:
            text = text.replace(f"{let_through(text)[PATHS.index(refusing)]}\n", "")
        if tcp:
            port = _free_port()
            host = f"tcp://127.0.0.1:{port}"
            assert _LISTEN in text
            text = text.replace(_LISTEN, f"listen 127.0.0.1:{port};")
        engine = HOST.removeprefix("unix://")
        group = grp.getgrgid(os.stat(engine).st_gid).gr_name
        text = text.replace("/var/run/docker.sock", engine).replace("/run/dockstats", str(folder))
        configuration = folder / "proxy.conf"
        configuration.write_text(text.replace("user nobody docker;", f"user nobody {group};"))
        async with _running(configuration, host):
            yield host


@asynccontextmanager
async def _running(configuration: Path, host: str) -> AsyncIterator[None]:
    log = configuration.with_suffix(".log")
    with log.open("wb") as errors:
        process = await anyio.open_process(
            [NGINX or "nginx", "-c", str(configuration)], stdin=subprocess.DEVNULL, stdout=errors, stderr=errors
        )
    try:
        with anyio.move_on_after(_STARTED_WITHIN_S):
            while process.returncode is None and not await _listens(host):  # noqa: ASYNC110 - it tells nobody
                await anyio.sleep(0.02)
        assert await _listens(host), log.read_text()
        yield
    finally:
        with anyio.CancelScope(shield=True):
            if process.returncode is None:
                process.terminate()
            await process.aclose()


async def connect(host: str) -> anyio.abc.ByteStream:
    """A connection to an engine, or to what stands in front of it."""
    kind, _, address = host.partition("://")
    if kind == "unix":
        return await anyio.connect_unix(address)
    name, _, port = address.partition(":")
    return await anyio.connect_tcp(name, int(port))


async def _listens(host: str) -> bool:
    try:
        async with await connect(host):
            return True
    except OSError:
        return False


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port
