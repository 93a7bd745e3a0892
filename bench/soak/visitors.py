"""Browsers that come and go: some stay for a moment, some read nothing, some leave in the middle of a frame.

Not here: when (life).
"""

from __future__ import annotations

import random
from contextlib import suppress

import anyio
from anyio.abc import SocketStream

from bench.load.browsers import request_for

LONGEST_VISIT_S = 8.0
READING = 4  # of five
_BROKEN = (anyio.EndOfStream, anyio.BrokenResourceError, anyio.ClosedResourceError, OSError)


async def visit_for(port: int, seconds: float, chance: random.Random, *, at_a_time: int = 20) -> int:
    """Visits for so long, so many at a time; gives how many there were. All have left at the end."""
    visits = 0

    async def keep_coming() -> None:
        nonlocal visits
        while True:
            visits += 1
            with suppress(*_BROKEN):
                await _visit(port, chance)

    with anyio.move_on_after(seconds):
        async with anyio.create_task_group() as tasks:
            for _ in range(at_a_time):
                tasks.start_soon(keep_coming)
    return visits


async def _visit(port: int, chance: random.Random) -> None:
    stays_s, reads = chance.uniform(0.1, LONGEST_VISIT_S), chance.randrange(5) < READING
    async with await anyio.connect_tcp("127.0.0.1", port) as stream:
        await stream.send(request_for(f"127.0.0.1:{port}"))
        with anyio.move_on_after(stays_s):
            await (_read(stream) if reads else anyio.sleep_forever())


async def _read(stream: SocketStream) -> None:
    while True:
        await stream.receive()
