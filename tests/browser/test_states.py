"""What the page says when something is missing, lost or late, and that it recovers by itself.

Not here: the words for each state (tests/page/situation, condition), a stream shared by tabs (test_tabs).
"""

from __future__ import annotations

import re
import signal
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Browser, Locator, Page, Route, expect

from dockstats_core.messages.agent import EngineState, HostFigures
from tests.browser.asking import until_history, until_streams
from tests.browser.fake_agent import FakeAgent, fake_agent
from tests.browser.hosts import batch, facts, full_id, host, inventory, sample
from tests.browser.places import expect_figures, expect_in_timeline, host_card, notice, row, rows, tile
from tests.browser.proxy import UNAUTHORIZED, Proxy, reverse_proxy
from tests.browser.serving import dashboard, following, simulated_agent
from tests.browser.visiting import visit
from tests.dashboard.serving import running_dashboard

pytestmark = pytest.mark.browser

LOST = re.compile(r"^lost \d+ s · (no connection|closed|connecting)$")
LOOK = """(bar) => [
    getComputedStyle(bar.querySelector('.of-cpu .figure')).color, getComputedStyle(bar.querySelector('canvas')).opacity
].join(" ")"""
"""Of the fleet's totals: the colour of a figure, and how much of a chart is seen."""
NOBODY = "ws://127.0.0.1:9/ws"  # the discard port: nothing listens there


PAST_CAME = "() => performance.getEntriesByType('resource').some(({ name }) => name.includes('api/history?'))"


async def expect_hosts(page: Page, words: str) -> None:
    """What the fleet's total says of them."""
    await expect(tile(page, "Hosts").locator(".line")).to_have_text(words)


def bright(page: Page, host: str) -> Locator:
    """Rows of a host whose figures are of now."""
    return page.locator("tr.row:not(.dim)", has=page.locator("td.host", has_text=host))


async def test_machine_without_an_engine_is_told_with_the_next_step(browser: Browser, tmp_path: Path) -> None:
    socket = f"unix://{tmp_path}/no.sock"
    async with dashboard(DOCKER_HOST=socket) as url, visit(browser, url) as page:
        said = notice(page, "host-lost")
        await expect(said).to_contain_text("No container engine")
        await expect(said).to_contain_text(socket)
        await expect(said).to_contain_text("start Docker")
        await expect(rows(page)).to_have_count(0)
        await expect(page).to_have_title("no figures · dockstats")


async def test_engine_that_may_not_be_read_is_told_with_the_way_out(browser: Browser) -> None:
    denied = EngineState(
        endpoint="unix:///var/run/docker.sock",
        error='cannot open unix:///var/run/docker.sock: permission denied; add this user to the "docker" group',
    )
    async with (
        fake_agent([inventory([]), batch([], engine=denied)]) as agent,
        dashboard(*following(host=agent)) as url,
        visit(browser, url) as page,
    ):
        await expect(notice(page, "denied")).to_contain_text("Permission denied")
        await expect(notice(page, "denied")).to_contain_text('add this user to the "docker" group')


async def test_dashboard_without_agents_that_answer_says_so_of_each(browser: Browser) -> None:
    async with dashboard(*following(a=NOBODY, b=NOBODY)) as url, visit(browser, url) as page:
        await expect(notice(page, "all-lost")).to_contain_text("None of the 2 hosts is live")
        await expect(notice(page, "all-lost")).to_contain_text(re.compile("a: .+127.0.0.1:9", re.DOTALL))
        await expect(notice(page, "all-lost").get_by_role("button", name="Self-test")).to_be_visible()


async def test_dashboard_that_follows_nobody_says_how_to_start_it(browser: Browser) -> None:
    async with (
        running_dashboard({}) as nobody,
        visit(browser, f"http://127.0.0.1:{nobody.port}/") as page,
    ):
        await expect(notice(page, "no-agents")).to_contain_text("Start it with --agents")
        await expect(rows(page)).to_have_count(0)


async def test_agent_that_says_nothing_yet_is_waited_for(browser: Browser) -> None:
    async with (
        fake_agent([]) as agent,
        dashboard(*following(host=agent)) as url,
        visit(browser, url) as page,
    ):
        await expect(notice(page, "connecting")).to_contain_text("Connecting to host")
        await agent.say(inventory([facts(1)]), batch([sample(1, cpu_pct=1.0)]))
        await expect(notice(page, "connecting")).to_be_hidden()
        await expect_figures(page)


