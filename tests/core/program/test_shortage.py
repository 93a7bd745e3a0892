"""A shortage of descriptors is one line, however often the event loop tells of it; anything else stays the loop's."""

from __future__ import annotations

import asyncio
import errno
import logging
import os
import socket

import pytest

from dockstats_core.program.shortage import Shortage


class Clock:
    """A monotonic clock that is told the time."""

    def __init__(self) -> None:
        self.now_s = 1000.0

    def __call__(self) -> float:
        return self.now_s


def lacking(number: int) -> dict[str, object]:
    """What asyncio tells of a connection that it could not take."""
    return {"message": "socket.accept() out of system resource", "exception": OSError(number, ""), "socket": socket}


async def test_shortage_is_told_once_a_minute_with_how_often_it_was_met(caplog: pytest.LogCaptureFixture) -> None:
    clock, loop = Clock(), asyncio.get_running_loop()
    shortage = Shortage(clock_s=clock)
    for _ in range(100):
        shortage.heed(loop, lacking(errno.EMFILE))
    assert len(caplog.messages) == 1
    assert "ulimit -n" in caplog.messages[0]
    clock.now_s += 61
    shortage.heed(loop, lacking(errno.EMFILE))
    assert len(caplog.messages) == 2
    assert "99 times more" in caplog.messages[1]


@pytest.mark.parametrize("number", [errno.ENFILE, errno.ENOBUFS, errno.ENOMEM])
async def test_shortage_of_the_machine_is_told_in_its_own_words(number: int, caplog: pytest.LogCaptureFixture) -> None:
    Shortage().heed(asyncio.get_running_loop(), lacking(number))
    assert os.strerror(number).lower() in caplog.text
    assert "the machine's shortage" in caplog.text


@pytest.mark.parametrize(
    "context",
    [
        {"message": "something else", "exception": ZeroDivisionError()},
        {"message": "no exception at all"},
        {"message": "another error of a socket", "exception": OSError(errno.EPERM, ""), "socket": socket},
        {"message": "a file that could not be opened", "exception": OSError(errno.EMFILE, "")},
    ],
)
async def test_anything_else_is_told_as_the_loop_does(
    context: dict[str, object], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.ERROR, "asyncio")
    Shortage().heed(asyncio.get_running_loop(), context)
    assert [record.name for record in caplog.records] == ["asyncio"]
    assert str(context["message"]) in caplog.text
