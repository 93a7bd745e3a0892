"""The charts of a container: range, zoom, cursor, keys; held against a past that is known to the instant.

Not here: what stands around them (test_detail), several containers in one chart (test_compare).
"""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Browser, FloatRect, Locator, Page, expect

from tests.browser.ink import Box, ink
from tests.browser.places import chart, drawer, open_detail, query
from tests.browser.stepping import AROUND_S, Stepped
from tests.browser.visiting import visit

pytestmark = pytest.mark.browser

ALL = 6
CLOCK = r"\d\d:\d\d:\d\d"


def around_the_step(lived: Stepped) -> str:
    """The address of the open container whose charts show the step in their middle."""
    return lived.address(zoom=(lived.at - AROUND_S, lived.at + AROUND_S))


async def place_of(canvas: Locator) -> FloatRect:
    await expect(canvas).to_have_attribute("aria-label", re.compile("lowest"))  # it has been drawn
    box = await canvas.bounding_box()
    assert box is not None
    return box


async def point(page: Page, canvas: Locator, part: float) -> None:
    """Put the pointer into the chart, `part` of its width from the left."""
    box = await place_of(canvas)
    await page.mouse.move(box["x"] + part * box["width"], box["y"] + box["height"] / 2)


def range_button(page: Page, name: str) -> Locator:
    return drawer(page).get_by_role("group", name="Minutes shown").get_by_role("button", name=name, exact=True)


def whole(page: Page) -> Locator:
    return drawer(page).get_by_role("button", name="whole range")


async def test_range_chosen_is_pressed_and_stands_in_the_address(browser: Browser, lived: Stepped) -> None:
    async with visit(browser, lived.url) as page:
        await open_detail(page, "web")
        await expect(range_button(page, "5 m")).to_have_attribute("aria-pressed", "true")
        await range_button(page, "15 m").click()
        await expect(range_button(page, "15 m")).to_have_attribute("aria-pressed", "true")
        await expect(range_button(page, "5 m")).to_have_attribute("aria-pressed", "false")
        await expect(page).to_have_url(re.compile("range=15m"))


async def test_every_chart_shares_one_cursor_and_its_head_tells_the_value_of_then(
    browser: Browser, lived: Stepped
) -> None:
    async with visit(browser, around_the_step(lived)) as page:
        memory = chart(page, "memory")
        used = memory.locator(".head-value").first
        await point(page, memory.locator("canvas"), 0.25)
        await expect(used).to_have_text("8.00 MiB used")
        drawn = drawer(page).locator(".chart:not(.bare)")
        await expect(drawn.locator(".cursor:visible")).to_have_count(await drawn.count())
        await expect(drawer(page).locator(".range-line .under")).to_have_text(re.compile(f"^at {CLOCK}$"))
        await point(page, chart(page, "cpu").locator("canvas"), 0.75)
        await expect(used).to_have_text("72.0 MiB used")


async def test_pointer_that_leaves_gives_the_heads_back_to_now(browser: Browser, lived: Stepped) -> None:
    async with visit(browser, around_the_step(lived)) as page:
        memory = chart(page, "memory")
        await point(page, memory.locator("canvas"), 0.25)
        await expect(memory.locator(".head-value").first).to_have_text("8.00 MiB used")
        await page.mouse.move(5, 5)
        await expect(memory.locator(".head-value").first).to_have_text("72.0 MiB used")
        await expect(drawer(page).locator(".cursor:visible")).to_have_count(0)


async def test_drag_over_a_chart_zooms_all_of_them_and_the_button_leads_back(browser: Browser, lived: Stepped) -> None:
    async with visit(browser, lived.url) as page:
        await open_detail(page, "web")
        canvas = chart(page, "memory").locator("canvas")
        await point(page, canvas, 0.3)
        await page.mouse.down()
        await point(page, canvas, 0.6)
        await page.mouse.up()
        await expect(whole(page)).to_be_visible()
        await expect(page).to_have_url(re.compile("zoom="))
        begin, end = query(page)["zoom"][0].split("/")
        assert 85 < seconds_of(end) - seconds_of(begin) < 95, "three tenths of five minutes"
        await whole(page).click()
        await expect(whole(page)).to_be_hidden()
        await expect(page).not_to_have_url(re.compile("zoom="))


