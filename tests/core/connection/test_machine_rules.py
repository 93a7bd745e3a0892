"""What holds whatever the other side, the network and the clock do.

`Conversation.did` holds every sequence of actions against the rules of transports; the rest is held here.
"""

from __future__ import annotations

from itertools import pairwise

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from dockstats_core.backoff import LONGEST_S, SHORTEST_S
from dockstats_core.connection.limits import ConnectionLimits
from tests.core.connection.conversing import (
    BINARY,
    CLOSE,
    CONTINUATION,
    MESSAGE_TEXT,
    PING,
    PONG,
    TEXT,
    Conversation,
    close_frame,
    frame,
)

LIMITS = ConnectionLimits(message_bytes=2000)
LONGEST_LIMIT_S = max(LIMITS.connect_s, LIMITS.handshake_s, LIMITS.silence_s, LIMITS.message_s, LONGEST_S)
ALLOWED_AFTER = {
    None: {"connecting", "closed"},
    "connecting": {"connected", "error", "closed"},
    "connected": {"connected", "error", "closed"},  # once more where its messages are not understood
    "error": {"connecting", "error", "closed"},
    "closed": {"connecting", "closed"},
}

good_frames = st.one_of(
    st.just(frame(TEXT, MESSAGE_TEXT)),
    st.just(frame(TEXT, MESSAGE_TEXT[:50], fin=False) + frame(PING, b"p") + frame(CONTINUATION, MESSAGE_TEXT[50:])),
    st.sampled_from([frame(PING, b"ping"), frame(PONG), frame(BINARY, b"\x00"), frame(TEXT, b'{"type": "weather"}')]),
)
hostile_frames = st.one_of(
    st.builds(
        frame,
        st.integers(0, 15),
        st.binary(max_size=300),
        fin=st.booleans(),
        rsv=st.integers(0, 7),
        mask=st.sampled_from([b"", b"mask"]),
    ),
    st.builds(close_frame, st.integers(0, 5000), st.text(max_size=20)),
    st.sampled_from([frame(CLOSE), frame(TEXT, b"x" * 2001), frame(TEXT, b"x" * 1500, fin=False), b"\x81\x7f\xff"]),
    st.binary(min_size=1, max_size=100),
)
hostile_answers = st.one_of(
    st.sampled_from([b"HTTP/1.1 403 Forbidden\r\n\r\n", b"HTTP/1.1 101 X\r\n\r\n", b"\n\n", b"HTTP/1.1 "]),
    st.binary(min_size=1, max_size=50),
    st.just(b"X: " + b"y" * 20_000),
)


shares = st.floats(0, 1)  # of what was sent, how much arrives at once


