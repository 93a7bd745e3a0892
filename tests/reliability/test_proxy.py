"""Both programs behind nginx, configured as docs/operations.md shows: it buffers, and it cuts what is idle.

The blocks are read out of that document; only addresses, files and, where a test says so, times are replaced.
Not here: a page behind a proxy (tests/browser), what the self-test says of one (tests/browser/test_doctor.py).
"""

from __future__ import annotations

import re
import shutil
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import anyio
import httpx
import pytest
import trustme
from msgspec import structs

from dockstats_agent.server import ServerLimits
from dockstats_core.feeds.agent import AgentFeed
from dockstats_core.feeds.local import LocalFeed
from dockstats_core.messages.stream import AgentBatch
from dockstats_core.program.access import Access
from dockstats_core.program.sockets import bound_address, open_sockets
from dockstats_core.program.throttle import ThrottleLimits
from dockstats_core.program.tokens import Token
from dockstats_dashboard.stream import HEARTBEAT_S
from tests.agent.serving import running_agent
from tests.dashboard.serving import messages_of, running_dashboard
from tests.running import ANY_PORT, command, program

DOCUMENT = Path(__file__).parents[2] / "docs" / "operations.md"
NGINX = shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/bin")
LISTEN = ("--listen", "127.0.0.1:0")
DOCUMENTED_S = 30.0  # after which nginx cuts
SCALE = 20.0  # how much sooner it does here, and both programs speak
IDLE_S = 2.5 * DOCUMENTED_S / SCALE

pytestmark = pytest.mark.skipif(NGINX is None, reason="nginx is not installed; on Debian: apt-get install nginx-light")

AUTHORITY = trustme.CA()
NAMES = {"dashboard": "stats.example", "agent": "rack-2.example"}
ACCESS = Access(listen=ANY_PORT, token_variable="A_TOKEN", allowed_hosts=tuple(NAMES.values()))
HTTP = """
daemon off; pid {folder}/pid; error_log stderr notice; worker_processes 1;
events {{ worker_connections 64; }}
http {{
    access_log off; client_body_temp_path {folder}/a; proxy_temp_path {folder}/b; fastcgi_temp_path {folder}/c;
    uwsgi_temp_path {folder}/d; scgi_temp_path {folder}/e;
    {servers}
}}
"""


def documented(name: str) -> str:
    """The configuration block of the document."""
    [block] = re.findall(rf"```nginx {name}\n(.*?)```", DOCUMENT.read_text(), re.DOTALL)
    return str(block)


def placed(name: str, block: str, folder: Path, *, port: int, behind: int) -> str:
    """The block on a free port, in front of one of our own, with certificates of the test's."""
    AUTHORITY.issue_cert(NAMES[name], "127.0.0.1").private_key_and_cert_chain_pem.write_to_path(folder / name)
    for pattern, ours in (
        (r"listen \d+ ssl", f"listen 127.0.0.1:{port} ssl"),
        (r"(ssl_certificate(?:_key)?) \S+;", rf"\1 {folder / name};"),
        (r"proxy_pass http://127.0.0.1:\d+", f"proxy_pass http://127.0.0.1:{behind}"),
    ):
        block, count = re.subn(pattern, ours, block)
        assert count, f"the block of the {name} has no {pattern}"
    return block


@asynccontextmanager
async def nginx(name: str, folder: Path, behind: int, *, block: str | None = None) -> AsyncIterator[int]:
    """nginx with the documented block for this program, or a changed one; gives its port."""
    [free] = open_sockets(ANY_PORT)
    port = bound_address(ANY_PORT, [free]).port
    free.close()
    folder = folder / f"nginx-{name}"
    folder.mkdir()
    server = placed(name, block or documented(name), folder, port=port, behind=behind)
    (folder / "nginx.conf").write_text(HTTP.format(folder=folder, servers=server))
    words = [NGINX or "nginx", "-p", str(folder), "-e", "stderr", "-c", str(folder / "nginx.conf")]
    async with command(words) as running:
        await running.line_with("start worker process")
        yield port
        await running.stop()


def sooner(block: str) -> str:
    """The block with every time of it twenty times shorter."""
    assert f"{DOCUMENTED_S:g}s" in block
    return block.replace(f"{DOCUMENTED_S:g}s", f"{DOCUMENTED_S / SCALE * 1000:g}ms")


def trusting() -> ssl.SSLContext:
    """What a client that trusts the test's authority checks with."""
    context = ssl.create_default_context()
    AUTHORITY.configure_trust(context)
    return context


@asynccontextmanager
async def browser_at(name: str, port: int) -> AsyncIterator[httpx.AsyncClient]:
    """A client that calls the proxy by the documented name."""
    url = f"https://127.0.0.1:{port}"
    async with httpx.AsyncClient(
        base_url=url, verify=trusting(), trust_env=False, timeout=20, headers={"Host": NAMES[name]}
    ) as client:
        yield client


