"""A tour of the whole product over one fake engine: both programs, every source, every route, a container's whole life.

Keeps what the engine was asked, and all that the programs said and logged (at the level `debug`) meanwhile.
Not here: what must be so of it (test_whole_product).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AsyncExitStack
from typing import Any

import anyio
import httpx
from msgspec import Struct, field

from dockstats_core.feeds.local import LocalFeed
from dockstats_core.messages import agent
from dockstats_core.messages.agent import AgentStatus, ContainerInventory, ContainerStatsBatch
from tests.fake_containers import FakeContainer
from tests.fake_http import Request
from tests.readonly.planted import LABELS, PlantedEngine
from tests.running import program, until
from tests.websocket_client import WebSocketClient, websocket

PROGRAMS: Mapping[str, Mapping[str, str]] = {
    "dockstats-dashboard": {"AGENT_SOURCE": "one-shot"},
    "dockstats-agent": {"AGENT_SOURCE": "stream", "AGENT_FILTER": "label=tier", "AGENT_LABELS": "tier;none-has-it"},
}
"""What each is told; the dashboard has its own agent. What `auto` asks before it chooses is what these two ask."""
FEED = "a feed with the cgroup source"
SPEAKERS = (*PROGRAMS, FEED)

DEBUG = {"AGENT_LOG_LEVEL": "debug", "DASHBOARD_LOG_LEVEL": "debug"}
BESIDE_SCHEMA = ("/", "/page/main.js", "/page/none.js", "/nowhere", "/schema")
"""What the schema leaves out: the page, and what is not there."""
BORN_LAST = "born-last"

TICK_S = 0.1
_STARTED_WITHIN_S = 40.0  # two programs at once on a machine that has other things to do


class Tour(Struct):
    """What there was to see, by speaker."""

    asked: Sequence[Request] = ()
    said: dict[str, list[str]] = field(default_factory=dict)  # frames, and answers with their headers
    logged: dict[str, Sequence[str]] = field(default_factory=dict)
    routes: dict[str, Mapping[str, int]] = field(default_factory=dict)  # method and path of the schema, and the status

    def shows(self, name: str, text: str) -> bool:
        """Whether a speaker said this."""
        return any(text in one for one in self.said[name])

    def everything(self) -> Iterator[str]:
        """Every text that anybody may come to see."""
        for texts in (*self.said.values(), *self.logged.values()):
            yield from texts


async def tour() -> Tour:
    """Take it."""
    seen = Tour(said={name: [] for name in SPEAKERS})
    async with PlantedEngine(tick_s=TICK_S) as engine, AsyncExitStack() as stack:
        web = engine.run("web", labels=LABELS, health="healthy", cores=0.5)
        running = {}
        for name, told in PROGRAMS.items():
            environ = {**DEBUG, **told, "AGENT_DOCKER_ENDPOINT": engine.host}
            command = program(name, "--listen", "127.0.0.1:0", environ=environ)
            running[name] = await stack.enter_async_context(command)
        ports = {name: await one.port(within_s=_STARTED_WITHIN_S) for name, one in running.items()}
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(_follow_feed, engine.host, seen.said[FEED])
            for name, port in ports.items():
                tasks.start_soon(_listen, name, port, seen.said[name])
            await until(lambda: all(seen.shows(name, "cpu_pct") for name in SPEAKERS), within_s=_STARTED_WITHIN_S)
            _live(engine, web)
            await until(lambda: all(seen.shows(name, BORN_LAST) for name in SPEAKERS), within_s=_STARTED_WITHIN_S)
            for name, port in ports.items():
                seen.routes[name] = await _visit(port, web.id, seen.said[name])
            tasks.cancel_scope.cancel()
        for name, one in running.items():
            assert await one.stop(within_s=_STARTED_WITHIN_S) == 0, one.log
            seen.logged[name] = one.log
    seen.asked = engine.requests
    return seen


def _live(engine: PlantedEngine, web: FakeContainer) -> None:
    """All that can happen to containers."""
    engine.exec_in(web)
    engine.set_health(web, "unhealthy")
    engine.rename(web, "web-renamed")
    engine.pause(web)
    engine.unpause(web)
    engine.emit("oom", web)
    engine.emit("update", web)
    short = engine.run("short-lived", labels=LABELS)
    engine.stop(web, exit_code=137)
    engine.start(web)
    engine.stop(short)
    engine.remove(short)
    engine.run(BORN_LAST, labels=LABELS)


async def _follow_feed(host: str, said: list[str]) -> None:
    """The source that needs no engine for its figures, and nothing else of a program."""
    async with LocalFeed(host, source="cgroup", poll_interval_s=TICK_S) as feed:
        async for event in feed.events():
            if isinstance(event, AgentStatus | ContainerInventory | ContainerStatsBatch):
                said.append(agent.codec.encode(event).decode())


async def _listen(name: str, port: int, said: list[str]) -> None:
    """Hear all that a program says by itself."""
    if "agent" in name:
        async with websocket(port) as client:
            assert isinstance(client, WebSocketClient)
            while isinstance(frame := await client.receive(), str):
                said.append(frame)
        return
    async with anyio.create_task_group() as tasks:
        for form in ("whole", "columns"):
            tasks.start_soon(_hear_stream, port, form, said)


async def _hear_stream(port: int, form: str, said: list[str]) -> None:
    url = f"http://127.0.0.1:{port}/stream/agents?batches={form}"
    async with httpx.AsyncClient(trust_env=False, timeout=30) as client, client.stream("GET", url) as answer:
        async for line in answer.aiter_lines():
            said.append(line)


async def _visit(port: int, container_id: str, said: list[str]) -> Mapping[str, int]:
    """Ask for everything that a browser, or anybody else, can ask for; gives what came of the schema's routes."""
    values = {"agent": "local", "container": container_id, "at": "2000000000"}
    statuses = {}
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=30) as client:

        async def ask(method: str, path: str, **more: Any) -> int:
            answer = await client.request(method, path, **more)
            if "javascript" not in answer.headers.get("content-type", ""):
                said.append(f"{answer.headers}\n{answer.text}")
            return answer.status_code

        for path in BESIDE_SCHEMA:
            await ask("GET", path)
        schema = (await client.get("/schema/openapi.json")).json()
        for path, methods in schema["paths"].items():
            if path == "/stream/agents":  # is heard already, and never ends
                continue
            for method, route in methods.items():
                names = [one["name"] for one in route.get("parameters", ()) if one["in"] == "query"]
                query = {name: values[name] for name in names if name in values}
                statuses[f"{method.upper()} {path}"] = await ask(method.upper(), path, params=query)
    return statuses
