"""The dashboard, put together: feeds -> gathering -> routes, on sockets that are bound before anything else starts.

The only place that knows all parts. Not here: what any of them does.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import anyio
from litestar import Litestar, Router
from litestar.di import Provide
from litestar.enums import MediaType
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.status_codes import HTTP_500_INTERNAL_SERVER_ERROR
from litestar.types import Scope

from dockstats_core.feeds.agent import AgentFeed
from dockstats_core.feeds.events import Feed
from dockstats_core.feeds.local import VERSION, LocalFeed
from dockstats_core.fleet.agents import Fleet
from dockstats_core.messages.stream import AgentEntry
from dockstats_core.program.access import exposure
from dockstats_core.program.lifetime import run_until_signalled
from dockstats_core.program.listen import ListenAddress
from dockstats_core.program.settings import DashboardSettings
from dockstats_core.program.sockets import bound_address, open_sockets
from dockstats_dashboard import api, demo, page_files
from dockstats_dashboard.access import guard_for
from dockstats_dashboard.gathering import Gathering
from dockstats_dashboard.moment import moment
from dockstats_dashboard.server import Server
from dockstats_dashboard.stream import HEARTBEAT_S, stream_agents

_log = logging.getLogger(__name__)

EMBEDDED_ID = "local"
"""Id of the agent that runs inside the dashboard where none are configured."""


async def serve(settings: DashboardSettings) -> int:
    """Gather and serve until SIGINT or SIGTERM; gives the exit code.

    Raises:
        ConfigurationError: an address that cannot be listened on, an engine endpoint that is none.
    """
    entries, feeds = fleet_of(settings)
    sockets = open_sockets(settings.listen)
    listen = bound_address(settings.listen, sockets)
    gathering = Gathering(Fleet(entries, now=datetime.now(UTC), simulated=is_simulated(settings)), feeds)
    app = build(gathering, listen, base_path=settings.base_path, allowed_origins=settings.allowed_origins)
    server = Server(app, started=lambda: _tell(listen, settings.base_path))

    async def run() -> None:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(gathering.run)
            await server.serve(sockets=sockets)
            tasks.cancel_scope.cancel()

    def stop() -> None:
        gathering.close()
        server.stop()

    return await run_until_signalled(run, stop)


def fleet_of(settings: DashboardSettings) -> tuple[Sequence[AgentEntry], Mapping[str, Feed]]:
    """Who is followed: simulated hosts, or this machine's engine, or the configured agents."""
    if settings.demo:
        return demo.demo_fleet()
    if settings.embedded is not None:
        local = AgentEntry(id=EMBEDDED_ID, label=settings.embedded.host_label, url="")
        return [local], {EMBEDDED_ID: LocalFeed.of(settings.embedded)}
    entries = [AgentEntry(id=agent.id, label=agent.label, url=agent.shown_url) for agent in settings.agents]
    return entries, {agent.id: AgentFeed(agent) for agent in settings.agents}


def is_simulated(settings: DashboardSettings) -> bool:
    """Whether every figure is made up."""
    return settings.demo or (settings.embedded is not None and settings.embedded.source == "simulated")


def build(
    gathering: Gathering,
    listen: ListenAddress,
    *,
    base_path: str = "",
    allowed_origins: tuple[str, ...] = (),
    heartbeat_s: float = HEARTBEAT_S,
) -> Litestar:
    """The web app over what is gathered, all of it below `base_path`."""
    page = page_files.read_page()
    return Litestar(
        route_handlers=[
            Router(
                base_path or "/",
                route_handlers=[
                    page_files.index,
                    page_files.page_file,
                    stream_agents,
                    api.agents,
                    api.container,
                    api.history,
                    api.sparklines,
                    moment,
                    api.healthz,
                ],
            )
        ],
        dependencies={
            "gathering": Provide(lambda: gathering, sync_to_thread=False),
            "heartbeat_s": Provide(lambda: heartbeat_s, sync_to_thread=False),
            "page_files": Provide(lambda: page, sync_to_thread=False),
        },
        guards=[guard_for(listen, allowed_origins)],
        # The document itself: the pages that draw it load scripts from elsewhere.
        openapi_config=OpenAPIConfig(
            title="dockstats dashboard",
            version=VERSION,
            path=f"{base_path}/schema",
            render_plugins=[JsonRenderPlugin(path=["/", "/openapi.json"], media_type=MediaType.JSON)],
        ),
        after_exception=[_log_failure],
        logging_config=None,
        debug=False,
    )


def _tell(listen: ListenAddress, base_path: str) -> None:
    _log.info("open %s%s/", listen.url, base_path)
    if (warning := exposure(listen)) is not None:
        _log.warning(warning)


async def _log_failure(failure: Exception, scope: Scope) -> None:
    """What a client only hears of as a 500 stands in the log with its traceback."""
    if getattr(failure, "status_code", HTTP_500_INTERNAL_SERVER_ERROR) == HTTP_500_INTERNAL_SERVER_ERROR:
        _log.error("%s failed", scope["path"], exc_info=failure)