async def test_lost_agents_dim_their_rows_within_three_intervals_and_totals_say_of_how_many_hosts(
    browser: Browser,
) -> None:
    async with AsyncExitStack() as stack:
        stays = await stack.enter_async_context(fake_agent(host([facts(1)], [sample(1, cpu_pct=1.0)], agent_id="a")))
        b, c = [await stack.enter_async_context(simulated_agent(containers=4)) for _ in "bc"]
        url = await stack.enter_async_context(dashboard(*following(a=stays, b=b.url, c=c.url)))
        page = await stack.enter_async_context(visit(browser, f"{url}?filter=-host:a+state:running"))
        await expect_hosts(page, "3 of 3 live")
        await expect(bright(page, "b").first).to_be_visible()
        await expect(bright(page, "c").first).to_be_visible()

        await c.program.stop()
        await expect(bright(page, "c")).to_have_count(0, timeout=3000)
        await expect_hosts(page, "2 of 3 · 1 lost")
        await expect(tile(page, "Hosts").locator(".marks span")).to_have_class(["live", "live", "lost"])
        await expect(tile(page, "CPU")).to_contain_text("2 of 3 hosts")
        await expect(host_card(page, "b")).to_have_class(re.compile(r"\blive\b"))
        await expect(bright(page, "b").first).to_be_visible()
        await b.program.stop()
        await expect(page.locator("tr.row:not(.dim)")).to_have_count(0, timeout=3000)
        await expect_hosts(page, "1 of 3 · 2 lost")
        await expect(tile(page, "CPU")).to_contain_text("1 of 3 hosts")
        for lost in "bc":
            await expect(host_card(page, lost)).to_have_class(re.compile(r"\blost\b"))
            await expect(host_card(page, lost).locator(".facts")).to_have_text(LOST)
        await expect(host_card(page, "a")).to_have_class(re.compile(r"\blive\b"))
        await expect(page.locator("page-head .state")).to_have_class("state live")  # the one that is left is

        await stack.enter_async_context(simulated_agent(port=b.port, containers=4))
        await expect_hosts(page, "2 of 3 · 1 lost")
        await expect(bright(page, "b").first).to_be_visible()
        await expect(bright(page, "c")).to_have_count(0)


async def test_agent_that_hangs_is_silent_within_seconds_and_recovers(browser: Browser) -> None:
    async with (
        simulated_agent() as agent,
        dashboard(*following(host=agent.url)) as url,
        visit(browser, url) as page,
    ):
        await expect_figures(page)
        await expect(page.locator("page-head .state .old")).to_have_text(re.compile(r"^\d\.\d s old$"))
        totals = page.locator("fleet-bar")
        of_now = await totals.evaluate(LOOK)
        agent.program.process.send_signal(signal.SIGSTOP)
        await expect(notice(page, "host-lost")).to_contain_text("No figures since", timeout=6000)
        await expect(page.locator("tr.row:not(.dim)")).to_have_count(0)
        await expect(page).to_have_title("no figures · dockstats")
        await expect(totals).to_have_class("stale")
        assert await totals.evaluate(LOOK) != of_now
        agent.program.process.send_signal(signal.SIGCONT)
        await expect(notice(page, "host-lost")).to_be_hidden()
        await expect_figures(page)
        await expect(totals).to_have_class("")
        assert await totals.evaluate(LOOK) == of_now


async def test_dashboard_that_restarts_is_found_again_within_three_seconds(browser: Browser) -> None:
    port = 0
    async with AsyncExitStack() as visitor:
        async with dashboard("--demo") as url:
            port = urlsplit(url).port or 0
            page = await visitor.enter_async_context(visit(browser, url, complaints=[]))
            await expect_figures(page)
        await expect(page.locator("page-head .state")).to_contain_text("No connection")
        await expect(page.locator("tr.row:not(.dim)")).to_have_count(0)
        async with dashboard("--demo", port=port):
            await expect(page.locator("page-head .state")).to_contain_text("Live", timeout=3000)
            await expect(notice(page, "restarted")).to_contain_text("The whole table goes back only to then")
            await expect_figures(page)
            await visitor.aclose()


async def recover(proxy: Proxy, said: Locator) -> None:
    """The proxy does, and a person tries at once, with or without a button: the page itself may just be trying."""
    try_now = said.get_by_role("button", name="Try now")
    await expect(try_now).to_be_visible()
    proxy.recover()
    await try_now.dispatch_event("click")


async def test_proxy_that_loses_the_dashboard_is_named_and_the_stream_opened_anew(browser: Browser) -> None:
    async with (
        dashboard("--demo") as url,
        reverse_proxy(urlsplit(url).port or 0) as proxy,
        visit(browser, f"http://127.0.0.1:{proxy.port}/", complaints=[]) as page,
    ):
        await expect_figures(page)
        proxy.lose()
        said = notice(page, "proxy")
        await expect(said).to_contain_text("A proxy answers, the dashboard does not")
        await expect(said).to_contain_text("every figure below is from then")
        await expect(page.locator("tr.row:not(.dim)")).to_have_count(0)
        await proxy.until_refused()
        await recover(proxy, said)
        await expect(said).to_be_hidden()
        await expect_figures(page)


