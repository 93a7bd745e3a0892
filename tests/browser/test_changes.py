"""What happened: ticks on the timeline, and the list of what changed. Not here: going back in time (test_time).

All tests share one engine, which is full of life; each has a container of its own, there from the first.
"""

from __future__ import annotations

import re
import time
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, Locator, Page, expect

from tests.browser.asking import until_history
from tests.browser.hosts import full_id
from tests.browser.ink import Box, ink
from tests.browser.places import (
    chart,
    clock_near,
    drawer,
    expect_tick,
    notice,
    open_detail,
    row,
    ticks,
    x_in_timeline,
)
from tests.browser.serving import dashboard
from tests.browser.stepping import lived_engine
from tests.browser.visiting import visit
from tests.fake_containers import FakeContainer
from tests.fake_engine import FakeEngine

pytestmark = pytest.mark.browser

LEAST_PAST_S = 5.0  # the list leaves out the first seconds after a dashboard's start, when hosts are just being met
NAMES = ("ails", "ends", "listed", "leaves", "grows", "rests", "signs", "phoned", "pointed")
PERIOD = re.compile(r"^(\d\d:\d\d:\d\d) to (\d\d:\d\d:\d\d)$")


class Lived:
    """A dashboard that has seen its containers run for some seconds."""

    def __init__(self, url: str, engine: FakeEngine) -> None:
        self.url = url
        self.engine = engine
        self.containers: dict[str, FakeContainer] = {}


@pytest.fixture(scope="module")
async def lived() -> AsyncIterator[Lived]:
    async with lived_engine() as engine, dashboard(DOCKER_HOST=engine.host) as url:
        lived = Lived(url, engine)
        for number, name in enumerate(NAMES, 1):
            lived.containers[name] = engine.run(name, id=full_id(number), health="healthy")
        await until_history(url, full_id(1), lambda points: points[-1][0] - points[0][0] > LEAST_PAST_S)
        yield lived


def panel(page: Page) -> Locator:
    return page.get_by_role("dialog", name="What changed")


def change(page: Page, name: str) -> Locator:
    named = page.locator(".name", has_text=re.compile(f"^{name}$"))
    return panel(page).get_by_role("button").filter(has=named)


def sign(page: Page, name: str) -> Locator:
    """What stands beside a container's name."""
    return row(page, name).locator("th.name > .sign")


async def test_health_end_and_start_are_ticks_that_name_what_happened(browser: Browser, lived: Lived) -> None:
    ails = lived.containers["ails"]
    async with visit(browser, lived.url) as page:
        await expect(row(page, "ails")).to_be_visible()
        lived.engine.set_health(ails, "unhealthy")
        await expect(sign(page, "ails")).to_have_text("unhealthy")
        lived.engine.stop(ails, exit_code=3)
        await expect(sign(page, "ails")).to_have_text("exited with 3")
        lived.engine.start(ails)
        await expect(sign(page, "ails")).not_to_have_text("exited with 3")
        for words in ("ails: unhealthy", "ails: ended, exit 3", "ails: start"):
            await expect_tick(page, words)


async def test_tick_is_a_thin_line_without_text_whose_name_begins_with_a_sign(browser: Browser, lived: Lived) -> None:
    async with visit(browser, lived.url) as page:
        await expect(row(page, "signs")).to_be_visible()
        lived.engine.stop(lived.containers["signs"], exit_code=3)
        await expect_tick(page, "✕")
        for tick in await ticks(page).all():
            await expect(tick).to_have_text("")
            await expect(tick).to_have_attribute("aria-label", re.compile(r"^[✕◆▸↻▪●] \d\d:\d\d:\d\d "))


async def test_tick_clicked_leads_to_its_instant(browser: Browser, lived: Lived) -> None:
    async with visit(browser, lived.url) as page:
        await expect(row(page, "ends")).to_be_visible()
        lived.engine.stop(lived.containers["ends"], exit_code=4)
        at = lived.engine.now_ns / 1e9
        await expect(sign(page, "ends")).to_have_text("exited with 4")
        await expect_tick(page, "ends: ended, exit 4")
        box = await ticks(page).last.bounding_box()
        assert box is not None
        assert box["x"] + box["width"] / 2 == pytest.approx(await x_in_timeline(page, at), abs=3)
        await ticks(page).last.click()
        await expect(notice(page, "paused")).to_contain_text(re.compile(f"Paused at ({clock_near(at)})"))


async def test_list_of_changes_tells_what_ended_with_its_exit_code_and_what_came(
    browser: Browser, lived: Lived
) -> None:
    async with visit(browser, lived.url) as page:
        await expect(row(page, "listed")).to_be_visible()
        lived.engine.stop(lived.containers["listed"], exit_code=3)
        lived.engine.run("new-one", id=full_id(99))
        await expect(row(page, "new-one")).to_be_visible()
        await page.keyboard.press("d")
        await expect(change(page, "listed")).to_contain_text("ended, exit 3")
        await expect(change(page, "new-one")).to_contain_text("new")
        await expect(change(page, "rests")).to_have_count(0)
        times = await panel(page).locator("ul").first.locator(".hint").all_inner_texts()
        assert all(re.match(r"\d\d:\d\d:\d\d", told) for told in times)
        assert times == sorted(times, reverse=True)  # unless it is midnight


