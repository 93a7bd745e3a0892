from __future__ import annotations

import itertools
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dockstats_core.backoff import SHORTEST_S
from dockstats_core.connection.actions import CloseTransport, ConnectionChanged, Deliver, OpenTransport, Send
from dockstats_core.connection.limits import ConnectionLimits
from dockstats_core.connection.machine import MISSED_TOLD, AgentMachine
from dockstats_core.connection.states import ImpossibleStepError
from dockstats_core.messages import agent
from dockstats_core.messages.agent import MAX_CONTAINERS
from dockstats_core.messages.unusable import Unusable
from tests.builders import batch
from tests.core.connection.conversing import (
    BINARY,
    CLOSE,
    CONTINUATION,
    MESSAGE,
    MESSAGE_TEXT,
    PING,
    PONG,
    TEXT,
    URL,
    Conversation,
    close_frame,
    frame,
)

MIDDLE_RETRY_S = 0.3  # the first wait, with a random number of 0.5


# The first attempt. ------------------------------------------------------------------------------------------------


def test_a_new_machine_connects_at_once_and_says_so() -> None:
    there = Conversation()
    assert there.timer() == [ConnectionChanged(status="connecting"), OpenTransport()]
    assert there.now_s == 1000.0


def test_the_request_names_the_path_and_the_host_with_its_port() -> None:
    there = Conversation("ws://heron:8080/deep/ws?x=1").until_opening()
    assert there.sent.startswith(b"GET /deep/ws?x=1 HTTP/1.1\r\n")
    assert there.request_header("Host") == "heron:8080"
    assert there.request_header("Upgrade") == "websocket"


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("ws://[2001:db8::7]:81/ws", "[2001:db8::7]:81"),
        ("wss://heron.example/ws", "heron.example:443"),
        (f"ws://{'x' * 60}:8080/ws", f"{'x' * 60}:8080"),  # a name of its own accord, though no label with the port
    ],
)
def test_the_host_header_is_the_endpoint_s(url: str, host: str) -> None:
    assert Conversation(url).until_opening().request_header("Host") == host


def test_compression_is_never_offered() -> None:
    assert Conversation().until_opening().request_header("Sec-WebSocket-Extensions") is None


def test_user_and_password_go_to_the_agent_and_nowhere_else() -> None:
    there = Conversation("ws://ada:lovelace@heron:8080/ws").until_opening()
    assert there.request_header("Authorization") == "Basic YWRhOmxvdmVsYWNl"
    there.receive(b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n")
    shown = f"{there.machine!r} {there.changes}"
    assert "heron" in shown
    assert not {word for word in ("ada", "lovelace", "YWRhOmxvdmVsYWNl") if word in shown}


def test_without_user_there_is_no_authorization() -> None:
    assert Conversation().until_opening().request_header("Authorization") is None


def test_an_accepted_websocket_is_connected_without_a_reason() -> None:
    there = Conversation().until_opening()
    assert there.receive(there.acceptance()) == [ConnectionChanged(status="connected")]


def test_a_message_right_behind_the_acceptance_is_delivered_after_connected() -> None:
    there = Conversation().until_opening()
    actions = there.receive(there.acceptance() + frame(TEXT, MESSAGE_TEXT))
    assert actions == [ConnectionChanged(status="connected"), Deliver(MESSAGE)]


@given(cut=st.integers(1, 400))
def test_an_acceptance_in_any_pieces_is_one(cut: int) -> None:
    there = Conversation().until_opening()
    data = there.acceptance("X-Longer: " + "x" * 100) + frame(TEXT, MESSAGE_TEXT)
    for place in range(0, len(data), cut):
        there.receive(data[place : place + cut])
    assert there.statuses == ["connecting", "connected"]
    assert there.messages == [MESSAGE]


# Refusals. -----------------------------------------------------------------------------------------------------------


def answer(status: str, *headers: str, body: str = "") -> bytes:
    lines = (f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers, "", body)
    return "\r\n".join(lines).encode("latin-1")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (answer("401 Unauthorized"), "it asks for a token, or for another one (401)"),
        (answer("403 Forbidden", body="no"), "it refused the connection (403)"),
        (answer("404 Not Found"), "there is no agent at this path; agents serve /ws"),
        (answer("502 Bad Gateway"), "a proxy answered 502: the agent behind it is away"),
        (answer("302 Found", "Location: /login"), "a redirect (302), which is not followed"),
        (answer("200 OK", body="<html>"), "it answered 200 instead of a WebSocket; is it a dockstats agent?"),
        (b"HTTP/1.1 100 Continue\r\n\r\n", "it answered 100 instead of a WebSocket"),
        (b"SSH-2.0-OpenSSH_9.2\r\n\r\n", "speaks no WebSocket"),
        (b"\x15\x03\x01\x00\x02\x02\x50", "speaks no WebSocket"),  # a TLS alert
        (b"\r\n\r\n", "speaks no WebSocket"),
        (b"HTTP/1.1 101 Switching Protocols\r\n\r\n", "speaks no WebSocket"),
    ],
)
def test_whatever_is_no_websocket_is_refused_with_its_reason_and_retried(data: bytes, reason: str) -> None:
    there = Conversation().until_opening()
    assert there.receive(data)[0] == CloseTransport()
    assert there.told.status == "error"
    assert there.told.reason is not None
    assert there.told.reason.startswith(f"{URL}: ")
    assert reason in there.told.reason
    assert there.told.retry_in_s == pytest.approx(MIDDLE_RETRY_S)
    there.wait(1)
    assert len(there.opens) == 2


