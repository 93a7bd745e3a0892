"""What the engine itself says of a container, frame by frame, and what `docker stats` makes of it.

Read past all of our code, so that the two can be compared: HTTP by httpx on the engine's socket, frames as plain JSON,
the formulas written anew from docker/cli's `stats_helpers.go`.
Not here: our own figures.
"""

from __future__ import annotations

import json
from bisect import bisect_left
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

import httpx


class Frame(NamedTuple):
    """One frame: when the engine read it (Unix seconds), and its counters in bytes and ns."""

    at_s: float
    cpu_ns: int
    system_ns: int
    cores: int
    usage: int
    used: int
    limit: int
    received: int | None
    sent: int | None
    read: int
    written: int
    pids: int


async def follow_frames(host: str, container_id: str, frames: list[Frame]) -> None:
    """Append every frame of a container's stats stream, until cancelled."""
    path = host.removeprefix("unix://")
    async with (
        httpx.AsyncClient(transport=httpx.AsyncHTTPTransport(uds=path), base_url="http://engine", timeout=30) as client,
        client.stream("GET", f"/containers/{container_id}/stats?stream=true") as answer,
    ):
        async for line in answer.aiter_lines():
            frames.append(_frame(json.loads(line)))


def engine_cpu_pct(frames: Sequence[Frame], from_s: float, to_s: float) -> float:
    """The engine's own CPU percent from one moment to another: used over the host's CPU time, times its cores."""
    used = _at(frames, "cpu_ns", to_s) - _at(frames, "cpu_ns", from_s)
    system = _at(frames, "system_ns", to_s) - _at(frames, "system_ns", from_s)
    return used / system * frames[-1].cores * 100


def around(frames: Sequence[Frame], at_s: float, slack_s: float) -> Sequence[Frame]:
    """The frames of `slack_s` before and after a moment, and one more on either side."""
    times = [frame.at_s for frame in frames]
    first, last = bisect_left(times, at_s - slack_s), bisect_left(times, at_s + slack_s)
    return frames[max(0, first - 1) : last + 1]


def _at(frames: Sequence[Frame], counter: str, at_s: float) -> float:
    """A counter at any moment between the first and the last frame, as if it had grown evenly in between."""
    times = [frame.at_s for frame in frames]
    after = min(max(1, bisect_left(times, at_s)), len(frames) - 1)
    one, other = frames[after - 1], frames[after]
    share = (at_s - one.at_s) / (other.at_s - one.at_s)
    low, high = getattr(one, counter), getattr(other, counter)
    return float(low + (high - low) * share)


def _frame(body: dict) -> Frame:  # type: ignore[type-arg]
    memory, details = body["memory_stats"], body["memory_stats"]["stats"]
    usage = memory["usage"]
    inactive = details.get("total_inactive_file", details.get("inactive_file"))
    networks = (body.get("networks") or {}).values()
    blocks = body["blkio_stats"]["io_service_bytes_recursive"] or ()
    return Frame(
        at_s=datetime.fromisoformat(body["read"]).timestamp(),
        cpu_ns=body["cpu_stats"]["cpu_usage"]["total_usage"],
        system_ns=body["cpu_stats"]["system_cpu_usage"],
        cores=body["cpu_stats"]["online_cpus"],
        usage=usage,
        used=usage - inactive if inactive < usage else usage,
        limit=memory["limit"],
        received=sum(one["rx_bytes"] for one in networks) if networks else None,
        sent=sum(one["tx_bytes"] for one in networks) if networks else None,
        read=sum(one["value"] for one in blocks if one["op"].lower() == "read"),
        written=sum(one["value"] for one in blocks if one["op"].lower() == "write"),
        pids=body["pids_stats"]["current"],
    )
