"""The page in a real browser, before real programs. Not here: modules without a document (tests/page)."""

from __future__ import annotations

import re
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from playwright.async_api import Browser, Locator, Page, Route, expect

from dockstats_core.messages.agent import (
    AgentMessage,
    AgentMetrics,
    ContainerFacts,
    ContainerInventory,
    ContainerSample,
    ContainerStatsBatch,
    EngineState,
    HostFigures,
    Sampling,
)
from tests.browser.fake_agent import fake_agent
from tests.browser.proxy import reverse_proxy
from tests.browser.visiting import visit
from tests.builders import NOW, container_id
from tests.running import program

pytestmark = pytest.mark.browser

LOOPBACK = ("--listen", "127.0.0.1:0")
HOSTILE = "<img src=x onerror=alert(1)>"
FIGURE = re.compile(r"^\d+(\.\d+)?$")

MESSAGES: list[AgentMessage] = [
    ContainerInventory(
        agent_id=HOSTILE,
        agent_label=HOSTILE,
        sent_at=NOW,
        containers=[
            ContainerFacts(
                id=container_id(1),
                name=HOSTILE,
                image=HOSTILE,
                state=HOSTILE,
                compose_project=HOSTILE,
                network_of=HOSTILE,
                mem_limit_bytes=None,
            ),
            ContainerFacts(id=container_id(2), name="at-its-limit", state="running", mem_limit_bytes=1 << 30),
            ContainerFacts(id=container_id(3), name="just-stopped", state="exited", exit_code=3),
        ],
    ),
    ContainerStatsBatch(
        agent_id=HOSTILE,
        agent_label=HOSTILE,
        sent_at=NOW,
        sequence=1,
        containers=[
            ContainerSample(
                id=container_id(1),
                name=HOSTILE,
                mem_bytes=6 << 20,
                mem_limit_bytes=8 << 30,
                mem_usage_bytes=9 << 20,
                mem_cache_bytes=3 << 20,
                unknown={"cpu": "first_sample", "network": "shared_network", "network_rates": "shared_network"},
            ),
            ContainerSample(
                id=container_id(2),
                name="at-its-limit",
                cpu_pct=212.8,
                mem_bytes=(1 << 30) - 1,
                mem_limit_bytes=1 << 30,
                throttled_pct=32.0,
                net_rx_bytes_per_sec=12_400_000.0,
                net_tx_bytes_per_sec=80.0,
                age_secs=42.0,
                stale=True,
            ),
        ],
        agent_metrics=AgentMetrics(cpu_pct=212.8, mem_bytes=1 << 30),
        host=HostFigures(basis="host", cpu_pct=340.0, cores=8, mem_used_bytes=5 << 30, mem_total_bytes=8 << 30),
        engine=EngineState(endpoint=HOSTILE, reachable=True, product=HOSTILE, version="1", error=HOSTILE),
        sampling=Sampling(source="one-shot", reason=HOSTILE, interval_secs=600),  # so that it is not silent soon
    ),
]


@asynccontextmanager
async def dashboard(*arguments: str, **environ: str) -> AsyncIterator[int]:
    """The dashboard as a program; gives its port."""
    async with program("dockstats-dashboard", *LOOPBACK, *arguments, environ=environ) as running:
        yield await running.port()


def card(page: Page, agent_id: str) -> Locator:
    """One host's card."""
    return page.locator(f'host-card[data-agent="{agent_id}"]')


async def expect_figures(host: Locator) -> None:
    """The card shows the host's CPU and containers with figures."""
    await expect(host.locator(".gauge .figure").first).to_have_text(FIGURE)
    await expect(host.locator(".rows .row .cpu .figure").first).to_have_text(FIGURE)


async def test_demo_shows_three_hosts_with_figures_and_says_that_they_are_made_up(browser: Browser) -> None:
    complaints: list[str] = []
    async with dashboard("--demo") as port, visit(browser, f"http://127.0.0.1:{port}/", complaints=complaints) as page:
        await expect(page.locator("host-card")).to_have_count(3)
        await expect_figures(card(page, "atlas"))
        await expect(page.locator("fleet-bar .hosts")).to_have_text("3 of 3 hosts live")
        await expect(page.locator("fleet-bar .badge")).to_contain_text("simulated")
        await expect(card(page, "atlas").locator(".fact").first).to_be_empty()  # an invented host is on no machine
        await expect(card(page, "atlas").locator(".cost")).to_contain_text("% of a core")
        # Ten columns of a chart are drawn: history and live points reach the canvas.
        await page.wait_for_function("""() => {
            const canvas = document.querySelector('host-card canvas');
            const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height - 2);
            let blue = 0;
            for (let i = 0; i < data.length; i += 4) if (data[i + 2] > 200 && data[i + 3] > 0) blue += 1;
            return blue > 10;
        }""")
    assert complaints == []


