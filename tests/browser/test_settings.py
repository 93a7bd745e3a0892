"""What a person chooses once and finds again: columns, units, thresholds, theme; and how the page fits its screen.

Not here: keeping it without a store, odd values in it (tests/page/settings).
"""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, Locator, Page, expect

from tests.browser.fake_agent import fake_agent
from tests.browser.hosts import GIB, MIB, facts, host, sample
from tests.browser.places import drawer, expect_figures, head, row, rows, tile, why
from tests.browser.serving import dashboard, following
from tests.browser.visiting import reload, tab_to, visit

pytestmark = pytest.mark.browser

HOST = host(
    [facts(1, "web", cpu_limit_cores=2.0, mem_limit_bytes=GIB), facts(2, "free")],
    [
        sample(
            1,
            "web",
            cpu_pct=120.0,
            mem_bytes=600 * MIB,
            mem_limit_bytes=GIB,
            net_rx_bytes_per_sec=1e6,
            net_tx_bytes_per_sec=0.0,
        ),
        sample(2, "free", cpu_pct=4.0, mem_bytes=100 * MIB),
    ],
)


@pytest.fixture(scope="module")
async def url() -> AsyncIterator[str]:
    async with fake_agent(HOST) as agent, dashboard(*following(host=agent)) as url:
        yield url


def titles(page: Page) -> Locator:
    """Of the columns, from left to right."""
    return page.locator("tr.heads .sort > span:first-child")


async def columns_menu(page: Page) -> Locator:
    """Open it."""
    await page.locator("page-head").get_by_role("button", name="columns").click()
    menu = page.get_by_role("dialog", name="Columns")
    await expect(menu).to_be_visible()
    return menu


async def settings_dialog(page: Page) -> Locator:
    """Open it by its key, once the page listens."""
    await expect(rows(page)).to_have_count(2)
    await page.keyboard.press(",")
    dialog = page.get_by_role("dialog", name="Settings")
    await expect(dialog).to_be_visible()
    return dialog


async def test_hidden_column_stays_hidden_after_a_reload(browser: Browser, url: str) -> None:
    async with visit(browser, url) as page:
        await expect(head(page, "Network")).to_be_visible()
        menu = await columns_menu(page)
        await expect(menu).to_have_css("width", "290px")  # its style sheet has come, too
        await menu.get_by_role("checkbox", name="Network").uncheck()
        await expect(head(page, "Network")).to_have_count(0)
        await reload(page)
        await expect(rows(page)).to_have_count(2)
        await expect(head(page, "Network")).to_have_count(0)
        menu = await columns_menu(page)
        await menu.get_by_role("button", name="reset to defaults").click()
        await expect(head(page, "Network")).to_be_visible()


async def test_moved_column_stays_where_it_is_after_a_reload(browser: Browser, url: str) -> None:
    async with visit(browser, url) as page:
        await expect(rows(page)).to_have_count(2)
        before = await titles(page).all_text_contents()
        at = before.index("Memory")
        menu = await columns_menu(page)
        await menu.get_by_role("button", name="Memory: further left").click()
        moved = [*before[: at - 1], "Memory", before[at - 1], *before[at + 1 :]]
        await expect(titles(page)).to_have_text(moved)
        await expect(menu.get_by_role("button", name="Memory: further left")).to_be_focused()  # for the next press
        await reload(page)
        await expect(rows(page)).to_have_count(2)
        await expect(titles(page)).to_have_text(moved)


async def test_one_step_moves_a_column_past_those_that_have_no_room(browser: Browser, url: str) -> None:
    async with visit(browser, url, width=1000) as page:
        await expect(rows(page)).to_have_count(2)
        before = await titles(page).all_text_contents()
        assert before[-2:] == ["Memory", "Pressure"], "network and disk, which come between, have no room"
        await page.get_by_role("button", name="More").click()
        menu = await columns_menu(page)
        await menu.get_by_role("button", name="Pressure: further left").click()
        await expect(titles(page)).to_have_text([*before[:-2], "Pressure", "Memory"])


async def test_dragged_edge_gives_a_column_its_width_for_good_and_a_double_click_takes_it_back(
    browser: Browser, url: str
) -> None:
    async with visit(browser, url) as page:
        cell = head(page, "Host")
        usual = await cell.evaluate("(cell) => cell.offsetWidth")
        edge = await cell.locator(".edge").bounding_box()
        assert edge is not None
        await page.mouse.move(edge["x"] + 3, edge["y"] + 10)
        await page.mouse.down()
        await page.mouse.move(edge["x"] + 43, edge["y"] + 10, steps=4)
        await page.mouse.up()
        await expect(cell).to_have_js_property("offsetWidth", usual + 40)
        await reload(page)
        await expect(rows(page)).to_have_count(2)
        await expect(cell).to_have_js_property("offsetWidth", usual + 40)
        await expect(row(page, "web").locator("td.host")).to_have_js_property("offsetWidth", usual + 40)
        await cell.locator(".edge").dblclick()
        await expect(cell).to_have_js_property("offsetWidth", usual)


