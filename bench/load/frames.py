"""What a chunk of the stream says of batches: whose, which one, sent when.

It is looked into once, however many browsers get it.
Not here: telling chunks apart (chunks), what follows from a batch (watch).
"""

from __future__ import annotations

import zlib
from datetime import datetime

import msgspec
from msgspec import Struct

from dockstats_core.fanout.shared_gzip import HEADER
from dockstats_core.fanout.sse import EventStreamParser

REMEMBERED = 2000
"""Chunks: browsers are behind each other by less."""

_COLUMNS = "container_stats_columns"


class Batch(Struct, frozen=True):
    """One batch of an agent, as it is told apart."""

    agent_id: str
    sequence: int
    sent_at_s: float  # Unix seconds, when the agent sent it


class _Message(Struct):
    type: str
    agent_id: str = ""
    sequence: int = 0
    sent_at: datetime | None = None


_decoder = msgspec.json.Decoder(_Message)


class Frames:
    """Reads chunks of compressed streams, and remembers what the newest of them said."""

    def __init__(self) -> None:
        self._known: dict[bytes, tuple[Batch, ...]] = {}

    def batches(self, chunk: bytes) -> tuple[Batch, ...]:
        """The batches in one chunk, in their order."""
        found = self._known.get(chunk)
        if found is None:
            found = self._known[chunk] = _batches(chunk)
            if len(self._known) > REMEMBERED:
                del self._known[next(iter(self._known))]
        return found


def _batches(chunk: bytes) -> tuple[Batch, ...]:
    text = zlib.decompressobj(-zlib.MAX_WBITS).decompress(chunk.removeprefix(HEADER))
    messages = [_decoder.decode(event.data) for event in EventStreamParser().feed(text)]
    return tuple(
        Batch(message.agent_id, message.sequence, message.sent_at.timestamp())
        for message in messages
        if message.type == _COLUMNS and message.sent_at is not None
    )
