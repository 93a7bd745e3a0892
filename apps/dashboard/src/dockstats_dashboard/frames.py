"""One message of the stream as the bytes that go out: made when the first reader wants them, once for all readers.

With nobody looking, nothing is encoded; with a thousand browsers, each message is encoded once and compressed once.
Not here: which messages there are (`dockstats_core.fleet`), who gets them (`dockstats_core.fanout`).
"""

from __future__ import annotations

from functools import cached_property

from dockstats_core.fanout import shared_gzip, sse
from dockstats_core.messages import stream
from dockstats_core.messages.stream import StreamMessage


class Frame:
    """A message, its server-sent event, and that event compressed."""

    def __init__(self, message: StreamMessage) -> None:
        self.message = message

    @cached_property
    def plain(self) -> bytes:
        """The event as plain bytes."""
        return sse.encode(stream.codec.encode(self.message))

    @cached_property
    def gzipped(self) -> bytes:
        """The event as a part of a gzip stream that began with `shared_gzip.HEADER`."""
        return shared_gzip.compress(self.plain)