def seconds_of(utc: str) -> float:
    """Of the day, of an instant of the address bar."""
    hours, minutes, seconds = utc.rstrip("Z").partition("T")[2].split(":")
    return int(hours) * 3600 + int(minutes) * 60 + float(seconds)


async def test_click_without_a_drag_zooms_nothing(browser: Browser, lived: Stepped) -> None:
    async with visit(browser, lived.url) as page:
        await open_detail(page, "web")
        await point(page, chart(page, "memory").locator("canvas"), 0.5)
        await page.mouse.down()
        await page.mouse.up()
        await expect(drawer(page).locator(".cursor:visible").first).to_be_visible()
        await expect(whole(page)).to_be_hidden()


async def test_arrow_keys_move_the_cursor_and_tell_its_value_to_who_listens(browser: Browser, lived: Stepped) -> None:
    async with visit(browser, around_the_step(lived)) as page:
        canvas = chart(page, "memory").locator("canvas")
        await place_of(canvas)
        await canvas.focus()
        told = page.get_by_role("status").filter(has_text=re.compile(CLOCK))
        await page.keyboard.press("ArrowLeft")
        await expect(told).to_contain_text("72.0 MiB used")
        for _ in range(4):  # each one reading of half a second
            await page.keyboard.press("Shift+ArrowLeft")
        await expect(drawer(page).locator(".cursor:visible").first).to_be_visible()
        await page.keyboard.press("ArrowRight")
        await expect(told).not_to_contain_text("72.0 MiB used")


async def test_plus_and_minus_zoom_around_the_cursor(browser: Browser, lived: Stepped) -> None:
    async with visit(browser, lived.url) as page:
        await open_detail(page, "web")
        canvas = chart(page, "cpu").locator("canvas")
        await place_of(canvas)
        await canvas.focus()
        await page.keyboard.press("+")
        await expect(whole(page)).to_be_visible()
        await page.keyboard.press("-")
        await expect(whole(page)).to_be_hidden()


async def test_past_is_drawn_that_was_before_the_page_was_opened(browser: Browser, lived: Stepped) -> None:
    async with visit(browser, around_the_step(lived)) as page:
        label = re.compile("used lowest 8.00 MiB, highest 72.0 MiB")
        canvas = chart(page, "memory").locator("canvas")
        await expect(canvas).to_have_attribute("aria-label", label)
        assert await ink(canvas, Box(0.7, 0.95, 0.55, 0.7)) > 0.9, "72 MiB of the 128 that the chart has room for"
        assert await ink(canvas, Box(0.1, 0.45, 0.55, 0.7)) < 0.3, "8 MiB, so nothing but the grid"


async def test_figures_that_come_while_the_charts_are_open_are_in_them(browser: Browser, lived: Stepped) -> None:
    async with visit(browser, lived.url) as page:
        async with page.expect_response("**/api/history?*container=*"):
            await open_detail(page, "web")
        lived.use(40)  # which the history that was fetched does not know
        await expect(chart(page, "memory").locator(".head-value").first).to_have_text("40.0 MiB used")
        await chart(page, "memory").locator("canvas").focus()
        await page.keyboard.press("End")
        await expect(page.get_by_role("status").filter(has_text=re.compile(CLOCK))).to_contain_text("40.0 MiB used")


async def test_unit_of_cpu_changed_changes_the_charts_too(browser: Browser, lived: Stepped) -> None:
    async with visit(browser, lived.url) as page:
        await open_detail(page, "web")
        unit = chart(page, "cpu").locator(".head-value .unit")
        await expect(unit).to_have_text(" % of a core")
        await page.keyboard.press("u")
        await expect(unit).to_have_text(" cores")
