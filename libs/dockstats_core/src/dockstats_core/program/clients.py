"""What a client of a server may do before it is let go: how long it may take, how much it may say.

A server holds a socket and memory for each client, and a client may do nothing at all, or only talk. Each fault is
counted by its kind, and told once, with the client's address, then at most once a minute.
Not here: the server's protocols, which report what happens (the apps), guessing tokens (program.throttle).
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Literal, TypeAlias, get_args

from msgspec import Struct

from dockstats_core.program.complaints import Complaints

_log = logging.getLogger(__name__)

ClientFault: TypeAlias = Literal["silent", "slow", "too_much", "not_reading", "malformed", "too_many"]

_SENTENCES: Mapping[ClientFault, str] = {
    "silent": "",  # browsers connect ahead of a request that may not come: counted, and not worth a line
    "slow": "a client took too long to ask, and was let go",
    "too_much": "a client said more than is listened to, and was let go",
    "not_reading": "a client did not read its answer, and was let go",
    "malformed": "a client does not keep to the protocol, and was let go",
    "too_many": "there are too many clients, one more was turned away",
}


class ClientLimits(Struct, frozen=True, kw_only=True):
    """Bounds of one client, but for the first."""

    connections: int = 2048  # in all, idle ones included: each takes a descriptor and some 20 KB
    handshake_s: float = 10.0  # of TLS, which comes before all else; who is still at it is not among the connections
    request_s: float = 10.0  # from connecting, or from a request's first byte, to its last
    head_bytes: int = 16 << 10  # of a request: browsers and proxies send 1 to 4 KB
    request_bytes: int = 64 << 10  # its body included; a sign-in has a hundred
    unread_s: float = 60.0  # without taking a byte, while an answer waits to leave; cut within twice that
    said_bytes_per_s: int = 2048  # by a WebSocket's client, which has pongs to say: 10 bytes every 5 s
    said_at_once_bytes: int = 8192  # of them
    goodbye_s: float = 1.0  # for the close frame to reach a WebSocket's client that reads after all


class ClientTally:
    """How many clients were let go, for which fault."""

    def __init__(self, clock_s: Callable[[], float] = time.monotonic) -> None:
        self._clock_s = clock_s
        self._counts: Counter[ClientFault] = Counter()
        self._complaints = Complaints()

    @property
    def counts(self) -> dict[ClientFault, int]:
        """By kind, since the start; every kind is there."""
        return {fault: self._counts[fault] for fault in get_args(ClientFault)}

    def count(self, fault: ClientFault, client: str) -> None:
        """One more; `client` is its address, as far as it is known."""
        self._counts[fault] += 1
        sentence = _SENTENCES[fault]
        if sentence and (line := self._complaints.line(fault, sentence, self._clock_s())) is not None:
            _log.warning(line, extra={"client": client})


class Clients(Struct, frozen=True):
    """What a server's protocols share."""

    limits: ClientLimits
    tally: ClientTally


class RequestWatch:
    """One client's connection, as its protocol reports it.

    `cut` ends the connection at once; `unsent_bytes` tells how much of an answer still waits to leave.
    """

    def __init__(
        self,
        clients: Clients,
        loop: asyncio.AbstractEventLoop,
        client: str,
        cut: Callable[[], None],
        unsent_bytes: Callable[[], int],
    ) -> None:
        self._limits = clients.limits
        self._tally = clients.tally
        self._loop = loop
        self._client = client
        self._cut = cut
        self._unsent_bytes = unsent_bytes
        self._said_bytes = 0  # of the request that is being said
        self._asking: asyncio.TimerHandle | None = None
        self._reading: asyncio.TimerHandle | None = None

    def waits_for_request(self) -> None:
        """A request is to come, or the rest of one; the time that it has goes on if it had begun."""
        if self._asking is None:
            self._asking = self._loop.call_later(self._limits.request_s, self._asked_too_slowly)

    def has_request(self) -> None:
        """The request is whole."""
        if self._asking is not None:
            self._asking.cancel()
            self._asking = None

    def may_say(self, data_bytes: int, *, is_head: bool) -> bool:
        """Whether so many bytes more may be looked at; if not, the client is let go. `is_head`: of a head, so far."""
        self._said_bytes += data_bytes
        if self._said_bytes <= (self._limits.head_bytes if is_head else self._limits.request_bytes):
            return True
        self.fault("too_much")
        return False

    def answered(self) -> None:
        """The request has its answer."""
        self._said_bytes = 0

    def blocked(self) -> None:
        """The client does not take what is sent."""
        if self._reading is None:
            self._reading = self._loop.call_later(self._limits.unread_s, self._look, self._unsent_bytes())

    def flowing(self) -> None:
        """It took it."""
        if self._reading is not None:
            self._reading.cancel()
            self._reading = None

    def fault(self, fault: ClientFault) -> None:
        """It is let go."""
        self.ended()
        self._tally.count(fault, self._client)
        self._cut()

    def _look(self, before_bytes: int) -> None:
        """Whoever takes a long answer slowly, reads: nothing is added to what waits meanwhile."""
        unsent_bytes = self._unsent_bytes()
        if unsent_bytes >= before_bytes:
            self.fault("not_reading")
        else:
            self._reading = self._loop.call_later(self._limits.unread_s, self._look, unsent_bytes)

    def _asked_too_slowly(self) -> None:
        self.fault("slow" if self._said_bytes else "silent")

    def ended(self) -> None:
        """The connection is over, or somebody else's to watch."""
        self.has_request()
        self.flowing()
