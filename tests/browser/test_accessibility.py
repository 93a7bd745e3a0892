"""No state of the page has anything that axe-core objects to, dark and light, on a wide screen and on a phone.

Not here: keys (test_table, test_detail, test_time), reduced motion (test_settings).
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from dockstats_core.messages.agent import Pressure
from tests.browser.axe import violations
from tests.browser.fake_agent import fake_agent
from tests.browser.hosts import GIB, MIB, facts, host, sample, short_id
from tests.browser.places import chart, drawer, filter_field, groups, notice, row
from tests.browser.serving import dashboard, following
from tests.browser.visiting import until_drawn, visit

pytestmark = pytest.mark.browser

LOOKS = [(width, scheme) for width in (1440, 360) for scheme in ("dark", "light")]

SAID = host(
    [
        facts(1, "throttled", image="acme/api:1", compose_project="shop", cpu_limit_cores=0.5, health="unhealthy"),
        facts(2, "at-its-limit", compose_project="shop", mem_limit_bytes=GIB, restart_count=4),
        facts(3, "on-host-network", network_mode="host"),
        facts(4, "stopped", state="exited", exit_code=3),
        facts(5, "stale"),
    ],
    [
        sample(
            1,
            "throttled",
            cpu_pct=49.0,
            throttled_pct=90.0,
            throttled_time_pct=60.0,
            mem_bytes=64 * MIB,
            cpu_pressure=Pressure(some_pct=55.0),
        ),
        sample(2, "at-its-limit", cpu_pct=250.0, mem_bytes=GIB - MIB, mem_cache_bytes=MIB, pids=400),
        sample(3, "on-host-network", cpu_pct=3.0, mem_bytes=MIB, unknown={"network": "host_network"}),
        sample(5, "stale", cpu_pct=1.0, mem_bytes=MIB, stale=True, age_secs=42.0),
    ],
)


@pytest.fixture(scope="module")
async def url() -> AsyncIterator[str]:
    async with fake_agent(SAID) as agent, dashboard(*following(heron=agent, gone="ws://127.0.0.1:9/ws")) as url:
        yield url


@pytest.fixture(scope="module")
async def page(browser: Browser) -> AsyncIterator[Page]:
    """One for all states, each opened anew: what is looked at here remembers nothing."""
    async with visit(browser, "about:blank") as page:
        yield page


async def expect_nothing_in_the_way(page: Page) -> None:
    for width, scheme in LOOKS:
        await page.set_viewport_size({"width": width, "height": 900})
        await page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        assert await violations(page) == "", f"{width} px, {scheme}"


@dataclass(frozen=True)
class State:
    """One the page can be in: the address it begins with, what a person does then, and when it is there."""

    name: str
    there: Callable[[Page], Awaitable[None]]
    query: str = ""
    keys: tuple[str, ...] = ()


async def table(page: Page) -> None:
    await expect(row(page, "stopped")).to_be_visible()


async def detail(page: Page) -> None:
    await expect(drawer(page).locator(".why-slow")).to_be_visible()
    await expect(chart(page, "memory").locator("canvas")).to_be_visible()


async def comparison(page: Page) -> None:
    await expect(page.locator("compare-panel .legend li")).to_have_count(2)


async def grouped(page: Page) -> None:
    await expect(groups(page).first).to_be_visible()


async def suggestions(page: Page) -> None:
    await filter_field(page).fill("h")
    await expect(page.get_by_role("option").first).to_be_visible()


async def nothing_left(page: Page) -> None:
    await expect(page.get_by_text("None of 5 containers fits")).to_be_visible()


async def paused(page: Page) -> None:
    await expect(notice(page, "paused")).to_be_visible()


async def changes(page: Page) -> None:
    await expect(page.get_by_role("dialog", name="What changed")).to_be_visible()


async def dialog(page: Page) -> None:
    await expect(page.locator("dialog[open]")).to_be_visible()


OPEN = f"?open=heron/{short_id(1)}"
STATES = (
    State("table", table),
    State("detail", detail, OPEN),
    State("comparison", comparison, f"?pin=heron/{short_id(1)}&pin=heron/{short_id(2)}&compare"),
    State("groups", grouped, "?group=project"),
    State("suggestions", suggestions),
    State("nothing matches", nothing_left, "?filter=name:nobody"),
    State("paused", paused, keys=("Space",)),
    State("changes", changes, keys=("d",)),
    State("settings", dialog, keys=(",",)),
    State("keys", dialog, keys=("?",)),
    State("self-test", dialog, "?doctor"),
    State("kiosk", table, "?kiosk"),
)


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.name)
async def test_nothing_keeps_anybody_out_of(page: Page, url: str, state: State) -> None:
    await page.set_viewport_size({"width": LOOKS[0][0], "height": 900})
    await page.goto(url + state.query)
    await until_drawn(page)
    await expect(page.locator("page-head .state .word")).to_have_text("Live")
    for key in state.keys:
        await page.keyboard.press(key)
    await state.there(page)
    await expect_nothing_in_the_way(page)


@pytest.mark.parametrize("agents", ["", "gone|gone|ws://127.0.0.1:9/ws"], ids=["no engine", "all hosts lost"])
async def test_nothing_keeps_anybody_out_of_a_page_without_figures(page: Page, tmp_path: Path, agents: str) -> None:
    options = ("--agents", agents) if agents else ()
    async with dashboard(*options, DOCKER_HOST=f"unix://{tmp_path}/no.sock") as url:
        await page.goto(url)
        await until_drawn(page)
        await expect(page.locator("page-notice .notice.wrong")).to_be_visible()
        await expect_nothing_in_the_way(page)
        await page.goto("about:blank")  # before the dashboard ends, which the page would complain about