@pytest.mark.parametrize(
    "header",
    [
        "Sec-WebSocket-Extensions: permessage-deflate",  # it was not offered
        "Sec-WebSocket-Protocol: chat",
        "Sec-WebSocket-Extensions: d\xe9flate",
        "Sec-WebSocket-Protocol: ch\xe4t",
        "Connection: \xfcpgrade",
    ],
)
def test_an_acceptance_that_claims_what_was_not_asked_for_is_refused(header: str) -> None:
    there = Conversation().until_opening()
    there.receive(there.acceptance(header))
    assert there.told.status == "error"
    assert "speaks no WebSocket" in str(there.told.reason)


def test_an_acceptance_with_another_key_s_proof_is_refused() -> None:
    there = Conversation().until_opening()
    there.receive(there.acceptance().replace(b"Accept: ", b"Accept: x"))
    assert there.statuses == ["connecting", "error"]


@pytest.mark.parametrize("chunk_bytes", [1, 1000, 100_000])
def test_headers_without_end_are_refused_at_the_limit(chunk_bytes: int) -> None:
    there = Conversation(limits=ConnectionLimits(handshake_bytes=8000)).until_opening()
    data = b"HTTP/1.1 200 OK\r\n" + b"X-More: and more\r\n" * 6000
    taken = 0
    while there.machine.state == "opening":
        there.receive(data[taken : taken + chunk_bytes])
        taken += chunk_bytes
    assert taken <= max(8001, 8000 + chunk_bytes)
    assert "its answer to the handshake is too long" in str(there.told.reason)


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_frames_behind_the_handshake_are_bounded_however_its_lines_end(line_end: str) -> None:
    there = Conversation(limits=ConnectionLimits(message_bytes=100)).until_opening()
    acceptance = there.acceptance().replace(b"\r\n", line_end.encode())
    there.sent = b""
    there.receive(acceptance + frame(TEXT, b"x" * 101 + b"\r\n\r\n"))
    assert there.close_codes == [1009]


# Time. ---------------------------------------------------------------------------------------------------------------


def test_connecting_for_5_s_is_given_up_and_retried() -> None:
    there = Conversation()
    there.timer()
    assert there.timer() == [
        CloseTransport(),
        ConnectionChanged(status="error", reason=f"{URL}: no connection within 5 s", retry_in_s=there.told.retry_in_s),
    ]
    assert there.now_s == 1005.0
    there.timer()
    assert there.opens == pytest.approx([1000, 1005 + MIDDLE_RETRY_S])


