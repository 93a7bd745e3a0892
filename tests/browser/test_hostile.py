"""Whatever a stranger calls a container, an image, a host: it stays text, wherever it is shown.

The page's Content-Security-Policy would stop a script, too; these tests see to it that there is nothing to stop.
Not here: messages that are not even well formed (tests/core, tests/page/messages).
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from urllib.parse import quote

import pytest
from playwright.async_api import Browser, Page, expect

from dockstats_core.messages.agent import EngineState, Sampling
from tests.browser.asking import Points, until_history
from tests.browser.fake_agent import fake_agent, ticking
from tests.browser.hosts import LONG_S, batch, facts, full_id, inventory, sample
from tests.browser.places import drawer, filter_field, groups, host_card, row, rows, why
from tests.browser.serving import dashboard, following
from tests.browser.visiting import visit

pytestmark = pytest.mark.browser

HOSTILE = "<img src=x onerror=alert(1)>'"
LEAST_PAST_S = 3.0
LONG = "w" * 900
CONTAINERS = [
    facts(
        1,
        HOSTILE,
        image=HOSTILE,
        state=HOSTILE,
        health=HOSTILE,
        compose_project=HOSTILE,
        compose_service=HOSTILE,
        network_mode=HOSTILE,
        network_of=HOSTILE,
    ),
    facts(3, LONG, image=LONG, compose_project=LONG),
]
FIGURES = batch(
    [
        sample(1, HOSTILE, cpu_pct=7.0, unknown={"network": "shared_network", "pids": HOSTILE}),
        sample(3, LONG, cpu_pct=1e300, mem_bytes=1 << 62, mem_limit_bytes=1 << 62),
    ],
    agent_id=HOSTILE,
    engine=EngineState(endpoint=HOSTILE, reachable=True, product=HOSTILE, version=HOSTILE, error=HOSTILE),
    sampling=Sampling(source=HOSTILE, reason=HOSTILE, interval_secs=LONG_S, limitations=(HOSTILE,)),
)


@pytest.fixture(scope="module")
async def url() -> AsyncIterator[str]:
    async with (
        fake_agent([inventory(CONTAINERS, agent_id=HOSTILE), FIGURES]) as agent,
        dashboard("--agents", f"x|{HOSTILE}|{agent}") as url,
    ):
        yield url


async def expect_only_text(page: Page) -> None:
    """Nothing of it became an element; the visit itself fails when the page's policy had to stop something."""
    assert await page.locator("img, body script").count() == 0


async def test_in_the_table_it_is_text(browser: Browser, url: str) -> None:
    async with visit(browser, url, width=2560) as page:
        hostile = row(page, HOSTILE)
        for column in ("host", "project", "image"):
            await expect(hostile.locator(f"td.{column}")).to_have_text(HOSTILE)
        await hostile.locator(".state [data-why]").hover()
        await expect(why(page)).to_contain_text(HOSTILE)
        await hostile.locator(".network .unknown").hover()
        await expect(why(page)).to_contain_text(f"the network of {HOSTILE}")
        await hostile.locator(".pids .unknown").hover()
        await expect(why(page)).to_contain_text(HOSTILE)
        await expect_only_text(page)


async def test_as_the_name_of_a_group_it_is_text(browser: Browser, url: str) -> None:
    async with visit(browser, url) as page:
        await expect(rows(page)).to_have_count(2)
        for by in ("host", "project", "image"):
            await page.get_by_label("Group containers by").select_option(by)
            await expect(groups(page).get_by_role("button", name=HOSTILE)).to_be_visible()
            await expect_only_text(page)


async def test_in_the_offers_of_the_filter_it_is_text(browser: Browser, url: str) -> None:
    async with visit(browser, url) as page:
        await expect(rows(page)).to_have_count(2)
        for term in ("host", "image", "state"):
            await filter_field(page).fill("")
            await filter_field(page).press_sequentially(f"{term}:")
            await expect(page.get_by_role("listbox").get_by_role("option").first).to_contain_text(HOSTILE[:12])
            await expect_only_text(page)
        await filter_field(page).fill(f"name:{HOSTILE[:10]}")
        await expect(rows(page)).to_have_count(1)