async def test_five_containers_then_all_of_them_then_five_again(browser: Browser) -> None:
    async with dashboard("--demo") as port, visit(browser, f"http://127.0.0.1:{port}/") as page:
        host = card(page, "borea")
        rows = host.locator(".rows .row")
        await expect(rows).to_have_count(5)
        await host.get_by_role("button", name=re.compile(r"Show all \d+")).click()
        await expect(rows).to_have_count(40)
        await expect(host.locator(".unknown", has_text="host network").first).to_be_visible()
        fewer = host.get_by_role("button", name="Show fewer")
        await expect(fewer).to_have_attribute("aria-expanded", "true")
        await fewer.click()
        await expect(rows).to_have_count(5)


async def test_rows_hold_still_under_the_pointer(browser: Browser) -> None:
    async with (
        dashboard("--demo", AGENT_POLL_INTERVAL="100ms") as port,
        visit(browser, f"http://127.0.0.1:{port}/") as page,
    ):
        host = card(page, "atlas")
        await expect_figures(host)
        await host.get_by_role("button", name="Show all").click()
        await expect(host.locator(".rows .row")).to_have_count(40)
        await host.locator(".rows .row").nth(1).hover()
        names = "() => [...document.querySelectorAll('[data-agent=atlas] .row .label')].map((one) => one.textContent)"
        before = await page.evaluate(names)
        # The order would have changed by now, and the page says that it was held.
        await expect(host.locator(".held")).to_be_visible(timeout=30_000)
        assert (await page.evaluate(names))[: len(before)] == before
        await page.mouse.move(1, 1)
        await expect(host.locator(".held")).to_be_hidden()


async def test_a_stopped_agent_shows_and_dims_and_one_that_is_back_recovers(browser: Browser) -> None:
    agent = ("dockstats-agent", *LOOPBACK, "--source", "simulated")
    async with program(*agent) as staying, program(*agent) as leaving:
        ports = [await staying.port(), await leaving.port()]
        agents = ";".join(f"{name}||ws://127.0.0.1:{one}/ws" for name, one in zip("ab", ports, strict=True))
        async with dashboard("--agents", agents) as port, visit(browser, f"http://127.0.0.1:{port}/") as page:
            a, b = card(page, "a"), card(page, "b")
            await expect_figures(a)
            await expect_figures(b)
            await expect(b.locator(".badge")).to_be_visible()  # each simulated host says so
            await expect(b.locator(".fact", has_text=f"127.0.0.1:{ports[1]}")).to_be_visible()

            await leaving.stop()
            await expect(b.locator(".card")).to_have_class(re.compile(r"\blost\b"))
            await expect(b.locator(".sentence").first).to_contain_text(f"127.0.0.1:{ports[1]}")
            await expect(b.locator(".sentence").last).to_contain_text("figures below are from")
            await expect(b.locator(".gauges")).to_have_css("opacity", "0.45")
            await expect(page.locator("fleet-bar .hosts")).to_have_text("1 of 2 hosts live")
            await expect(a.locator(".card")).to_have_class("card live")

            again = ("--listen", f"127.0.0.1:{ports[1]}")
            async with program("dockstats-agent", *again, "--source", "simulated"):
                await expect(page.locator("fleet-bar .hosts")).to_have_text("2 of 2 hosts live")
                await expect(b.locator(".gauges")).to_have_css("opacity", "1")
                # Both run on this machine, and so call themselves the same.
                await expect(b.locator(".sentence")).to_contain_text("two addresses")


async def test_an_agent_that_hangs_is_shown_silent_within_seconds_and_recovers(browser: Browser) -> None:
    async with program("dockstats-agent", *LOOPBACK, "--source", "simulated") as agent:
        url = f"ws://127.0.0.1:{await agent.port()}/ws"
        async with (
            dashboard("--agents", f"x|X|{url}") as port,
            visit(browser, f"http://127.0.0.1:{port}/") as page,
        ):
            host = card(page, "x")
            await expect_figures(host)
            agent.process.send_signal(signal.SIGSTOP)
            await expect(host.locator(".state .word")).to_have_text("silent")
            await expect(host.locator(".sentence")).to_contain_text("No figures since")
            await expect(host.locator(".chart")).to_have_css("opacity", "0.45")
            await expect(page.locator("fleet-bar .word")).to_have_text("Nothing live")
            agent.process.send_signal(signal.SIGCONT)
            await expect(host.locator(".card")).to_have_class("card live")


