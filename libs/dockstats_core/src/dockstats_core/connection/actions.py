"""What the machine wants done, in order. Not here: when (machine), how (driver)."""

from __future__ import annotations

from typing import TypeAlias

from msgspec import Struct

from dockstats_core.messages.agent import AgentMessage
from dockstats_core.messages.stream import ConnectionStatus
from dockstats_core.messages.unusable import Unusable


class OpenTransport(Struct, frozen=True):
    """Connect; tell `transport_opened` or `transport_failed`. There is no other transport at this moment."""


class Send(Struct, frozen=True):
    """Send these bytes."""

    data: bytes


class CloseTransport(Struct, frozen=True):
    """Let go of the transport, once what was to be sent has left, or of the attempt; nothing more is told of it."""


class Deliver(Struct, frozen=True):
    """The agent said this."""

    message: AgentMessage


class ConnectionChanged(Struct, frozen=True, kw_only=True, tag="connection"):
    """The connection has a new status, for a reason that a person can read; `retry_in_s` where it is tried again."""

    status: ConnectionStatus
    reason: str | None = None
    retry_in_s: float | None = None


Action: TypeAlias = OpenTransport | Send | CloseTransport | Deliver | ConnectionChanged | Unusable
