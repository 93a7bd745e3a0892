"""Time: paused, back through the history, live again; held against a past that is known to the instant.

Not here: the list of what changed (test_changes), an instant in a link (test_share).
"""

from __future__ import annotations

import math
import re
import time
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import anyio
import pytest
from playwright.async_api import Browser, Locator, Page, Route, expect

from dockstats_core.messages.agent import ContainerStatsBatch
from tests.browser.fake_agent import fake_agent
from tests.browser.hosts import MIB, batch, facts, inventory, sample
from tests.browser.places import clock_near, go_back, host_card, notice, point_in_timeline, row, slider, x_in_timeline
from tests.browser.serving import dashboard, following
from tests.browser.stepping import HIGH, LOW, Stepped
from tests.browser.visiting import visit

pytestmark = pytest.mark.browser

SHOWN = "() => ['fleet-bar', 'host-line', 'container-table'].map((name) => document.querySelector(name).innerText)"


def memory(page: Page) -> Locator:
    return row(page, "web").locator("td.memory .value")


def ago(page: Page) -> Locator:
    return page.locator("time-bar .time-note")


async def test_space_freezes_the_whole_page_while_figures_keep_arriving(browser: Browser, lived: Stepped) -> None:
    async with visit(browser, lived.url) as page:
        await expect(memory(page)).to_contain_text(HIGH)
        await page.keyboard.press("Space")
        await expect(notice(page, "paused")).to_be_visible()
        before = await page.evaluate(SHOWN)
        lived.use(40)
        await lived.until_kept(40)
        await expect(ago(page)).to_have_text("2 s ago")  # so the page was drawn since
        assert await page.evaluate(SHOWN) == before


async def test_l_shows_now_again_with_all_that_came_meanwhile(browser: Browser, lived: Stepped) -> None:
    async with visit(browser, lived.url) as page:
        await expect(memory(page)).to_contain_text(HIGH)
        await page.keyboard.press("Space")
        lived.use(40)
        await lived.until_kept(40)
        await expect(memory(page)).to_contain_text(HIGH)
        await page.keyboard.press("l")
        await expect(memory(page)).to_contain_text("40.0MiB")
        await expect(notice(page, "paused")).to_be_hidden()


async def test_paused_page_says_at_which_instant_and_every_way_back_leads_to_live(
    browser: Browser, lived: Stepped
) -> None:
    async with visit(browser, lived.url) as page:
        word = page.locator("page-head .state .word")
        await expect(memory(page)).to_contain_text(HIGH)
        in_banner = notice(page, "paused").get_by_role("button", name="Back to live")
        in_head = page.locator("page-head").get_by_role("button", name=re.compile("^live"))
        for way_back in (in_banner, in_head):
            await page.get_by_role("button", name="pause").click()
            await expect(notice(page, "paused")).to_contain_text(re.compile(r"Paused at \d\d:\d\d:\d\d"))
            await way_back.click()
            await expect(word).to_have_text("Live")
        await page.keyboard.press("Space")
        await expect(word).to_have_text("Paused")
        await page.keyboard.press("Space")
        await expect(word).to_have_text("Live")


PLACES = """() => [...document.querySelectorAll('page-head, fleet-bar, host-line, container-table, tr.row, time-bar')]
    .map((part) => [part.localName, part.getBoundingClientRect().x, part.getBoundingClientRect().y].join(" "))"""


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (390, 844), (360, 740)])
async def test_pausing_moves_nothing_and_the_way_back_is_one_line_above_the_timeline(
    browser: Browser, lived: Stepped, width: int, height: int
) -> None:
    async with visit(browser, lived.url, width=width, height=height) as page:
        await expect(memory(page)).to_contain_text(HIGH)
        before = await page.evaluate(PLACES)
        await page.keyboard.press("Space")
        await expect(notice(page, "paused")).to_be_visible()
        assert await page.evaluate(PLACES) == before
        banner = await notice(page, "paused").bounding_box()
        timeline = await page.locator("time-bar").bounding_box()
        assert banner is not None
        assert timeline is not None
        assert (banner["x"], banner["width"]) == (0, width)
        assert abs(banner["y"] + banner["height"] - timeline["y"]) <= 1
        assert banner["height"] < 45
        await notice(page, "paused").get_by_role("button", name="Back to live").click()
        await expect(notice(page, "paused")).to_be_hidden()
        assert await page.evaluate(PLACES) == before