async def test_without_an_engine_the_page_says_in_one_sentence_what_is_missing(
    browser: Browser, tmp_path: Path
) -> None:
    socket = f"unix://{tmp_path}/no.sock"
    async with dashboard(DOCKER_HOST=socket) as port, visit(browser, f"http://127.0.0.1:{port}/") as page:
        host = card(page, "local")
        sentence = host.locator(".sentence")
        await expect(sentence).to_have_count(1)
        await expect(sentence).to_contain_text(socket)
        await expect(sentence).to_contain_text("start Docker")
        await expect(host.locator(".gauges")).to_be_hidden()  # nothing is known, so nothing is shown as if
        await expect(page.locator("fleet-bar .hosts")).to_have_text("0 of 1 host live")


async def test_what_strangers_write_stays_text(browser: Browser) -> None:
    complaints: list[str] = []
    async with (
        fake_agent(MESSAGES) as url,
        dashboard("--agents", f"x|{HOSTILE}|{url}") as port,
        visit(browser, f"http://127.0.0.1:{port}/", complaints=complaints) as page,
    ):
        host = card(page, "x")
        await expect(host.locator("h2")).to_have_text(HOSTILE)
        label = host.locator(".row .label", has_text=HOSTILE)
        await expect(label).to_have_text(HOSTILE)
        await label.hover()
        await expect(page.locator("#why")).to_contain_text(HOSTILE)
        assert await page.locator("img").count() == 0
    assert complaints == []


async def test_a_cell_shows_a_value_a_stale_one_or_a_word_with_its_reason_on_hover_and_focus(browser: Browser) -> None:
    async with (
        fake_agent(MESSAGES) as url,
        dashboard("--agents", f"x|X|{url}") as port,
        visit(browser, f"http://127.0.0.1:{port}/") as page,
    ):
        host = card(page, "x")
        why = page.locator("#why")
        unknown = host.locator(".row", has_text=HOSTILE).last
        await expect(unknown.locator(".cpu .unknown")).to_have_text("first sample")
        await unknown.locator(".cpu .unknown").hover()
        await expect(why).to_contain_text("two readings")
        await page.keyboard.press("Escape")
        await expect(why).to_be_hidden()
        await unknown.locator(".network .unknown").focus()
        await expect(why).to_contain_text(HOSTILE)  # whose network it is
        await expect(unknown.locator(".memory .value")).to_have_text("6.00MiBno limit")
        await unknown.locator(".memory .value").focus()
        await expect(why).to_contain_text("9.00 MiB in use − 3.00 MiB cache")

        stale = host.locator(".row", has_text="at-its-limit")
        await expect(stale).to_have_class("row stale")
        await expect(stale.locator(".sign").first).to_have_text("42 s old")
        await expect(stale.locator(".label")).to_have_css("opacity", "0.45")
        await expect(stale.locator(".mark")).to_have_css("opacity", "1")
        await expect(stale.locator(".memory")).to_contain_text("of 1 GiB")
        await expect(stale.locator(".memory .sign")).to_have_text("▲")
        await expect(stale.locator(".network .value")).to_have_text("12.4MB80B")

        stopped = host.locator(".row", has_text="just-stopped")
        await expect(stopped).to_contain_text("exited with 3")
        await expect(stopped.locator(".memory")).to_have_css("opacity", "1")  # why it ended is for everybody to read
        await expect(stopped.locator(".cpu .figure")).to_be_hidden()
        await expect(unknown.locator(".cpu .bar")).to_be_hidden()  # an empty one would say 0
        await expect(host.locator(".summary")).to_have_text("2 running · 1 stopped")


async def test_a_stream_that_a_proxy_ended_for_good_is_opened_anew(browser: Browser) -> None:
    async with (
        dashboard("--demo") as port,
        reverse_proxy(port) as proxy,
        visit(browser, f"http://127.0.0.1:{proxy.port}/") as page,
    ):
        await expect_figures(card(page, "atlas"))
        proxy.lose()
        notice = page.locator("fleet-bar .notice")
        await expect(notice).to_contain_text("No connection to the dashboard since")
        await expect(page.locator("main")).to_have_class("lost")
        await expect(card(page, "atlas").locator(".gauges")).to_have_css("opacity", "0.45")
        await expect(page.locator("fleet-bar .hosts")).to_have_text("0 of 3 hosts live")
        await expect(notice.get_by_role("button", name="Try now")).to_be_visible()
        await proxy.until_refused()
        proxy.recover()
        await expect(notice).to_be_hidden()
        await expect(page.locator("fleet-bar .hosts")).to_have_text("3 of 3 hosts live")
        await expect(card(page, "atlas").locator(".gauges")).to_have_css("opacity", "1")


