"""A stream of JSON values, one a line, from bytes in any chunking; a line's length is bounded. Pure.

Not here: what a line says.
"""

from __future__ import annotations


class LineTooLongError(ValueError):
    """A line passed its bound before it ended."""


class JsonLines:
    """Collects chunks and gives whole lines, without their ends; blank lines are skipped."""

    def __init__(self, max_line_bytes: int) -> None:
        self._max_line_bytes = max_line_bytes
        self._begun = bytearray()

    @property
    def has_rest(self) -> bool:
        """Whether a line has begun that did not end: a stream that stops here was cut off."""
        return bool(self._begun.strip())

    def feed(self, chunk: bytes) -> list[bytes]:
        """The lines that `chunk` completes.

        Raises:
            LineTooLongError: a line is longer than allowed; nothing can be fed any more.
        """
        *ended, rest = chunk.split(b"\n")
        lines: list[bytes] = []
        for part in ended:
            self._add(part)
            line = bytes(self._begun.strip())
            self._begun.clear()
            if line:
                lines.append(line)
        self._add(rest)
        return lines

    def _add(self, part: bytes) -> None:
        if len(self._begun) + len(part) > self._max_line_bytes:
            raise LineTooLongError(f"a line is longer than {self._max_line_bytes} bytes")
        self._begun += part