class AnyOrder(RuleBasedStateMachine):
    """Everything that can happen to a machine, in any order; each rule is possible only where the network allows it."""

    @initialize(randomness=st.sampled_from([0.0, 0.5, 1 - 2**-53]))
    def begin(self, randomness: float) -> None:
        self.there = Conversation(randomness=randomness, limits=LIMITS)
        self.told = 0
        self.status: str | None = None
        self.reason: str | None = None  # while connected
        self.to_come = b""  # what the other side has sent and the network holds

    @property
    def state(self) -> str:
        return self.there.machine.state

    # The clock.

    @rule()
    @precondition(lambda self: self.state != "closed")
    def time_to_the_deadline(self) -> None:
        before_s = self.there.now_s
        self.there.timer()
        next_s = self.there.machine.next_deadline
        assert next_s is not None
        assert next_s > self.there.now_s >= before_s

    @rule(late_s=st.floats(0, 1e6))
    @precondition(lambda self: self.state != "closed")
    def time_beyond_the_deadline(self, late_s: float) -> None:
        self.there.now_s += late_s
        self.time_to_the_deadline()

    @rule(share=st.floats(0, 0.99))
    @precondition(lambda self: self.state != "closed")
    def some_time(self, share: float) -> None:
        deadline_s = self.there.machine.next_deadline
        assert deadline_s is not None
        self.there.now_s += max(0.0, deadline_s - self.there.now_s) * share
        if self.there.now_s < deadline_s:
            assert self.there.did(self.there.machine.handle_timer(self.there.now_s)) == []
            assert self.there.machine.next_deadline == deadline_s

    # The network.

    @rule()
    @precondition(lambda self: self.state == "connecting")
    def the_transport_stands(self) -> None:
        self.to_come = b""
        self.there.opened()

    @rule()
    @precondition(lambda self: self.there.has_transport)
    def the_transport_fails(self) -> None:
        self.there.failed()

    @rule()
    @precondition(lambda self: self.state in {"opening", "open", "closing"})
    def the_other_side_ends_it(self) -> None:
        self.there.ended()

    @rule()
    @precondition(lambda self: self.to_come and self.state in {"opening", "open", "closing"})
    def the_rest_arrives(self) -> None:
        self.arrives(1.0)

    def arrives(self, share: float, pieces: int = 1) -> None:
        """The first `share` of what is to come arrives, in so many pieces, as long as there is a transport."""
        size = -(-int(len(self.to_come) * share) // pieces)
        for _ in range(pieces):
            data, self.to_come = self.to_come[:size], self.to_come[size:]
            if data and self.state in {"opening", "open", "closing"}:
                self.there.receive(data)

    # The other side.

    @rule(frames=st.lists(good_frames, max_size=4), pieces=st.integers(1, 9))
    @precondition(lambda self: self.state in {"waiting", "connecting"})
    def a_connection_is_made(self, frames: list[bytes], pieces: int) -> None:
        if self.state == "waiting":
            self.there.timer()
        self.the_transport_stands()
        self.to_come = self.there.acceptance() + b"".join(frames)
        self.arrives(1.0, pieces)

    @rule(share=shares)
    @precondition(lambda self: self.state == "opening" and not self.to_come)
    def it_accepts(self, share: float) -> None:
        self.to_come += self.there.acceptance()
        self.arrives(share)

    @rule(answer=hostile_answers, share=shares)
    @precondition(lambda self: self.state == "opening")
    def it_answers_something_else(self, answer: bytes, share: float) -> None:
        self.to_come += answer
        self.arrives(share)

    @rule(frames=st.lists(good_frames, min_size=1, max_size=4), share=shares, pieces=st.integers(1, 9))
    @precondition(lambda self: self.state in {"open", "closing"})
    def it_speaks(self, frames: list[bytes], share: float, pieces: int) -> None:
        self.to_come += b"".join(frames)
        self.arrives(share, pieces)

    @rule(frames=st.lists(hostile_frames, min_size=1, max_size=3), share=shares)
    @precondition(lambda self: self.state in {"open", "closing"})
    def it_misbehaves(self, frames: list[bytes], share: float) -> None:
        self.to_come += b"".join(frames)
        self.arrives(share)

    # We.

    @rule()
    @precondition(lambda self: len(self.there.opens) > 3)
    def we_stop(self) -> None:
        self.there.close()

    # What holds.

    @invariant()
    def something_happens_by_itself_and_soon(self) -> None:
        deadline_s = self.there.machine.next_deadline
        if self.state == "closed":
            assert deadline_s is None
        else:
            assert deadline_s is not None
            assert deadline_s - self.there.now_s <= LONGEST_LIMIT_S

    @invariant()
    def attempts_are_apart(self) -> None:
        opens = self.there.opens
        assert all(later - earlier >= SHORTEST_S * 0.99 for earlier, later in pairwise(opens))

    @invariant()
    def statuses_follow_each_other_and_have_their_reason(self) -> None:
        for change in self.there.changes[self.told :]:
            assert change.status in ALLOWED_AFTER[self.status]
            if change.status == "connected":
                assert (change.reason is None) is (self.reason is not None or self.status != "connected")
                self.reason = change.reason
            elif change.status != "connecting" or self.status is not None:
                assert change.reason is not None
                assert change.reason.startswith("ws://heron:8080/ws: ")
            assert change.retry_in_s is None or change.status in {"error", "closed"}
            if change.status != "connected":
                self.reason = None
            self.status = change.status
        self.told = len(self.there.changes)

    @invariant()
    def the_status_fits_the_state(self) -> None:
        fitting: dict[str, set[str | None]] = {
            "waiting": {None, "error", "closed"},
            "connecting": {"connecting"},
            "opening": {"connecting"},
            "open": {"connected"},
            "closing": {"error", "closed"},
            "closed": {"closed"},
        }
        assert self.status in fitting[self.state]


AnyOrder.TestCase.settings = settings(max_examples=100, stateful_step_count=50, deadline=None)
TestAnyOrder = AnyOrder.TestCase
