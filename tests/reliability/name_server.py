"""A name server that says what a test wants: an address, that there is no such name, or nothing at all.

Just enough of DNS for the C library's resolver, over UDP. Not here: who asks it (resolv.conf is the test's business).
"""

from __future__ import annotations

import socket
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio

ADDRESS = "127.0.0.153"
PORT = 53
_ANSWER, _NO_SUCH_NAME = 0x8180, 0x8183
_A, _IN = 1, 1


class NameServer:
    """`addresses` are the names that exist; of those in `silent` nothing is said; there are no others."""

    def __init__(self) -> None:
        self.addresses: dict[str, str] = {}
        self.silent: set[str] = set()
        self.asked: set[str] = set()

    def answer(self, question: bytes) -> bytes | None:
        """What is sent back to one question, if anything."""
        name, end = _name(question)
        (kind,) = struct.unpack_from("!H", question, end)
        self.asked.add(name)
        if name in self.silent:
            return None
        address = self.addresses.get(name)
        record = b""
        if address is not None and kind == _A:
            record = struct.pack("!HHHIH", 0xC00C, _A, _IN, 0, 4) + socket.inet_aton(address)
        flags = _NO_SUCH_NAME if address is None else _ANSWER
        head = question[:2] + struct.pack("!HHHHH", flags, 1, bool(record), 0, 0)
        return head + question[12 : end + 4] + record


def _name(question: bytes) -> tuple[str, int]:
    """The name that is asked about, and where its type stands."""
    labels, place = [], 12
    while length := question[place]:
        labels.append(question[place + 1 : place + 1 + length].decode())
        place += 1 + length
    return ".".join(labels).lower(), place + 1


@asynccontextmanager
async def name_server() -> AsyncIterator[NameServer]:
    """One that answers at ADDRESS for as long as the block runs; as root only."""
    served = NameServer()
    async with (
        await anyio.create_udp_socket(socket.AF_INET, local_host=ADDRESS, local_port=PORT) as udp,
        anyio.create_task_group() as tasks,
    ):

        async def serve() -> None:
            async for question, asker in udp:
                answer = served.answer(question)
                if answer is not None:
                    await udp.sendto(answer, *asker)

        tasks.start_soon(serve)
        yield served
        tasks.cancel_scope.cancel()
