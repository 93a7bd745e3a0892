"""Watches WebSocket frame headers on their way to wsproto, and stops what must not get there. Pure.

wsproto takes a few things that RFC 6455 forbids (a length in a longer form than needed, one with its top bit set), and
would collect a message of any size. Here a message's length is known, and refused, at its header.
Source: RFC 6455 5.2. Not here: everything else about frames (wsproto).
"""

from __future__ import annotations

from msgspec import Struct

PROTOCOL_ERROR = 1002
TOO_BIG = 1009

_CONTINUATION, _FIRST_CONTROL = 0x0, 0x8
_MASKED = 0x80


class Refusal(Struct, frozen=True):
    """Why the connection cannot go on: a close code and a sentence's end."""

    code: int
    reason: str


class FrameWatch:
    """Passes whole frames' bytes on as they come, header first; one for each connection."""

    def __init__(self, max_message_bytes: int) -> None:
        self._max_message_bytes = max_message_bytes
        self._header = bytearray()
        self._payload_left = 0
        self._message_bytes = 0

    def passed(self, data: bytes) -> tuple[bytes, Refusal | None]:
        """The part of `data` (and of a header held back before) that may go on, and what is wrong with the rest."""
        passed = bytearray()
        position = 0
        while position < len(data):
            if self._payload_left:
                taken = data[position : position + self._payload_left]
                passed += taken
                position += len(taken)
                self._payload_left -= len(taken)
                continue
            self._header.append(data[position])
            position += 1
            if len(self._header) < 2 or len(self._header) < _header_bytes(self._header[1]):
                continue
            refusal = self._begin_frame()
            if refusal is not None:
                return bytes(passed), refusal
            passed += self._header
            self._header.clear()
        return bytes(passed), None

    def _begin_frame(self) -> Refusal | None:
        """Take in a whole header."""
        opcode, second = self._header[0] & 0x0F, self._header[1]
        if second & _MASKED:
            return Refusal(PROTOCOL_ERROR, "a masked frame")
        length = second
        if len(self._header) > 2:
            length = int.from_bytes(self._header[2:], "big")
            shortest = 126 if second == 126 else 1 << 16
            if length < shortest or length >> 63:
                return Refusal(PROTOCOL_ERROR, "a frame length in a form that is not allowed")
        if opcode < _FIRST_CONTROL:
            self._message_bytes = length + (self._message_bytes if opcode == _CONTINUATION else 0)
            if self._message_bytes > self._max_message_bytes:
                return Refusal(TOO_BIG, f"a message of more than {self._max_message_bytes} bytes")
        self._payload_left = length
        return None


def _header_bytes(second: int) -> int:
    return {126: 4, 127: 10}.get(second & 0x7F, 2)
