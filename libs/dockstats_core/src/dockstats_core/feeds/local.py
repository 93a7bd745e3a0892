"""This machine's engine, or a simulated one, as a feed.

Keeps one engine session at a time: connect, watch the inventory, choose a source, sample; when the engine is lost the
batches go on and say so, and the next session is tried with back-off until it works.
Not here: what a session's parts do (engine, inventory, sources, sampler).
"""

from __future__ import annotations

import logging
import os
import platform
import random
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from importlib.metadata import version
from types import TracebackType
from typing import Self

import anyio
from anyio.abc import TaskGroup

from dockstats_core.backoff import Backoff
from dockstats_core.endpoints.engine import resolve_endpoint
from dockstats_core.engine.api import EngineClient
from dockstats_core.errors import EngineError
from dockstats_core.feeds.events import ConnectionChanged, FeedEvent, only_batches
from dockstats_core.host_figures import HostMeter
from dockstats_core.inventory.roster import Roster
from dockstats_core.inventory.watcher import InventoryWatcher
from dockstats_core.messages.agent import AgentStatus, ContainerStatsBatch, EngineState, HostFigures
from dockstats_core.own_usage import OwnUsageMeter
from dockstats_core.program.values import SourceChoice
from dockstats_core.sampler.sampler import Identity, Sampler
from dockstats_core.sources.choosing import Choice, choose
from dockstats_core.sources.simulated import SimulatedSource

log = logging.getLogger(__name__)

STATUS_EVERY_S = 30.0
FEATURES = ("inventory", "unknown_reasons", "host", "own_usage")
