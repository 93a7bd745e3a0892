"""How the connection to one agent is: changes go in, and whether that is news; the `agent_status` message comes out.

Not here: making connections, agents that call themselves the same (`agents` knows them all, and tells).
"""

from __future__ import annotations

from datetime import datetime

from dockstats_core.containers import bounded
from dockstats_core.messages.agent import AgentStatus
from dockstats_core.messages.stream import AgentConnection, AgentEntry, ConnectionStatus


class ConnectionRecord:
    """One agent's connection, as last told; `connecting` from the start.

    Attributes:
        calls_itself: the agent's own id, known while it is connected and has said anything.
        clash: a sentence about others that call themselves the same, or None.
        last_seen_at: when anything last came from the agent, or None.
    """

    def __init__(self, entry: AgentEntry, now: datetime) -> None:
        self.calls_itself: str | None = None
        self.clash: str | None = None
        self.last_seen_at: datetime | None = None
        self._entry = entry
        self._status: ConnectionStatus = "connecting"
        self._at = now
        self._reason: str | None = None
        self._retry_at: datetime | None = None
        self._version: str | None = None
        self._features: list[str] = []

    @property
    def is_connected(self) -> bool:
        """Whether the connection stands."""
        return self._status == "connected"

    def changed(self, status: ConnectionStatus, reason: str | None, retry_at: datetime | None, now: datetime) -> bool:
        """Takes in what the connection reports; tells whether it says anything that was not said before."""
        reason = None if reason is None else bounded(reason)
        if (status, reason, retry_at) == (self._status, self._reason, self._retry_at):
            return False
        if status != self._status:
            self._at = now
        self._status, self._reason, self._retry_at = status, reason, retry_at
        if status == "connected":
            self.last_seen_at = now
        else:
            self.calls_itself = None  # whoever answers there next may be another one
        return True

    def introduced(self, status: AgentStatus) -> None:
        """Takes in what the agent says of itself. It stays known when the connection is lost."""
        self._version = status.version
        self._features = status.features

    def message(self) -> AgentConnection:
        """What the stream says about it now."""
        reasons = [reason for reason in (self._reason, self.clash) if reason is not None]
        return AgentConnection(
            agent_id=self._entry.id,
            label=self._entry.label,
            status=self._status,
            at=self._at,
            reason=bounded("; ".join(reasons)) if reasons else None,
            retry_at=self._retry_at,
            last_seen_at=self.last_seen_at,
            agent_version=self._version,
            features=self._features,
        )
