"""One machine with the world around it: a clock, the other side's bytes, and everything the machine did.

It also holds what is true of every sequence of actions: at most one transport, nothing sent without one, none let go
that is not there, and a next deadline in every state but the last. Not here: sockets, and which faults happen.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from wsproto.utilities import generate_accept_token

from dockstats_core.backoff import Backoff
from dockstats_core.connection.actions import Action, CloseTransport, ConnectionChanged, Deliver, OpenTransport, Send
from dockstats_core.connection.limits import ConnectionLimits
from dockstats_core.connection.machine import AgentMachine
from dockstats_core.endpoints.agents import AgentEndpoint, parse_agent_endpoints
from dockstats_core.messages import agent
from dockstats_core.messages.agent import AgentMessage
from tests.builders import batch

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0x0, 0x1, 0x2, 0x8, 0x9, 0xA

URL = "ws://heron:8080/ws"
MESSAGE = batch(7)
MESSAGE_TEXT = agent.codec.encode(MESSAGE)


def endpoint(url: str = URL) -> AgentEndpoint:
    return parse_agent_endpoints(url)[0]


def frame(opcode: int, payload: bytes = b"", *, fin: bool = True, rsv: int = 0, mask: bytes = b"") -> bytes:
    """A frame as a server sends it; with `mask`, as it must not."""
    first = (0x80 if fin else 0) | rsv << 4 | opcode
    if len(payload) < 126:
        length = bytes([len(payload)])
    elif len(payload) < 1 << 16:
        length = b"\x7e" + len(payload).to_bytes(2, "big")
    else:
        length = b"\x7f" + len(payload).to_bytes(8, "big")
    if mask:
        length = bytes([length[0] | 0x80]) + length[1:]
        payload = bytes(byte ^ mask[place % 4] for place, byte in enumerate(payload))
    return bytes([first]) + length + mask + payload


def close_frame(code: int, reason: str = "") -> bytes:
    return frame(CLOSE, code.to_bytes(2, "big") + reason.encode())


def frames_of_client(data: bytes) -> list[tuple[int, bytes]]:
    """Opcode and payload of each frame that a client sent; it sends only short ones, all masked."""
    frames = []
    while data:
        length = data[1] & 0x7F
        assert data[1] & 0x80, "a client masks what it sends"
        assert length < 126
        mask, payload = data[2:6], data[6 : 6 + length]
        frames.append((data[0] & 0x0F, bytes(byte ^ mask[place % 4] for place, byte in enumerate(payload))))
        data = data[6 + length :]
    return frames


class Conversation:
    """A machine, the time, and what was done so far."""

    def __init__(
        self, url: str = URL, *, randomness: float = 0.5, limits: ConnectionLimits | None = None, now_s: float = 1000.0
    ) -> None:
        self.now_s = now_s
        self.backoff = Backoff(lambda: randomness)
        self.machine = AgentMachine(endpoint(url), self.backoff, now_s, limits=limits)
        self.has_transport = False
        self.opens: list[float] = []
        self.sent = b""  # on the present transport
        self.messages: list[AgentMessage] = []
        self.changes: list[ConnectionChanged] = []

    def did(self, actions: Iterable[Action]) -> list[Action]:
        """Take in what the machine wants."""
        done = list(actions)
        for action in done:
            match action:
                case OpenTransport():
                    assert not self.has_transport
                    self.has_transport, self.sent = True, b""
                    self.opens.append(self.now_s)
                case CloseTransport():
                    assert self.has_transport
                    self.has_transport = False
                case Send(data):
                    assert self.has_transport
                    self.sent += data
                case Deliver(message):
                    self.messages.append(message)
                case ConnectionChanged():
                    self.changes.append(action)
        assert (self.machine.next_deadline is None) is (self.machine.state == "closed")
        assert self.has_transport is (self.machine.state in {"connecting", "opening", "open", "closing"})
        return done

    # Time.

    def timer(self) -> list[Action]:
        """Go to the next deadline, and be told so."""
        assert self.machine.next_deadline is not None
        self.now_s = max(self.now_s, self.machine.next_deadline)
        return self.did(self.machine.handle_timer(self.now_s))

    def wait(self, seconds: float) -> None:
        """Let time pass, with every timer on time."""
        until_s = self.now_s + seconds
        while self.machine.next_deadline is not None and self.machine.next_deadline <= until_s:
            self.timer()
        self.now_s = until_s

    # The other side.

    def opened(self) -> list[Action]:
        return self.did(self.machine.transport_opened(self.now_s))

    def failed(self, why: str = "connection refused") -> list[Action]:
        self.has_transport = False
        return self.did(self.machine.transport_failed(self.now_s, why))

    def ended(self) -> list[Action]:
        self.has_transport = False
        return self.did(self.machine.transport_closed(self.now_s))

    def receive(self, data: bytes) -> list[Action]:
        return self.did(self.machine.receive_data(data, self.now_s))

    def acceptance(self, *headers: str) -> bytes:
        """The answer that accepts the WebSocket, with more headers."""
        key = self.request_header("Sec-WebSocket-Key")
        assert key is not None
        lines = (
            "HTTP/1.1 101 Switching Protocols",
            "Upgrade: websocket",
            "Connection: Upgrade",
            f"Sec-WebSocket-Accept: {generate_accept_token(key.encode()).decode()}",
            *headers,
        )
        return "".join(f"{line}\r\n" for line in (*lines, "")).encode("latin-1")

    def request_header(self, name: str) -> str | None:
        for line in self.sent.decode().split("\r\n"):
            if line.lower().startswith(f"{name.lower()}: "):
                return line.partition(": ")[2]
        return None

    # Where a test begins.

    def until_opening(self) -> Conversation:
        self.timer()
        self.opened()
        return self

    def until_open(self) -> Conversation:
        self.until_opening()
        self.receive(self.acceptance())
        self.sent = b""
        return self

    def close(self) -> list[Action]:
        return self.did(self.machine.close(self.now_s))

    # What was done.

    @property
    def told(self) -> ConnectionChanged:
        """The status as last told."""
        return self.changes[-1]

    @property
    def statuses(self) -> Sequence[str]:
        return [change.status for change in self.changes]

    @property
    def frames(self) -> list[tuple[int, bytes]]:
        """What was sent since the WebSocket was accepted."""
        return frames_of_client(self.sent)

    @property
    def close_codes(self) -> list[int]:
        return [int.from_bytes(payload[:2], "big") for opcode, payload in self.frames if opcode == CLOSE]
