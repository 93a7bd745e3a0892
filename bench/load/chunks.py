"""The chunks of one endless HTTP/1.1 answer, from bytes in any chunking. Pure.

The dashboard sends one chunk a turn of the stream, the same bytes to every browser that is in step; telling chunks
apart therefore tells frames apart without looking into them, which a client of a thousand streams could not afford.
Not here: sockets, what a chunk says (frames).
"""

from __future__ import annotations

_HEAD_END = b"\r\n\r\n"


class Refused(Exception):  # noqa: N818 - what happened, as a person says it
    """The answer is not a stream; the message is its first line."""


class Chunks:
    """One answer."""

    def __init__(self) -> None:
        self._rest = bytearray()
        self._has_head = False

    def feed(self, data: bytes) -> list[bytes]:
        """The chunks that `data` completes.

        Raises:
            Refused: the answer is no 200.
        """
        self._rest += data
        if not self._has_head:
            end = self._rest.find(_HEAD_END)
            if end < 0:
                return []
            first_line = bytes(self._rest[: self._rest.index(b"\r\n")])
            if first_line.split(b" ")[1:2] != [b"200"]:
                raise Refused(first_line.decode(errors="replace"))
            del self._rest[: end + len(_HEAD_END)]
            self._has_head = True
        return self._whole()

    def _whole(self) -> list[bytes]:
        found: list[bytes] = []
        at = 0
        while (line_end := self._rest.find(b"\r\n", at)) >= 0:
            begin = line_end + 2
            end = begin + int(self._rest[at:line_end], 16)
            if len(self._rest) < end + 2:
                break
            if end > begin:  # the last one of an answer is empty
                found.append(bytes(self._rest[begin:end]))
            at = end + 2
        del self._rest[:at]
        return found
