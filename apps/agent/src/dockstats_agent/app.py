"""The agent, put together: feed -> broadcast -> routes, on sockets that are bound before anything else starts.

The only place that knows all parts. Not here: what any of them does.
"""

from __future__ import annotations

import logging
from typing import Any

import anyio
from litestar import Litestar, Response
from litestar.di import Provide
from litestar.enums import MediaType
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.status_codes import HTTP_500_INTERNAL_SERVER_ERROR
from litestar.types import Scope

from dockstats_agent.broadcast import Broadcast
from dockstats_agent.health import healthz, stats
from dockstats_agent.server import Server
from dockstats_agent.websocket import stream_messages
from dockstats_core.feeds.local import VERSION, LocalFeed
from dockstats_core.program.access import Access, exposure
from dockstats_core.program.clients import ClientLimits, Clients, ClientTally
from dockstats_core.program.credentials import Credentials
from dockstats_core.program.gate import AsgiApp, Gate, access_of, warnings_about
from dockstats_core.program.lifetime import run_until_signalled
from dockstats_core.program.settings import AgentSettings
from dockstats_core.program.sockets import bound_address, open_sockets
from dockstats_core.program.tls import ServerTls

_log = logging.getLogger(__name__)


async def serve(settings: AgentSettings) -> int:
    """Sample and serve until SIGINT or SIGTERM; gives the exit code.

    Raises:
        ConfigurationError: an address that cannot be listened on, an engine endpoint that is none, certificates that
            cannot be used.
    """
    feed = LocalFeed.of(settings)
    tls = None if settings.tls is None else ServerTls(settings.tls)
    sockets = open_sockets(settings.listen)
    access = access_of("agent", settings, bound_address(settings.listen, sockets))
    broadcast = Broadcast(feed)

    def tell() -> None:
        _log.info("serving %s/ws", access.listen.url_over("ws" if tls is None else "wss"))
        for warning in warnings_about(access, settings.token):
            _log.warning(warning)

    clients = Clients(ClientLimits(), ClientTally())
    app = build(broadcast, access, Credentials(settings.token), clients.tally)
    server = Server(app, started=tell, tls=tls, clients=clients)

    async def run() -> None:
        async with feed, anyio.create_task_group() as tasks:
            tasks.start_soon(broadcast.run)
            await server.serve(sockets=sockets)
            tasks.cancel_scope.cancel()

    def stop() -> None:
        broadcast.close()
        server.stop()

    return await run_until_signalled(run, stop, read_again=server.renew)


def build(broadcast: Broadcast, access: Access, credentials: Credentials, tally: ClientTally | None = None) -> AsgiApp:
    """The web app over what is broadcast, behind its gate."""
    exposed = exposure(access)
    let_go = tally or ClientTally()
    app = Litestar(
        route_handlers=[stream_messages, healthz, stats],
        dependencies={
            "broadcast": Provide(lambda: broadcast, sync_to_thread=False),
            "exposed": Provide(lambda: exposed, sync_to_thread=False),
            "let_go": Provide(lambda: let_go, sync_to_thread=False),
            "asks_token": Provide(lambda: credentials.token is not None, sync_to_thread=False),
        },
        # The document itself: the pages that draw it load scripts from elsewhere.
        openapi_config=OpenAPIConfig(
            title="dockstats agent",
            version=VERSION,
            path="/schema",
            render_plugins=[JsonRenderPlugin(path=["/", "/openapi.json"], media_type=MediaType.JSON)],
        ),
        after_request=_not_kept,
        after_exception=[_log_failure],
        logging_config=None,
        debug=False,
    )
    return Gate(app, access, credentials, open_paths=["/healthz"])


async def _not_kept(response: Response[Any]) -> Response[Any]:
    """Nobody on the way keeps an answer: it is for whoever asked, and old at once."""
    response.headers.setdefault("Cache-Control", "no-store")
    return response


async def _log_failure(failure: Exception, scope: Scope) -> None:
    """What a client only hears of as a 500 stands in the log with its traceback."""
    if getattr(failure, "status_code", HTTP_500_INTERNAL_SERVER_ERROR) == HTTP_500_INTERNAL_SERVER_ERROR:
        _log.error("%s failed", scope["path"], exc_info=failure)