async def test_timeline_tells_what_happened_while_the_stream_was_lost(browser: Browser) -> None:
    async with (
        fake_agent([inventory([facts(1)])]) as agent,
        dashboard(*following(host=agent)) as url,
        reverse_proxy(urlsplit(url).port or 0) as proxy,
        visit(browser, f"http://127.0.0.1:{proxy.port}/", width=1920, complaints=[]) as page,
    ):
        begin = time.time() - 4.5  # no clock counts as wrong by so little

        async def use(cores: int, second: int) -> float:
            at = begin + second
            figures = HostFigures(basis="host", cpu_pct=100.0 * cores, cores=16)
            said = batch(
                [sample(1, cpu_pct=100.0 * cores)],
                sent_at=datetime.fromtimestamp(at, UTC),
                interval_s=0.5,
                host=figures,
            )
            await agent.say(said)
            await until_history(
                url, full_id(1), lambda points: points[-1][1] == 100.0 * cores, column="cpu_pct", agent="host"
            )
            return at

        await use(1, second=0)
        await expect(row(page, "web-1").locator(".cpu .figure")).to_have_text("100.0")
        proxy.lose()
        await until_streams(url, 0)
        lost_at = await use(12, second=2)
        await use(2, second=4)
        proxy.recover()
        await expect(row(page, "web-1").locator(".cpu .figure")).to_have_text("200.0")
        await expect_in_timeline(page, lost_at, "12.0 cores")


@pytest.fixture(scope="module")
async def quiet() -> AsyncIterator[FakeAgent]:
    async with fake_agent(host([facts(1)], [sample(1, cpu_pct=1.0)])) as agent:
        yield agent


@pytest.fixture(scope="module")
async def quiet_url(quiet: FakeAgent) -> AsyncIterator[str]:
    async with dashboard(*following(host=quiet)) as url:
        yield url


async def test_network_that_is_back_makes_the_page_ask_for_what_it_missed(browser: Browser, quiet_url: str) -> None:
    async with visit(browser, quiet_url) as page:
        await page.wait_for_function(PAST_CAME)
        async with page.expect_request("**/api/history?*since=*"):
            await page.evaluate("dispatchEvent(new Event('online'))")


async def test_page_back_from_the_browsers_cache_of_pages_is_live_again(
    browser: Browser, quiet_url: str, quiet: FakeAgent
) -> None:
    async with visit(browser, quiet_url) as page:
        await expect_figures(page)
        await page.evaluate("dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }))")
        await until_streams(quiet_url, 0)
        await quiet.say(batch([sample(1, cpu_pct=7.0)], sequence=2))
        await page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")
        await expect(row(page, "web-1").locator(".cpu .figure")).to_have_text("7.0")


async def test_proxy_that_wants_a_token_is_told_and_figures_go_on_once_it_has_one(browser: Browser) -> None:
    async with (
        dashboard("--demo") as url,
        reverse_proxy(urlsplit(url).port or 0) as proxy,
        visit(browser, f"http://127.0.0.1:{proxy.port}/", complaints=[]) as page,
    ):
        await expect_figures(page)
        proxy.lose(UNAUTHORIZED)
        said = notice(page, "token")
        await expect(said).to_contain_text("You are not signed in")
        await expect(said.get_by_role("button", name="Sign in")).to_be_visible()
        await expect(page.locator("tr.row:not(.dim)")).to_have_count(0)
        await proxy.until_refused()
        proxy.recover()
        await expect(said).to_be_hidden()
        await expect_figures(page)


async def test_page_below_a_base_path_works_with_and_without_its_last_slash(browser: Browser) -> None:
    async with dashboard("--demo", "--base-path", "/ops/stats") as url:
        for path in ("ops/stats/", "ops/stats"):
            async with visit(browser, url + path) as page:
                await expect_figures(page)
                assert urlsplit(page.url).path == "/ops/stats/"


async def test_file_that_did_not_arrive_is_loaded_again(browser: Browser, demo: str) -> None:
    missed: set[str] = set()

    async def miss_once(route: Route) -> None:
        if route.request.url in missed:
            await route.continue_()
        else:
            missed.add(route.request.url)
            await route.abort()

    async with visit(browser, demo, complaints=[]) as page:
        for name in ("order.js", "style.css"):
            await page.route(f"**/page/{name}", miss_once)
            await page.reload()
            await expect_figures(page)
            await expect(page.locator("body > .notice")).to_have_count(0)
    assert len(missed) == 2


async def test_page_that_cannot_start_says_so_and_stops_trying(browser: Browser, demo: str) -> None:
    loads: list[str] = []
    async with visit(browser, demo, complaints=[]) as page:
        page.on("request", lambda request: loads.append(request.url) if request.is_navigation_request() else None)
        await page.route("**/page/order.js", lambda route: route.abort())
        await page.reload()
        await expect(page.locator("body > .notice")).to_contain_text("This page cannot start")
    assert len(loads) == 5  # the first time, and four more


async def test_browser_without_javascript_is_told_what_to_do(browser: Browser, demo: str) -> None:
    async with visit(browser, demo, java_script_enabled=False) as page:
        await expect(page.locator("noscript p")).to_contain_text("Allow it for this address")


async def test_host_without_figures_has_no_rows_that_look_alive(browser: Browser) -> None:
    async with (
        fake_agent(
            [inventory([facts(1, "web")]), batch([sample(1, "web", unknown={"cpu": "engine_unreachable"})])]
        ) as agent,
        dashboard(*following(host=agent)) as url,
        visit(browser, url) as page,
    ):
        await expect(row(page, "web").locator(".cpu .unknown")).to_have_text("no engine")
        await expect(row(page, "web").locator(".memory .bar")).to_be_hidden()
