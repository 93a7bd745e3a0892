"""Decides everything about the connection to one agent: bytes, transport events and the time in, actions out.

It owns no socket, no clock and no task. Each input returns the actions to perform, in order; `next_deadline` says when
`handle_timer` wants to be called next. Calling it early does nothing, calling it late does what was due. The states and
the reasoning stand in `states`; this is the diagram, drawn from the table by tools/draw_states.py:

    waiting    -- deadline --> connecting
               -- stop ------> closed
    connecting -- opened ----> opening
               -- failed ----> waiting
               -- deadline --> waiting
               -- stop ------> closed
    opening    -- accepted --> open
               -- refused ---> waiting
               -- failed ----> waiting
               -- deadline --> waiting
               -- stop ------> closed
    open       -- goodbye ---> closing
               -- fault -----> closing
               -- failed ----> waiting
               -- deadline --> waiting
               -- stop ------> closed
    closing    -- failed ----> waiting
               -- deadline --> waiting
               -- stop ------> closed

Not here: sockets and time (driver), what the messages are (messages.agent), how long to wait (backoff).
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct
from wsproto import ConnectionType, WSConnection
from wsproto.connection import ConnectionState
from wsproto.events import (
    AcceptConnection,
    BytesMessage,
    CloseConnection,
    Event,
    Ping,
    Pong,
    RejectConnection,
    Request,
    TextMessage,
)
from wsproto.utilities import LocalProtocolError, RemoteProtocolError

from dockstats_core.backoff import Backoff
from dockstats_core.connection.actions import Action, CloseTransport, ConnectionChanged, Deliver, OpenTransport, Send
from dockstats_core.connection.frames import FrameWatch
from dockstats_core.connection.limits import ConnectionLimits
from dockstats_core.connection.states import ImpossibleStepError, State, Step, after
from dockstats_core.endpoints.agents import AgentEndpoint
from dockstats_core.errors import MalformedMessageError, UnknownMessageTypeError
from dockstats_core.messages import agent
from dockstats_core.messages.stream import ConnectionStatus

NORMAL = 1000
GOING_AWAY = 1001
_MAX_REASON = 100  # characters of what an agent says when it closes


class Counters(Struct):
    """What came that could not be used, since the start."""

    unknown_types: int = 0  # from a newer agent
    malformed: int = 0
    binary: int = 0


class AgentMachine:
    """The connection to one agent, from its first attempt on.

    Args:
        endpoint: whom to connect to.
        backoff: the waits between attempts.
        now_s: a monotonic clock, as in every other call.
        limits: bounds on time and size.
    """

    def __init__(
        self, endpoint: AgentEndpoint, backoff: Backoff, now_s: float, *, limits: ConnectionLimits | None = None
    ) -> None:
        self.state: State = "waiting"
        self.counters = Counters()
        self._endpoint = endpoint
        self._backoff = backoff
        self._limits = limits or ConnectionLimits()
        self._deadline_s: float | None = now_s  # the first attempt is due at once
        self._told: ConnectionChanged | None = None
        self._begin_protocol()
        self._opened_s = self._heard_s = now_s
        self._is_pinged = False

    def __repr__(self) -> str:
        return f"<AgentMachine {self._endpoint.id} {self.state}, deadline {self._deadline_s}>"

    @property
    def next_deadline(self) -> float | None:
        """When `handle_timer` is due, on the clock of the inputs; None only when closed for good."""
        return self._deadline_s

    # Inputs. ---------------------------------------------------------------------------------------------------------

    def handle_timer(self, now_s: float) -> list[Action]:
        """The time is `now_s`: do what is due."""
        if self._deadline_s is None or now_s < self._deadline_s:
            return []
        match self.state:
            case "waiting":
                self._go("deadline", now_s + self._limits.connect_s)
                self._begin_protocol()
                first = self._told is None
                return [*(self._tell("connecting") if first else ()), OpenTransport()]
            case "connecting":
                return self._give_up("deadline", now_s, f"no connection within {self._limits.connect_s:g} s")
            case "opening":
                why = f"no answer to the handshake within {self._limits.handshake_s:g} s"
                return self._give_up("deadline", now_s, why)
            case "open" if now_s < self._heard_s + self._limits.silence_s:
                self._is_pinged = True
                self._deadline_s = self._heard_s + self._limits.silence_s
                return [Send(self._protocol.send(Ping()))]
            case "open":
                return self._give_up("deadline", now_s, f"no sign of life for {self._limits.silence_s:g} s")
            case _:
                return self._give_up("deadline", now_s, None)

    def transport_opened(self, now_s: float) -> list[Action]:
        """The transport that was asked for stands."""
        self._go("opened", now_s + self._limits.handshake_s)
        headers = []
        if self._endpoint.authorization is not None:
            headers.append((b"authorization", self._endpoint.authorization.encode()))
        host = f"[{self._endpoint.host}]" if ":" in self._endpoint.host else self._endpoint.host
        request = Request(
            host=f"{host}:{self._endpoint.port}",
            target=self._endpoint.path,
            extra_headers=headers,
            extensions=[],  # no permessage-deflate: a frame of 200 KB can inflate to 200 MB
        )
        return [Send(self._protocol.send(request))]

    def transport_failed(self, now_s: float, why: str) -> list[Action]:
        """The transport could not be opened, or broke; `why` ends a sentence. It needs no closing."""
        return self._give_up("failed", now_s, why, close=False)

    def transport_closed(self, now_s: float) -> list[Action]:
        """The other side ended the transport."""
        why = "it closed the connection without an answer" if self.state == "opening" else "it broke the connection off"
        return self._give_up("failed", now_s, None if self.state == "closing" else why)

    def receive_data(self, data: bytes, now_s: float) -> list[Action]:
        """The other side sent these bytes."""
        match self.state:
            case "opening":
                return self._receive_handshake(data, now_s)
            case "open":
                self._heard_s, self._is_pinged = now_s, False
                actions = self._receive_frames(data, now_s)
                if self.state == "open":
                    self._deadline_s = now_s + self._limits.ping_after_s
                return actions
            case "closing":
                return []  # what is said after goodbye is not listened to
            case _:
                raise ImpossibleStepError(f"bytes cannot come while {self.state!r}")

    def close(self, now_s: float) -> list[Action]:  # noqa: ARG002 - every input has the time
        """Our owner is done: end for good."""
        if self.state == "closed":
            return []
        before = self.state
        self._go("stop", None)
        goodbye = [self._closing(NORMAL, "")] if before == "open" else []
        had_transport = before != "waiting"
        return [*goodbye, *([CloseTransport()] if had_transport else []), *self._tell("closed", "it was stopped here")]

    # Steps. ----------------------------------------------------------------------------------------------------------

    def _receive_handshake(self, data: bytes, now_s: float) -> list[Action]:
        held = len(self._head)
        self._head += data
        end = self._head.find(b"\r\n\r\n") + 4
        if end < 4 and len(self._head) > self._limits.handshake_bytes:
            return self._give_up("refused", now_s, "its answer to the handshake is too long; is it a dockstats agent?")
        # Frames may follow in the same bytes; they have to pass the watch before wsproto sees them.
        head, rest = (data, b"") if end < 4 else (data[: end - held], data[end - held :])
        try:
            self._protocol.receive_data(head)
            event = next(self._protocol.events(), None)
        except RemoteProtocolError:
            return self._give_up("refused", now_s, "what answers there speaks no WebSocket; is it a dockstats agent?")
        match event:
            case AcceptConnection() if end >= 4:
                self._go("accepted", now_s + self._limits.ping_after_s)
                self._opened_s = self._heard_s = now_s
                self._is_pinged = False
                return [*self._tell("connected"), *(self._receive_frames(rest, now_s) if rest else ())]
            case RejectConnection(status_code=status):
                return self._give_up("refused", now_s, _about_status(status))
            case None:
                return []
            case _:
                return self._give_up("refused", now_s, "what answers there speaks HTTP oddly; is it a dockstats agent?")

    def _receive_frames(self, data: bytes, now_s: float) -> list[Action]:
        passed, refusal = self._watch.passed(data)
        actions: list[Action] = []
        self._protocol.receive_data(passed)
        for event in self._events():
            actions += self._handle(event, now_s)
            if self.state != "open":
                return actions
        if refusal is not None:
            actions += self._end(refusal.code, f"it sent {refusal.reason}", now_s)
        return actions

    def _handle(self, event: Event, now_s: float) -> list[Action]:
        match event:
            case TextMessage(data=text, message_finished=finished):
                self._parts.append(text)
                return self._deliver() if finished else []
            case BytesMessage(message_finished=finished):
                self.counters.binary += int(finished)
                return []
            case Ping():
                return [Send(self._protocol.send(event.response()))]
            case CloseConnection(code=code, reason=reason) if self._protocol.state is ConnectionState.REMOTE_CLOSING:
                answer = Send(self._protocol.send(event.response()))
                return [answer, *self._begin_closing("goodbye", int(code), _about_goodbye(int(code), reason), now_s)]
            case CloseConnection(code=code):
                return self._end(int(code), "it broke the WebSocket protocol", now_s)
            case Pong():
                return []
            case _:
                return []

    def _deliver(self) -> list[Action]:
        text = "".join(self._parts)
        self._parts.clear()
        try:
            return [Deliver(agent.codec.decode(text))]
        except UnknownMessageTypeError:
            self.counters.unknown_types += 1
        except MalformedMessageError:
            self.counters.malformed += 1
        return []

    def _end(self, code: int, why: str, now_s: float) -> list[Action]:
        """The other side cannot go on like this: say so, and wait for it to end the connection."""
        return [self._closing(code, ""), *self._begin_closing("fault", code, why, now_s)]

    def _begin_closing(self, step: Step, code: int, why: str, now_s: float) -> list[Action]:
        proved = now_s - self._opened_s >= self._limits.proved_after_s
        self._go(step, now_s + self._limits.closing_s)
        if proved:
            self._backoff.reset()
        return self._tell("closed" if code in {NORMAL, GOING_AWAY} else "error", why)

    def _give_up(self, step: Step, now_s: float, why: str | None, *, close: bool = True) -> list[Action]:
        """Let go of the transport and wait for the next attempt. Without `why` the last reason stands."""
        if self.state == "open" and now_s - self._opened_s >= self._limits.proved_after_s:
            self._backoff.reset()
        retry_in_s = self._backoff.next_delay_s()
        self._go(step, now_s + retry_in_s)
        told = self._told
        if why is None and told is not None:
            news = self._tell(told.status, told.reason, retry_in_s, whole=True)
        else:
            news = self._tell("error", why, retry_in_s)
        return [*([CloseTransport()] if close else []), *news]

    def _go(self, step: Step, deadline_s: float | None) -> None:
        self.state = after(self.state, step)
        self._deadline_s = deadline_s

    def _tell(
        self, status: ConnectionStatus, why: str | None = None, retry_in_s: float | None = None, *, whole: bool = False
    ) -> list[Action]:
        reason = why if why is None or whole else f"{self._endpoint.shown_url}: {why}"
        self._told = ConnectionChanged(status=status, reason=reason, retry_in_s=retry_in_s)
        return [self._told]

    # wsproto. --------------------------------------------------------------------------------------------------------

    def _begin_protocol(self) -> None:
        self._protocol = WSConnection(ConnectionType.CLIENT)
        self._watch = FrameWatch(self._limits.message_bytes)
        self._parts: list[str] = []
        self._head = b""

    def _events(self) -> Iterator[Event]:
        try:
            yield from self._protocol.events()
        except RemoteProtocolError as error:  # e.g. bytes behind a close frame
            yield CloseConnection(code=1002, reason=str(error))

    def _closing(self, code: int, reason: str) -> Send:
        try:
            return Send(self._protocol.send(CloseConnection(code=code, reason=reason)))
        except LocalProtocolError:
            return Send(b"")


def _about_status(status: int) -> str:
    """What an HTTP answer instead of a WebSocket tells, and the way out."""
    if 300 <= status < 400:
        return f"it answered with a redirect ({status}), which is not followed; give the address it leads to"
    if status in {401, 403}:
        return f"it refused the connection ({status}); check who may connect, there and at the proxies between"
    if status == 404:
        return "it answered 404: there is no agent at this path; agents serve /ws"
    if status in {502, 503, 504}:
        return f"a proxy answered {status}: the agent behind it is away"
    return f"it answered {status} instead of a WebSocket; is it a dockstats agent?"


def _about_goodbye(code: int, reason: str | None) -> str:
    said = "".join(character for character in (reason or "")[:_MAX_REASON] if character.isprintable())
    if said:
        return f"the agent closed: {said} ({code})"
    return "the agent shuts down" if code == GOING_AWAY else f"the agent closed ({code})"