@pytest.mark.parametrize(("width", "least", "most"), [(1440, 4, 6), (360, 2, 3)])
async def test_timeline_tells_few_round_times(
    browser: Browser, lived: Stepped, width: int, least: int, most: int
) -> None:
    async with visit(browser, lived.url, width=width) as page:
        await expect(memory(page)).to_contain_text(HIGH)
        shown = await page.locator("time-bar .time-axis span:visible").all_inner_texts()
        assert least <= len(shown) <= most
        assert all(re.fullmatch(r"\d\d:\d[05]", label) for label in shown)


async def test_times_are_of_the_browsers_zone(browser: Browser, lived: Stepped) -> None:
    kolkata = ZoneInfo("Asia/Kolkata")  # half an hour beside all others: no hour of it can be taken for another zone's
    async with visit(browser, lived.url, timezone_id=kolkata.key) as page:
        await expect(memory(page)).to_contain_text(HIGH)
        now = datetime.now(kolkata)
        soon = "|".join(f"{now + timedelta(seconds=late):%H:%M:%S}" for late in range(-1, 4))
        await expect(page.locator("time-bar .time-clock")).to_have_text(re.compile(f"^({soon})$"))
        half_an_hour = {f"{now - timedelta(minutes=minutes):%H:%M}" for minutes in range(32)}
        assert half_an_hour.issuperset(await page.locator("time-bar .time-axis span:visible").all_inner_texts())


async def test_host_says_that_its_load_is_not_kept(browser: Browser, demo: str) -> None:
    async with visit(browser, demo) as page:
        beside = host_card(page, "atlas").locator(".beside").first
        await expect(beside).to_have_text(re.compile(r"^load \d"))
        await slider(page).focus()
        await page.keyboard.press("Home")
        await expect(beside).to_have_text("load not kept")


async def test_arrow_keys_in_the_timeline_lead_to_the_figures_of_then(browser: Browser, lived: Stepped) -> None:
    async with visit(browser, lived.url) as page:
        await expect(memory(page)).to_contain_text(HIGH)
        await go_back(page, lived.seconds_since_before())
        await expect(memory(page)).to_contain_text(LOW)
        await expect(slider(page)).to_have_attribute("aria-valuetext", re.compile(r"^\d\d:\d\d:\d\d, paused"))
        for _ in range(4):  # over the step
            await page.keyboard.press("ArrowRight")
        await expect(memory(page)).to_contain_text(HIGH)


SMALL_CHARTS = "() => [...document.querySelectorAll('.sparks canvas')].map((canvas) => canvas.toDataURL())"


async def test_small_charts_of_an_instant_are_the_same_whatever_was_shown_before(
    browser: Browser, lived: Stepped
) -> None:
    async with visit(browser, lived.address_at(math.floor(lived.at) - 1), width=1920) as page:
        await expect(memory(page)).to_contain_text(LOW)
        await expect(notice(page, "paused")).to_contain_text("as it was then")
        before = await page.evaluate(SMALL_CHARTS)
        assert len(before) == 2
        await slider(page).focus()
        for _ in range(4):  # over the step
            await page.keyboard.press("ArrowRight")
        await expect(memory(page)).to_contain_text(HIGH)
        for _ in range(4):
            await page.keyboard.press("ArrowLeft")
        await page.wait_for_function(f"(before) => ({SMALL_CHARTS})().join() === before.join()", arg=before)


async def test_end_in_the_timeline_is_live(browser: Browser, lived: Stepped) -> None:
    async with visit(browser, lived.url) as page:
        await expect(memory(page)).to_contain_text(HIGH)
        await go_back(page, lived.seconds_since_before())
        await expect(memory(page)).to_contain_text(LOW)
        await page.keyboard.press("End")
        await expect(memory(page)).to_contain_text(HIGH)
        await expect(slider(page)).to_have_attribute("aria-valuetext", "live")


async def test_past_of_the_fleet_from_before_the_page_was_opened_is_on_the_timeline(
    browser: Browser, lived: Stepped
) -> None:
    async with visit(browser, lived.url) as page:
        await point_in_timeline(page, lived.at - 2.5)
        await expect(page.locator("time-bar .time-tag")).to_contain_text("cores")  # else it is not known


