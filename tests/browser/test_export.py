"""Files to keep: the table as CSV, a container's history as CSV and JSON, a chart as PNG.

Not here: how a cell is written (tests/page/csv.test.js).
"""

from __future__ import annotations

import csv
import json
import re
import struct
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import anyio
import pytest
from playwright.async_api import Browser, Locator, Page, expect

from tests.browser.fake_agent import fake_agent
from tests.browser.hosts import MIB, facts, full_id, host, sample
from tests.browser.ink import Box, ink, opened
from tests.browser.places import chart, drawer, filter_field, groups, names, row
from tests.browser.serving import dashboard, following
from tests.browser.stepping import AROUND_S, Stepped
from tests.browser.visiting import visit

pytestmark = pytest.mark.browser

SEVEN_DIGITS = 1e-6
FORMULA = "=HYPERLINK(0)"
PNG_SIZE = (2 * (960 + 2 * 20), 2 * (56 + 260 + 22 + 20))
"""Twice a chart of 960 x 260 with its title, its axis and its edges."""

SAID = host(
    [facts(1, FORMULA, image='a "quoted", one'), facts(2, "well", compose_project="shop"), facts(3, "unread")],
    [sample(1, FORMULA, cpu_pct=12.5, mem_bytes=64 * MIB), sample(2, "well", cpu_pct=7.25), sample(3, "unread")],
)


@pytest.fixture(scope="module")
async def url() -> AsyncIterator[str]:
    async with fake_agent(SAID) as agent, dashboard(*following(heron=agent)) as url:
        yield url


async def saved(page: Page, button: Locator) -> tuple[str, bytes]:
    """Name and content of the file that a button gives."""
    async with page.expect_download() as downloading:
        await button.click()
    download = await downloading.value
    return download.suggested_filename, await anyio.Path(await download.path()).read_bytes()


async def exported_table(page: Page) -> tuple[str, list[dict[str, str]]]:
    name, content = await saved(page, page.get_by_role("button", name="export"))
    return name, list(csv.DictReader(content.decode().splitlines()))


def utc(text: str) -> datetime:
    assert text.endswith("Z"), "times in files are UTC"
    return datetime.fromisoformat(text)


async def open_around_the_step(page: Page) -> None:
    await expect(chart(page, "memory").locator("canvas")).to_have_attribute("aria-label", re.compile("lowest 8.00 MiB"))


async def test_table_is_saved_as_csv_with_raw_figures_whole_ids_and_utc(browser: Browser, url: str) -> None:
    async with visit(browser, url, timezone_id="Asia/Kolkata") as page:
        await expect(row(page, "well")).to_be_visible()
        name, lines = await exported_table(page)
    assert re.fullmatch(r"dockstats-[\dTZ.-]+\.csv", name)
    well = next(line for line in lines if line["name"] == "well")
    assert (well["host"], well["project"], well["cpu_pct"]) == ("heron", "shop", "7.25")
    assert well["id"] == full_id(2)
    assert abs(utc(well["time_utc"]) - datetime.now(UTC)) < timedelta(minutes=2)


async def test_table_as_csv_leaves_unknown_figures_empty_and_runs_no_formula(browser: Browser, url: str) -> None:
    async with visit(browser, url) as page:
        await expect(row(page, "unread")).to_be_visible()
        _, lines = await exported_table(page)
    unread = next(line for line in lines if line["name"] == "unread")
    assert (unread["cpu_pct"], unread["mem_bytes"]) == ("", "")
    hostile = next(line for line in lines if FORMULA in line["name"])
    assert (hostile["name"], hostile["image"]) == (f"'{FORMULA}", 'a "quoted", one')


async def test_table_is_saved_as_the_filter_shows_it(browser: Browser, url: str) -> None:
    async with visit(browser, url) as page:
        await filter_field(page).fill("project:shop")
        await expect(row(page, "unread")).to_have_count(0)
        _, lines = await exported_table(page)
    assert [line["name"] for line in lines] == ["well"]


