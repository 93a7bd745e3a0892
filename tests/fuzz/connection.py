"""A connection to an agent, told anything at all, in any order, at any time.

An input is a list of steps, a byte each with what it needs behind it. Bytes arrive in any chunks; time passes, and
timers come late; steps that the state does not allow are tried, too. The law: such a step raises ImpossibleStepError
and changes nothing, every other step only gives actions that make sense (`Conversation` holds them), and unless the
machine is closed something happens by itself, soon. What arrives when the WebSocket stands means the same in one chunk
as in many.
Not here: what a message means (messages), sockets.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum

from msgspec import structs

from dockstats_core.backoff import LONGEST_S
from dockstats_core.connection.limits import ConnectionLimits
from dockstats_core.connection.states import ImpossibleStepError
from tests.core.connection.conversing import (
    BINARY,
    CLOSE,
    CONTINUATION,
    MESSAGE_TEXT,
    PING,
    PONG,
    TEXT,
    Conversation,
    close_frame,
    frame,
)
from tests.fuzz.pieces import Pieces, in_chunks
from tests.fuzz.target import Target

_LIMITS = ConnectionLimits(handshake_bytes=1000, message_bytes=2000)
_UNHURRIED = structs.replace(_LIMITS, frames_at_once=10_000, frames_per_s=1e6, bytes_per_s=1 << 40)
"""How much comes at once is told by chunks, so it must not matter where they should not."""

_SOON_S = max(_LIMITS.connect_s, _LIMITS.handshake_s, _LIMITS.silence_s, _LIMITS.message_s, LONGEST_S)
_HEARS = {"opening", "open", "closing"}
_OPCODES = (CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG, 3, 11)


class _Step(IntEnum):
    TIMER = 0  # the next deadline comes
    LATE = 1  # ... later than it should; how late
    PASSES = 2  # time passes, and the timer is told without need; sixteenths of a second
    OPENED = 3
    FAILED = 4
    ENDED = 5
    ACCEPTED = 6  # the WebSocket; in chunks of so many bytes
    BYTES = 7  # any; how many, and the bytes
    FRAME = 8  # see _frame
    MESSAGE = 9  # a good one; in chunks of so many bytes
    STOP = 10  # by our owner, one time in four
    CHUNKS = 11  # the rest of the input is what the other side says, whole and in chunks of so many bytes


def fuzz(data: bytes) -> None:
    """See the module."""
    pieces = Pieces(data)
    there = Conversation(randomness=pieces.number() / 256, limits=_LIMITS)
    while pieces:
        step = _Step(pieces.number() % len(_Step))
        if step == _Step.CHUNKS:
            _hold_however_it_is_cut(pieces.number(), pieces.rest())
        else:
            _take(there, step, pieces)
        deadline_s = there.machine.next_deadline
        assert (deadline_s is None) is (there.machine.state == "closed")
        assert deadline_s is None or deadline_s - there.now_s <= _SOON_S
        assert repr(there.machine).startswith("<AgentMachine agent-1 ")


def _take(there: Conversation, step: _Step, pieces: Pieces) -> None:
    state = there.machine.state
    match step:
        case _Step.TIMER if state != "closed":
            there.timer()
        case _Step.LATE if state != "closed":
            there.now_s += float(2 ** (pieces.number() / 8))
            there.timer()
        case _Step.PASSES:
            there.now_s += pieces.number() / 16
            there.did(there.machine.handle_timer(there.now_s))
        case _Step.OPENED:
            _try(there, there.opened, is_possible=state == "connecting")
        case _Step.FAILED:
            _try(there, there.failed, is_possible=there.has_transport)
        case _Step.ENDED:
            _try(there, there.ended, is_possible=there.has_transport)
        case _Step.ACCEPTED if state == "opening":
            _arrives(there, there.acceptance(), pieces.number())
        case _Step.BYTES:
            data = pieces.taken(pieces.number())
            _try(there, lambda: there.receive(data), is_possible=state in _HEARS)
        case _Step.FRAME if state in _HEARS:
            _arrives(there, _frame(pieces), pieces.number())
        case _Step.MESSAGE if state in _HEARS:
            _arrives(there, frame(TEXT, MESSAGE_TEXT), pieces.number())
        case _Step.STOP if pieces.number() % 4 == 0:
            there.close()


def _frame(pieces: Pieces) -> bytes:
    first, second = pieces.number(), pieces.number()
    mask = b"mask" if second == 1 else b""
    payload = pieces.taken(pieces.number()) * (1 + second % 16)
    return frame(_OPCODES[first % 8], payload, fin=first & 8 == 0, rsv=first >> 6 & 1, mask=mask)


def _arrives(there: Conversation, data: bytes, width: int) -> None:
    for chunk in in_chunks(data, width or len(data)):
        if there.machine.state in _HEARS:
            there.receive(chunk)


def _try(there: Conversation, act: Callable[[], object], *, is_possible: bool) -> None:
    if is_possible:
        act()
        return
    machine, had_transport = there.machine, there.has_transport
    before = (machine.state, machine.next_deadline, repr(machine.counters))
    try:
        act()
    except ImpossibleStepError:
        there.has_transport = had_transport
        assert (machine.state, machine.next_deadline, repr(machine.counters)) == before
    else:
        raise AssertionError(f"possible while {before[0]}")


def _hold_however_it_is_cut(width: int, data: bytes) -> None:
    whole, cut = Conversation(limits=_UNHURRIED).until_open(), Conversation(limits=_UNHURRIED).until_open()
    if data:
        whole.receive(data)
    _arrives(cut, data, 1 + width)
    for there in (whole, cut):
        if there.machine.state == "open":
            there.timer()
    assert cut.machine.state == whole.machine.state
    assert cut.messages == whole.messages
    assert cut.changes == whole.changes
    assert cut.machine.counters == whole.machine.counters
    assert cut.frames == whole.frames


def _steps(*steps: int | bytes) -> bytes:
    return b"\x80" + b"".join(step if isinstance(step, bytes) else bytes([step]) for step in steps)


_UNTIL_OPEN = _steps(_Step.TIMER, _Step.OPENED, _Step.ACCEPTED, 0)
_REFUSAL = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n"

TARGET = Target(
    fuzz=fuzz,
    seeds=(
        _UNTIL_OPEN + bytes([_Step.MESSAGE, 7, _Step.PASSES, 90, _Step.LATE, 80, _Step.TIMER, _Step.STOP, 0]),
        _UNTIL_OPEN + bytes([_Step.FRAME, 4, 0, 3]) + b"abc" + bytes([1, _Step.ENDED, _Step.TIMER, _Step.FAILED]),
        _UNTIL_OPEN + bytes([_Step.FRAME, 9, 0, 3]) + b"abc" + bytes([0, _Step.FRAME, 0, 0, 3]) + b"def" + bytes([2]),
        _steps(_Step.TIMER, _Step.OPENED, _Step.BYTES, len(_REFUSAL), _REFUSAL, _Step.TIMER, _Step.TIMER),
        _steps(
            _Step.OPENED, _Step.FAILED, _Step.ENDED, _Step.BYTES, 1, b"x", _Step.STOP, 0, _Step.STOP, 0, _Step.OPENED
        ),
        *(
            _steps(_Step.CHUNKS, 3, data)
            for data in (
                frame(TEXT, MESSAGE_TEXT[:40], fin=False) + frame(PING, b"p") + frame(CONTINUATION, MESSAGE_TEXT[40:]),
                frame(TEXT, b"\xff\xfe") + frame(TEXT, MESSAGE_TEXT),
                frame(TEXT, "é".encode()[:1], fin=False) + frame(CONTINUATION, "é".encode()[1:]) + close_frame(1001),
                frame(TEXT, b"x" * 900, fin=False) + frame(CONTINUATION, b"x" * 1101),
                frame(BINARY, b"\0" * 200) + frame(PONG) + close_frame(1000, "bye") + frame(TEXT, b"{}"),
                b"\x81\x7f" + b"\xff" * 8,
                frame(TEXT, b"{}", rsv=4),
                frame(TEXT, b"{}", mask=b"mask"),
            )
        ),
    ),
    words=(
        frame(PING),
        frame(CLOSE),
        b"\x81\x7e",
        b"\x81\x7f",
        b"\x01\x00",
        b"\x80\x00",
        b"HTTP/1.1 101 ",
        b"\r\n\r\n",
    ),
    longest=2048,
)
