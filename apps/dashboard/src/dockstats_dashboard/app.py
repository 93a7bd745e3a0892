"""The dashboard, put together: feeds -> gathering -> routes, on sockets that are bound before anything else starts.

The only place that knows all parts. Not here: what any of them does.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import anyio
from litestar import Litestar, Response, Router
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
from dockstats_core.history.store import HistoryLimits
from dockstats_core.messages.stream import AgentEntry
from dockstats_core.program.access import Access, exposure
from dockstats_core.program.clients import ClientLimits, Clients, ClientTally
from dockstats_core.program.credentials import Credentials
from dockstats_core.program.gate import AsgiApp, Gate, access_of, warnings_about
from dockstats_core.program.lifetime import run_until_signalled
from dockstats_core.program.listen import is_loopback_host
from dockstats_core.program.sessions import Sessions
from dockstats_core.program.settings import DashboardSettings
from dockstats_core.program.sockets import bound_address, open_sockets
from dockstats_core.program.tls import ClientTls, ServerTls
from dockstats_core.program.tokens import Token
from dockstats_dashboard import api, demo, page_files, sign_in
from dockstats_dashboard.gathering import Gathering
from dockstats_dashboard.moment import moment
from dockstats_dashboard.server import Server
from dockstats_dashboard.stream import HEARTBEAT_S, stream_agents

_log = logging.getLogger(__name__)

EMBEDDED_ID = "local"
"""Id of the agent that runs inside the dashboard where none are configured."""


async def serve(settings: DashboardSettings, *, history_limits: HistoryLimits | None = None) -> int:
    """Gather and serve until SIGINT or SIGTERM; gives the exit code.

    Raises:
        ConfigurationError: an address that cannot be listened on, an engine endpoint that is none, certificates that
            cannot be used.
    """
    entries, feeds = fleet_of(settings)
    tls = None if settings.tls is None else ServerTls(settings.tls)
    sockets = open_sockets(settings.listen)
    access = access_of("dashboard", settings, bound_address(settings.listen, sockets))
    fleet = Fleet(entries, now=datetime.now(UTC), simulated=is_simulated(settings), history_limits=history_limits)
    gathering = Gathering(fleet, feeds)
    clients = Clients(ClientLimits(), ClientTally())
    credentials = credentials_of(settings.token, access)
    app = build(gathering, access, credentials, base_path=settings.base_path, tally=clients.tally)

    def tell() -> None:
        _log.info("open %s%s/", access.url, settings.base_path)
        for warning in [*warnings_about(access, settings.token), *_in_clear(settings)]:
            _log.warning(warning)

    server = Server(app, started=tell, tls=tls, clients=clients)

    async def run() -> None:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(gathering.run)
            await server.serve(sockets=sockets)
            tasks.cancel_scope.cancel()

    def stop() -> None:
        gathering.close()
        server.stop()

    return await run_until_signalled(run, stop, read_again=server.renew)


def credentials_of(token: Token | None, access: Access) -> Credentials:
    """What has to be shown; browsers show a cookie, of a name of its own for each dashboard of one host."""
    return Credentials(token, sessions=None if token is None else Sessions(token, f"dockstats_{access.listen.port}"))


def fleet_of(settings: DashboardSettings) -> tuple[Sequence[AgentEntry], Mapping[str, Feed]]:
    """Who is followed: simulated hosts, or this machine's engine, or the configured agents."""
    if settings.demo:
        return demo.demo_fleet()
    if settings.embedded is not None:
        local = AgentEntry(id=EMBEDDED_ID, label=settings.embedded.host_label, url="")
        return [local], {EMBEDDED_ID: LocalFeed.of(settings.embedded)}
    entries = [AgentEntry(id=agent.id, label=agent.label, url=agent.shown_url) for agent in settings.agents]
    tls = ClientTls(settings.agent_tls)
    return entries, {agent.id: AgentFeed(agent, tls=tls.context) for agent in settings.agents}


def is_simulated(settings: DashboardSettings) -> bool:
    """Whether every figure is made up."""
    return settings.demo or (settings.embedded is not None and settings.embedded.source == "simulated")


def build(
    gathering: Gathering,
    access: Access,
    credentials: Credentials,
    *,
    base_path: str = "",
    heartbeat_s: float = HEARTBEAT_S,
    tally: ClientTally | None = None,
) -> AsgiApp:
    """The web app over what is gathered, all of it below `base_path`, behind its gate."""
    exposed = exposure(access)
    let_go = tally or ClientTally()
    page = page_files.read_page()
    app = Litestar(
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
                    sign_in.sign_in_page,
                    sign_in.sign_in,
                    sign_in.sign_out,
                    sign_in.session,
                ],
            )
        ],
        dependencies={
            "gathering": Provide(lambda: gathering, sync_to_thread=False),
            "credentials": Provide(lambda: credentials, sync_to_thread=False),
            "exposed": Provide(lambda: exposed, sync_to_thread=False),
            "let_go": Provide(lambda: let_go, sync_to_thread=False),
            "heartbeat_s": Provide(lambda: heartbeat_s, sync_to_thread=False),
            "page_files": Provide(lambda: page, sync_to_thread=False),
        },
        # The document itself: the pages that draw it load scripts from elsewhere.
        openapi_config=OpenAPIConfig(
            title="dockstats dashboard",
            version=VERSION,
            path=f"{base_path}/schema",
            render_plugins=[JsonRenderPlugin(path=["/", "/openapi.json"], media_type=MediaType.JSON)],
        ),
        after_request=_not_kept,
        after_exception=[_log_failure],
        logging_config=None,
        debug=False,
    )
    files = [f"/page/{name}" for name in sign_in.OPEN_FILES]
    return Gate(
        app,
        access,
        credentials,
        open_paths=[base_path + path for path in ("/healthz", "/sign-in", *files)],
        page=[f"{base_path}/", base_path] if base_path else ["/"],
    )


def _in_clear(settings: DashboardSettings) -> list[str]:
    """A sentence where agents are shown a token that others can read on its way."""
    named = [
        agent.label
        for agent in settings.agents
        if agent.authorization is not None and not agent.tls and not is_loopback_host(agent.host)
    ]
    if not named:
        return []
    who = named[0] if len(named) == 1 else f"{named[0]} and {len(named) - 1} more"
    return [f"the token for {who} crosses the network in clear; use wss:// (an agent's --tls-cert)"]


async def _not_kept(response: Response[Any]) -> Response[Any]:
    """Nobody on the way keeps an answer that says nothing of it: it is for whoever asked, and old at once."""
    response.headers.setdefault("Cache-Control", "no-store")
    return response


async def _log_failure(failure: Exception, scope: Scope) -> None:
    """What a client only hears of as a 500 stands in the log with its traceback."""
    if getattr(failure, "status_code", HTTP_500_INTERNAL_SERVER_ERROR) == HTTP_500_INTERNAL_SERVER_ERROR:
        _log.error("%s failed", scope["path"], exc_info=failure)
