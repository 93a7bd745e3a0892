"""One contestant, running: its process, its client's, and the tally of what is delivered.

Both end with the block, whatever happens. Not here: measuring it (processes), who takes part (contestants).
"""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from bench.contestants.contestant import Contestant, python
from bench.tally import Listener, Tally

STOP_S = 5.0
_URL = re.compile(rb"(?:http|ws)://127\.0\.0\.1:(\d+)")
_LAST_WORDS = 20
_ROOT = Path(__file__).parent.parent


class BenchError(Exception):
    """Something stops the run; the message is the sentence for a person."""


class Running:
    """A contestant that was started. Everything it prints ends in `tally`."""

    def __init__(self, contestant: Contestant) -> None:
        self.contestant = contestant
        self.tally = Tally()
        self.watcher: subprocess.Popen[bytes] | None = None
        self.client: subprocess.Popen[bytes] | None = None
        self._error_lines: list[bytes] = []
        self._readers: list[threading.Thread] = []

    @property
    def pids(self) -> tuple[int | None, int | None]:
        """Of the watcher and of its client."""
        return (
            None if self.watcher is None else self.watcher.pid,
            None if self.client is None else self.client.pid,
        )

    def start(self, directory: str) -> None:
        """Start it, and its client if it has one."""
        if self.contestant.command is None:
            return
        self.watcher = _start(self.contestant.command, directory)
        self._follow(self.watcher, None if self.contestant.serves else self.contestant.listener())
        if self.contestant.serves:
            self.client = _start(python("bench.client", f"ws://127.0.0.1:{self._port()}/ws"), directory)
            self._follow(self.client, self.contestant.listener())

    def wait_until_all_followed(self, containers: int, within_s: float = 60.0) -> None:
        """Wait until figures of every container came.

        Raises:
            BenchError: they did not, or the process ended.
        """
        if self.watcher is None:
            return
        give_up_s = time.monotonic() + within_s
        while self.tally.containers < containers:
            self._still_alive()
            if time.monotonic() > give_up_s:
                raise BenchError(
                    f"{self.contestant.title} gives figures of {self.tally.containers} of {containers} containers "
                    f"after {within_s:g} s; its last words:\n{self._last_words()}"
                )
            time.sleep(0.05)

    def bytes_read(self) -> int:
        """Bytes that the watcher got from read(2) since it started, sockets included."""
        assert self.watcher is not None
        text = Path(f"/proc/{self.watcher.pid}/io").read_text()
        return int(dict(line.split(": ") for line in text.splitlines())["rchar"])

    def stop(self) -> None:
        """End both processes."""
        for process in (self.client, self.watcher):
            if process is not None:
                _end(process)
        for reader in self._readers:
            reader.join(STOP_S)

    def _port(self) -> int:
        give_up_s = time.monotonic() + 20.0
        while time.monotonic() < give_up_s:
            for line in list(self._error_lines):
                if match := _URL.search(line):
                    return int(match[1])
            self._still_alive()
            time.sleep(0.02)
        raise BenchError(f"{self.contestant.title} does not say where it listens:\n{self._last_words()}")

    def _still_alive(self) -> None:
        for process in (self.watcher, self.client):
            if process is not None and process.poll() is not None:
                time.sleep(0.1)  # its last words may still be on their way
                raise BenchError(
                    f"{self.contestant.title} ended with exit code {process.returncode}:\n{self._last_words()}"
                )

    def _last_words(self) -> str:
        return b"\n".join(self._error_lines[-_LAST_WORDS:]).decode(errors="replace")

    def _follow(self, process: subprocess.Popen[bytes], listener: Listener | None) -> None:
        assert process.stdout is not None
        assert process.stderr is not None

        def keep(line: bytes, _: Tally) -> None:
            self._error_lines.append(line)

        self._readers += [
            _read(process.stdout, listener or keep, self.tally),
            _read(process.stderr, keep, self.tally),
        ]


@contextmanager
def running(contestant: Contestant) -> Iterator[Running]:
    """The contestant, started; ended with the block."""
    run = Running(contestant)
    with tempfile.TemporaryDirectory(prefix="dockstats-bench-") as directory:  # where no .env file configures it
        try:
            run.start(directory)
            yield run
        finally:
            run.stop()


def _start(command: Sequence[str], directory: str) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=directory,
            env=_environment(os.environ),
            start_new_session=True,  # Ctrl-C is for the bench, which ends its contestants itself
        )
    except FileNotFoundError as error:
        raise BenchError(f"{command[0]} is not installed here") from error


def _environment(environ: Mapping[str, str]) -> dict[str, str]:
    """This process's without what would configure a contestant, and with the way to the bench's own modules."""
    kept = {key: value for key, value in environ.items() if not key.startswith(("AGENT_", "DASHBOARD_", "GLANCES_"))}
    return {**kept, "PYTHONPATH": str(_ROOT), "PYTHONUNBUFFERED": "1"}


def _read(stream: IO[bytes], listener: Listener, tally: Tally) -> threading.Thread:
    """Hand every line on until the stream ends, in a thread."""

    def read() -> None:
        with stream:
            for line in stream:
                listener(line.rstrip(b"\n"), tally)

    thread = threading.Thread(target=read, daemon=True)
    thread.start()
    return thread


def _end(process: subprocess.Popen[bytes]) -> None:
    """Ask the process to end, and make everything of its session end that does not."""
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(STOP_S)
    except subprocess.TimeoutExpired:
        pass
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
