"""Does what the machine decides: one task for the time, one for the transport, and nothing decided here.

Not here: when to connect, what bytes mean, what is told (machine).
"""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable, Iterable

import anyio
from anyio.abc import ByteStream, TaskGroup

from dockstats_core.connection.actions import Action, CloseTransport, ConnectionChanged, Deliver, OpenTransport, Send
from dockstats_core.connection.machine import AgentMachine
from dockstats_core.endpoints.agents import AgentEndpoint
from dockstats_core.messages.agent import AgentMessage

FAREWELL_S = 0.5  # for the close frame to leave at the end

BROKEN = (OSError, ssl.SSLError, anyio.BrokenResourceError, anyio.ClosedResourceError)
"""What reading and writing raise when the other side is gone."""

Tell = Callable[[ConnectionChanged | AgentMessage], None]


class Driver:
    """Runs one machine over real sockets.

    Args:
        endpoint: whom to connect to.
        machine: what decides.
        tell: called with each change of the status and each message; must not wait.
        tls: for `wss://`; by default the system's authorities.
        clock_s: monotonic clock, the one the machine was made with.
    """

    def __init__(
        self,
        endpoint: AgentEndpoint,
        machine: AgentMachine,
        tell: Tell,
        *,
        tls: ssl.SSLContext | None = None,
        clock_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._endpoint = endpoint
        self._machine = machine
        self._tell = tell
        self._tls = tls
        self._clock_s = clock_s
        self._transport: _Transport | None = None
        self._deadline_moved = anyio.Event()

    async def run(self) -> None:
        """Keep the connection until the machine is closed or this is cancelled; then say goodbye and let go."""
        async with anyio.create_task_group() as tasks:
            try:
                while (deadline_s := self._machine.next_deadline) is not None:
                    self._deadline_moved = anyio.Event()
                    with anyio.move_on_after(max(0.0, deadline_s - self._clock_s())):
                        await self._deadline_moved.wait()
                    self._perform(self._machine.handle_timer(self._clock_s()), tasks)
            finally:
                self._perform(self._machine.close(self._clock_s()), tasks)

    def _perform(self, actions: Iterable[Action], tasks: TaskGroup) -> None:
        for action in actions:
            match action:
                case OpenTransport():
                    before, self._transport = self._transport, _Transport()
                    tasks.start_soon(self._keep_transport, self._transport, before, tasks)
                case Send(data):
                    if self._transport is not None:
                        self._transport.send(data)
                case CloseTransport():
                    if self._transport is not None:
                        self._transport.scope.cancel()
                case Deliver(message):
                    self._tell(message)
                case ConnectionChanged():
                    self._tell(action)
        self._deadline_moved.set()

    async def _keep_transport(self, transport: _Transport, before: _Transport | None, tasks: TaskGroup) -> None:
        """Connect, pass on what comes, send what is to be sent; until it ends or is let go."""
        if before is not None:
            await before.ended.wait()  # never two sockets to one agent
        try:
            with transport.scope:
                try:
                    stream = await self._connect()
                except (OSError, ssl.SSLError, anyio.BrokenResourceError, anyio.EndOfStream) as error:
                    if not transport.scope.cancel_called:
                        self._perform(self._machine.transport_failed(self._clock_s(), _why(error)), tasks)
                    return
                async with stream:
                    await self._use(stream, transport, tasks)
        finally:
            transport.ended.set()

    async def _use(self, stream: ByteStream, transport: _Transport, tasks: TaskGroup) -> None:
        machine, clock_s = self._machine, self._clock_s
        async with anyio.create_task_group() as both_ways:
            both_ways.start_soon(transport.write, stream)
            try:
                if not transport.scope.cancel_called:
                    self._perform(machine.transport_opened(clock_s()), tasks)
                async for data in stream:
                    if transport.scope.cancel_called:
                        break
                    self._perform(machine.receive_data(data, clock_s()), tasks)
                else:
                    self._perform(machine.transport_closed(clock_s()), tasks)
            except BROKEN as error:
                if not transport.scope.cancel_called:
                    self._perform(machine.transport_failed(clock_s(), _why(error)), tasks)
            finally:
                both_ways.cancel_scope.cancel()
                await transport.farewell(stream)

    async def _connect(self) -> ByteStream:
        endpoint = self._endpoint
        if not endpoint.tls:
            return await anyio.connect_tcp(endpoint.host, endpoint.port)
        tls = self._tls or ssl.create_default_context()
        return await anyio.connect_tcp(
            endpoint.host, endpoint.port, tls=True, ssl_context=tls, tls_standard_compatible=False
        )


class _Transport:
    """One socket's life: what is still to be sent, and whether it is over."""

    def __init__(self) -> None:
        self.scope = anyio.CancelScope()
        self.ended = anyio.Event()
        self._outgoing: list[bytes] = []
        self._more = anyio.Event()

    def send(self, data: bytes) -> None:
        self._outgoing.append(data)
        self._more.set()

    async def write(self, stream: ByteStream) -> None:
        while True:
            await self._more.wait()
            self._more = anyio.Event()
            try:
                while self._outgoing:
                    await stream.send(self._outgoing.pop(0))
            except BROKEN:
                return  # whoever reads will notice, and tell

    async def farewell(self, stream: ByteStream) -> None:
        """Let a close frame leave, if the other side takes it."""
        with anyio.move_on_after(FAREWELL_S, shield=True):
            while self._outgoing:
                try:
                    await stream.send(self._outgoing.pop(0))
                except BROKEN:
                    return


def _why(error: Exception) -> str:
    """The end of a sentence that says why there is no connection, or none any more."""
    chain: list[BaseException] = [error]
    while (link := chain[-1].__cause__ or chain[-1].__context__) is not None and len(chain) < 10:
        chain.append(link.exceptions[0] if isinstance(link, BaseExceptionGroup) else link)
    for link in reversed(chain):
        if isinstance(link, ssl.SSLCertVerificationError):
            return f"its certificate is not trusted ({link.verify_message})"
        if isinstance(link, ssl.SSLError):
            return f"no TLS with it ({link.reason or link}); does the port speak wss?"
        if isinstance(link, OSError) and link.strerror:
            return f"cannot connect: {link.strerror.lower()}; is the agent running there?"
    return "the connection broke"
