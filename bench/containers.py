"""The bench's own containers on a real engine: each sleeps, has a network of its own, and is removed at the end.

They carry a label of the bench; what an earlier run that was killed left behind is removed first (one bench runs at a
time, by a lock). Not here: watching them.
"""

from __future__ import annotations

import fcntl
import http.client
import json
import os
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from msgspec import Struct

from bench.plan import start_pause_s
from bench.running import BenchError

LABEL = "dockstats.bench"
AT_A_TIME = 4
_LOCK = Path(tempfile.gettempdir(), f"dockstats-bench-{os.getuid()}.lock")
_ESTABLISHED = "03"


class EngineFacts(Struct, frozen=True, kw_only=True):
    """Which engine it is."""

    version: str
    kernel: str
    cgroup_version: str
    cgroup_driver: str
    cores: int
    memory_bytes: int


class Engine:
    """The engine at DOCKER_HOST, asked by the docker command and, where it has no word for it, at its socket."""

    def __init__(self, host: str) -> None:
        if not host.startswith("unix://"):
            raise BenchError(f"the bench measures an engine of this machine, and DOCKER_HOST is {host}")
        self.host = host
        self._socket_path = os.path.realpath(host.removeprefix("unix://"))

    def facts(self, image: str) -> EngineFacts:
        """Which engine answers; it must have the image.

        Raises:
            BenchError: it does not answer, or has no such image.
        """
        info: dict[str, Any] = json.loads(self.docker("info", "--format", "{{json .}}"))
        if not info.get("ServerVersion"):
            raise BenchError(f"no engine answers at {self.host}: {'; '.join(info.get('ServerErrors') or ())}")
        if not self._has(image):
            raise BenchError(f"the engine has no image {image}: tests/engine/up makes one, or name yours with --image")
        return EngineFacts(
            version=info["ServerVersion"],
            kernel=info.get("KernelVersion", ""),
            cgroup_version=info.get("CgroupVersion", "1"),
            cgroup_driver=info.get("CgroupDriver", ""),
            cores=info.get("NCPU", 0),
            memory_bytes=info.get("MemTotal", 0),
        )

    def docker(self, *arguments: str) -> str:
        """What the docker command prints.

        Raises:
            BenchError: it fails, or is not installed.
        """
        try:
            done = subprocess.run(
                ["docker", "--host", self.host, *arguments],
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                check=False,
                start_new_session=True,  # Ctrl-C is for the bench
            )
        except FileNotFoundError as error:
            raise BenchError("the docker command is not installed here; the bench compares with it") from error
        if done.returncode:
            raise BenchError(f"docker {arguments[0]}: {done.stderr.strip().splitlines()[-1] if done.stderr else ''}")
        return done.stdout.strip()

    def running(self) -> list[str]:
        """Ids of all running containers, whosever they are."""
        return self.docker("ps", "--quiet", "--no-trunc").split()

    def connections(self) -> int:
        """How many clients are connected to the engine's socket at this moment."""
        rows = (line.split() for line in Path("/proc/net/unix").read_text().splitlines()[1:])
        return sum(row[5] == _ESTABLISHED and os.path.realpath(row[7]) == self._socket_path for row in rows if row[7:])

    def frame_bytes(self, container_id: str) -> int:
        """Bytes that one frame of a stats stream takes on the socket, chunk's head and end included."""
        connection = http.client.HTTPConnection("localhost", timeout=20)
        connection.sock = socket.socket(socket.AF_UNIX)
        connection.sock.settimeout(20)
        try:
            connection.sock.connect(self._socket_path)
            connection.request("GET", f"/containers/{container_id}/stats?stream=1")
            answer = connection.getresponse()
            answer.readline()  # the first has no figures of the reading before
            frame = len(answer.readline())
        finally:
            connection.close()
        return frame + len(f"{frame:x}\r\n\r\n")

    def _has(self, image: str) -> bool:
        try:
            self.docker("image", "inspect", "--format", "x", image)
        except BenchError:
            return False
        return True


class Crowd:
    """The containers of this run; only ever more of them until all are removed."""

    def __init__(self, engine: Engine, image: str) -> None:
        self._engine = engine
        self._image = image
        self.ids: list[str] = []

    def grow_to(self, count: int, *, spread: bool) -> None:
        """Start as many as are missing, some at a time; spread evenly over whole periods of the shims if asked to.

        Each of containerd's shims gives memory back every 30 s after it started, some milliseconds of work. Started in
        a bunch, a hundred do so in a bunch for ever, and a span of some seconds has all of that or nothing; spread over
        the period, every span has its share.
        """
        numbers = range(len(self.ids), count)
        pause_s = start_pause_s(len(numbers)) if spread else 0.0
        began_s = time.monotonic()

        def start(number: int) -> str:
            time.sleep(max(0.0, began_s + (number - numbers[0]) * pause_s - time.monotonic()))
            return self._start(number)

        starting = ThreadPoolExecutor(AT_A_TIME)
        try:
            with _interrupts_later():  # one in the middle would leave a thread that the executor does not know of
                started = starting.map(start, numbers)
            self.ids += list(started)
        finally:  # after Ctrl-C the rest is not started first
            starting.shutdown(cancel_futures=True)

    def _start(self, number: int) -> str:
        name = f"dockstats-bench-{os.getpid()}-{number}"
        return self._engine.docker(
            *("run", "--detach", "--name", name, "--label", f"{LABEL}={os.getpid()}", self._image, "sleep", "86400")
        )


@contextmanager
def crowd(engine: Engine, image: str) -> Iterator[Crowd]:
    """No containers yet; all that were started are removed with the block.

    Raises:
        BenchError: another bench runs on this machine.
    """
    with _LOCK.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise BenchError("another bench runs on this machine; two would measure each other") from error
        _remove(engine)
        try:
            yield Crowd(engine, image)
        finally:
            with _interrupts_later():
                _remove(engine)


@contextmanager
def _interrupts_later() -> Iterator[None]:
    """Signals that end the run are taken after the block; the threads that it starts never take them."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _remove(engine: Engine) -> None:
    ids = engine.docker("ps", "--all", "--quiet", "--filter", f"label={LABEL}").split()
    parts: Sequence[Sequence[str]] = [ids[first : first + 25] for first in range(0, len(ids), 25)]
    with ThreadPoolExecutor(AT_A_TIME) as removing:
        list(removing.map(lambda part: engine.docker("rm", "--force", *part), parts))
