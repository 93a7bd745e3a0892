"""A fake Docker engine: a peer that speaks HTTP/1.1 on a Unix socket or on loopback, for the edges that a real engine
cannot be made to show.

    async with FakeEngine() as engine:
        web = engine.run("web", cores=0.5)          # a running container
        ...                                         # our client, at engine.host or engine.endpoint
        await engine.requested("/events")           # wait for what the client does; never sleep
        engine.tick(1.0)                            # a second passes: counters grow, stats streams get a frame
        engine.fault("/stats", faults.hang)         # from now on; see tests/faults.py

Time stands still until `tick` (or `tick_s`, which ticks by itself). Stats streams send one frame at once and one at
each tick; a stats call without one-shot, or on an engine that does not know one-shot, answers at the next tick.
Not here: HTTP, waiting, faults (fake_http, faults), what containers are (fake_containers).
"""

from __future__ import annotations

import json
import ssl
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing
from itertools import count
from typing import Any, Self

import anyio

from dockstats_core.endpoints.engine import EngineEndpoint, resolve_endpoint
from tests.fake_containers import HOST_MEMORY, START_NS, FakeContainer, Json
from tests.fake_http import Exchange, FakeServer, Request


class FakeEngine(FakeServer):
    """See the module. Attributes may be set at any time; what a client sees next follows them.

    Args:
        tcp: listen on 127.0.0.1 instead of a Unix socket.
        tls: server context; listens with TLS on 127.0.0.1.
        tick_s: tick by itself so often; None: only when `tick` is called.
        knows_one_shot: whether `one-shot=true` answers at once, or at the next tick as engines before 25 do.
        api_versions: the oldest and the newest that it speaks.
        product: docker or podman.
    """

    container_type = FakeContainer  # of the containers it creates

    def __init__(
        self,
        *,
        tcp: bool = False,
        tls: ssl.SSLContext | None = None,
        tick_s: float | None = None,
        knows_one_shot: bool = True,
        api_versions: tuple[str, str] = ("1.24", "1.47"),
        product: str = "docker",
        version: str = "27.3.1",
    ) -> None:
        super().__init__(tcp=tcp, tls=tls)
        self.api_versions = api_versions
        self.product = product
        self.version = version
        self.knows_one_shot = knows_one_shot
        self.cpus = 2
        self.now_ns = START_NS
        self.host_cpu_ns = 10**12
        self.containers: dict[str, FakeContainer] = {}
        self._numbers = count(1)
        self._tick_s = tick_s
        self._ticks = 0
        self._events: list[object] = []
        self._events_end = anyio.Event()

    @property
    def endpoint(self) -> EngineEndpoint:
        """Where it is, as our client takes it (without TLS)."""
        return resolve_endpoint(self.host, {})

    async def __aenter__(self) -> Self:
        await super().__aenter__()
        if self._tick_s is not None:
            self._tasks.start_soon(self._tick_by_itself, self._tick_s)
        return self

    # Time and life. ------------------------------------------------------------------------------------------------

    def tick(self, seconds: float = 1.0) -> None:
        """Let time pass; every open stats stream gets a frame."""
        self.now_ns += round(seconds * 10**9)
        self.host_cpu_ns += round(seconds * self.cpus * 10**9)
        for container in self.containers.values():
            container.run_for(seconds)
        self._ticks += 1
        self._notify()

    async def _tick_by_itself(self, tick_s: float) -> None:
        while True:
            await anyio.sleep(tick_s)
            self.tick(tick_s)

    def create(self, name: str, **facts: Any) -> FakeContainer:
        """A new container; `facts` are FakeContainer's fields."""
        facts.setdefault("id", f"{next(self._numbers):064x}")
        container = self.containers[facts["id"]] = self.container_type(name=name, **facts)
        self.emit("create", container)
        return container

    def run(self, name: str, **facts: Any) -> FakeContainer:
        """A new container that runs."""
        return self.start(self.create(name, **facts))

    def start(self, container: FakeContainer) -> FakeContainer:
        """Start it, with new counters if it ran before."""
        if container.finished_ns is not None:
            container.reset_counters()
        container.state, container.started_ns, container.pid = "running", self.now_ns, 1000 + next(self._numbers)
        self.emit("start", container)
        return container

    def stop(self, container: FakeContainer, exit_code: int = 0) -> None:
        """Stop it."""
        container.state, container.finished_ns, container.pid = "exited", self.now_ns, 0
        container.exit_code = exit_code
        self.emit("kill", container, signal="15")
        self.emit("die", container, exitCode=str(exit_code))
        self.emit("stop", container)

    def pause(self, container: FakeContainer) -> None:
        """Freeze it."""
        container.state = "paused"
        self.emit("pause", container)

    def unpause(self, container: FakeContainer) -> None:
        """Let it run on."""
        container.state = "running"
        self.emit("unpause", container)

    def rename(self, container: FakeContainer, name: str) -> None:
        """Give it another name."""
        old, container.name = container.name, name
        self.emit("rename", container, oldName=f"/{old}")

    def set_health(self, container: FakeContainer, health: str) -> None:
        """What its health check says."""
        container.health = health
        self.emit(f"health_status: {health}", container)

    def remove(self, container: FakeContainer) -> None:
        """Remove it; its stats streams end."""
        del self.containers[container.id]
        self.emit("destroy", container)

    def emit(self, action: str, container: FakeContainer, **attributes: str) -> None:
        """An event about a container, to all who listen and to those who ask for the past."""
        named = {"image": container.image, "name": container.name, **container.labels, **attributes}
        self.push_event(
            {
                "Type": "container",
                "Action": action,
                "Actor": {"ID": container.id, "Attributes": named},
                "scope": "local",
                "time": self.now_ns // 10**9,
                "timeNano": self.now_ns,
            }
        )

    def push_event(self, value: object) -> None:
        """Anything at all on the event stream: a JSON value, or bytes as they are (then without a line's end)."""
        self._events.append(value)
        self._notify()

    def end_events(self) -> None:
        """End the event streams that are open, in good order."""
        self._events_end.set()
        self._events_end = anyio.Event()
        self._notify()

    # The API. ------------------------------------------------------------------------------------------------------

    async def _answer(self, exchange: Exchange) -> None:
        request = exchange.request
        oldest, newest = self.api_versions
        if request.version is not None and _number(request.version) < _number(oldest):
            return await exchange.error(
                400,
                f"client version {request.version} is too old. Minimum supported API version is {oldest}, "
                "please upgrade your client to a newer version",
            )
        if request.version is not None and _number(request.version) > _number(newest):
            return await exchange.error(
                400, f"client version {request.version} is too new. Maximum supported API version is {newest}"
            )
        match request.method, request.path.strip("/").split("/"):
            case "GET", ["_ping"]:
                await exchange.answer(200, b"OK", "text/plain; charset=utf-8", **{"Api-Version": newest})
            case "GET", ["version"]:
                await exchange.answer(200, self._version())
            case "GET", ["info"]:
                await exchange.answer(200, {"NCPU": self.cpus, "MemTotal": HOST_MEMORY, "Name": "fake"})
            case "GET", ["containers", "json"]:
                await exchange.answer(200, self._list(request))
            case "GET", ["events"]:
                await exchange.stream(self._event_stream(request, len(self._events)))
            case "GET", ["containers", name, "json" | "stats" as what]:
                container = next((one for one in self.containers.values() if one.id.startswith(name)), None)
                if container is None:
                    await exchange.error(404, f"No such container: {name}")
                elif what == "json":
                    await exchange.answer(200, container.details())
                else:
                    await self._stats(exchange, container)
            case _:
                await exchange.error(404, "page not found")
        return None

    def _version(self) -> Json:
        component = "Podman Engine" if self.product == "podman" else "Engine"
        return {
            "Version": self.version,
            "ApiVersion": self.api_versions[1],
            "MinAPIVersion": self.api_versions[0],
            "Os": "linux",
            "Components": [{"Name": component, "Version": self.version}],
        }

    def _list(self, request: Request) -> Sequence[Json]:
        filters = json.loads(request.query.get("filters", "{}"))
        shown = {"running", "paused", "restarting"}
        everything = request.query.get("all") in {"1", "true"} or "status" in filters
        return [
            container.summary()
            for container in self.containers.values()
            if (everything or container.state in shown) and container.matches(filters)
        ]

    async def _event_stream(self, request: Request, position: int) -> AsyncIterator[object]:
        end = self._events_end
        types = json.loads(request.query.get("filters", "{}")).get("type")
        if "since" in request.query:
            since_ns = round(float(request.query["since"]) * 10**9)
            position = next((i for i, event in enumerate(self._events) if _time_ns(event) >= since_ns), position)
        while True:
            while position < len(self._events):
                event = self._events[position]
                position += 1
                if not isinstance(event, dict) or types is None or event.get("Type") in types:
                    yield event
            if end.is_set():
                return
            await self._changed.wait()

    async def _stats(self, exchange: Exchange, container: FakeContainer) -> None:
        query = exchange.request.query
        if query.get("stream") != "false":
            return await exchange.stream(self._frames(container))
        if query.get("one-shot") == "true" and self.knows_one_shot:
            return await exchange.answer(200, self._frame(container, None))
        async with aclosing(self._frames(container)) as frames:
            _, body = await anext(frames), await anext(frames, None)
        if body is None:
            return await exchange.error(404, f"No such container: {container.id}")
        return await exchange.answer(200, body)

    async def _frames(self, container: FakeContainer) -> AsyncGenerator[Json, None]:
        body = None
        while container.id in self.containers:
            ticks, body = self._ticks, self._frame(container, body)
            yield body
            while ticks == self._ticks and container.id in self.containers:
                await self._changed.wait()

    def _frame(self, container: FakeContainer, previous: Json | None) -> Json:
        return container.stats(self.now_ns, self.host_cpu_ns, self.cpus, previous)


def _number(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))


def _time_ns(event: object) -> int:
    return int(event.get("timeNano", 0)) if isinstance(event, dict) else 0
