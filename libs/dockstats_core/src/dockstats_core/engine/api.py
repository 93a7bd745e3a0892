"""The Docker Engine's API, as far as dockstats reads it: GET only; no method that changes anything exists.

Speaks to Docker from API 1.24 up and to Podman's compatible service. Ids are checked before they enter a path, answers
are decoded into structs that hold only what is used, bodies and lines are bounded.
Source: docs.docker.com/reference/api/engine. Not here: connections (transport), what answers mean (answers).
"""

from __future__ import annotations

import contextlib
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from types import TracebackType
from typing import Self, TypeVar
from urllib.parse import quote

import anyio
import msgspec

from dockstats_core.containers import is_container_id
from dockstats_core.endpoints.engine import EngineEndpoint
from dockstats_core.engine.answers import decoded, malformed
from dockstats_core.engine.events import EngineEvent, container_event
from dockstats_core.engine.json_lines import JsonLines, LineTooLongError
from dockstats_core.engine.limits import EngineLimits
from dockstats_core.engine.models import (
    ContainerDetails,
    ContainerSummary,
    EngineIdentity,
    EngineInfo,
    EventBody,
    StatsBody,
    Version,
)
from dockstats_core.engine.transport import EngineTransport
from dockstats_core.engine.versions import negotiate
from dockstats_core.errors import EngineApiError, EngineError, EngineNotReachableError, EnginePermissionError
from dockstats_core.pace import Pace

ValueT = TypeVar("ValueT")

Filters = Mapping[str, Sequence[str]]
"""Docker's own: a name, and the values of which one has to fit."""

_list_decoder = msgspec.json.Decoder(list[ContainerSummary])
_details_decoder = msgspec.json.Decoder(ContainerDetails)
_stats_decoder = msgspec.json.Decoder(StatsBody)
_info_decoder = msgspec.json.Decoder(EngineInfo)
_version_decoder = msgspec.json.Decoder(Version)
_event_decoder = msgspec.json.Decoder(EventBody)