def test_a_handshake_without_an_answer_for_5_s_is_given_up_and_retried() -> None:
    there = Conversation().until_opening()
    there.wait(4.9)
    there.receive(b"HTTP/1.1 101 Swi")  # a drip puts nothing off
    there.timer()
    assert there.now_s == 1005.0
    assert there.told.reason == f"{URL}: no answer to the handshake within 5 s"
    assert there.machine.state == "waiting"


def test_machine_silent_for_15_s_closes_and_retries() -> None:
    there = Conversation().until_open()
    there.wait(4.999)
    assert there.frames == []
    there.wait(0.002)
    assert there.frames == [(PING, b"")]
    there.wait(9.99)
    assert there.machine.state == "open"
    there.wait(0.02)
    assert there.told.reason == f"{URL}: no sign of life for 15 s"
    assert there.told.status == "error"
    there.wait(1)
    assert len(there.opens) == 2


@pytest.mark.parametrize("data", [frame(PONG), frame(TEXT, MESSAGE_TEXT), b"\x81", frame(BINARY, b"x", fin=False)])
def test_any_byte_is_a_sign_of_life(data: bytes) -> None:
    there = Conversation().until_open()
    there.wait(14.9)
    there.receive(data)
    there.wait(4.9)
    assert there.machine.state == "open"
    assert there.frames == [(PING, b"")]
    there.wait(10.2)  # and is good for 15 s more
    assert there.told.reason == f"{URL}: no sign of life for 15 s"


def test_an_agent_that_speaks_is_never_pinged() -> None:
    there = Conversation().until_open()
    for _ in range(100):
        there.wait(0.5)
        there.receive(frame(TEXT, MESSAGE_TEXT))
    assert there.frames == []
    assert len(there.messages) == 100


def test_a_timer_that_is_early_does_nothing() -> None:
    there = Conversation().until_open()
    deadline_s = there.machine.next_deadline
    assert there.did(there.machine.handle_timer(there.now_s + 4.9)) == []
    assert there.machine.next_deadline == deadline_s


def test_a_timer_that_is_very_late_asks_before_it_gives_up() -> None:
    there = Conversation().until_open()
    there.now_s += 3600  # this machine was suspended
    there.did(there.machine.handle_timer(there.now_s))
    assert there.frames == [(PING, b"")]
    there.wait(5)
    there.receive(frame(PONG))
    there.wait(4)
    assert there.statuses == ["connecting", "connected"]


@pytest.mark.parametrize("state", ["waiting", "connecting", "opening", "closing"])
def test_a_late_timer_does_what_was_due(state: str) -> None:
    there = in_state(state)
    there.now_s += 3600
    there.did(there.machine.handle_timer(there.now_s))
    assert there.machine.state == ("connecting" if state == "waiting" else "waiting")
    assert there.machine.next_deadline is not None
    assert there.now_s < there.machine.next_deadline <= there.now_s + 30


@pytest.mark.parametrize("kind", [TEXT, BINARY])
def test_a_message_that_never_ends_is_refused_after_60_s(kind: int) -> None:
    there = Conversation().until_open()
    there.receive(frame(kind, b"[", fin=False))
    for _ in range(59):
        there.wait(1)
        there.receive(frame(CONTINUATION, b"1", fin=False))
    assert there.machine.state == "open"
    there.wait(1)
    assert there.close_codes == [1008]
    assert there.told.reason == f"{URL}: a message of it took longer than 60 s"


def test_a_slow_message_that_ends_in_time_is_delivered_and_the_next_has_its_own_60_s() -> None:
    there = Conversation().until_open()
    for _ in range(3):
        there.receive(frame(TEXT, MESSAGE_TEXT[:50], fin=False))
        for _ in range(9):
            there.wait(4)
            there.receive(frame(CONTINUATION, b"", fin=False))
        there.receive(frame(CONTINUATION, MESSAGE_TEXT[50:]))
    assert there.messages == [MESSAGE] * 3