async def test_table_is_saved_in_the_order_shown_and_with_the_rows_of_closed_groups(browser: Browser, url: str) -> None:
    async with visit(browser, f"{url}?sort=name,asc") as page:
        await expect(names(page)).to_have_text([FORMULA, "unread", "well"])
        _, lines = await exported_table(page)
        assert [line["name"] for line in lines] == [f"'{FORMULA}", "unread", "well"]
        await page.get_by_label("Group containers by").select_option("project")
        await groups(page).first.get_by_role("button").first.click()
        await expect(row(page, "well")).to_be_hidden()
        _, lines = await exported_table(page)
        assert [line["name"] for line in lines] == ["well", f"'{FORMULA}", "unread"]


async def test_history_is_saved_as_csv_with_every_point_of_the_time_shown(browser: Browser, lived: Stepped) -> None:
    begin, end = lived.at - AROUND_S, lived.at + AROUND_S
    async with visit(browser, lived.address(zoom=(begin, end))) as page:
        await open_around_the_step(page)
        name, content = await saved(page, drawer(page).get_by_role("button", name="the time shown as CSV"))
    assert name.startswith("web-")
    lines = [(utc(line["time_utc"]).timestamp(), line) for line in csv.DictReader(content.decode().splitlines())]
    kept = [at for at, _ in await lived.points() if begin < at < end]
    assert len(lines) == pytest.approx(len(kept), abs=1), "the edges are a pixel wide"
    for at, line in lines:
        if abs(at - lived.at) > 1:
            assert float(line["mem_bytes"]) == pytest.approx((72 if at > lived.at else 8) * MIB, rel=SEVEN_DIGITS)


async def test_history_is_saved_as_json_with_whose_it_is(browser: Browser, lived: Stepped) -> None:
    async with visit(browser, lived.address(zoom=(lived.at - AROUND_S, lived.at + AROUND_S))) as page:
        await open_around_the_step(page)
        name, content = await saved(page, drawer(page).get_by_role("button", name="the time shown as JSON"))
    history = json.loads(content)
    assert name.endswith(".json")
    assert (history["name"], history["id"]) == ("web", lived.web.id)
    for known in (8 * MIB, 72 * MIB):
        assert any(value == pytest.approx(known, rel=SEVEN_DIGITS) for value in history["columns"]["mem_bytes"])
    assert len(history["at"]) == len(history["columns"]["mem_bytes"])


async def test_chart_is_saved_as_a_png_of_its_full_size(browser: Browser, lived: Stepped) -> None:
    async with visit(browser, lived.address(zoom=(lived.at - AROUND_S, lived.at + AROUND_S))) as page:
        await open_around_the_step(page)
        name, content = await saved(page, drawer(page).get_by_role("button", name="the Memory chart as PNG"))
        picture = await opened(page, content)
        assert await ink(picture, Box(0.65, 0.85, 0.55, 0.7)) > 0.9, "72 MiB of the 128 that the chart has room for"
        assert await ink(picture, Box(0.1, 0.4, 0.55, 0.7)) < 0.3, "8 MiB, so nothing but the grid"
    assert re.fullmatch(r"web-.*-Memory-.*\.png", name)
    assert size_of_png(content) == PNG_SIZE


async def test_comparison_is_saved_as_a_png(browser: Browser, lived: Stepped) -> None:
    async with visit(browser, f"{lived.url}?pin={lived.key}&compare") as page:
        panel = page.locator("compare-panel")
        await expect(panel.locator("canvas")).to_have_attribute("aria-label", "CPU of web")
        name, content = await saved(page, panel.get_by_role("button", name="the chart as PNG"))
        colour = await panel.locator(".marker").evaluate("(marker) => getComputedStyle(marker).color")
        assert await ink(await opened(page, content), colour=colour) > 0
    assert name.startswith("CPU-compared")
    assert size_of_png(content) == PNG_SIZE


def size_of_png(content: bytes) -> tuple[int, int]:
    """In pixels, as the file's first chunk says."""
    assert content[:8] == b"\x89PNG\r\n\x1a\n"
    width, height = struct.unpack(">II", content[16:24])
    return width, height
