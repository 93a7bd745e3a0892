"""Turns away requests that a page of another site makes a browser send. Not here: the rule (`program.access`)."""

from __future__ import annotations

from litestar.connection import ASGIConnection
from litestar.datastructures.state import State
from litestar.exceptions import PermissionDeniedException
from litestar.handlers import BaseRouteHandler
from litestar.types import Guard

from dockstats_core.program.access import allowed
from dockstats_core.program.listen import ListenAddress


def guard_for(listen: ListenAddress, allowed_origins: tuple[str, ...]) -> Guard:
    """A guard for every route of a server that listens on `listen`: 403 with the reason."""

    # Async although it waits for nothing: Litestar runs any other guard in a thread, for every request.
    async def guard(connection: ASGIConnection[BaseRouteHandler, None, None, State], _: BaseRouteHandler) -> None:
        headers = connection.headers
        refusal = allowed(headers.get("host"), headers.get("origin"), listen, allowed_origins)
        if refusal is not None:
            raise PermissionDeniedException(refusal)

    return guard
