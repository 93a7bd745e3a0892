"""Asks a dashboard over HTTP what it knows, again until that is what a test waits for.

Not here: what a browser shows of it (places).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import anyio
import httpx

AGAIN_S = 0.05
PATIENCE_S = 30.0

Points = list[tuple[float, float]]
"""Unix seconds and value, oldest first."""


async def _get(http: httpx.AsyncClient, url: str, query: dict[str, str]) -> dict[str, Any]:
    answer = await http.get(url, params=query)
    if answer.status_code == httpx.codes.NOT_FOUND:  # nothing came yet
        return {}
    found: dict[str, Any] = answer.raise_for_status().json()
    return found


async def _until(url: str, query: dict[str, str], wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    async with httpx.AsyncClient(trust_env=False) as http:
        with anyio.fail_after(PATIENCE_S):
            while True:
                answer = await _get(http, url, query)
                if wanted(answer):
                    return answer
                await anyio.sleep(AGAIN_S)


async def until_streams(url: str, count: int) -> None:
    """Wait until the dashboard at `url` has so many streams open."""
    await _until(f"{url}healthz", {}, lambda answer: answer.get("browsers") == count)


async def until_history(
    url: str, container: str, wanted: Callable[[Points], bool], *, column: str = "mem_bytes", agent: str = "local"
) -> Points:
    """The history of a container as soon as there is some that is `wanted`."""
    asked = {"agent": agent, "container": container, "columns": column}

    def points(answer: dict[str, Any]) -> Points:
        columns = answer.get("columns", {})
        return [one for one in zip(answer.get("at", []), columns.get(column, []), strict=True) if one[1] is not None]

    answer = await _until(f"{url}api/history", asked, lambda answer: bool(points(answer)) and wanted(points(answer)))
    return points(answer)
