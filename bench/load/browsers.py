"""Many browsers in one process: `python -m bench.load.browsers URL READING SILENT`.

Each is one socket that asks for the stream as the page does and looks at every frame that comes. SILENT more ask for it
and read nothing; the kernel holds little for them, as for a browser on a small device. They connect a few at a time, as
people do. Reports to standard error.
Not here: the page (a browser draws; these only read), what is counted (watch).
"""

from __future__ import annotations

import asyncio
import socket
import sys
import time
from urllib.parse import urlsplit

from bench.load.chunks import Chunks
from bench.load.frames import Frames
from bench.load.watch import REPORT_EVERY_S, Watch, line_of, now_s
from dockstats_core.program.open_files import raise_limit

TARGET = "/stream/agents?batches=columns"
AT_A_TIME = 20
PAUSE_S = 0.05  # between so many
_SMALL_BYTES = 32_768


class Browser(asyncio.Protocol):
    """One that reads."""

    def __init__(self, number: int, watch: Watch, frames: Frames) -> None:
        self._number = number
        self._watch = watch
        self._frames = frames
        self._chunks = Chunks()

    def connection_made(self, _: asyncio.BaseTransport) -> None:
        """It counts as a reader from here on."""
        self._watch.joined(self._number)

    def data_received(self, data: bytes) -> None:
        """Some bytes of the stream."""
        at_s = time.time()
        for chunk in self._chunks.feed(data):
            for batch in self._frames.batches(chunk):
                self._watch.came(self._number, batch, at_s)

    def connection_lost(self, _: Exception | None) -> None:
        """The stream ended."""
        self._watch.left(self._number)


async def main(url: str, reading: int, silent: int) -> None:
    """Connect everybody, then report until ended."""
    raise_limit()
    loop = asyncio.get_running_loop()
    address = urlsplit(url)
    assert address.hostname is not None
    assert address.port is not None
    request = request_for(address.netloc)
    watch, frames = Watch(), Frames()
    reports = asyncio.create_task(_report(watch))
    kept: list[object] = [reports]
    for number in range(silent):
        kept.append(await _connect_silent(address.hostname, address.port, request))
        if number % AT_A_TIME == AT_A_TIME - 1:
            await asyncio.sleep(PAUSE_S)
    for number in range(reading):
        transport, _ = await loop.create_connection(
            lambda number=number: Browser(number, watch, frames),  # type: ignore[misc]
            address.hostname,
            address.port,
        )
        transport.write(request)
        kept.append(transport)
        if number % AT_A_TIME == AT_A_TIME - 1:
            await asyncio.sleep(PAUSE_S)
    print("all are connected", file=sys.stderr, flush=True)
    await reports


async def _connect_silent(host: str, port: int, request: bytes) -> socket.socket:
    one = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _SMALL_BYTES)
    one.setblocking(False)
    loop = asyncio.get_running_loop()
    await loop.sock_connect(one, (host, port))
    await loop.sock_sendall(one, request)
    return one


async def _report(watch: Watch) -> None:
    while True:
        await asyncio.sleep(REPORT_EVERY_S)
        print(line_of(watch.report(now_s())), file=sys.stderr, flush=True)


def request_for(host: str) -> bytes:
    """What the page asks for, of the dashboard at `host`."""
    return (
        f"GET {TARGET} HTTP/1.1\r\nHost: {host}\r\nAccept: text/event-stream\r\nAccept-Encoding: gzip\r\n\r\n"
    ).encode()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