def test_pings_between_do_not_put_a_message_s_end_off() -> None:
    there = Conversation().until_open()
    there.receive(frame(TEXT, b"[", fin=False))
    for _ in range(20):
        there.wait(3)
        if there.machine.state == "open":
            there.receive(frame(PING))
    assert there.close_codes == [1008]


# Messages. -----------------------------------------------------------------------------------------------------------


def test_every_message_is_delivered_in_order() -> None:
    there = Conversation().until_open()
    messages = [batch(number) for number in range(5)]
    there.receive(b"".join(frame(TEXT, agent.codec.encode(message)) for message in messages))
    assert there.messages == messages


def in_pieces(text: bytes, cuts: list[int]) -> list[bytes]:
    places = [0, *sorted({min(cut, len(text)) for cut in cuts}), len(text)]
    return [text[start:end] for start, end in itertools.pairwise(places)]


@given(cuts=st.lists(st.integers(0, 400), max_size=8), chunk_bytes=st.integers(1, 300))
def test_a_message_in_any_fragments_and_chunks_is_one(cuts: list[int], chunk_bytes: int) -> None:
    message = batch(7, agent_id="r\N{LATIN SMALL LETTER E WITH ACUTE}\N{BIRD}\N{RIGHTWARDS ARROW}")
    first, *rest = in_pieces(agent.codec.encode(message), cuts)
    parts = [frame(TEXT, first, fin=not rest)]
    parts += [frame(CONTINUATION, part, fin=place == len(rest)) for place, part in enumerate(rest, start=1)]
    data = b"".join(parts)
    there = Conversation().until_open()
    for place in range(0, len(data), chunk_bytes):
        there.receive(data[place : place + chunk_bytes])
    assert there.messages == [message]


def test_a_message_of_an_unknown_type_is_counted_and_skipped() -> None:
    there = Conversation().until_open()
    there.receive(frame(TEXT, b'{"type": "weather"}') + frame(TEXT, MESSAGE_TEXT))
    assert there.machine.counters.unknown_types == 1
    assert there.messages == [MESSAGE]


@pytest.mark.parametrize(
    "text", [b"", b"nonsense", b"[]", b'{"type": "container_stats_batch", "sequence": "x"}', b"[" * 100_000]
)
def test_a_malformed_message_is_counted_and_skipped(text: bytes) -> None:
    there = Conversation().until_open()
    there.receive(frame(TEXT, text) + frame(TEXT, MESSAGE_TEXT))
    assert there.machine.counters.malformed == 1
    assert there.messages == [MESSAGE]
    assert there.machine.state == "open"


def test_a_binary_message_is_counted_once_and_ignored() -> None:
    there = Conversation().until_open()
    there.receive(frame(BINARY, MESSAGE_TEXT, fin=False) + frame(CONTINUATION, b"") + frame(TEXT, MESSAGE_TEXT))
    assert there.machine.counters.binary == 1
    assert there.messages == [MESSAGE]


@pytest.mark.parametrize(
    "useless", [frame(TEXT, b"nonsense"), frame(TEXT, b'{"type": "weather"}'), frame(BINARY, b"x")]
)
def test_a_peer_whose_messages_are_not_understood_is_told_once_and_stays_connected(useless: bytes) -> None:
    there = Conversation().until_open()
    there.receive(useless * (MISSED_TOLD - 1))
    assert there.changes[-1] == ConnectionChanged(status="connected")
    there.receive(useless * 50)
    assert there.machine.state == "open"
    assert [change.status for change in there.changes] == ["connecting", "connected", "connected"]
    assert there.changes[-1].reason == f"{URL}: its messages are not understood here; is it a dockstats agent?"


def test_a_peer_that_is_understood_after_all_has_no_reason_any_more() -> None:
    there = Conversation().until_open()
    there.receive(frame(TEXT, b"nonsense") * MISSED_TOLD + frame(TEXT, MESSAGE_TEXT))
    assert there.messages == [MESSAGE]
    assert there.changes[-1] == ConnectionChanged(status="connected")