async def test_every_host_is_shown_as_it_was_then(browser: Browser) -> None:
    async with (
        fake_agent([inventory([facts(1)], agent_id="a")]) as a,
        fake_agent([inventory([facts(2)], agent_id="b")]) as b,
        dashboard(*following(a=a, b=b)) as url,
        visit(browser, url) as page,
    ):
        await a.say(used("a", 1, 8, ago_s=4))
        await b.say(used("b", 2, 16, ago_s=4))
        for name, then in (("web-1", LOW), ("web-2", "16.0MiB")):
            await expect(row(page, name).locator("td.memory")).to_contain_text(then)
        grown_at = time.time()
        await a.say(used("a", 1, 72))
        await b.say(used("b", 2, 72))
        for name in ("web-1", "web-2"):
            await expect(row(page, name).locator("td.memory")).to_contain_text(HIGH)
        await go_back(page, math.ceil(time.time() - grown_at + 1))
        for name, then in (("web-1", LOW), ("web-2", "16.0MiB")):
            await expect(row(page, name).locator("td.memory")).to_contain_text(then)


def used(name: str, number: int, mebibytes: int, *, ago_s: float = 0.0) -> ContainerStatsBatch:
    """What a host says of its only container; no clock counts as wrong by so little."""
    sent_at = datetime.now(UTC) - timedelta(seconds=ago_s)
    return batch([sample(number, mem_bytes=mebibytes * MIB)], agent_id=name, sent_at=sent_at)


async def test_drag_in_the_timeline_leads_to_the_instant_under_the_pointer(browser: Browser, lived: Stepped) -> None:
    answered = anyio.Event()

    async def wait(route: Route) -> None:
        await answered.wait()  # the answer tells that there is nothing so far back
        await route.continue_()

    async with visit(browser, lived.url) as page:
        await expect(memory(page)).to_contain_text(HIGH)
        await page.route("**/api/moment?*", wait)
        box = await slider(page).bounding_box()
        assert box is not None
        middle = box["y"] + box["height"] / 2
        await page.mouse.move(box["x"] + box["width"] - 1, middle)
        await page.mouse.down()
        for minutes in (25, 10):
            at = time.time() - 60 * minutes
            await page.mouse.move(round(await x_in_timeline(page, at)), middle, steps=3)
            near = clock_near(at, off_s=2)  # a pixel and a half second
            await expect(slider(page)).to_have_attribute("aria-valuetext", re.compile(f"^({near}), paused"))
        await page.mouse.up()
        answered.set()
        await page.unroute_all(behavior="wait")  # the page serves another test


async def test_drag_beyond_all_history_stops_at_the_oldest_instant_there_is(browser: Browser, lived: Stepped) -> None:
    async with visit(browser, lived.url) as page:
        await expect(memory(page)).to_contain_text(HIGH)
        box = await slider(page).bounding_box()
        assert box is not None
        middle = box["y"] + box["height"] / 2
        await page.mouse.move(box["x"] + box["width"] - 1, middle)
        await page.mouse.down()
        await page.mouse.move(box["x"] + box["width"] / 2, middle, steps=8)
        await page.mouse.up()
        await expect(notice(page, "paused")).to_be_visible()
        oldest = (await lived.points())[0][0]
        near = "|".join(time.strftime("%H:%M:%S", time.localtime(oldest + late)) for late in range(-1, 3))
        await expect(slider(page)).to_have_attribute("aria-valuetext", re.compile(f"^({near}), paused"))


async def test_dashboard_that_does_not_tell_the_past_is_named_and_live_is_one_key_away(
    browser: Browser, lived: Stepped
) -> None:
    async with visit(browser, lived.url, complaints=[]) as page:
        await expect(memory(page)).to_contain_text(HIGH)
        await page.route("**/api/moment*", lambda route: route.abort())
        await slider(page).focus()
        await page.keyboard.press("Shift+ArrowLeft")
        await expect(notice(page, "paused")).to_contain_text("does not tell how it was then")
        await page.keyboard.press("l")
        await expect(page.locator("page-head .state .word")).to_have_text("Live")
