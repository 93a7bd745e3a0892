"""What a chunk of a compressed stream says of batches. Not here: chunks (test_chunks)."""

from __future__ import annotations

import json

from bench.load.frames import REMEMBERED, Batch, Frames
from dockstats_core.fanout import sse
from dockstats_core.fanout.shared_gzip import HEADER, compress


def frame(**fields: object) -> bytes:
    return compress(sse.encode(json.dumps(fields).encode()))


def columns(sequence: int) -> bytes:
    at = "2026-11-26T00:00:01Z"
    return frame(type="container_stats_columns", agent_id="atlas", sequence=sequence, sent_at=at)


def test_batches_of_a_chunk_are_told_and_everything_else_is_skipped() -> None:
    chunk = frame(type="agent_status", agent_id="atlas", at="2026-11-26T00:00:00Z") + columns(7) + columns(8)
    assert Frames().batches(chunk) == (Batch("atlas", 7, 1795651201.0), Batch("atlas", 8, 1795651201.0))


def test_first_chunk_of_a_stream_begins_with_the_header() -> None:
    assert [batch.sequence for batch in Frames().batches(HEADER + columns(7))] == [7]
    assert Frames().batches(HEADER) == ()


def test_chunk_that_came_before_is_not_read_again_for_the_next_browser() -> None:
    frames = Frames()
    assert frames.batches(bytes(columns(7))) is frames.batches(bytes(columns(7)))


def test_what_is_remembered_is_bounded() -> None:
    frames = Frames()
    first = frames.batches(columns(0))
    for sequence in range(1, REMEMBERED + 1):
        frames.batches(columns(sequence))
    assert frames.batches(columns(0)) is not first