def test_messages_of_a_newer_agent_between_its_batches_are_no_news() -> None:
    there = Conversation().until_open()
    for _ in range(5):
        there.receive(frame(TEXT, b'{"type": "weather"}') * (MISSED_TOLD - 1) + frame(TEXT, MESSAGE_TEXT))
    assert [change.status for change in there.changes] == ["connecting", "connected"]


def test_half_a_message_is_forgotten_with_its_connection() -> None:
    there = Conversation().until_open()
    there.receive(frame(TEXT, MESSAGE_TEXT[:20], fin=False))
    there.ended()
    there.until_open()
    there.receive(frame(TEXT, MESSAGE_TEXT))
    assert there.messages == [MESSAGE]
    assert there.machine.counters.malformed == 0
    there.wait(70)
    assert 1008 not in there.close_codes


def test_a_ping_is_answered_with_its_payload() -> None:
    there = Conversation().until_open()
    there.receive(frame(PING, b"are you there?"))
    assert there.frames == [(PONG, b"are you there?")]


# Bounds and faults. --------------------------------------------------------------------------------------------------

LIMIT = ConnectionLimits(message_bytes=1000)


def test_a_message_above_the_limit_is_refused_at_its_header() -> None:
    there = Conversation(limits=LIMIT).until_open()
    there.receive(frame(TEXT, b"x" * 1001)[:4])
    assert there.close_codes == [1009]
    assert there.told.status == "error"
    assert there.told.reason == f"{URL}: it sent a message of more than 1000 bytes"


def test_fragments_above_the_limit_are_refused() -> None:
    there = Conversation(limits=LIMIT).until_open()
    there.receive(frame(TEXT, b"x" * 600, fin=False))
    assert there.machine.state == "open"
    there.receive(frame(CONTINUATION, b"x" * 600, fin=False))
    assert there.close_codes == [1009]


def test_what_came_whole_before_a_fault_is_delivered() -> None:
    there = Conversation(limits=LIMIT).until_open()
    there.receive(frame(TEXT, MESSAGE_TEXT) + frame(TEXT, b"x" * 1001))
    assert there.messages == [MESSAGE]
    assert there.close_codes == [1009]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (frame(TEXT, b"{}", mask=b"\x01\x02\x03\x04"), 1002),
        (frame(TEXT, b"{}", rsv=4), 1002),
        (frame(PING, b"x", fin=False), 1002),
        (frame(PING, b"x" * 126), 1002),
        (frame(PING, b"x" * 70_000), 1002),
        (frame(CLOSE, b"\x03"), 1002),
        (frame(0x3), 1002),
        (frame(CONTINUATION, b"x"), 1002),
        (frame(TEXT, b"x", fin=False) + frame(TEXT, b"y"), 1002),
        (b"\x81\x7e\x00\x05short", 1002),
        (frame(TEXT, b"ok \xc3("), 1007),
        (frame(TEXT, b"\xe2\x86"), 1007),
        (frame(CLOSE, b"\x03\xe8\xff"), 1007),
    ],
)
def test_a_peer_that_breaks_the_protocol_is_told_the_code_and_tried_again(data: bytes, code: int) -> None:
    there = Conversation().until_open()
    there.receive(data + frame(TEXT, MESSAGE_TEXT))
    assert there.close_codes == [code]
    assert there.messages == []
    assert there.told.status == "error"
    assert there.told.reason == f"{URL}: it broke the WebSocket protocol"
    there.wait(3)
    assert len(there.opens) == 2


def test_empty_fragments_without_end_hold_no_memory() -> None:
    there = Conversation().until_open()
    there.receive(frame(TEXT, MESSAGE_TEXT[:20], fin=False))
    empty = frame(CONTINUATION, b"", fin=False) * 100
    there.receive(empty)
    tracemalloc.start()
    for _ in range(200):
        there.receive(empty)
    held_bytes, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert held_bytes < 50_000  # a list of 20 000 parts would hold 160 000
    there.receive(frame(CONTINUATION, MESSAGE_TEXT[20:]))
    assert there.messages == [MESSAGE]


