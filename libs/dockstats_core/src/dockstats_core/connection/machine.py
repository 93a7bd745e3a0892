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

import re
from io import StringIO
from math import inf

from msgspec import structs
from wsproto import ConnectionType, WSConnection
from wsproto.connection import ConnectionState
from wsproto.events import (
    AcceptConnection,
    BytesMessage,
    CloseConnection,
    Event,
    Ping,
    RejectConnection,
    Request,
    TextMessage,
)
from wsproto.utilities import RemoteProtocolError

from dockstats_core.backoff import Backoff
from dockstats_core.connection.actions import Action, CloseTransport, ConnectionChanged, Deliver, OpenTransport, Send
from dockstats_core.connection.frames import FrameWatch
from dockstats_core.connection.limits import ConnectionLimits
from dockstats_core.connection.states import ImpossibleStepError, State, Step, after
from dockstats_core.endpoints.agents import AgentEndpoint
from dockstats_core.errors import MalformedMessageError, UnknownMessageTypeError
from dockstats_core.messages import agent
from dockstats_core.messages.stream import ConnectionStatus
from dockstats_core.messages.unusable import Unusable
from dockstats_core.pace import Pace

NORMAL, GOING_AWAY, NO_CODE, POLICY, TOO_BIG, RESTART = 1000, 1001, 1005, 1008, 1009, 1012
_IN_ORDER = {NORMAL, GOING_AWAY, NO_CODE, RESTART}  # close codes of a peer with which nothing is wrong
MISSED_TOLD = 10
"""Unusable messages without one batch between them, after which that is told: whoever sees a connection that stands and
no figures has to learn why."""
_MAX_REASON = 100  # characters of what an agent says when it closes
_HEAD_END = re.compile(rb"\n\r?\n")  # of an HTTP answer, as h11 takes it too


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
        self.counters: Unusable = Unusable()  # since the start
        self._endpoint = endpoint
        self._backoff = backoff
        self._limits = limits or ConnectionLimits()
        self._deadline_s: float | None = now_s  # the first attempt is due at once
        self._told = ConnectionChanged(status="connecting")
        self._begin_protocol(now_s)

    def _begin_protocol(self, now_s: float) -> None:
        """Nothing of an earlier connection is left."""
        self._protocol = WSConnection(ConnectionType.CLIENT)
        self._watch = FrameWatch(self._limits.message_bytes, self._limits.frames_at_once)
        self._pace = Pace(self._limits.burst_s, now_s)  # of reading
        self._head = b""
        self._text = StringIO()  # of a message: unlike a list of its parts, it does not grow with empty ones
        self._message_due_s = inf  # when a message that has begun must have ended
        self._opened_s = self._heard_s = now_s
        self._is_pinged = False
        self._missed = 0  # messages that could not be used, since the last batch

    def __repr__(self) -> str:
        return f"<AgentMachine {self._endpoint.id} {self.state}, deadline {self._deadline_s}>"

    @property
    def next_deadline(self) -> float | None:
        """When `handle_timer` is due, on the clock of the inputs; None only when closed for good."""
        return self._deadline_s

    @property
    def next_read_s(self) -> float:
        """Nothing of the transport is wanted before that, on the clock of the inputs: let the other side wait."""
        return self._pace.next_s

    # Inputs. ---------------------------------------------------------------------------------------------------------

    def handle_timer(self, now_s: float) -> list[Action]:
        """The time is `now_s`: do what is due."""
        if self._deadline_s is None or now_s < self._deadline_s:
            return []
        match self.state:
            case "waiting":
                self._go("deadline", now_s + self._limits.connect_s)
                self._begin_protocol(now_s)
                return [*self._tell("connecting", self._told.reason), OpenTransport()]
            case "connecting":
                return self._give_up("deadline", now_s, f"no connection within {self._limits.connect_s:g} s")
            case "opening":
                why = f"no answer to the handshake within {self._limits.handshake_s:g} s"
                return self._give_up("deadline", now_s, why)
            case "open":
                return self._look_after(now_s)
            case _:
                return self._give_up("deadline", now_s, "it did not end the connection")

    def transport_opened(self, now_s: float) -> list[Action]:
        """The transport that was asked for stands."""
        self._go("opened", now_s + self._limits.handshake_s)
        headers = []
        if self._endpoint.authorization is not None:
            headers.append((b"authorization", self._endpoint.authorization.encode()))
        host = f"[{self._endpoint.host}]" if ":" in self._endpoint.host else self._endpoint.host
        request = Request(
            host=_HostAndPort(f"{host}:{self._endpoint.port}"),
            target=self._endpoint.path,
            extra_headers=headers,
            extensions=[],  # no permessage-deflate: a frame of 200 KB can inflate to 200 MB
        )
        return [Send(self._protocol.send(request))]

    def transport_failed(self, now_s: float, why: str) -> list[Action]:
        """The transport could not be opened, or broke; `why` ends a sentence. It needs no closing."""
        return self._give_up("failed", now_s, why)

    def transport_closed(self, now_s: float) -> list[Action]:
        """The other side ended the transport. It needs no closing."""
        why = "it broke the connection off" if self.state == "open" else "it closed the connection without an answer"
        return self._give_up("failed", now_s, why)

    def receive_data(self, data: bytes, now_s: float) -> list[Action]:
        """The other side sent these bytes."""
        before = self.counters
        actions = self._receive(data, now_s)
        return actions if self.counters == before else [*actions, self.counters]

    def _receive(self, data: bytes, now_s: float) -> list[Action]:
        match self.state:
            case "opening":
                return self._receive_handshake(data, now_s)
            case "open":
                return self._receive_frames(data, now_s)
            case "closing":
                return []  # what is said after goodbye is not listened to, and does not put the deadline off
            case _:
                raise ImpossibleStepError(f"bytes cannot come while {self.state!r}")

    def close(self, now_s: float) -> list[Action]:  # noqa: ARG002 - every input has the time
        """Our owner is done: end for good."""
        if self.state == "closed":
            return []
        before = self.state
        self._go("stop", None)
        goodbye = [self._closing(NORMAL)] if before == "open" else []
        let_go = [CloseTransport()] if before != "waiting" else []
        return [*goodbye, *let_go, *self._tell("closed", self._sentence("it was stopped here"))]

    # Steps. ----------------------------------------------------------------------------------------------------------

    def _receive_handshake(self, data: bytes, now_s: float) -> list[Action]:
        held = len(self._head)
        self._head += data
        found = _HEAD_END.search(self._head, max(0, held - 2))
        end = len(self._head) if found is None else found.end()
        if end > self._limits.handshake_bytes:
            return self._give_up("refused", now_s, "its answer to the handshake is too long; is it a dockstats agent?")
        # Frames may follow in the same bytes; they have to pass the watch before wsproto sees them.
        head, frames = data[: end - held], data[end - held :]
        try:
            self._protocol.receive_data(head)
            event = next(self._protocol.events(), None)
        except (RemoteProtocolError, UnicodeDecodeError):  # the latter from headers that are not ASCII
            return self._give_up("refused", now_s, "what answers there speaks no WebSocket; is it a dockstats agent?")
        match event:
            case AcceptConnection():
                self._go("accepted", now_s)
                self._opened_s = now_s
                return [*self._tell("connected", None), *self._receive_frames(frames, now_s)]
            case RejectConnection(status_code=status):
                return self._give_up("refused", now_s, _about_status(status))
            case _:
                return []  # there is more to come

    def _receive_frames(self, data: bytes, now_s: float) -> list[Action]:
        self._heard_s = now_s
        self._is_pinged = False
        allowed = self._watch.allowed(data)
        cost_s = max(self._watch.frames / self._limits.frames_per_s, allowed / self._limits.bytes_per_s)
        self._pace.took(cost_s, now_s)
        self._protocol.receive_data(data[:allowed])
        actions: list[Action] = []
        for event in self._protocol.events():
            actions += self._handle(event, now_s)
            if self.state != "open":
                return actions
        if self._watch.is_flood:
            why = f"it sent more than {self._limits.frames_at_once} frames at once"
            return [*actions, *self._end(POLICY, why, now_s)]
        if allowed < len(data):
            why = f"it sent a message of more than {self._limits.message_bytes} bytes"
            return [*actions, *self._end(TOO_BIG, why, now_s)]
        if self._pace.next_s > now_s:
            self._count("held_back")
        self._deadline_s = min(now_s + self._limits.ping_after_s, self._message_due_s)
        return actions

    def _handle(self, event: Event, now_s: float) -> list[Action]:
        match event:
            case TextMessage(data=text, message_finished=finished):
                self._text.write(text)
                self._time_message(finished, now_s)
                return self._deliver(now_s) if finished else []
            case BytesMessage(message_finished=finished):
                self._time_message(finished, now_s)
                return self._miss("binary") if finished else []
            case Ping():
                return [Send(self._protocol.send(event.response()))]
            case CloseConnection(code=code, reason=reason) if self._protocol.state is ConnectionState.REMOTE_CLOSING:
                answer = Send(self._protocol.send(event.response()))
                return [answer, *self._begin_closing("goodbye", int(code), _about_goodbye(int(code), reason), now_s)]
            case CloseConnection(code=code):  # made up by wsproto, which gives up
                return self._end(int(code), "it broke the WebSocket protocol", now_s)
            case _:
                return []

    def _time_message(self, finished: bool, now_s: float) -> None:
        """A part of a message came: its time is counted from the first one."""
        self._message_due_s = inf if finished else min(self._message_due_s, now_s + self._limits.message_s)

    def _deliver(self, now_s: float) -> list[Action]:
        text, self._text = self._text.getvalue(), StringIO()
        objects = text.count("{")
        if objects > self._limits.message_objects:  # a decoder would make them all before it counts them
            return self._miss("malformed")
        self._pace.took(objects / self._limits.objects_per_s, now_s)
        try:
            message = agent.codec.decode(text)
        except UnknownMessageTypeError:
            return self._miss("unknown_types")
        except MalformedMessageError:
            return self._miss("malformed")
        if not isinstance(message, agent.ContainerStatsBatch):
            return [Deliver(message)]
        was_told, self._missed = self._missed >= MISSED_TOLD, 0
        return [Deliver(message), *(self._tell("connected", None) if was_told else [])]

    def _count(self, what: str) -> None:
        self.counters = structs.replace(self.counters, **{what: getattr(self.counters, what) + 1})

    def _miss(self, what: str) -> list[Action]:
        """What came cannot be used. It costs nobody the connection, but it does not stay a secret either."""
        self._count(what)
        self._missed += 1
        if self._missed != MISSED_TOLD:
            return []
        return self._tell("connected", self._sentence("its messages are not understood here; is it a dockstats agent?"))

    def _look_after(self, now_s: float) -> list[Action]:
        """Something is due while open: ask for a sign of life, or take the peer for gone or for useless."""
        if now_s >= self._message_due_s:
            return self._end(POLICY, f"a message of it took longer than {self._limits.message_s:g} s", now_s)
        if self._is_pinged:
            return self._give_up("deadline", now_s, f"no sign of life for {self._limits.silence_s:g} s")
        # Also when it is late, as after we were suspended ourselves: nobody is given up without having been asked.
        self._is_pinged = True
        self._deadline_s = min(now_s + self._limits.silence_s - self._limits.ping_after_s, self._message_due_s)
        return [Send(self._protocol.send(Ping()))]

    def _end(self, code: int, why: str, now_s: float) -> list[Action]:
        """The other side cannot go on like this: say so, and wait for it to end the connection."""
        self._count("broken")
        return [self._closing(code), *self._begin_closing("fault", code, why, now_s)]

    def _closing(self, code: int) -> Send:
        return Send(self._protocol.send(CloseConnection(code=code, reason="")))

    def _begin_closing(self, step: Step, code: int, why: str, now_s: float) -> list[Action]:
        self._go(step, now_s + self._limits.closing_s)
        return self._tell("closed" if code in _IN_ORDER else "error", self._sentence(why))

    def _give_up(self, step: Step, now_s: float, why: str) -> list[Action]:
        """Wait for the next attempt, without the transport. After a close frame, what it was about is the reason."""
        told = self._told
        status, reason = (told.status, told.reason) if self.state == "closing" else ("error", self._sentence(why))
        if self._heard_s - self._opened_s >= self._limits.proved_after_s:
            self._backoff.reset()
        retry_in_s = self._backoff.next_delay_s()
        self._go(step, now_s + retry_in_s)
        let_go = [CloseTransport()] if step != "failed" else []
        return [*let_go, *self._tell(status, reason, retry_in_s)]

    def _go(self, step: Step, deadline_s: float | None) -> None:
        self.state = after(self.state, step)
        self._deadline_s = deadline_s

    def _tell(self, status: ConnectionStatus, reason: str | None, retry_in_s: float | None = None) -> list[Action]:
        self._told = ConnectionChanged(status=status, reason=reason, retry_in_s=retry_in_s)
        return [self._told]

    def _sentence(self, why: str) -> str:
        return f"{self._endpoint.shown_url}: {why}"


