"""Containers pinned into one chart. Not here: what else is in a chart (test_charts), the file of it (test_export)."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, Locator, Page, expect

from dockstats_core.messages.agent import ContainerStatsBatch
from tests.browser.fake_agent import FakeAgent, fake_agent
from tests.browser.hosts import MIB, batch, facts, host, inventory, sample, short_id
from tests.browser.ink import expect_ink
from tests.browser.places import drawer, filter_field, open_detail, query, row
from tests.browser.serving import dashboard, following
from tests.browser.visiting import visit

pytestmark = pytest.mark.browser

COUNT = 9
MOST = 8
NUMBERS = range(1, COUNT + 1)
LONG_NAMES = {MOST: f"web-{MOST}-of-a-project-with-a-long-name"}
OTHER = 20  # a container of another host
OTHERS = host([facts(OTHER, "db")], [sample(OTHER, "db", cpu_pct=0.5)], agent_id="owl")
CAME = "() => performance.getEntriesByType('resource').some(({ name }) => name.includes('container='))"
"""Whether the past of a container is here."""


def figures(*, last_cpu_pct: float = 100.0 - COUNT, sequence: int = 1) -> ContainerStatsBatch:
    cpu_pct = {**{number: 100.0 - number for number in NUMBERS}, COUNT: last_cpu_pct}
    samples = [
        sample(number, LONG_NAMES.get(number), cpu_pct=cpu_pct[number], mem_bytes=number * MIB) for number in NUMBERS
    ]
    return batch(samples, sequence=sequence)


@pytest.fixture(scope="module")
async def heron() -> AsyncIterator[FakeAgent]:
    containers = [facts(number, LONG_NAMES.get(number)) for number in NUMBERS]
    async with fake_agent([inventory(containers), figures()]) as agent:
        yield agent


@pytest.fixture(scope="module")
async def url(heron: FakeAgent) -> AsyncIterator[str]:
    async with fake_agent(OTHERS) as owl, dashboard(*following(heron=heron, owl=owl)) as url:
        yield url


def panel(page: Page) -> Locator:
    return page.get_by_role("region", name="Comparison of pinned containers")


def legend(page: Page) -> Locator:
    return panel(page).locator(".legend li")


def pinned(*numbers: int) -> str:
    """Pinned and compared, as an address says it."""
    return "?" + "&".join(f"pin=heron/{short_id(number)}" for number in numbers) + "&compare"


async def told(page: Page, words: str) -> None:
    """Who listens to the page hears it."""
    await expect(page.get_by_role("status").filter(has_text=words)).to_have_count(1)


async def test_p_pins_the_row_of_the_cursor_and_c_compares_the_pinned(browser: Browser, url: str) -> None:
    async with visit(browser, url) as page:
        await expect(row(page, "web-2")).to_be_visible()
        for key in ("j", "p", "j", "p", "c"):
            await page.keyboard.press(key)
        await expect(legend(page).locator("bdi").filter(has_text="web-")).to_have_text(["web-1", "web-2"])
        await page.keyboard.press("c")
        await expect(panel(page)).to_be_hidden()


async def test_pin_button_of_the_detail_pins_and_unpins(browser: Browser, url: str) -> None:
    async with visit(browser, url) as page:
        await open_detail(page, "web-3")
        pin = drawer(page).get_by_role("button", name=re.compile("^pin"))
        await pin.click()
        await expect(pin).to_have_attribute("aria-pressed", "true")
        await drawer(page).get_by_role("button", name="compare 1").click()
        await expect(legend(page)).to_have_count(1)
        await pin.click()
        await expect(panel(page)).to_be_hidden()


async def test_legend_tells_each_value_and_no_two_lines_by_colour_alone(browser: Browser, url: str) -> None:
    async with visit(browser, url + pinned(*range(1, MOST + 1))) as page:
        await expect(legend(page)).to_have_count(MOST)
        for number in (1, MOST):
            await expect(legend(page).filter(has_text=f"web-{number}")).to_contain_text(f"{100.0 - number:.1f} %")
        markers = await legend(page).locator(".marker").all_text_contents()
        assert len(set(markers)) == MOST


async def test_containers_of_two_hosts_are_compared_each_with_its_host(browser: Browser, url: str) -> None:
    async with visit(browser, f"{url}{pinned(1)}&pin=owl/{short_id(OTHER)}") as page:
        canvas = panel(page).locator("canvas")
        await expect(canvas).to_have_attribute("aria-label", "CPU of web-1, db")
        for name, where, value in (("web-1", "heron", "99.0 %"), ("db", "owl", "0.5 %")):
            line = legend(page).filter(has_text=name)
            await expect(line.locator("bdi")).to_have_text([name, where])
            await expect(line.locator(".figure")).to_contain_text(value)
            colour = await line.locator(".marker").evaluate("(marker) => getComputedStyle(marker).color")
            await expect_ink(canvas, colour=colour)


async def test_figures_that_come_while_it_is_open_are_in_the_comparison(
    browser: Browser, url: str, heron: FakeAgent
) -> None:
    async with visit(browser, url + pinned(COUNT)) as page:
        await page.wait_for_function(CAME)
        await heron.say(figures(last_cpu_pct=42.0, sequence=2))  # which the past that was fetched does not know
        await expect(legend(page)).to_contain_text("42.0 %")
        await panel(page).locator("canvas").focus()
        await page.keyboard.press("End")
        await told(page, f"web-{COUNT} 42.0 %")


async def test_ninth_pin_is_refused_with_the_way_out(browser: Browser, url: str) -> None:
    async with visit(browser, url + pinned(*range(1, MOST + 1))) as page:
        await expect(legend(page)).to_have_count(MOST)
        await filter_field(page).fill("web-9")
        await filter_field(page).press("Escape")
        await row(page, "web-9").focus()
        await page.keyboard.press("p")
        await told(page, "unpin one first")
        await expect(legend(page)).to_have_count(MOST)


async def test_unpinned_in_the_legend_leaves_the_chart_and_the_last_one_closes_it(browser: Browser, url: str) -> None:
    async with visit(browser, url + pinned(1, 2)) as page:
        await panel(page).get_by_role("button", name="unpin web-1").click()
        await expect(legend(page)).to_have_count(1)
        await panel(page).get_by_role("button", name="unpin web-2").click()
        await expect(panel(page)).to_be_hidden()


async def test_another_figure_chosen_is_the_one_compared(browser: Browser, url: str) -> None:
    async with visit(browser, url + pinned(1, 2)) as page:
        await panel(page).get_by_label("What to compare").select_option("Memory")
        await expect(legend(page).first).to_contain_text("1.00 MiB")
        await expect(panel(page).locator("canvas")).to_have_attribute("aria-label", "Memory of web-1, web-2")


async def test_legend_has_whole_names_where_there_is_room(browser: Browser, url: str) -> None:
    async with visit(browser, url + pinned(1, MOST)) as page:
        await expect(legend(page)).to_have_count(2)
        for text in await legend(page).locator("bdi").all():
            assert await text.evaluate("text => text.scrollWidth <= text.clientWidth")


async def test_comparison_is_all_of_a_phone_down_to_its_timeline(browser: Browser, url: str) -> None:
    async with visit(browser, url + pinned(1, 2) + f"&open=heron/{short_id(3)}", width=390, height=844) as page:
        await expect(panel(page)).to_be_visible()
        box = await panel(page).bounding_box()
        below = await page.locator("time-bar").bounding_box()
        assert box is not None
        assert below is not None
        assert (box["x"], box["width"]) == (0, 390)
        assert box["y"] <= 44
        assert abs(box["y"] + box["height"] - below["y"]) <= 1
        await panel(page).get_by_role("button", name="close the comparison").click()  # it lies over the detail
        await expect(drawer(page).locator("h2")).to_have_text("web-3")


async def test_comparison_of_nothing_says_how_to_pin(browser: Browser, url: str) -> None:
    async with visit(browser, url) as page:
        await expect(row(page, "web-1")).to_be_visible()
        await page.keyboard.press("c")
        await told(page, "Pin containers first")


async def test_pins_and_comparison_stand_in_the_address(browser: Browser, url: str) -> None:
    async with visit(browser, url) as page:
        await expect(row(page, "web-1")).to_be_visible()
        for key in ("j", "p", "c"):
            await page.keyboard.press(key)
        await expect(page).to_have_url(re.compile("compare"))
        assert query(page)["pin"] == [f"heron/{short_id(1)}"]