@pytest.mark.parametrize("flood", [frame(PING), frame(TEXT), frame(BINARY), frame(PONG), frame(TEXT, b"x", fin=False)])
def test_a_peer_that_floods_with_small_frames_is_told_so_and_costs_no_more_than_a_few(flood: bytes) -> None:
    there = Conversation(limits=ConnectionLimits(frames_at_once=8)).until_open()
    there.receive(flood * 10_000)
    assert there.close_codes[-1] in {1002, 1008}  # the first where they are nonsense besides
    assert len(there.frames) <= 9
    assert there.told.status == "error"
    assert there.machine.counters.broken == 1


# Its pace. -----------------------------------------------------------------------------------------------------------


def test_an_agent_that_keeps_its_cadence_is_read_at_once_at_any_time() -> None:
    there = Conversation().until_open()
    for _ in range(1000):
        there.receive(frame(TEXT, MESSAGE_TEXT))
        assert there.machine.next_read_s <= there.now_s
        there.wait(0.05)
    assert there.machine.counters == Unusable()


def test_an_agent_that_says_more_than_is_read_has_to_wait_and_loses_nothing() -> None:
    limits = ConnectionLimits(frames_per_s=10, burst_s=2)
    there = Conversation(limits=limits).until_open()
    began_s = there.now_s
    for _ in range(100):
        there.now_s = max(there.now_s, there.machine.next_read_s)
        there.receive(frame(TEXT, MESSAGE_TEXT))
    assert len(there.messages) == 100
    assert there.now_s - began_s >= 7.9  # a hundred frames, ten a second, less what may come at once
    assert there.machine.counters.held_back > 0
    assert there.told.status == "connected"


def test_bytes_have_their_pace_as_frames_have() -> None:
    there = Conversation(limits=ConnectionLimits(bytes_per_s=10_000, burst_s=1)).until_open()
    there.receive(frame(BINARY, b"x" * 40_000))
    assert 2.9 < there.machine.next_read_s - there.now_s < 3.1


def test_what_a_message_holds_has_its_pace_too() -> None:
    there = Conversation(limits=ConnectionLimits(objects_per_s=10, burst_s=1)).until_open()
    there.receive(frame(TEXT, b'{"type":"newer","all":[' + b",".join([b"{}"] * 39) + b"]}"))
    assert 2.9 < there.machine.next_read_s - there.now_s < 3.1


def test_a_message_of_more_objects_than_any_host_has_is_not_even_decoded() -> None:
    limits = ConnectionLimits()
    assert limits.message_objects >= 5 * MAX_CONTAINERS + 20, "a sample has three pressures and its reasons"
    there = Conversation(limits=limits).until_open()
    samples = b",".join([b'{"id":"a","name":"b"}'] * limits.message_objects)
    there.receive(frame(TEXT, MESSAGE_TEXT.replace(b'"containers":[]', b'"containers":[' + samples + b"]")))
    assert there.machine.counters == Unusable(malformed=1)


def test_a_peer_that_waits_to_be_read_is_not_taken_for_silent() -> None:
    limits = ConnectionLimits()
    longest_pause_s = limits.frames_at_once / limits.frames_per_s
    largest_read_s = (64 << 10) / limits.bytes_per_s
    assert max(longest_pause_s, largest_read_s) < limits.ping_after_s


# What could not be used. ---------------------------------------------------------------------------------------------


def test_what_cannot_be_used_is_told_as_counts_once_for_all_that_came_together() -> None:
    there = Conversation().until_open()
    actions = there.receive(frame(TEXT, b"nonsense") * 3 + frame(BINARY, b"x") + frame(TEXT, b'{"type":"newer"}'))
    assert [action for action in actions if isinstance(action, Unusable)] == [
        Unusable(malformed=3, binary=1, unknown_types=1)
    ]
    assert not any(isinstance(action, Unusable) for action in there.receive(frame(TEXT, MESSAGE_TEXT)))


