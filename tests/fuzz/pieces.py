"""Takes an input apart: numbers first, and what is left as data. Any bytes do; what is missing is 0 or empty.

Not here: what the parts mean (the targets).
"""

from __future__ import annotations

from collections.abc import Iterator


class Pieces:
    """Reads an input from its beginning."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def __bool__(self) -> bool:
        return self._at < len(self._data)

    def number(self) -> int:
        """The next byte."""
        return int.from_bytes(self.taken(1))

    def taken(self, count: int) -> bytes:
        """The next bytes, or as many as are left."""
        taken = self._data[self._at : self._at + count]
        self._at += len(taken)
        return taken

    def rest(self) -> bytes:
        """All that is left."""
        return self.taken(len(self._data))


def in_chunks(data: bytes, width: int) -> Iterator[bytes]:
    """`data` in chunks of about `width` bytes, not all of the same width."""
    start, turn = 0, 0
    while start < len(data):
        end = start + max(1, width + turn % 3 - 1)
        yield data[start:end]
        start, turn = end, turn + 1


def as_given(data: bytes) -> str:
    """Text as a program gets it from its environment or its arguments: bytes that are no UTF-8 become surrogates."""
    return data.decode("utf-8", "surrogateescape")