class EngineClient:
    """Reads one engine. An async context manager; `connect` first, then the rest.

    Every method raises an EngineError of the kind that fits (see `dockstats_core.errors`).

    Args:
        endpoint: where the engine is.
        limits: bounds on time and size.
        api_version: speak this one instead of the newest that both know (DOCKER_API_VERSION).
    """

    def __init__(
        self, endpoint: EngineEndpoint, *, limits: EngineLimits | None = None, api_version: str | None = None
    ) -> None:
        self.endpoint = endpoint
        self.identity: EngineIdentity | None = None
        self.limitations: tuple[str, ...] = ()
        """What is unknown because something in front of the engine refuses a path: sentences, known once connected."""
        self._limits = limits or EngineLimits()
        self._transport = EngineTransport(endpoint, self._limits)
        self._pinned = api_version
        self._base = ""

    async def __aenter__(self) -> Self:
        await self._transport.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._transport.__aexit__(kind, value, trace)

    # Who answers. ----------------------------------------------------------------------------------------------------

    async def connect(self) -> EngineIdentity:
        """Find out which engine this is and settle the API version.

        A proxy that lets only some paths through may refuse `/_ping` or `/version`; one of them is enough.

        Raises:
            ConfigurationError: the pinned API version is not spoken.
        """
        newest, limitations = await self._ping_if_allowed()
        try:
            told = await self.version()
        except (EngineApiError, EnginePermissionError) as error:
            if newest is None:
                raise
            told = Version(api_version=newest)
            limitations.append(f"which engine this is cannot be told: {error}")
        self.limitations = tuple(limitations)
        api_version = negotiate(newest or told.api_version, told.min_api_version, self._pinned)
        names = [component.name.lower() for component in told.components or ()]
        self._base = f"/v{api_version}"
        self.identity = EngineIdentity(
            product="podman" if any("podman" in name for name in names) else "docker",
            version=told.version,
            api_version=api_version,
            os=told.os,
        )
        return self.identity

    async def ping(self, *, timeout_s: float | None = None) -> str | None:
        """Whether the engine answers; gives its newest API version, where it tells."""
        headers, _ = await self._transport.get("/_ping", max_bytes=self._limits.body_bytes, time_out_s=timeout_s)
        newest: str | None = headers.get("api-version")
        return newest

    async def version(self) -> Version:
        """`/version`."""
        return await self._get("/version", _version_decoder, versioned=False)

    async def info(self) -> EngineInfo:
        """`/info`: what the engine knows of its host."""
        return await self._get("/info", _info_decoder)

    async def _ping_if_allowed(self) -> tuple[str | None, list[str]]:
        """The newest API version, and what is missing where nobody may ask."""
        try:
            return await self.ping(), []
        except (EngineApiError, EnginePermissionError) as error:
            if error.answered:
                return None, [f"an engine that hangs is noticed late: {error}"]
            raise

    # Containers. -----------------------------------------------------------------------------------------------------

    async def list_containers(self, *, all: bool = True, filters: Filters | None = None) -> list[ContainerSummary]:  # noqa: A002 - Docker's name
        """Every container (or only running ones) that fits the filters."""
        query = f"?all={int(all)}{_filters('&', filters)}"
        return await self._get(f"/containers/json{query}", _list_decoder, max_bytes=self._limits.list_bytes)

    async def inspect_container(self, container_id: str) -> ContainerDetails:
        """One container's details."""
        return await self._get(f"/containers/{_checked(container_id)}/json", _details_decoder)

    async def stats_once(
        self, container_id: str, *, one_shot: bool = True, timeout_s: float | None = None
    ) -> StatsBody:
        """One container's counters, once.

        With `one_shot` an engine that knows it answers at once and leaves `precpu_stats` empty; others, and all without
        it, wait for their next tick of 1 s.
        """
        path = f"/containers/{_checked(container_id)}/stats?stream=false{'&one-shot=true' if one_shot else ''}"
        return await self._get(path, _stats_decoder, time_out_s=timeout_s)

    @contextlib.asynccontextmanager
    async def stats_stream(self, container_id: str) -> AsyncIterator[AsyncIterator[StatsBody]]:
        """One container's counters as the engine sends them, about once a second, until the container is removed."""
        path = f"{self._base}/containers/{_checked(container_id)}/stats?stream=true"
        async with (
            self._transport.stream(path, silence_s=self._limits.stream_silence_s) as pieces,
            contextlib.aclosing(self._lines(path, pieces, _stats_decoder)) as frames,
        ):
            yield frames

    @contextlib.asynccontextmanager
    async def events(
        self, *, filters: Filters | None = None, since: float | None = None
    ) -> AsyncIterator[AsyncIterator[EngineEvent]]:
        """What happens to containers, from now on, or again from `since` (Unix seconds); quiet for as long as it likes.

        The iteration ends when the engine ends the stream.
        """
        wanted = {"type": ["container"], **(filters or {})}
        again = "" if since is None else f"&since={since:.9f}"
        path = f"{self._base}/events{_filters('?', wanted)}{again}"
        async with (
            self._transport.stream(path, silence_s=None) as pieces,
            contextlib.aclosing(self._events(path, pieces)) as events,
        ):
            yield events

    # How. ------------------------------------------------------------------------------------------------------------

    async def _get(
        self,
        path: str,
        decoder: msgspec.json.Decoder[ValueT],
        *,
        versioned: bool = True,
        max_bytes: int | None = None,
        time_out_s: float | None = None,
    ) -> ValueT:
        whole = self._base + path if versioned else path
        _, body = await self._transport.get(
            whole, max_bytes=max_bytes or self._limits.body_bytes, time_out_s=time_out_s
        )
        return decoded(whole, body, decoder)

    async def _lines(
        self, path: str, pieces: AsyncIterator[bytes], decoder: msgspec.json.Decoder[ValueT]
    ) -> AsyncGenerator[ValueT, None]:
        lines = JsonLines(self._limits.line_bytes)
        cost_s = 1 / self._limits.lines_per_s
        pace = Pace(self._limits.lines_at_once * cost_s, anyio.current_time())
        async for piece in pieces:
            try:
                whole = lines.feed(piece)
            except LineTooLongError as error:
                raise malformed(path, str(error), status=200) from error
            for line in whole:
                pace.took(cost_s, anyio.current_time())
                if (pause_s := pace.next_s - anyio.current_time()) > 0:
                    await anyio.sleep(pause_s)
                yield decoded(path, line, decoder)
        if lines.has_rest:
            raise EngineNotReachableError(
                f"the engine at {self.endpoint.text} broke off in the middle of an answer; waiting for it to come back",
                status=200,
                answered=True,
            )

    async def _events(self, path: str, pieces: AsyncIterator[bytes]) -> AsyncGenerator[EngineEvent, None]:
        async for body in self._lines(path, pieces, _event_decoder):
            event = container_event(body)
            if event is not None:
                yield event


def _checked(container_id: str) -> str:
    """An id that may enter a path.

    Raises:
        EngineError: it is none; nothing was asked.
    """
    if not is_container_id(container_id):
        raise EngineError(f"{container_id[:80]!r} is no container id; nothing was asked of the engine")
    return container_id


def _filters(sign: str, filters: Filters | None) -> str:
    if not filters:
        return ""
    wanted = {name: list(values) for name, values in filters.items()}
    return f"{sign}filters={quote(msgspec.json.encode(wanted).decode(), safe='')}"