def test_counts_go_on_over_connections() -> None:
    there = Conversation().until_open()
    for _ in range(2):
        there.receive(frame(TEXT, b"nonsense") + frame(TEXT, MESSAGE_TEXT, mask=b"abcd"))
        there.wait(3)
        there.opened()
        there.receive(there.acceptance())
    assert there.machine.counters == Unusable(malformed=2, broken=2)


# Goodbyes. -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("goodbye", "status", "reason"),
    [
        (close_frame(1000, "done for today"), "closed", "the agent closed: done for today (1000)"),
        (close_frame(1001), "closed", "the agent shuts down"),
        (close_frame(1001, "the agent shuts down"), "closed", "the agent shuts down"),
        (close_frame(1012), "closed", "the agent shuts down"),
        (frame(CLOSE), "closed", "the agent closed (1005)"),
        (close_frame(1008, "too slow"), "error", "the agent closed: too slow (1008)"),
        (close_frame(4321), "error", "the agent closed (4321)"),
        (close_frame(1000, "a\nb\x1b[31m"), "closed", "the agent closed: ab[31m (1000)"),
        (close_frame(1000, "x" * 120), "closed", f"the agent closed: {'x' * 100} (1000)"),
    ],
)
def test_a_goodbye_is_answered_and_told(goodbye: bytes, status: str, reason: str) -> None:
    there = Conversation().until_open()
    there.receive(goodbye)
    [(opcode, payload)] = there.frames
    assert opcode == CLOSE
    assert payload[:2] == goodbye[2:4]
    assert (there.told.status, there.told.reason) == (status, f"{URL}: {reason}")


def test_after_a_goodbye_the_end_of_the_transport_leads_to_the_next_attempt() -> None:
    there = Conversation().until_open()
    there.receive(close_frame(1001))
    assert there.ended() == [
        ConnectionChanged(status="closed", reason=f"{URL}: the agent shuts down", retry_in_s=there.told.retry_in_s)
    ]
    assert there.told.retry_in_s == pytest.approx(MIDDLE_RETRY_S)


def test_after_a_goodbye_a_reset_does_not_hide_why() -> None:
    there = Conversation().until_open()
    there.receive(close_frame(1001))
    there.failed("connection reset by peer")
    assert (there.told.status, there.told.reason) == ("closed", f"{URL}: the agent shuts down")


def test_after_a_goodbye_the_other_side_has_2_s_to_end_whatever_it_still_says() -> None:
    there = Conversation().until_open()
    there.receive(close_frame(1000))
    for _ in range(19):
        there.wait(0.1)
        assert there.receive(frame(TEXT, MESSAGE_TEXT)) == []
    there.wait(0.2)
    assert there.machine.state == "waiting"
    assert there.messages == []
    assert (there.told.status, there.told.reason) == ("closed", f"{URL}: the agent closed (1000)")


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        ("opening", "it closed the connection without an answer"),
        ("open", "it broke the connection off"),
    ],
)
def test_an_end_without_a_goodbye_is_an_error(state: str, reason: str) -> None:
    there = in_state(state)
    there.ended()
    assert (there.told.status, there.told.reason) == ("error", f"{URL}: {reason}")


# Trying again. -------------------------------------------------------------------------------------------------------


def test_the_next_attempt_is_told_with_the_reason_of_the_last() -> None:
    there = Conversation()
    there.timer()
    there.failed("connection refused")
    assert there.told == ConnectionChanged(
        status="error", reason=f"{URL}: connection refused", retry_in_s=there.told.retry_in_s
    )
    there.timer()
    assert there.told == ConnectionChanged(status="connecting", reason=f"{URL}: connection refused")
    there.opened()
    there.receive(there.acceptance())
    assert there.told == ConnectionChanged(status="connected")


def refuse(there: Conversation, times: int) -> list[float | None]:
    waits = []
    for _ in range(times):
        there.timer()
        there.failed()
        waits.append(there.told.retry_in_s)
    return waits


def test_refused_again_and_again_the_waits_grow_up_to_30_s() -> None:
    assert refuse(Conversation(randomness=1 - 2**-53), 9) == pytest.approx([0.5, 1, 2, 4, 8, 16, 30, 30, 30])