async def test_arrow_keys_with_shift_on_a_head_change_its_width(browser: Browser, url: str) -> None:
    async with visit(browser, url) as page:
        cell = head(page, "Host")
        usual = await cell.evaluate("(cell) => cell.offsetWidth")
        await cell.locator(".sort").focus()
        await page.keyboard.press("Shift+ArrowRight")
        await expect(cell).to_have_js_property("offsetWidth", usual + 8)
        await expect(cell.locator(".sort")).to_be_focused()  # for the next press


async def test_unit_of_cpu_changes_by_a_click_on_the_head_and_by_u(browser: Browser, url: str) -> None:
    async with visit(browser, url) as page:
        figure = row(page, "web").locator(".cpu .figure")
        await expect(figure).to_have_text("120.0")
        unit = head(page, "CPU").locator(".unit")
        await expect(unit).to_have_text("% of a core")
        await unit.click()
        await expect(unit).to_have_text("cores")
        await expect(figure).to_have_text("1.20")
        await page.keyboard.press("u")
        await expect(unit).to_have_text("% of the host")
        await expect(figure).to_have_text("15.00")
        await page.keyboard.press("u")
        await expect(unit).to_have_text("% of its limit")
        await expect(figure).to_have_text("60.0")
        await expect(row(page, "free").locator(".cpu .value")).to_have_text("no limit")
        await reload(page)
        await expect(figure).to_have_text("60.0")


async def test_units_of_sizes_and_rates_hold_at_once_and_after_a_reload(browser: Browser, url: str) -> None:
    async with visit(browser, url) as page:
        web = row(page, "web")
        await expect(web.locator(".memory .value")).to_contain_text("600MiBof 1 GiB")
        dialog = await settings_dialog(page)
        await dialog.get_by_label("Sizes in").select_option("si")
        await dialog.get_by_label("Rates in").select_option("bits")
        for _ in range(2):
            await expect(web.locator(".memory .value")).to_contain_text("629MBof 1.07 GB")
            await expect(web.locator(".network .value")).to_have_text("8.00Mbit0bit")
            await expect(tile(page, "Network")).to_contain_text("Mbit/s")
            await reload(page)


async def test_theme_follows_the_system_until_one_is_chosen_which_stays(browser: Browser, url: str) -> None:
    async with visit(browser, url) as page:
        await page.wait_for_function(f"() => {LIGHTNESS} < 0.3")
        await page.emulate_media(color_scheme="light")
        await page.wait_for_function(f"() => {LIGHTNESS} > 0.8")
        dialog = await settings_dialog(page)
        await dialog.get_by_label("Theme").select_option("dark")
        await page.wait_for_function(f"() => {LIGHTNESS} < 0.3")
        await reload(page)
        await expect(rows(page)).to_have_count(2)
        await page.wait_for_function(f"() => {LIGHTNESS} < 0.3")


LIGHTNESS = """(getComputedStyle(document.documentElement).backgroundColor.match(/\\d+/g)
    .reduce((sum, part) => sum + Number(part), 0) / 765)"""
"""Of the ground, from 0 to 1."""


async def test_row_over_a_threshold_is_marked_with_a_word_and_explained(browser: Browser, url: str) -> None:
    async with visit(browser, url) as page:
        web = row(page, "web")
        await expect(web).to_have_class("row")
        dialog = await settings_dialog(page)
        await dialog.get_by_label("CPU over").fill("100")
        await dialog.get_by_label("CPU over").press("Enter")
        await page.keyboard.press("Escape")
        await expect(dialog).to_be_hidden()
        for _ in range(2):
            await expect(web).to_have_class("row over")
            await expect(web.locator(".name .sign")).to_contain_text("cpu")
            await expect(row(page, "free")).to_have_class("row")
            await reload(page)
        await web.locator(".name .sign").hover()
        await expect(why(page)).to_contain_text("which is set as a threshold")


async def test_impossible_threshold_is_taken_back_with_what_is_right_and_one_with_a_point_holds(
    browser: Browser, url: str
) -> None:
    async with visit(browser, url) as page:
        dialog = await settings_dialog(page)
        await dialog.get_by_label("Memory over").fill("140")
        await dialog.get_by_label("Memory over").press("Enter")
        await expect(dialog.get_by_label("Memory over")).to_have_value("90")
        said = dialog.get_by_role("status").filter(has_text="Memory over: a number from 1 to 100.")
        await expect(said).to_be_visible()
        await dialog.get_by_label("Memory over").fill("87.5")
        await dialog.get_by_label("Memory over").press("Enter")
        await expect(said).to_have_count(0)
        await reload(page)
        await expect((await settings_dialog(page)).get_by_label("Memory over")).to_have_value("87.5")


