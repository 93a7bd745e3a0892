"""The containers of the fake engine: a small model of their life and counters, and the JSON that an engine makes of it.

Time stands still until a test moves it, so every figure is exact. Not here: HTTP, sockets, time (fake_engine).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

Json = dict[str, Any]

START_NS = 1_790_000_000 * 10**9  # 2026-09-21T14:13:20Z
HOST_MEMORY = 8 << 30
NEVER = "0001-01-01T00:00:00Z"


def rfc3339(unix_ns: int) -> str:
    """A time as the engine writes it, to the nanosecond."""
    at = datetime.fromtimestamp(unix_ns // 10**9, UTC)
    return f"{at:%Y-%m-%dT%H:%M:%S}.{unix_ns % 10**9:09}Z"


@dataclass
class FakeContainer:
    """One container; `cores` and the `_per_s` rates are how its counters grow while it runs."""

    id: str
    name: str
    image: str = "busybox:latest"
    state: str = "created"  # created, running, paused, restarting, exited, dead
    labels: dict[str, str] = field(default_factory=dict)
    network_mode: str = "bridge"  # host, none and container:<id> have no counters of their own
    health: str | None = None
    nano_cpus: int = 0
    memory_limit: int = 0
    pids_limit: int | None = None
    started_ns: int | None = None
    finished_ns: int | None = None
    exit_code: int = 0
    restart_count: int = 0
    pid: int = 0
    # Counters, and what a second adds to them.
    cores: float = 0.0
    rx_per_s: int = 0
    tx_per_s: int = 0
    cpu_ns: int = 1_000_000_000
    mem_usage: int = 10 << 20
    mem_inactive_file: int = 2 << 20
    rx_bytes: int = 1000
    tx_bytes: int = 500
    read_bytes: int = 4096
    write_bytes: int = 0
    pids: int = 1

    def run_for(self, seconds: float) -> None:
        """Let the counters grow, if it runs."""
        if self.state == "running":
            self.cpu_ns += round(self.cores * seconds * 10**9)
            self.rx_bytes += round(self.rx_per_s * seconds)
            self.tx_bytes += round(self.tx_per_s * seconds)

    def reset_counters(self) -> None:
        """A new start begins with new counters."""
        self.cpu_ns = self.rx_bytes = self.tx_bytes = self.read_bytes = self.write_bytes = 0

    def matches(self, filters: Mapping[str, Sequence[str]]) -> bool:
        """Docker's rule: every kind of filter has to fit; every label, but only one of the names or states."""
        labels = {f"{key}={value}" for key, value in self.labels.items()} | self.labels.keys()
        return (
            all(wanted in labels for wanted in filters.get("label", ()))
            and any(wanted.lstrip("/") in self.name for wanted in filters.get("name", ("",)))
            and any(wanted == self.state for wanted in filters.get("status", (self.state,)))
        )

    # What the engine says of it. -----------------------------------------------------------------------------------

    def summary(self) -> Json:
        """Its entry of `/containers/json`."""
        return {
            "Id": self.id,
            "Names": [f"/{self.name}"],
            "Image": self.image,
            "State": self.state,
            "Status": f"{self.state.title()}{'' if self.health is None else f' ({self.health})'}",
            "Labels": self.labels,
            "HostConfig": {"NetworkMode": self.network_mode},
        }

    def details(self) -> Json:
        """`/containers/{id}/json`."""
        state: Json = {
            "Status": self.state,
            "Running": self.state in {"running", "paused"},
            "Paused": self.state == "paused",
            "Restarting": self.state == "restarting",
            "OOMKilled": False,
            "Pid": self.pid,
            "ExitCode": self.exit_code,
            "StartedAt": NEVER if self.started_ns is None else rfc3339(self.started_ns),
            "FinishedAt": NEVER if self.finished_ns is None else rfc3339(self.finished_ns),
        }
        if self.health is not None:
            state["Health"] = {"Status": self.health, "FailingStreak": 0, "Log": []}
        return {
            "Id": self.id,
            "Name": f"/{self.name}",
            "RestartCount": self.restart_count,
            "State": state,
            "Config": {"Image": self.image, "Labels": self.labels},
            "HostConfig": {
                "NanoCpus": self.nano_cpus,
                "CpuQuota": 0,
                "CpuPeriod": 0,
                "CpusetCpus": "",
                "Memory": self.memory_limit,
                "PidsLimit": self.pids_limit,
                "NetworkMode": self.network_mode,
            },
        }

    def stats(self, now_ns: int, host_cpu_ns: int, cpus: int, previous: Json | None = None) -> Json:
        """`/containers/{id}/stats` as Linux with cgroup v2 has it; a frame of nothing where it does not run."""
        nothing = {"cpu_usage": {"total_usage": 0}, "throttling_data": {}}
        body: Json = {"name": f"/{self.name}", "id": self.id, "read": NEVER, "preread": NEVER}
        if self.state not in {"running", "paused"}:
            return {**body, "cpu_stats": nothing, "precpu_stats": nothing, "memory_stats": {}, "pids_stats": {}}
        cpu = {
            "cpu_usage": {"total_usage": self.cpu_ns},
            "system_cpu_usage": host_cpu_ns,
            "online_cpus": cpus,
            "throttling_data": {"periods": 0, "throttled_periods": 0, "throttled_time": 0},
        }
        body |= {
            "read": rfc3339(now_ns),
            "preread": NEVER if previous is None else previous["read"],
            "cpu_stats": cpu,
            "precpu_stats": nothing if previous is None else previous["cpu_stats"],
            "memory_stats": {
                "usage": self.mem_usage,
                "limit": self.memory_limit or HOST_MEMORY,
                "stats": {"inactive_file": self.mem_inactive_file, "anon": self.mem_usage - self.mem_inactive_file},
            },
            "blkio_stats": {
                "io_service_bytes_recursive": [
                    {"major": 8, "minor": 0, "op": "read", "value": self.read_bytes},
                    {"major": 8, "minor": 0, "op": "write", "value": self.write_bytes},
                ]
            },
            "pids_stats": {"current": self.pids, "limit": self.pids_limit or (1 << 64) - 1},
        }
        if self.network_mode == "bridge":
            body["networks"] = {"eth0": {"rx_bytes": self.rx_bytes, "tx_bytes": self.tx_bytes}}
        return body