async def test_in_the_line_of_hosts_it_is_text(browser: Browser, url: str) -> None:
    async with visit(browser, url) as page:
        card = host_card(page, "x")
        await expect(card.locator(".label")).to_have_text(HOSTILE)
        await card.locator(".pick").hover()
        await expect(why(page)).to_contain_text(HOSTILE)  # the engine's error
        await card.locator(".about").click()
        await expect(page.get_by_role("dialog")).to_contain_text(HOSTILE)
        await expect_only_text(page)


async def test_in_the_detail_it_is_text(browser: Browser, url: str) -> None:
    async with visit(browser, url) as page:
        await row(page, HOSTILE).locator(".name button").click()
        await expect(drawer(page).get_by_role("heading", name=HOSTILE)).to_be_visible()
        await expect(drawer(page)).to_contain_text(f"{HOSTILE} / {HOSTILE}")  # project and service
        await expect_only_text(page)


async def test_in_the_self_test_it_is_text(browser: Browser, url: str) -> None:
    async with visit(browser, f"{url}?doctor") as page:
        await expect(page.locator("doctor-view")).to_contain_text(HOSTILE)
        await expect_only_text(page)


def is_old_enough(points: Points) -> bool:
    """The list of what changed leaves out the first two seconds of a dashboard's past."""
    return points[-1][0] - points[0][0] > LEAST_PAST_S


async def test_as_the_name_of_one_that_ended_it_is_text(browser: Browser) -> None:
    ended = facts(2, HOSTILE, state="exited", exit_code=1)
    figures = [sample(2, HOSTILE, cpu_pct=1.0)]
    async with (
        fake_agent([inventory([facts(2, HOSTILE)]), batch(figures)]) as agent,
        dashboard(*following(host=agent)) as url,
        visit(browser, url) as page,
    ):
        async with ticking(agent, lambda sequence: batch(figures, sequence=sequence)):
            await until_history(url, full_id(2), is_old_enough, column="cpu_pct", agent="host")
        await agent.say(inventory([ended]), batch([]))
        mark = page.locator("time-bar").get_by_role("button", name=HOSTILE)
        await expect(mark).to_have_accessible_name(re.compile(re.escape(f"{HOSTILE}: ended, exit 1")))
        await page.keyboard.press("d")
        await expect(page.locator("time-bar").get_by_text(HOSTILE).first).to_be_visible()
        await expect_only_text(page)


async def test_in_the_address_it_is_text(browser: Browser, demo: str) -> None:
    async with visit(browser, f"{demo}?filter={quote(HOSTILE)}&open={quote(HOSTILE)}/1&group={quote(HOSTILE)}") as page:
        await expect(filter_field(page)).to_have_value(HOSTILE)
        await expect(page.locator("container-table .empty")).to_contain_text(HOSTILE)
        await expect_only_text(page)


async def test_long_names_and_impossible_figures_do_not_break_the_page(browser: Browser, url: str) -> None:
    async with visit(browser, url) as page:
        await expect(row(page, LONG)).to_be_visible()
        for width in (360, 700, 1100, 2560):
            await page.set_viewport_size({"width": width, "height": 800})
            await expect(row(page, LONG)).to_be_visible()
            assert await page.evaluate(SIDEWAYS) == 0, width
            assert await page.evaluate(CUT) == [], width


SIDEWAYS = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
CUT = """() => [...document.querySelectorAll('.row .figure, .row .unknown, .tile .figure')]
    .filter((one) => one.checkVisibility() && one.getBoundingClientRect().right
        > (one.closest(".tile") ?? document.documentElement).getBoundingClientRect().right)
    .map((one) => one.textContent)"""
"""Figures that stick out of the window, or of their tile, which may be further right on a phone."""