class _HostAndPort(str):
    """The value of a Host header. wsproto would encode it as one name, and fail where a label and the port are long."""

    __slots__ = ()

    def encode(self, encoding: str = "ascii", errors: str = "strict") -> bytes:
        return super().encode("ascii" if encoding == "idna" else encoding, errors)


def _about_status(status: int) -> str:
    """What an HTTP answer instead of a WebSocket tells, and the way out."""
    if 300 <= status < 400:
        return f"it answered with a redirect ({status}), which is not followed; give the address it leads to"
    if status == 401:
        return "it asks for a token, or for another one (401); give the dashboard the agent's own: AGENT_TOKEN"
    if status == 403:
        return "it refused the connection (403); check who may connect, there and at the proxies between"
    if status == 429:
        return "it was offered too many wrong tokens (429); give the dashboard the agent's own: AGENT_TOKEN"
    if status == 404:
        return "it answered 404: there is no agent at this path; agents serve /ws"
    if status in {502, 503, 504}:
        return f"a proxy answered {status}: the agent behind it is away"
    return f"it answered {status} instead of a WebSocket; is it a dockstats agent?"


def _about_goodbye(code: int, reason: str | None) -> str:
    if code in {GOING_AWAY, RESTART}:
        return "the agent shuts down"
    said = "".join(character for character in (reason or "")[:_MAX_REASON] if character.isprintable())
    return f"the agent closed: {said} ({code})" if said else f"the agent closed ({code})"