async def test_the_page_works_below_a_base_path_with_and_without_its_last_slash(browser: Browser) -> None:
    complaints: list[str] = []
    async with dashboard("--demo", "--base-path", "/ops/stats") as port:
        for path in ("/ops/stats/", "/ops/stats"):
            async with visit(browser, f"http://127.0.0.1:{port}{path}", complaints=complaints) as page:
                await expect_figures(card(page, "cirrus"))
                assert page.url == f"http://127.0.0.1:{port}/ops/stats/"
    assert complaints == []


async def test_no_width_makes_the_page_scroll_sideways(browser: Browser) -> None:
    async with (
        fake_agent(MESSAGES) as url,
        dashboard("--agents", f"x|{'long label ' * 12}|{url};y|Gone|ws://127.0.0.1:9/ws") as port,
        visit(browser, f"http://127.0.0.1:{port}/") as page,
    ):
        await expect(card(page, "x").locator(".rows .row")).to_have_count(3)
        await expect(card(page, "y").locator(".sentence").first).to_be_visible()
        for width in (360, 700, 1100, 2560):
            await page.set_viewport_size({"width": width, "height": 800})
            root = "document.documentElement"
            assert await page.evaluate(f"{root}.scrollWidth <= {root}.clientWidth"), width
            sticking_out = """() => [...document.querySelectorAll('host-card .value, host-card .figure, .sentence')]
                .filter((one) => one.getBoundingClientRect().right > document.documentElement.clientWidth)
                .map((one) => one.textContent)"""
            assert await page.evaluate(sticking_out) == [], width


async def test_dark_and_light_follow_the_system(browser: Browser) -> None:
    async with dashboard("--demo") as port, visit(browser, f"http://127.0.0.1:{port}/") as page:
        await expect_figures(card(page, "atlas"))
        lightness = """() => getComputedStyle(document.documentElement).backgroundColor
            .match(/\\d+/g).reduce((sum, part) => sum + Number(part), 0)"""
        assert await page.evaluate(lightness) < 150
        await page.emulate_media(color_scheme="light")
        await page.wait_for_function(f"() => ({lightness})() > 600")


async def test_everything_that_can_be_asked_is_reached_by_keyboard_and_seen(browser: Browser) -> None:
    async with dashboard("--demo") as port, visit(browser, f"http://127.0.0.1:{port}/") as page:
        host = card(page, "atlas")
        await expect_figures(host)
        await page.keyboard.press("Tab")
        await expect(host.locator(".explained")).to_be_focused()
        await expect(page.locator("#why")).to_contain_text("every figure is made up")
        outline = "() => getComputedStyle(document.activeElement).outlineStyle"
        assert await page.evaluate(outline) == "solid"
        button = host.get_by_role("button", name="Show all")
        for _ in range(30):
            await page.keyboard.press("Tab")
            if await button.evaluate("(one) => one === document.activeElement"):
                break
        await page.keyboard.press("Enter")
        await expect(host.locator(".rows .row")).to_have_count(40)


async def test_a_file_that_did_not_arrive_is_loaded_again(browser: Browser) -> None:
    missed: set[str] = set()

    async def miss_once(route: Route) -> None:
        if route.request.url in missed:
            await route.continue_()
        else:
            missed.add(route.request.url)
            await route.abort()

    async with dashboard("--demo") as port, visit(browser, f"http://127.0.0.1:{port}/") as page:
        for name in ("order.js", "style.css"):
            await page.route(f"**/page/{name}", miss_once)
            await page.reload()
            await expect_figures(card(page, "atlas"))
            await expect(page.locator(".rows .row").first).to_have_css("display", "grid")  # the style sheet is there
            await expect(page.locator("body > .notice")).to_have_count(0)
    assert len(missed) == 2


async def test_a_page_that_cannot_start_says_so_and_stops_trying(browser: Browser) -> None:
    tried: list[str] = []

    async def miss(route: Route) -> None:
        tried.append(route.request.url)
        await route.abort()

    async with dashboard("--demo") as port, visit(browser, f"http://127.0.0.1:{port}/") as page:
        await page.route("**/page/order.js", miss)
        await page.reload()
        await expect(page.locator("body > .notice")).to_contain_text("cannot start")
    assert len(tried) == 5  # the first time, and four more
