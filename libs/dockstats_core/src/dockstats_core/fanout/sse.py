"""The event stream format: bytes of one event for a browser, and events from the bytes of a stream.

`encode`, `comment` and `retry` make what `/stream/agents` sends. `EventStreamParser` reads any event stream as a
browser does, for scripts and tests that follow a dashboard: bytes in any chunking go in, whole events come out.
Source: WHATWG HTML, 9.2.5 "Parsing an event stream" and 9.2.6 "Interpreting an event stream".
Not here: the connection, reconnecting, what the data means (`messages.stream`).
"""

from __future__ import annotations

import re

from msgspec import Struct

from dockstats_core.errors import MalformedMessageError

_LINE_END = re.compile(rb"\r\n|\r|\n")
_BOM = b"\xef\xbb\xbf"
_CR, _LF = 0x0D, 0x0A

# More digits than that are no waiting time any more (31 years), and int() refuses very long ones.
_MAX_RETRY_DIGITS = 12


def encode(data: bytes, *, event: str | None = None, id: str | None = None) -> bytes:  # noqa: A002 - the field's name
    r"""One event. A line end in `data` (`\n`, `\r\n` or `\r`) reaches the other side as `\n`.

    Raises:
        ValueError: `event` or `id` has a line end, or `id` a NUL: either would be read as something else.
    """
    head = b""
    if event is not None:
        head += b"event: " + _one_line("event", event) + b"\n"
    if id is not None:
        if "\0" in id:
            raise ValueError("an event's id cannot hold a NUL")
        head += b"id: " + _one_line("id", id) + b"\n"
    if b"\n" in data or b"\r" in data:
        return head + b"".join(b"data: " + line + b"\n" for line in _LINE_END.split(data)) + b"\n"
    return b"%bdata: %b\n\n" % (head, data)


def comment(text: str = "") -> bytes:
    """A comment, which a browser skips: the heartbeat that keeps proxies from closing a quiet stream."""
    return b"".join(b": " + line + b"\n" for line in _LINE_END.split(text.encode())) + b"\n"


def retry(milliseconds: int) -> bytes:
    """Tells the browser how long to wait before it connects again after a loss.

    Raises:
        ValueError: a negative time.
    """
    if milliseconds < 0:
        raise ValueError(f"a retry time cannot be negative: {milliseconds} ms")
    return b"retry: %d\n\n" % milliseconds


def _one_line(field: str, text: str) -> bytes:
    line = text.encode()
    if _LINE_END.search(line):
        raise ValueError(f"an event's {field} must be one line: {text!r}")
    return line


class Event(Struct, frozen=True, kw_only=True):
    """One event as a browser would dispatch it: its name, its data, and the last id that was told."""

    event: str
    data: str
    id: str


class StreamLimits(Struct, frozen=True, kw_only=True):
    """How much of one stream is held in memory while an event is not whole yet; past a bound, `feed` raises."""

    max_line_bytes: int = 32 * 1024 * 1024  # a batch of 10,000 containers, the most there may be, is about 13 MiB
    max_event_bytes: int = 16 * 1024 * 1024  # the same batch: our events have one data line


class EventStreamParser:
    """Turns the bytes of one event stream into events.

    Attributes:
        last_event_id: what a browser would send as `Last-Event-ID` when it connects again.
        retry_ms: the waiting time the stream asked for, in milliseconds, or None.
    """

    def __init__(self, limits: StreamLimits | None = None) -> None:
        self.last_event_id: str = ""
        self.retry_ms: int | None = None
        self._limits = StreamLimits() if limits is None else limits
        self._at_start = True
        self._line = bytearray()  # the line that has not ended yet
        self._after_cr = False  # an LF that comes next belongs to the CR that ended the last line
        self._event = ""
        self._id = ""
        self._data = bytearray()  # as the standard has it: every line followed by a line feed

    def feed(self, chunk: bytes) -> list[Event]:
        """The events that `chunk` completes, in order. An event that the stream's end cuts off never comes.

        Raises:
            MalformedMessageError: a line or an event is longer than the limits allow; the stream cannot be read on.
        """
        events: list[Event] = []
        if self._after_cr and chunk:
            self._after_cr = False
            if chunk[0] == _LF:
                chunk = chunk[1:]
        for piece in chunk.splitlines(keepends=True):  # of bytes: ends at \n, \r and \r\n, and at nothing else
            ended = piece[-1] in (_LF, _CR)
            self._line += piece
            if len(self._line) > self._limits.max_line_bytes:
                raise MalformedMessageError(f"a line of the event stream passes {self._limits.max_line_bytes} bytes")
            if ended:
                line = bytes(self._line).rstrip(b"\r\n")
                self._line.clear()
                event = self._end_line(line)
                if event is not None:
                    events.append(event)
        self._after_cr = self._after_cr or chunk.endswith(b"\r")
        return events

    def _end_line(self, line: bytes) -> Event | None:
        if self._at_start:
            self._at_start = False
            line = line.removeprefix(_BOM)
        if not line:
            return self._end_event()
        field, _, value = line.partition(b":")
        value = value.removeprefix(b" ")
        if field == b"data":
            self._data += value + b"\n"
            if len(self._data) > self._limits.max_event_bytes:
                raise MalformedMessageError(f"an event of the stream passes {self._limits.max_event_bytes} bytes")
        elif field == b"event":
            self._event = _text(value)
        elif field == b"id" and b"\0" not in value:
            self._id = _text(value)
        elif field == b"retry" and value.isdigit() and len(value) <= _MAX_RETRY_DIGITS:
            self.retry_ms = int(value)
        return None

    def _end_event(self) -> Event | None:
        self.last_event_id = self._id
        event = self._event or "message"
        self._event = ""
        if not self._data:
            return None
        data = _text(self._data[:-1])
        self._data.clear()
        return Event(event=event, data=data, id=self.last_event_id)


def _text(value: bytes | bytearray) -> str:
    return value.decode("utf-8", "replace")
