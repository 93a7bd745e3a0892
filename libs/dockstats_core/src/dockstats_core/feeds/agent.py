"""A remote agent as a feed: its messages, and how the connection to it is.

Not here: the connection itself (connection).
"""

from __future__ import annotations

import random
import ssl
import time
from collections.abc import AsyncIterator, Callable
from types import TracebackType
from typing import Self

import anyio

from dockstats_core.backoff import Backoff
from dockstats_core.connection.driver import Driver
from dockstats_core.connection.limits import ConnectionLimits
from dockstats_core.connection.machine import AgentMachine
from dockstats_core.endpoints.agents import AgentEndpoint, parse_agent_endpoints
from dockstats_core.errors import ConfigurationError
from dockstats_core.feeds.events import FeedEvent, NewestEvents
from dockstats_core.messages.agent import ContainerStatsBatch


class AgentFeed:
    """Follows one agent for as long as it is open, connecting again whenever it must. See `feeds.events.Feed`.

        async with AgentFeed("ws://10.0.0.5:8080/ws") as feed:
            async for batch in feed.batches():
                print([(container.name, container.cpu_pct) for container in batch.containers])

    Args:
        endpoint: `ws://…` or `wss://…`, or what `AGENT_ENDPOINTS` made of it.
        limits: bounds on time and size.
        tls: for `wss://`, one context, or what gives one for each connection; by default the system's authorities.

    Raises:
        ConfigurationError: an unusable URL.
    """

    def __init__(
        self,
        endpoint: AgentEndpoint | str,
        *,
        limits: ConnectionLimits | None = None,
        tls: ssl.SSLContext | Callable[[], ssl.SSLContext] | None = None,
    ) -> None:
        self._endpoint = _only(endpoint) if isinstance(endpoint, str) else endpoint
        self._limits = limits
        self._contexts = (lambda: tls) if isinstance(tls, ssl.SSLContext) else tls
        self._was_left = False
        self._begin()

    def _begin(self) -> None:
        """As if nothing had been before."""
        self._events = NewestEvents()
        machine = AgentMachine(self._endpoint, Backoff(random.random), time.monotonic(), limits=self._limits)
        self._driver = Driver(self._endpoint, machine, self._events.publish, tls=self._contexts)

    def events(self) -> AsyncIterator[FeedEvent]:
        """Everything, until the feed is left; a slow reader skips to the newest of each kind."""
        return self._events.events()

    def batches(self) -> AsyncIterator[ContainerStatsBatch]:
        """The agent's batches, while it is connected; none while it is not."""
        return self._events.batches()

    async def __aenter__(self) -> Self:
        if self._was_left:
            self._begin()
        self._tasks = await anyio.create_task_group().__aenter__()
        self._tasks.start_soon(self._driver.run)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> bool | None:
        self._was_left = True
        self._events.close()
        self._tasks.cancel_scope.cancel()
        if isinstance(value, Exception):  # what the block raised comes out as it is, not in a group
            await self._tasks.__aexit__(None, None, None)
            return False
        return await self._tasks.__aexit__(kind, value, trace)


def _only(url: str) -> AgentEndpoint:
    endpoints = parse_agent_endpoints(url)
    if len(endpoints) != 1:
        raise ConfigurationError("an AgentFeed follows one agent: give it one URL like ws://host:8080/ws")
    return endpoints[0]