def test_the_next_attempt_starts_when_it_was_said_to() -> None:
    there = Conversation()
    there.timer()
    there.failed()
    said_s = there.now_s + (there.told.retry_in_s or 0)
    there.timer()
    assert there.opens[-1] == pytest.approx(said_s)


def test_an_agent_that_accepts_and_closes_at_once_is_not_tried_faster_and_faster() -> None:
    there = Conversation(randomness=1 - 2**-53)
    waits = []
    for _ in range(6):
        there.until_open()
        there.receive(close_frame(1011))
        there.ended()
        waits.append(there.told.retry_in_s)
    assert waits == pytest.approx([0.5, 1, 2, 4, 8, 16])


@pytest.mark.parametrize("end", ["ended", "failed", "goodbye", "fault"])
def test_a_connection_heard_for_10_s_starts_with_short_waits_again(end: str) -> None:
    there = Conversation(randomness=1 - 2**-53)
    refuse(there, 6)
    there.until_open()
    for _ in range(5):
        there.wait(2)
        there.receive(frame(TEXT, MESSAGE_TEXT))
    if end == "goodbye":
        there.receive(close_frame(1001))
    elif end == "fault":
        there.receive(frame(CONTINUATION))
    there.failed() if end == "failed" else there.ended()
    assert there.told.retry_in_s == pytest.approx(0.5)


def test_a_connection_open_but_silent_has_proved_nothing() -> None:
    there = Conversation(randomness=1 - 2**-53)
    refuse(there, 3)
    there.until_open()
    there.wait(15)
    assert there.told.reason == f"{URL}: no sign of life for 15 s"
    assert there.told.retry_in_s == pytest.approx(4)


def test_no_luck_makes_a_busy_loop() -> None:
    there = Conversation(randomness=0.0)
    for _ in range(100):
        there.timer()
        there.failed()
    assert there.opens[-1] - there.opens[0] == pytest.approx(99 * SHORTEST_S)


# The end. ------------------------------------------------------------------------------------------------------------


def in_state(state: str) -> Conversation:
    there = Conversation()
    if state == "connecting":
        there.timer()
    elif state == "opening":
        there.until_opening()
    elif state == "open":
        there.until_open()
    elif state == "closing":
        there.until_open().receive(close_frame(1000))
    elif state == "closed":
        there.close()
    assert there.machine.state == state
    return there


STOPPED = ConnectionChanged(status="closed", reason=f"{URL}: it was stopped here")


def test_close_while_waiting_has_nothing_to_let_go() -> None:
    assert in_state("waiting").close() == [STOPPED]


@pytest.mark.parametrize("state", ["connecting", "opening", "closing"])
def test_close_lets_the_transport_go(state: str) -> None:
    assert in_state(state).close() == [CloseTransport(), STOPPED]


def test_close_while_open_says_goodbye_first() -> None:
    there = in_state("open")
    goodbye, *rest = there.close()
    assert isinstance(goodbye, Send)
    assert there.frames == [(CLOSE, b"\x03\xe8")]
    assert rest == [CloseTransport(), STOPPED]


def test_closed_is_for_good() -> None:
    there = in_state("closed")
    assert there.machine.next_deadline is None
    assert there.machine.handle_timer(there.now_s + 1e9) == []
    assert there.close() == []
    assert there.statuses == ["closed"]


@pytest.mark.parametrize("state", ["waiting", "connecting", "closed"])
def test_bytes_without_a_transport_are_an_error_of_ours(state: str) -> None:
    with pytest.raises(ImpossibleStepError):
        in_state(state).machine.receive_data(b"x", 1000.0)


@pytest.mark.parametrize("state", ["waiting", "closed"])
def test_news_of_a_transport_that_is_not_there_is_an_error_of_ours(state: str) -> None:
    machine: AgentMachine = in_state(state).machine
    with pytest.raises(ImpossibleStepError):
        machine.transport_failed(1000.0, "broken")
    with pytest.raises(ImpossibleStepError):
        machine.transport_opened(1000.0)
