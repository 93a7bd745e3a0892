"""The page before a real engine: what happens to a container shows, in a real Chromium, soon enough to be believed.

Containers have no network here, and the browser has one of its own where it can: each interface that comes or goes
disturbs what a browser loads.
Not here: the page without an engine (tests/browser), figures (test_figures).
"""

from __future__ import annotations

import re
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import pytest
from playwright.async_api import Browser, Locator, Page, expect

from tests.browser.places import drawer, expect_tick, open_detail, row
from tests.browser.serving import dashboard
from tests.browser.visiting import running_chromium, visit
from tests.engine.containers import BURN, HOG, HOST, IDLE, Containers, containers
from tests.own_network import own_network

pytestmark = [pytest.mark.engine, pytest.mark.browser]

PROMISED_S = 2.0
QUIET = ("--network", "none")


@pytest.fixture(scope="module", autouse=True)
def network() -> Iterator[None]:
    with own_network():
        yield


@pytest.fixture(scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with running_chromium() as running:
        yield running


class Watched:
    """A test's containers, and the page that shows only these."""

    def __init__(self, made: Containers, page: Page) -> None:
        self.made = made
        self.page = page

    def row(self, short: str) -> Locator:
        return row(self.page, self.made.name(short))

    def sign(self, short: str) -> Locator:
        """What stands beside its name."""
        return self.row(short).locator("th.name > .sign")


@asynccontextmanager
async def watched(browser: Browser) -> AsyncIterator[Watched]:
    async with (
        containers() as made,
        dashboard(AGENT_DOCKER_ENDPOINT=HOST, AGENT_FILTER=f"label={made.label}") as url,
        visit(browser, url) as page,
    ):
        await expect(page.locator(".host-card.live")).to_have_count(1)
        yield Watched(made, page)


async def test_started_container_has_its_row_within_2_s_of_the_engines_event(browser: Browser) -> None:
    async with watched(browser) as here:
        began_s = time.time()
        await here.made.run("web", IDLE, *QUIET)
        await expect(here.row("web")).to_be_visible()
        shown_s = time.time()
        (event_s,) = await here.made.events("web", "start", since_s=began_s)
    assert shown_s - event_s < PROMISED_S


async def test_killed_container_is_a_tick_and_a_row_that_tells_its_exit_code(browser: Browser) -> None:
    async with watched(browser) as here:
        await here.made.run("web", IDLE, *QUIET)
        await expect(here.row("web").locator("td.cpu .figure")).to_be_visible()
        await here.made.docker("kill", here.made.name("web"))
        await expect(here.sign("web")).to_have_text("exited with 137")
        await expect_tick(here.page, "ended, exit 137")


async def test_removed_container_leaves_a_row_that_tells_how_it_ended(browser: Browser) -> None:
    async with watched(browser) as here:
        await here.made.run("web", IDLE, *QUIET)
        await expect(here.row("web").locator("td.cpu .figure")).to_be_visible()
        await here.made.docker("kill", here.made.name("web"))
        await expect(here.sign("web")).to_have_text("exited with 137")
        await here.made.docker("rm", here.made.name("web"))
        await expect(here.sign("web")).to_have_text("exit 137")


async def test_container_killed_for_want_of_memory_says_so_and_is_a_tick(browser: Browser) -> None:
    async with watched(browser) as here:
        await here.made.run("hog", HOG, "--memory", "16m", "--memory-swap", "16m", *QUIET)
        await expect(here.sign("hog")).to_have_text("killed: out of memory")
        await expect_tick(here.page, "out of memory")
        await here.row("hog").locator("button.name").click()
        await expect(drawer(here.page).locator(".title .word")).to_have_text("killed: out of memory")
        await expect(drawer(here.page).locator(".events")).to_contain_text("out of memory")


async def test_container_held_back_by_its_cpu_limit_has_a_mark_and_a_sentence(browser: Browser) -> None:
    async with watched(browser) as here:
        await here.made.run("busy", BURN, "--cpus", "0.2", *QUIET)
        await expect(here.row("busy").locator("td.cpu .sign")).to_have_text(re.compile(r"^◣ \d+ %$"))
        await open_detail(here.page, here.made.name("busy"))
        await expect(drawer(here.page).locator(".why-slow")).to_contain_text("its own limit")
        await expect(drawer(here.page).locator(".chart.cpu .note")).to_contain_text("limit 20 %")
