"""Watches WebSocket frame headers on their way to wsproto, which would collect a message of any size. Pure.

A message's size, over all its fragments, is known and refused at the header that tells it, before its payload is read.
Frames are counted, too: each costs its time, however little it holds.
Source: RFC 6455 5.2. Not here: everything else about frames (wsproto).
"""

from __future__ import annotations

_CONTINUATION, _FIRST_CONTROL = 0x0, 0x8
_LONGEST_BITS = 63  # of a length; a longer one is none at all, and wsproto refuses it


class FrameWatch:
    """Counts what passes; one for each connection.

    Attributes:
        frames: how many began in the bytes last asked about.
    """

    def __init__(self, max_message_bytes: int, max_frames_at_once: int) -> None:
        self.frames: int = 0
        self._max_message_bytes = max_message_bytes
        self._max_frames_at_once = max_frames_at_once
        self._header = bytearray()
        self._payload_left = 0
        self._message_bytes = 0

    def allowed(self, data: bytes) -> int:
        """How many bytes of `data` may go on: all, or those before the header of a message too big is whole.

        Where there are more frames than may come at once (`is_flood`), those before the first of them too many.
        """
        position = self.frames = 0
        while position < len(data):
            if self._payload_left:
                taken = min(self._payload_left, len(data) - position)
                self._payload_left -= taken
                position += taken
                continue
            if not self._header:
                self.frames += 1
                if self.is_flood:
                    return position
            self._header.append(data[position])
            if len(self._header) > 1 and len(self._header) == _header_bytes(self._header[1]) and self._is_too_big():
                return position
            position += 1
        return position

    @property
    def is_flood(self) -> bool:
        """Whether the bytes last asked about held more frames than may come at once."""
        return self.frames > self._max_frames_at_once

    def _is_too_big(self) -> bool:
        """Take in a whole header."""
        opcode, length = self._header[0] & 0x0F, self._header[1] & 0x7F
        if len(self._header) > 2:
            length = int.from_bytes(self._header[2:], "big")
        self._header.clear()
        self._payload_left = length
        if opcode >= _FIRST_CONTROL or length >> _LONGEST_BITS:
            return False
        self._message_bytes = length + (self._message_bytes if opcode == _CONTINUATION else 0)
        return self._message_bytes > self._max_message_bytes


def _header_bytes(second: int) -> int:
    return {126: 4, 127: 10}.get(second & 0x7F, 2)
