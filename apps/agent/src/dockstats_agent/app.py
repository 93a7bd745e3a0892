"""The agent, put together: feed -> broadcast -> routes, on sockets that are bound before anything else starts.

The only place that knows all parts. Not here: what any of them does.
"""

from __future__ import annotations

import logging

import anyio
from litestar import Litestar
from litestar.di import Provide
from litestar.enums import MediaType
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.status_codes import HTTP_500_INTERNAL_SERVER_ERROR
from litestar.types import Scope

from dockstats_agent.access import guard_for
from dockstats_agent.broadcast import Broadcast
from dockstats_agent.health import healthz, stats
from dockstats_agent.server import Server
from dockstats_agent.websocket import stream_messages
from dockstats_core.feeds.local import VERSION, LocalFeed
from dockstats_core.program.access import exposure
from dockstats_core.program.lifetime import run_until_signalled
from dockstats_core.program.listen import ListenAddress
from dockstats_core.program.settings import AgentSettings
from dockstats_core.program.sockets import bound_address, open_sockets

_log = logging.getLogger(__name__)


async def serve(settings: AgentSettings) -> int:
    """Sample and serve until SIGINT or SIGTERM; gives the exit code.

    Raises:
        ConfigurationError: an address that cannot be listened on, an engine endpoint that is none.
    """
    feed = LocalFeed.of(settings)
    sockets = open_sockets(settings.listen)
    listen = bound_address(settings.listen, sockets)
    broadcast = Broadcast(feed)
    server = Server(build(broadcast, listen, settings.allowed_origins), started=lambda: _tell(listen))

    async def run() -> None:
        async with feed, anyio.create_task_group() as tasks:
            tasks.start_soon(broadcast.run)
            await server.serve(sockets=sockets)
            tasks.cancel_scope.cancel()

    def stop() -> None:
        broadcast.close()
        server.stop()

    return await run_until_signalled(run, stop)


def build(broadcast: Broadcast, listen: ListenAddress, allowed_origins: tuple[str, ...] = ()) -> Litestar:
    """The web app over what is broadcast."""
    return Litestar(
        route_handlers=[stream_messages, healthz, stats],
        dependencies={"broadcast": Provide(lambda: broadcast, sync_to_thread=False)},
        guards=[guard_for(listen, allowed_origins)],
        # The document itself: the pages that draw it load scripts from elsewhere.
        openapi_config=OpenAPIConfig(
            title="dockstats agent",
            version=VERSION,
            path="/schema",
            render_plugins=[JsonRenderPlugin(path=["/", "/openapi.json"], media_type=MediaType.JSON)],
        ),
        after_exception=[_log_failure],
        logging_config=None,
        debug=False,
    )


def _tell(listen: ListenAddress) -> None:
    _log.info("serving %s/ws", listen.url.replace("http://", "ws://", 1))
    if (warning := exposure(listen)) is not None:
        _log.warning(warning)


async def _log_failure(failure: Exception, scope: Scope) -> None:
    """What a client only hears of as a 500 stands in the log with its traceback."""
    if getattr(failure, "status_code", HTTP_500_INTERNAL_SERVER_ERROR) == HTTP_500_INTERNAL_SERVER_ERROR:
        _log.error("%s failed", scope["path"], exc_info=failure)