async def test_dashboard_and_agent_work_through_the_documented_proxies(tmp_path: Path) -> None:
    (tmp_path / "ca").write_bytes(AUTHORITY.cert_pem.bytes())
    agents = ("--source", "simulated", *LISTEN, "--allowed-host", NAMES["agent"])
    async with program("dockstats-agent", *agents) as agent, nginx("agent", tmp_path, await agent.port()) as to_agent:
        follows = ("--agents", f"rack||wss://127.0.0.1:{to_agent}/ws", "--agent-ca-file", str(tmp_path / "ca"))
        async with (
            program("dockstats-dashboard", *follows, *LISTEN, "--allowed-host", NAMES["dashboard"]) as dashboard,
            nginx("dashboard", tmp_path, await dashboard.port()) as to_dashboard,
            browser_at("dashboard", to_dashboard) as browser,
        ):
            assert (await browser.get("/")).status_code == 200
            with anyio.fail_after(20):
                async with browser.stream("GET", "/stream/agents") as answer:
                    async for message in messages_of(answer):
                        if isinstance(message, AgentBatch) and message.payload.containers:
                            break


@pytest.mark.parametrize(
    ("buffering", "comes"),
    [
        ("proxy_buffering off;", True),
        ("proxy_buffering on;", True),  # the dashboard asks for none
        ("proxy_buffering on; proxy_ignore_headers X-Accel-Buffering;", False),
    ],
)
async def test_message_comes_at_once_unless_the_proxy_buffers_against_all_wishes(
    tmp_path: Path, buffering: str, *, comes: bool
) -> None:
    block = documented("dashboard").replace("proxy_buffering off;", buffering)
    came = False
    async with (
        running_dashboard({}, access=ACCESS) as dashboard,
        nginx("dashboard", tmp_path, dashboard.port, block=block) as port,
        browser_at("dashboard", port) as browser,
    ):
        with anyio.move_on_after(20 if comes else 1):
            async with browser.stream("GET", "/stream/agents") as answer:
                async for _ in messages_of(answer):  # the first one, and nothing follows it
                    came = True
                    break
    assert came is comes


async def test_who_guesses_through_the_proxy_is_one_address_whatever_it_says_of_itself(tmp_path: Path) -> None:
    async with (
        running_dashboard({}, access=structs.replace(ACCESS, asks_token=True), token=Token("s3cret" * 5)) as dashboard,
        nginx("dashboard", tmp_path, dashboard.port) as port,
        browser_at("dashboard", port) as browser,
    ):
        statuses = set()
        for number in range(ThrottleLimits().failures + 3):
            says = {"X-Forwarded-For": f"10.1.1.{number}"}
            statuses.add((await browser.post("/sign-in", json={"token": "guess"}, headers=says)).status_code)
    assert statuses == {401, 429}


async def test_proxy_that_cuts_idle_connections_does_not_cut_a_stream_on_which_nothing_happens(tmp_path: Path) -> None:
    assert HEARTBEAT_S <= DOCUMENTED_S / 2
    block = sooner(documented("dashboard"))
    ended = False
    async with (
        running_dashboard({}, access=ACCESS, heartbeat_s=HEARTBEAT_S / SCALE) as dashboard,
        nginx("dashboard", tmp_path, dashboard.port, block=block) as port,
        browser_at("dashboard", port) as browser,
        browser.stream("GET", "/stream/agents") as answer,
    ):
        with anyio.move_on_after(IDLE_S):
            async for _ in answer.aiter_raw():
                pass
            ended = True
    assert not ended


async def test_proxy_that_cuts_sooner_costs_a_browser_only_its_connection(tmp_path: Path) -> None:
    block = documented("dashboard").replace(f"{DOCUMENTED_S:g}s", "200ms")
    async with (
        running_dashboard({}, access=ACCESS) as dashboard,
        nginx("dashboard", tmp_path, dashboard.port, block=block) as port,
        browser_at("dashboard", port) as browser,
    ):
        for _ in range(2):
            async with browser.stream("GET", "/stream/agents") as answer:
                with pytest.raises(httpx.RemoteProtocolError), anyio.fail_after(20):
                    async for _ in answer.aiter_raw():
                        pass
        await dashboard.until_browsers(0)


async def test_proxy_that_cuts_idle_connections_does_not_cut_an_agent_that_has_nothing_to_say(tmp_path: Path) -> None:
    limits = ServerLimits()
    assert limits.ping_interval_s <= DOCUMENTED_S / 2
    limits = ServerLimits(ping_interval_s=limits.ping_interval_s / SCALE)
    quiet = LocalFeed(source="simulated", poll_interval_s=3600)
    block = sooner(documented("agent"))
    async with (
        running_agent(quiet, limits=limits, access=ACCESS) as agent,
        nginx("agent", tmp_path, agent.port, block=block) as port,
        AgentFeed(f"wss://127.0.0.1:{port}/ws", tls=trusting()) as feed,
    ):
        await agent.until_clients(1)
        statuses: list[str] = []
        with anyio.move_on_after(IDLE_S):
            async for event in feed.events():
                statuses += [str(getattr(event, "status", ""))]
    assert set(statuses) <= {"connecting", "connected", ""}
