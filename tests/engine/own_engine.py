"""An engine of a test's own, which it may stop, start and hang while the shared one goes on.

A second dockerd with its own data, socket, containerd namespace and network namespace; as root only. The last of these
protects the shared engine: a dockerd without a bridge removes docker0, whoever made it. Containers outlive this engine
(`--live-restore`), as on a host whose engine is upgraded; give them `--network none`.
Not here: the shared engine (tests/engine/up).
"""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import signal
import subprocess
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import anyio
import psutil
from anyio.abc import Process

from tests.engine.containers import HOST
from tests.requirements import IMAGE

START_S = 30.0
STOP_S = 20.0
_LOOK_AGAIN_S = 0.05


def why_no_own_engine() -> str | None:
    """None where this machine can start one; else the reason, as a sentence."""
    if os.geteuid() != 0:
        return "an engine of the test's own needs root"
    missing = [command for command in ("dockerd", "unshare") if not shutil.which(command)]
    return f"{missing[0]} is not installed here" if missing else None


class OwnEngine:
    """A dockerd that is not started yet; its files are below `root`."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.socket = root / "s"
        self.host = f"unix://{self.socket}"
        self._process: Process | None = None

    async def start(self) -> None:
        """Start it, and wait until it answers."""
        namespace = self.root.name  # of its own, in case it finds the machine's containerd
        log = os.open(self.root / "log", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        try:
            self._process = await anyio.open_process(
                [
                    *("unshare", "--net", "dockerd", "--host", self.host, "--live-restore"),
                    *("--pidfile", self.root / "pid"),
                    *("--data-root", self.root / "data", "--exec-root", self.root / "exec"),
                    *("--containerd-namespace", namespace, "--containerd-plugins-namespace", f"{namespace}-plugins"),
                    *("--bridge", "none", "--iptables=false", "--ip-forward=false"),
                ],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        finally:
            os.close(log)
        with anyio.move_on_after(START_S):
            while self._process.returncode is None:
                if self.socket.exists() and await self._answers():
                    return
                await anyio.sleep(_LOOK_AGAIN_S)
        raise AssertionError(f"dockerd does not answer:\n{self._last_words()}")

    async def stop(self) -> None:
        """Ask it to end, and wait until it did; its containers go on."""
        assert self._process is not None
        self._process.terminate()
        with anyio.move_on_after(STOP_S):
            await self._process.wait()
            return
        raise AssertionError(f"dockerd did not end within {STOP_S:g} s:\n{self._last_words()}")

    def hang(self) -> None:
        """It accepts connections from here on, and answers nothing."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        """It works again, beginning with what was asked meanwhile."""
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)

    async def end(self) -> None:
        """Leave nothing behind, whatever state it is in: no process, no mount, no file."""
        if self._process is not None and self._process.returncode is None:
            self.go_on()
            with contextlib.suppress(AssertionError):
                await self.stop()
        for process in self._processes():
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        # Deepest first: what is mounted below may be a container's.
        mounts = [line.split()[1] for line in Path("/proc/self/mounts").read_text().splitlines()]  # noqa: ASYNC240
        for mount in sorted((one for one in mounts if one.startswith(f"{self.root}/")), reverse=True):
            await anyio.run_process(["umount", "--lazy", mount], check=False)
        shutil.rmtree(self.root, ignore_errors=True)

    async def _answers(self) -> bool:
        done = await anyio.run_process(["docker", "--host", self.host, "version"], check=False)
        return done.returncode == 0

    def _processes(self) -> list[psutil.Process]:
        """What still runs of it: dockerd, containerd, and each container's shim with what runs below it."""
        ours = [
            one for one in psutil.process_iter(["cmdline"]) if f"{self.root}/" in " ".join(one.info["cmdline"] or ())
        ]
        found = []
        for process in ours:
            with contextlib.suppress(psutil.NoSuchProcess):
                found += [*process.children(recursive=True), process]
        return found

    def _last_words(self) -> str:
        return "\n".join((self.root / "log").read_text().splitlines()[-20:])


@asynccontextmanager
async def own_engine() -> AsyncIterator[OwnEngine]:
    """An engine that is not started yet; what is left of it at the end is removed."""
    engine = OwnEngine(_new_directory())
    try:
        yield engine
    finally:
        with anyio.CancelScope(shield=True):
            await engine.end()


def _new_directory() -> Path:
    """Not pytest's own: its path is too long for a socket. Nor mkdtemp's: a containerd namespace cannot end in `_`."""
    made = Path(tempfile.gettempdir(), f"dockstats-{secrets.token_hex(4)}")
    made.mkdir(mode=0o700)
    return made


async def give_image(engine: OwnEngine) -> None:
    """Copy the test image from the shared engine."""
    saved = await anyio.run_process(["docker", "--host", HOST, "save", IMAGE])
    await anyio.run_process(["docker", "--host", engine.host, "load"], input=saved.stdout)
