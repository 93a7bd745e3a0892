"""The self-test: what it says of streams, clocks and sources that are not well. Not here: its rules (tests/page)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from playwright.async_api import Browser, Locator, Page, expect

from dockstats_core.messages.agent import AgentMessage, Sampling
from tests.browser.fake_agent import fake_agent
from tests.browser.hosts import LONG_S, batch, facts, inventory, sample
from tests.browser.places import expect_figures
from tests.browser.proxy import reverse_proxy
from tests.browser.serving import dashboard, following, simulated_agent
from tests.browser.visiting import visit

pytestmark = pytest.mark.browser

HELD_S = 2.0
AHEAD = timedelta(minutes=2)
LIMITATION = "no pressure: this kernel keeps none; boot it with psi=1"


@pytest.fixture(scope="module")
async def url() -> AsyncIterator[str]:
    sampling = Sampling(
        source="cgroup", reason="its files are in sight", interval_secs=LONG_S, limitations=(LIMITATION,)
    )
    said: list[AgentMessage] = [
        inventory([facts(1)]),
        batch([sample(1, cpu_pct=1.0)], sent_at=datetime.now(UTC) + AHEAD, sampling=sampling),
    ]
    async with fake_agent(said) as agent, dashboard(*following(heron=agent, gone="ws://127.0.0.1:9/ws")) as url:
        yield url


def report(page: Page) -> Locator:
    return page.get_by_role("dialog", name="Self-test")


def line(page: Page, section: str, subject: str) -> Locator:
    """What is said of `subject` below the title `section`."""
    sections = report(page).locator("section").filter(has=page.get_by_role("heading", name=section, exact=True))
    return sections.locator("li").filter(has=page.locator(".subject", has_text=subject))


STREAM = "This browser and the dashboard"


async def test_fleet_that_is_well_is_told_well_line_by_line(browser: Browser, demo: str) -> None:
    async with visit(browser, f"{demo}?doctor") as page:
        for subject in ("latency", "bursts", "compression", "tabs", "clock"):
            await expect(line(page, STREAM, subject).get_by_role("img", name="ok")).to_be_visible()
        for host in ("atlas", "borea", "cirrus"):
            await expect(line(page, host, "source")).to_contain_text("simulated")


async def test_proxy_that_buffers_is_found_with_the_setting_that_helps(browser: Browser) -> None:
    async with (
        simulated_agent() as agent,
        dashboard(*following(heron=agent.url)) as url,
        reverse_proxy(int(url.rstrip("/").rpartition(":")[2])) as proxy,
        visit(browser, f"http://127.0.0.1:{proxy.port}/") as page,
    ):
        await expect_figures(page)
        await page.goto(f"http://127.0.0.1:{proxy.port}/?doctor")
        await expect(report(page)).to_be_visible()
        proxy.hold_s = HELD_S
        bursts = line(page, STREAM, "bursts")
        await expect(bursts).to_contain_text("Events arrive in bursts of 2", timeout=30_000)
        await expect(bursts).to_contain_text("proxy_buffering off")
        await expect(bursts.get_by_role("img", name="broken")).to_be_visible()


async def test_hosts_with_a_clock_ahead_figures_missing_or_no_answer_are_named_with_the_way_out(
    browser: Browser, url: str
) -> None:
    async with visit(browser, f"{url}?doctor") as page:
        await expect(line(page, "heron", "clock")).to_contain_text("2 min ahead of the dashboard's")
        await expect(line(page, "heron", "clock")).to_contain_text("NTP")
        await expect(line(page, "heron", "source")).to_contain_text("its files are in sight")
        await expect(line(page, "heron", "missing")).to_contain_text("boot it with psi=1")
        await expect(line(page, "gone", "agent").get_by_role("img", name="broken")).to_be_visible()
        await expect(line(page, "gone", "agent")).to_contain_text("127.0.0.1:9")


async def test_tab_with_a_stream_of_its_own_is_told_so(browser: Browser, url: str) -> None:
    async with visit(browser, f"{url}?doctor", before="delete globalThis.SharedWorker") as page:
        await expect(line(page, STREAM, "tabs")).to_contain_text("has its own stream")


async def test_report_is_copied_as_text_and_escape_closes_it(browser: Browser, url: str) -> None:
    async with visit(browser, f"{url}?doctor", permissions=["clipboard-read", "clipboard-write"]) as page:
        await expect(line(page, "heron", "missing")).to_be_visible()
        await report(page).get_by_role("button", name="copy as text").click()
        await expect(report(page).get_by_role("button", name="copied")).to_be_visible()
        text = await page.evaluate("navigator.clipboard.readText()")
        assert text.startswith("dockstats self-test\n")
        assert "psi=1" in text
        await page.keyboard.press("Escape")
        await expect(report(page)).to_be_hidden()
        await expect(page).to_have_url(url)
