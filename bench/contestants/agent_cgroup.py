"""Our agent on the kernel's own counters, at three cadences: what people get by default on a Linux host."""

from __future__ import annotations

from bench.contestants.agent import agent

CGROUP_1S = agent("cgroup", "1s")
CGROUP_500MS = agent("cgroup", "500ms")
CGROUP_100MS = agent("cgroup", "100ms")
