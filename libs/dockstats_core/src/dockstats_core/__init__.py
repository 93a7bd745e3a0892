"""Every container on every Docker host, live, for scripts and apps.

`LocalFeed` reads this machine's Docker Engine, `AgentFeed` follows a remote dockstats agent; both yield the same
messages:

    async with LocalFeed() as feed:
        async for batch in feed.batches():
            print([(container.name, container.cpu_pct) for container in batch.containers])

`diagnose` tells why one of them is slow, when it is.
What stands in `__all__` is the public face; every other module may change.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from dockstats_core.connection.actions import ConnectionChanged
from dockstats_core.errors import (
    ConfigurationError,
    ContainerNotFoundError,
    DockstatsError,
    EngineApiError,
    EngineError,
    EngineNotReachableError,
    EnginePermissionError,
    EngineTimeoutError,
    MalformedAnswerError,
    MalformedMessageError,
    MessageError,
    UnknownMessageTypeError,
)
from dockstats_core.feeds.events import FeedEvent
from dockstats_core.messages.agent import (
    AgentMessage,
    AgentMetrics,
    AgentStatus,
    ContainerFacts,
    ContainerInventory,
    ContainerSample,
    ContainerStatsBatch,
    EngineState,
    HostFigures,
    OwnUsage,
    Sampling,
)
from dockstats_core.messages.unusable import Unusable

if TYPE_CHECKING:
    from dockstats_core.diagnosis import diagnose
    from dockstats_core.feeds.agent import AgentFeed
    from dockstats_core.feeds.local import LocalFeed
    from dockstats_core.messages.stream import Diagnosis
else:
    _WHEN_ASKED_FOR = {
        "AgentFeed": "dockstats_core.feeds.agent",
        "LocalFeed": "dockstats_core.feeds.local",
        "Diagnosis": "dockstats_core.messages.stream",
        "diagnose": "dockstats_core.diagnosis",
    }

    def __getattr__(name):
        """What loads much, when first asked for: feeds are most of the library, and a health check needs none."""
        if name not in _WHEN_ASKED_FOR:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        found = globals()[name] = getattr(import_module(_WHEN_ASKED_FOR[name]), name)
        return found


__all__ = [
    # Feeds
    "LocalFeed",
    "AgentFeed",
    "ConnectionChanged",
    "FeedEvent",
    "Unusable",
    # Why a container is slow
    "diagnose",
    "Diagnosis",
    # Messages
    "AgentMessage",
    "AgentMetrics",
    "AgentStatus",
    "ContainerFacts",
    "ContainerInventory",
    "ContainerSample",
    "ContainerStatsBatch",
    "EngineState",
    "HostFigures",
    "OwnUsage",
    "Sampling",
    # Errors
    "DockstatsError",
    "ConfigurationError",
    "EngineError",
    "EngineNotReachableError",
    "EnginePermissionError",
    "EngineTimeoutError",
    "EngineApiError",
    "ContainerNotFoundError",
    "MalformedAnswerError",
    "MessageError",
    "MalformedMessageError",
    "UnknownMessageTypeError",
]
