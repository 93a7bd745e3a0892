"""The recorded WebSocket bytes through the machine. Expectations: see `rules` in tests/vectors/sse-and-ws.json."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from msgspec import Struct

from dockstats_core.connection.limits import ConnectionLimits
from tests.core.connection.conversing import CLOSE, PONG, Conversation
from tests.vectors import entries


class Seen(Struct):
    """What a client made of the bytes, as far as the machine tells."""

    texts: int
    binaries: int
    pongs: list[bytes]
    close_sent: list[int | None]
    is_open: bool


def seen(chunks: list[bytes], max_message_bytes: int) -> Seen:
    there = Conversation(limits=ConnectionLimits(message_bytes=max_message_bytes)).until_open()
    for chunk in chunks:
        there.receive(chunk)
    counters = there.machine.counters
    return Seen(
        # None of the texts is one of our messages: each that came whole is counted as unusable.
        texts=len(there.messages) + counters.malformed + counters.unknown_types,
        binaries=counters.binary,
        pongs=[payload for opcode, payload in there.frames if opcode == PONG],
        close_sent=[int.from_bytes(payload[:2], "big") or None for opcode, payload in there.frames if opcode == CLOSE],
        is_open=there.machine.state == "open",
    )


def wanted(expected: dict[str, Any]) -> Seen:
    kinds = [message["type"] for message in expected["messages"]]
    close_sent: list[int | None] = []
    if expected["fail_code"] is not None:
        close_sent = [expected["fail_code"]]
    elif expected["close_received"] is not None:  # answered with the same code; without one, without one
        code = expected["close_received"]["code"]
        close_sent = [None if code == 1005 else code]
    return Seen(
        texts=kinds.count("text"),
        binaries=kinds.count("binary"),
        pongs=[base64.b64decode(payload) for payload in expected["pongs_b64"]],
        close_sent=close_sent,
        is_open=expected["open"],
    )


def chunks_of(entry: dict[str, Any]) -> list[bytes]:
    return [base64.b64decode(chunk) for chunk in entry["input"]["chunks_b64"]]


@pytest.mark.parametrize("entry", entries("sse-and-ws", "ws"))
def test_recorded_bytes_are_taken_as_recorded(entry: dict[str, Any]) -> None:
    assert seen(chunks_of(entry), entry["input"]["max_message_bytes"]) == wanted(entry["expected"])


@pytest.mark.parametrize("entry", entries("sse-and-ws", "ws"))
def test_recorded_bytes_are_taken_the_same_byte_by_byte(entry: dict[str, Any]) -> None:
    data = b"".join(chunks_of(entry))
    chunks = [data[place : place + 1] for place in range(len(data))]
    assert seen(chunks, entry["input"]["max_message_bytes"]) == wanted(entry["expected"])


@pytest.mark.parametrize("entry", entries("sse-and-ws", "ws"))
def test_recorded_bytes_are_taken_the_same_behind_the_handshake(entry: dict[str, Any]) -> None:
    limits = ConnectionLimits(message_bytes=entry["input"]["max_message_bytes"])
    there = Conversation(limits=limits).until_opening()
    acceptance = there.acceptance()
    there.sent = b""
    there.receive(acceptance + b"".join(chunks_of(entry)))
    want = wanted(entry["expected"])
    assert (there.machine.state == "open") is want.is_open
    assert [payload for opcode, payload in there.frames if opcode == PONG] == want.pongs
