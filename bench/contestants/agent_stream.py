"""Our agent on the engine's streams: what it does with older engines that are not on this machine."""

from __future__ import annotations

from bench.contestants.agent import agent

STREAM = agent("stream", "500ms")
