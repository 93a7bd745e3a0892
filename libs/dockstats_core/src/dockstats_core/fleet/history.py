"""Which batch becomes a point of history, and at what time. Batches come from `latest`, points go to the store.

The time is the batch's own `sent_at`, when the figures were taken, as long as the agent's clock agrees with ours; where
it is off by more than `clock_off_s`, the time it came here, so that all hosts share one time axis. A clock that was
found off is trusted again at half that difference, so that one near the bound does not flip with every batch.

Time only goes forward. A point that is not later than the last one is left out: batches may overtake each other, and
changing between the two clocks may step back by up to twice `clock_off_s`. A longer step back means that our own clock
was set back, and the points from before have times that mean nothing now, so the host's history starts anew.

Not here: repeated batches (`latest` tells), columns and bounds (`dockstats_core.history`).
"""

from __future__ import annotations

from datetime import datetime, timedelta

from dockstats_core.history.columns import container_rows, host_row
from dockstats_core.history.store import HistoryStore
from dockstats_core.messages.agent import ContainerStatsBatch

CLOCK_OFF_S = 5.0
"""Difference in seconds from which an agent's clock is not believed: networks delay less, and 5 s do not show in a
chart of half an hour."""


class HostRecorder:
    """Writes one agent's batches into the store.

    Attributes:
        clock_behind: what is to be added to the agent's times; zero while its clock agrees with ours.
    """

    def __init__(self, agent_id: str, store: HistoryStore) -> None:
        self.clock_behind: timedelta = timedelta(0)
        self._agent_id = agent_id
        self._store = store
        self._last_at: float | None = None

    def record(self, batch: ContainerStatsBatch, received_at: datetime) -> None:
        """Adds the points of one batch: of its host, and of each container of which it tells something new."""
        at = self._time_of(batch, received_at)
        if self._last_at is not None and at <= self._last_at:
            if self._last_at - at <= 2 * CLOCK_OFF_S:
                return
            self._store.forget(self._agent_id)
        self._last_at = at
        containers = container_rows(batch)
        self._store.record(self._agent_id, at, host_row(batch, containers), containers)

    def _time_of(self, batch: ContainerStatsBatch, received_at: datetime) -> float:
        difference = received_at - batch.sent_at
        trusted_s = CLOCK_OFF_S / 2 if self.clock_behind else CLOCK_OFF_S
        self.clock_behind = difference if abs(difference.total_seconds()) > trusted_s else timedelta(0)
        return (batch.sent_at + self.clock_behind).timestamp()
