"""Does what the machine decides, in one task and over one socket at a time. Nothing is decided here.

Waiting for the other side, and sending to it, ends at the machine's next deadline; nothing is read before what is to be
sent has left, so a peer that only talks cannot make the answers to it pile up, nor before the machine wants more.
Not here: when to connect, what bytes mean, what is told (machine).
"""

from __future__ import annotations

import errno
import os
import socket
import ssl
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import cache

import anyio
from anyio.abc import ByteStream

from dockstats_core.connection.actions import Action, CloseTransport, ConnectionChanged, Deliver, OpenTransport, Send
from dockstats_core.connection.machine import AgentMachine
from dockstats_core.endpoints.agents import AgentEndpoint
from dockstats_core.messages.agent import AgentMessage
from dockstats_core.messages.unusable import Unusable

FAREWELL_S = 0.5
"""For the last bytes, as a close frame, to leave; seconds."""

BROKEN = (OSError, anyio.BrokenResourceError, anyio.ClosedResourceError, anyio.EndOfStream)
"""What connecting, reading and writing raise when the other side is not there, or is gone; over TLS, writing too finds
the end of what is to be read."""

Tell = Callable[[ConnectionChanged | Unusable | AgentMessage], None]


class Driver:
    """Runs one machine over real sockets.

    Args:
        endpoint: whom to connect to.
        machine: what decides.
        tell: called with each change of the status, each message, and counts of what could not be used; must not
            wait. What it raises ends `run`.
        tls: gives the context for the next connection by `wss://`; by default the system's authorities.
        clock_s: monotonic clock, the one the machine was made with.
    """

    def __init__(
        self,
        endpoint: AgentEndpoint,
        machine: AgentMachine,
        tell: Tell,
        *,
        tls: Callable[[], ssl.SSLContext] | None = None,
        clock_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._endpoint = endpoint
        self._machine = machine
        self._tell = tell
        self._tls = tls or _system_authorities
        self._clock_s = clock_s
        self._is_wanted = False  # a transport, by the machine
        self._stream: ByteStream | None = None
        self._outgoing = bytearray()

    async def run(self) -> None:
        """Keep the connection until the machine is closed or this is cancelled; then say goodbye and let go."""
        try:
            while (deadline_s := self._machine.next_deadline) is not None:
                actions: list[Action] | None = None
                with anyio.move_on_after(max(0.0, deadline_s - self._clock_s())):
                    actions = await self._what_happens()
                await self._perform(self._machine.handle_timer(self._clock_s()) if actions is None else actions)
        finally:
            await self._perform(self._machine.close(self._clock_s()))

    async def _what_happens(self) -> list[Action]:
        """Wait for the transport to do something; gives what the machine makes of it."""
        if not self._is_wanted:
            await anyio.sleep_forever()
        try:
            if self._stream is None:
                self._stream = await self._connect()
                return self._machine.transport_opened(self._clock_s())
            if self._outgoing:
                await self._stream.send(self._taken())
            if (pause_s := self._machine.next_read_s - self._clock_s()) > 0:
                await anyio.sleep(pause_s)
            data = await self._stream.receive()
        except anyio.EndOfStream:
            await self._let_go()
            return self._machine.transport_closed(self._clock_s())
        except BROKEN as error:
            why = why_broken(error, connected=self._stream is not None)
            await self._let_go()
            return self._machine.transport_failed(self._clock_s(), why)
        return self._machine.receive_data(data, self._clock_s())

    async def _perform(self, actions: Iterable[Action]) -> None:
        for action in actions:
            match action:
                case OpenTransport():
                    self._is_wanted = True
                case Send(data):
                    self._outgoing += data
                case CloseTransport():
                    await self._let_go()
                case Deliver(message):
                    self._tell(message)
                case change:  # of the status, or of the counts
                    self._tell(change)

    async def _let_go(self) -> None:
        """Close the socket, if there is one. What is still to be sent leaves, if the other side takes it at once."""
        self._is_wanted = False
        stream, self._stream = self._stream, None
        outgoing = self._taken()
        if stream is None:
            return
        with anyio.move_on_after(FAREWELL_S, shield=True):
            try:
                with suppress(*BROKEN):
                    await stream.send(outgoing)
            finally:
                await anyio.aclose_forcefully(stream)

    def _taken(self) -> bytes:
        outgoing, self._outgoing = bytes(self._outgoing), bytearray()
        return outgoing

    async def _connect(self) -> ByteStream:
        host, port = self._endpoint.host, self._endpoint.port
        if not self._endpoint.tls:
            return await anyio.connect_tcp(host, port)
        return await anyio.connect_tcp(host, port, tls=True, ssl_context=self._tls(), tls_standard_compatible=False)


@cache
def _system_authorities() -> ssl.SSLContext:
    """One for all connections: reading the authorities takes tens of milliseconds."""
    return ssl.create_default_context()


def why_broken(error: Exception, *, connected: bool) -> str:
    """The end of a sentence that says why there is no connection, or none any more."""
    cause: BaseException = error.__cause__ or error
    if isinstance(cause, BaseExceptionGroup):  # several addresses of one name: any tells enough
        cause = cause.exceptions[0]
    match cause:
        case socket.gaierror():
            return f"its name cannot be resolved ({cause.strerror}); is it spelt right?"
        case ssl.SSLCertVerificationError():
            return f"its certificate is not trusted ({cause.verify_message})"
        case ssl.SSLError():
            what = getattr(cause, "reason", None) or cause  # only OpenSSL's own errors have a reason
            return f"no TLS with it ({what}); does the port speak wss?"
        case OSError(errno=errno.EMFILE):  # whatever the agent does
            return "this process may open no more files; raise its limit (ulimit -n, LimitNOFILE=)"
        case OSError(errno=int(number)):
            what = os.strerror(number).lower()
            return f"the connection broke: {what}" if connected else f"{what}; is the agent running there?"
        case _:
            return "the connection broke"