async def test_one_button_makes_all_settings_what_they_were_at_first(browser: Browser, url: str) -> None:
    async with visit(browser, url) as page:
        dialog = await settings_dialog(page)
        await dialog.get_by_label("CPU in").select_option("cores")
        await dialog.get_by_label("Theme").select_option("light")
        await dialog.get_by_label("CPU over").fill("100")
        await dialog.get_by_label("CPU over").press("Enter")
        await expect(row(page, "web").locator(".cpu .figure")).to_have_text("1.20")
        await dialog.get_by_role("button", name="reset to defaults").click()
        await expect(dialog.get_by_label("CPU in")).to_have_value("core_pct")
        await expect(dialog.get_by_label("Theme")).to_have_value("auto")
        await expect(dialog.get_by_label("CPU over")).to_have_value("")
        await expect(row(page, "web").locator(".cpu .figure")).to_have_text("120.0")
        await expect(row(page, "web")).to_have_class("row")


async def test_kiosk_leaves_out_what_a_wall_screen_does_not_need(browser: Browser, url: str) -> None:
    async with visit(browser, f"{url}?kiosk") as page:
        await expect(row(page, "web")).to_be_visible()
        await expect(tile(page, "CPU")).to_be_visible()
        for name in ("columns", "share", "export", "settings"):
            await expect(page.locator("page-head").get_by_role("button", name=name)).to_be_hidden()


async def test_every_key_is_told_by_the_question_mark(browser: Browser, url: str) -> None:
    async with visit(browser, url) as page:
        await expect(rows(page)).to_have_count(2)
        await page.keyboard.press("?")
        dialog = page.get_by_role("dialog")
        for words in ("filter", "next container", "its detail", "pause, or go on", "back to live", "what changed"):
            await expect(dialog).to_contain_text(words)
        await page.keyboard.press("Escape")
        await expect(dialog).to_be_hidden()


async def test_phone_shows_name_cpu_and_memory_of_each_container_without_scrolling_sideways(
    browser: Browser, demo: str
) -> None:
    async with visit(browser, demo, width=360, height=780) as page:
        await expect_figures(page)
        first = rows(page).first
        for part in (".name button", ".cpu .figure", ".memory .figure"):
            await expect(first.locator(part)).to_be_visible()
            box = await first.locator(part).bounding_box()
            assert box is not None
            assert box["x"] >= 0
            assert box["x"] + box["width"] <= 360
        assert await page.evaluate("() => document.documentElement.scrollWidth") == 360
        await first.locator(".name button").click()
        await expect(drawer(page).get_by_role("heading").first).to_be_visible()
        assert await page.evaluate("() => document.documentElement.scrollWidth") == 360


async def test_narrow_window_folds_columns_but_never_name_cpu_and_memory(browser: Browser, url: str) -> None:
    async with visit(browser, url, width=700) as page:
        await expect(rows(page)).to_have_count(2)
        narrow = await titles(page).all_text_contents()
        assert {"Name", "CPU", "Memory"} <= set(narrow)
        await page.set_viewport_size({"width": 2560, "height": 900})
        await expect(head(page, "Pids")).to_be_visible()
        assert await titles(page).count() > len(narrow)


async def test_reduced_motion_means_none(browser: Browser, demo: str) -> None:
    async with visit(browser, demo, reduced_motion="reduce") as page:
        await expect_figures(page)
        await page.keyboard.press("j")
        await page.keyboard.press("Enter")
        await expect(drawer(page).get_by_role("heading").first).to_be_visible()
        assert await page.evaluate("() => document.getAnimations().length") == 0
        assert await page.evaluate(MOVING) == []


MOVING = """() => [...document.querySelectorAll('*')].filter((one) => {
    const { animationName, transitionDuration } = getComputedStyle(one);
    return animationName !== 'none' || transitionDuration.split(',').some((each) => parseFloat(each) > 0);
}).map((one) => one.className)"""
"""Elements that move or would when something of them changes."""


async def test_keyboard_alone_leads_from_the_address_to_an_open_detail_and_focus_is_seen(
    browser: Browser, url: str
) -> None:
    async with visit(browser, url) as page:
        await expect(rows(page)).to_have_count(2)
        await tab_to(page, row(page, "web"))
        outline = "() => getComputedStyle(document.activeElement).outlineStyle"
        assert await page.evaluate(outline) == "solid"
        await page.keyboard.press("j")
        await expect(row(page, "free")).to_be_focused()
        await page.keyboard.press("Enter")
        await expect(drawer(page).get_by_role("heading", name="free")).to_be_visible()
        await page.keyboard.press("Escape")
        await expect(drawer(page).get_by_role("heading", name="free")).to_be_hidden()
        await expect(row(page, "free")).to_be_focused()
