"""A notification for what stays over a threshold. The browser's own is replaced: it is the outermost edge.

Not here: which rows are marked (test_settings), setting a threshold (test_settings).
"""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect

from tests.browser.places import row
from tests.browser.serving import dashboard
from tests.browser.stepping import CACHE, lived_engine
from tests.browser.visiting import visit
from tests.fake_containers import FakeContainer
from tests.fake_engine import FakeEngine

pytestmark = pytest.mark.browser

HOLD_S = 2
LIMIT = 100 << 20
FULL, WELL = (95 << 20) + CACHE, (10 << 20) + CACHE

STUB = """
    globalThis.told = [];
    globalThis.Notification = class {
        static permission = "granted";
        constructor(title) { told.push({ title, at: performance.now() }); }
    };
"""


def chosen(**thresholds: object) -> str:
    """A script that leaves these thresholds in the browser, as the settings would."""
    value = {"thresholds": {"cpu": None, "memory": 90, "pressure": None, "holdS": HOLD_S, "notify": True, **thresholds}}
    return f"{STUB}; localStorage.setItem('dockstats.settings', JSON.stringify({json.dumps(value)}))"


async def told(page: Page) -> list[dict[str, Any]]:
    notifications: list[dict[str, Any]] = await page.evaluate("told")
    return notifications


async def until_told(page: Page, count: int) -> None:
    await page.wait_for_function("(count) => told.length >= count", arg=count)


async def until_looked(page: Page) -> None:
    """The page looks at its thresholds once a second: in three of them it has."""
    clock = page.locator("time-bar .time-clock")
    for _ in range(3):
        await expect(clock).not_to_have_text(await clock.inner_text())


class Lived:
    """A dashboard, and its engine."""

    def __init__(self, url: str, engine: FakeEngine) -> None:
        self.url = url
        self.engine = engine


@pytest.fixture(scope="module")
async def lived() -> AsyncIterator[Lived]:
    async with lived_engine() as engine, dashboard(DOCKER_HOST=engine.host) as url:
        yield Lived(url, engine)


@asynccontextmanager
async def full(lived: Lived, name: str) -> AsyncIterator[FakeContainer]:
    """A container near its memory limit."""
    container = lived.engine.run(name, memory_limit=LIMIT, mem_usage=FULL)
    try:
        yield container
    finally:
        lived.engine.remove(container)


async def test_container_over_its_threshold_for_long_enough_notifies_once(browser: Browser, lived: Lived) -> None:
    async with visit(browser, lived.url, before=chosen()) as page:
        await expect(page.locator("container-table")).to_contain_text("no container")
        since = await page.evaluate("performance.now()")
        async with full(lived, "web") as web:
            await until_told(page, 1)
            (first,) = await told(page)
            assert first["at"] - since >= HOLD_S * 1000
            assert re.fullmatch(r"web on \S+: 95\.0 % of its memory limit", first["title"])
            web.mem_usage = WELL
            await expect(row(page, "web").locator("td.memory")).to_contain_text("10.0MiB")
            await until_looked(page)
            assert len(await told(page)) == 1, "as long as it lasts it is told once"
            web.mem_usage = FULL
            await until_told(page, 2)


async def test_container_not_yet_over_its_threshold_for_long_enough_is_only_marked(
    browser: Browser, lived: Lived
) -> None:
    async with visit(browser, lived.url, before=chosen(holdS=3600)) as page, full(lived, "db"):
        await expect(row(page, "db").locator("th.name > .sign")).to_have_text("▲ memory")
        assert await told(page) == []


@pytest.mark.parametrize("answer", ["granted", "denied"])
async def test_tick_for_notifications_asks_the_browser_and_holds_if_it_agrees(
    browser: Browser, lived: Lived, answer: str
) -> None:
    async with visit(browser, lived.url, before=f"{chosen(holdS=0, notify=False)}; {asked(answer)}") as page:
        await expect(page.locator("container-table")).to_contain_text("no container")
        await page.keyboard.press(",")
        dialog = page.get_by_role("dialog", name="Settings")
        tick = dialog.get_by_role("checkbox", name="Notifications")
        await tick.click()
        await expect(tick).to_be_checked(checked=answer == "granted")
        refused = dialog.get_by_text("This browser does not let the page notify: allow it in the site's settings")
        await expect(refused).to_have_count(int(answer == "denied"))
        async with full(lived, "new"):
            await expect(row(page, "new").locator("th.name > .sign")).to_have_text("▲ memory")
            await until_told(page, int(answer == "granted"))
            assert len(await told(page)) == int(answer == "granted")


def asked(answer: str) -> str:
    """A script in which the browser has not been asked for leave yet, and will answer so."""
    return f"""
        Notification.permission = "default";
        Notification.requestPermission = async () => (Notification.permission = "{answer}");
    """


async def test_who_wants_no_notifications_has_rows_marked_and_nothing_else(browser: Browser, lived: Lived) -> None:
    async with visit(browser, lived.url, before=chosen(holdS=0, notify=False)) as page, full(lived, "job"):
        await expect(row(page, "job").locator("th.name > .sign")).to_have_text("▲ memory")
        assert await told(page) == []