async def test_each_length_asks_how_it_was_so_long_ago_and_says_what_it_compares(
    browser: Browser, lived: Lived
) -> None:
    async with visit(browser, lived.url) as page:
        await expect(row(page, "rests")).to_be_visible()
        period = panel(page).locator("p.fact")
        await page.keyboard.press("d")
        await expect(period).to_have_text(PERIOD)
        oldest = (await until_history(lived.url, full_id(1), lambda points: True))[0][0]
        for minutes in (1, 15, 5):
            button = panel(page).get_by_role("button", name=f"{minutes} min", exact=True)
            async with page.expect_request("**/api/moment?at=*") as asking:
                await button.click()
            asked = float((await asking.value).url.partition("at=")[2])
            begin = time.time() - 60 * minutes
            assert asked == pytest.approx(begin, abs=2)
            await expect(button).to_have_attribute("aria-pressed", "true")
            begin = max(begin, oldest + 2)  # where there is less than that
            ends = clock_near(time.time(), off_s=2)
            await expect(period).to_have_text(re.compile(f"^({clock_near(begin, off_s=2)}) to ({ends})$"))


async def test_event_pointed_at_in_the_detail_is_where_the_cursor_and_its_mark_are_in_the_charts(
    browser: Browser, lived: Lived
) -> None:
    async with visit(browser, lived.url) as page:
        await expect(row(page, "pointed")).to_be_visible()
        lived.engine.set_health(lived.containers["pointed"], "unhealthy")
        await open_detail(page, "pointed")
        event = drawer(page).locator(".events li").first
        await expect(event).to_contain_text("unhealthy")
        await event.hover()
        await expect(chart(page, "memory").locator(".cursor")).to_be_visible()
        cursor = await chart(page, "cpu").locator(".cursor").bounding_box()
        canvas = chart(page, "cpu").locator("canvas")
        place = await canvas.bounding_box()
        assert cursor is not None
        assert place is not None
        part = (cursor["x"] - place["x"]) / place["width"]
        colour = await event.locator(".sign").evaluate("(sign) => getComputedStyle(sign).color")
        assert await ink(canvas, Box(part - 0.02, part + 0.02), colour=colour) > 0
        assert await ink(canvas, Box(0, part - 0.05), colour=colour) == 0


async def test_container_that_is_gone_is_in_the_list_and_leads_to_when_it_was_there(
    browser: Browser, lived: Lived
) -> None:
    leaves = lived.containers["leaves"]
    async with visit(browser, lived.url) as page:
        await expect(row(page, "leaves")).to_be_visible()
        lived.engine.stop(leaves, exit_code=3)
        await expect(sign(page, "leaves")).to_have_text("exited with 3")
        lived.engine.remove(leaves)
        await expect(sign(page, "leaves")).to_have_text("exit 3")
        await page.keyboard.press("d")
        await change(page, "leaves").click()
        await expect(notice(page, "paused")).to_be_visible()
        await expect(drawer(page).locator("h2")).to_have_text("leaves")
        await expect(drawer(page).locator(".title .word")).to_have_text("healthy")


async def test_memory_that_moved_is_told_from_what_to_what(browser: Browser, lived: Lived) -> None:
    async with visit(browser, lived.url) as page:
        await expect(row(page, "grows")).to_be_visible()
        lived.containers["grows"].mem_usage = 130 << 20
        await expect(row(page, "grows").locator("td.memory")).to_contain_text("128MiB")
        await page.keyboard.press("d")
        await expect(change(page, "grows")).to_contain_text("8.00 MiB → 128 MiB")


async def test_list_on_a_phone_tells_when_and_on_which_host(browser: Browser, lived: Lived) -> None:
    async with visit(browser, lived.url, width=390, height=844) as page:
        await expect(row(page, "phoned")).to_be_visible()
        lived.engine.stop(lived.containers["phoned"], exit_code=3)
        await expect(sign(page, "phoned")).to_have_text("exited with 3")
        await page.get_by_role("button", name="changed").click()
        await expect(change(page, "phoned").locator(".hint")).to_have_text(re.compile(r"^\d\d:\d\d:\d\d \S"))
        await expect(change(page, "phoned").locator(".hint")).to_be_visible()


async def test_escape_closes_the_list_and_gives_the_focus_back(browser: Browser, lived: Lived) -> None:
    async with visit(browser, lived.url) as page:
        await expect(row(page, "rests")).to_be_visible()
        button = page.get_by_role("button", name="what changed")
        await button.click()
        await expect(panel(page).get_by_role("button", name="5 min", exact=True)).to_be_focused()
        await page.keyboard.press("Escape")
        await expect(panel(page)).to_be_hidden()
        await expect(button).to_be_focused()
