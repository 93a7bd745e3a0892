"""In which order the table stands, how still it holds, and its groups. Not here: its cells (test_table)."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import NamedTuple

import pytest
from playwright.async_api import Browser, Page, expect

from dockstats_core.messages.agent import ContainerStatsBatch, Pressure
from tests.browser.fake_agent import FakeAgent, fake_agent, ticking
from tests.browser.hosts import GIB, MIB, batch, facts, inventory, sample
from tests.browser.ink import until_ink_over
from tests.browser.places import drawer, filter_field, groups, head, names, row, rows
from tests.browser.serving import dashboard, following
from tests.browser.visiting import visit

pytestmark = pytest.mark.browser

NAMES = ("ant", "bee", "cat", "dog")
FACTS = [
    facts(
        1, "ant", compose_project="shop", image="acme/api:2", mem_limit_bytes=GIB, cpu_limit_cores=2.0, restart_count=3
    ),
    facts(
        2, "bee", compose_project="shop", image="acme/api:2", mem_limit_bytes=GIB, cpu_limit_cores=2.0, restart_count=4
    ),
    facts(3, "cat", compose_project="home", image="cat:1", health="unhealthy"),
    facts(4, "dog", image="dog:1"),
]


def figures(*cpu: float, sequence: int = 1) -> ContainerStatsBatch:
    """A batch in which they use so much CPU, in the order of NAMES, and the more of all else the later in it."""
    numbered = enumerate(zip(NAMES, cpu, strict=True), start=1)
    return batch(
        [
            sample(
                number,
                name,
                cpu_pct=pct,
                throttled_pct=1.5 * number,
                mem_bytes=number * 100 * MIB,
                mem_limit_bytes=GIB,
                net_rx_bytes_per_sec=number * 1e6,
                net_tx_bytes_per_sec=number * 2e3,
                block_read_bytes_per_sec=number * 4e6,
                block_write_bytes_per_sec=number * 5e3,
                io_pressure=Pressure(some_pct=2.5 * number),
                pids=10 * number,
            )
            for number, (name, pct) in numbered
        ],
        sequence=sequence,
    )


RISING = (10.0, 20.0, 30.0, 40.0)
FALLING = (400.0, 300.0, 200.0, 100.0)
THREE_MOVED = re.compile(r"\b3\b.*moved")


class Scene(NamedTuple):
    """A dashboard with one host, which says what a test makes it say."""

    agent: FakeAgent
    url: str


@pytest.fixture(scope="module")
async def scene() -> AsyncIterator[Scene]:
    async with fake_agent([inventory(FACTS), figures(*RISING)]) as agent, dashboard(*following(host=agent)) as url:
        yield Scene(agent, url)


@asynccontextmanager
async def begun(browser: Browser, scene: Scene) -> AsyncIterator[Page]:
    """A page on which they stand by CPU, largest first: dog, cat, bee, ant."""
    await scene.agent.say(figures(*RISING))
    async with visit(browser, scene.url) as page:
        await expect(row(page, "ant").locator(".cpu .figure")).to_have_text("10.0")
        await expect(names(page)).to_have_text(["dog", "cat", "bee", "ant"])
        yield page


async def test_click_on_a_head_sorts_largest_first_and_the_next_one_smallest(browser: Browser, scene: Scene) -> None:
    async with begun(browser, scene) as page:
        await expect(head(page, "CPU")).to_have_attribute("aria-sort", "descending")
        await head(page, "Memory").locator(".sort").click()
        await expect(head(page, "Memory")).to_have_attribute("aria-sort", "descending")
        await expect(page.locator("th[aria-sort]")).to_have_count(1)
        await expect(names(page)).to_have_text(["dog", "cat", "bee", "ant"])
        await head(page, "Memory").locator(".sort").click()
        await expect(head(page, "Memory")).to_have_attribute("aria-sort", "ascending")
        await expect(names(page)).to_have_text(["ant", "bee", "cat", "dog"])
        await expect(page.get_by_role("status").filter(has_text="Sorted by Memory, ascending")).to_be_attached()


async def test_click_on_the_head_of_a_text_sorts_by_the_alphabet(browser: Browser, scene: Scene) -> None:
    async with begun(browser, scene) as page:
        await head(page, "Name").locator(".sort").click()
        await expect(head(page, "Name")).to_have_attribute("aria-sort", "ascending")
        await expect(names(page)).to_have_text(["ant", "bee", "cat", "dog"])


async def test_click_on_the_states_head_brings_what_needs_a_person_first(browser: Browser, scene: Scene) -> None:
    async with begun(browser, scene) as page:
        await head(page, "State").locator(".sort").click()
        await expect(rows(page).first.locator(".name bdi")).to_have_text("cat")


async def test_s_sorts_by_the_next_column_as_a_click_on_its_head_does(browser: Browser, scene: Scene) -> None:
    async with visit(browser, f"{scene.url}?sort=state,asc") as page:
        await expect(head(page, "State")).to_have_attribute("aria-sort", "ascending")
        await page.keyboard.press("s")
        await expect(head(page, "Name")).to_have_attribute("aria-sort", "ascending")
        await expect(names(page)).to_have_text(["ant", "bee", "cat", "dog"])
        await expect(page.get_by_role("status").filter(has_text="Sorted by Name, ascending")).to_be_attached()


async def test_s_passes_over_the_column_that_the_groups_heads_tell(browser: Browser, scene: Scene) -> None:
    async with visit(browser, f"{scene.url}?sort=host,asc&group=project", width=1920) as page:
        await expect(head(page, "Host")).to_have_attribute("aria-sort", "ascending")
        await page.keyboard.press("s")
        await expect(head(page, "Image")).to_have_attribute("aria-sort", "ascending")


async def test_s_on_a_phone_sorts_by_what_it_shows_and_marks_it(browser: Browser, scene: Scene) -> None:
    async with visit(browser, scene.url, width=390, height=844) as page:
        await expect(head(page, "CPU")).to_have_attribute("aria-sort", "descending")
        for title in ("Memory", "State", "Name", "CPU"):
            await page.keyboard.press("s")
            await expect(head(page, title)).to_have_attribute("aria-sort", re.compile("ending"))
            await expect(head(page, title).locator(".arrow")).to_be_visible()


async def test_rows_move_by_themselves_when_nobody_is_at_the_table(browser: Browser, scene: Scene) -> None:
    async with begun(browser, scene) as page:
        async with ticking(scene.agent, lambda sequence: figures(*FALLING, sequence=sequence)):
            await expect(rows(page).first.locator(".name bdi")).to_have_text("ant")
            await expect(rows(page).last.locator(".name bdi")).to_have_text("dog")
        await expect(page.locator(".moves")).to_be_hidden()


async def test_rows_under_the_pointer_hold_still_until_it_leaves(browser: Browser, scene: Scene) -> None:
    async with begun(browser, scene) as page:
        await row(page, "cat").hover()
        async with ticking(scene.agent, lambda sequence: figures(*FALLING, sequence=sequence)):
            await expect(page.locator(".moves")).to_contain_text(THREE_MOVED)
            await expect(row(page, "ant").locator(".cpu .figure")).to_have_text("400.0")  # figures go on
            await expect(names(page)).to_have_text(["dog", "cat", "bee", "ant"])
            await page.mouse.move(1, 1)
            await expect(rows(page).first.locator(".name bdi")).to_have_text("ant")
            await expect(page.locator(".moves")).to_be_hidden()


async def test_rows_move_again_when_the_pointer_has_left_after_a_click_on_one(browser: Browser, scene: Scene) -> None:
    async with begun(browser, scene) as page:
        await row(page, "cat").locator(".memory").click()
        await expect(drawer(page).locator("h2")).to_have_text("cat")
        await page.mouse.move(1, 1)
        async with ticking(scene.agent, lambda sequence: figures(*FALLING, sequence=sequence)):
            await expect(rows(page).first.locator(".name bdi")).to_have_text("ant")
            await expect(page.locator(".moves")).to_be_hidden()


async def test_m_lets_held_rows_move(browser: Browser, scene: Scene) -> None:
    async with begun(browser, scene) as page:
        await row(page, "cat").hover()
        async with ticking(scene.agent, lambda sequence: figures(*FALLING, sequence=sequence)):
            await expect(page.locator(".moves")).to_contain_text(THREE_MOVED)
            await page.keyboard.press("m")
            await expect(page.locator(".moves")).to_be_hidden()
            await expect(names(page)).to_have_text(["ant", "bee", "cat", "dog"])


async def test_pill_lets_held_rows_move_and_leaves_the_focus_where_it_was(browser: Browser, scene: Scene) -> None:
    async with begun(browser, scene) as page:
        await page.keyboard.press("j")
        await expect(row(page, "dog")).to_be_focused()
        async with ticking(scene.agent, lambda sequence: figures(*FALLING, sequence=sequence)):
            await expect(page.locator(".moves")).to_contain_text(THREE_MOVED)
            await page.locator(".moves").click()
            await page.mouse.move(1, 1)
            await expect(rows(page).first.locator(".name bdi")).to_have_text("ant")
            await expect(row(page, "dog")).to_be_focused()


async def test_pill_pressed_by_the_keyboard_gives_the_focus_to_the_row_the_keyboard_is_at(
    browser: Browser, scene: Scene
) -> None:
    async with begun(browser, scene) as page:
        await page.keyboard.press("j")
        async with ticking(scene.agent, lambda sequence: figures(*FALLING, sequence=sequence)):
            await expect(page.locator(".moves")).to_contain_text(THREE_MOVED)
            await page.locator(".moves").focus()
            await page.keyboard.press("Enter")
            await expect(rows(page).first.locator(".name bdi")).to_have_text("ant")
            await expect(row(page, "dog")).to_be_focused()


async def test_rows_hold_still_while_one_has_the_focus(browser: Browser, scene: Scene) -> None:
    async with begun(browser, scene) as page:
        await page.keyboard.press("j")
        await expect(row(page, "dog")).to_be_focused()
        async with ticking(scene.agent, lambda sequence: figures(*FALLING, sequence=sequence)):
            await expect(page.locator(".moves")).to_contain_text(THREE_MOVED)
            await expect(names(page)).to_have_text(["dog", "cat", "bee", "ant"])
            await page.keyboard.press("m")
            await expect(rows(page).first.locator(".name bdi")).to_have_text("ant")
            await expect(row(page, "dog")).to_be_focused()


async def test_rows_hold_still_while_the_filter_is_typed(browser: Browser, scene: Scene) -> None:
    async with begun(browser, scene) as page:
        await filter_field(page).fill("cpu:>5")
        async with ticking(scene.agent, lambda sequence: figures(*FALLING, sequence=sequence)):
            await expect(page.locator(".moves")).to_contain_text(THREE_MOVED)
            await expect(names(page)).to_have_text(["dog", "cat", "bee", "ant"])


async def test_group_has_a_head_with_its_totals(browser: Browser, scene: Scene) -> None:
    async with begun(browser, scene) as page:
        await page.get_by_label("Group containers by").select_option("project")
        await expect(groups(page)).to_have_count(3)
        shop = groups(page).filter(has_text="shop")
        await expect(shop.get_by_role("rowheader")).to_have_text("shop2 of 2 running")
        await expect(shop.locator(".cpu .value")).to_contain_text("30.0")
        await expect(shop.locator(".memory .value")).to_have_text("300MiB of 2 GiB")
        home = groups(page).filter(has_text="home")
        await expect(home.get_by_role("rowheader")).to_contain_text("1 unhealthy")
        await expect(home.locator(".memory .value")).to_have_text("300MiB")  # no limit where one has none


async def test_group_tells_every_total_below_the_columns_head(browser: Browser, scene: Scene) -> None:
    async with visit(browser, f"{scene.url}?group=project", width=2560) as page:
        shop = groups(page).filter(has_text="shop")
        for column, words in {
            "network": "3.00MB6.00kB",
            "disk": "12.0MB15.0kB",
            "pressure": "5.00% max",
            "throttled": "3.00% max",
            "pids": "30",
            "restarts": "7",
        }.items():
            await expect(shop.locator(f".{column} .value")).to_have_text(words)


async def test_keys_lead_from_row_to_row(browser: Browser, scene: Scene) -> None:
    async with begun(browser, scene) as page:
        for key, name in {
            "j": "dog",
            "ArrowDown": "cat",
            "End": "ant",
            "ArrowUp": "bee",
            "k": "cat",
            "Home": "dog",
        }.items():
            await page.keyboard.press(key)
            await expect(row(page, name)).to_be_focused()


async def test_group_opens_and_closes_by_arrows_and_by_enter(browser: Browser, scene: Scene) -> None:
    async with visit(browser, f"{scene.url}?group=project&sort=name,asc") as page:
        home = groups(page).first
        await expect(home).to_contain_text("home")
        await page.keyboard.press("j")
        await expect(home).to_be_focused()
        for key, count in {"ArrowLeft": 0, "ArrowRight": 1, "Enter": 0}.items():
            await page.keyboard.press(key)
            await expect(row(page, "cat")).to_have_count(count)
            await expect(home.get_by_role("button")).to_have_attribute("aria-expanded", str(count > 0).lower())
            await expect(home).to_be_focused()


async def test_collapsed_group_hides_its_rows_and_keeps_its_small_chart(browser: Browser, scene: Scene) -> None:
    async with visit(browser, f"{scene.url}?group=project") as page:
        async with ticking(scene.agent, lambda sequence: figures(*RISING, sequence=sequence)):
            shop = groups(page).filter(has_text="shop")
            await shop.get_by_role("button", name="shop").click()
            await expect(shop.get_by_role("button", name="shop")).to_have_attribute("aria-expanded", "false")
            await expect(row(page, "ant")).to_have_count(0)
            await expect(row(page, "cat")).to_be_visible()
            await until_ink_over(shop.locator(".cpu60"))
        await shop.get_by_role("button", name="shop").click()
        await expect(row(page, "ant")).to_be_visible()


async def test_g_groups_by_the_next_thing(browser: Browser, scene: Scene) -> None:
    async with begun(browser, scene) as page:
        for first in ("host", "shop", "acme/api:2"):
            await page.keyboard.press("g")
            await expect(groups(page).filter(has_text=first)).to_have_count(1)
        await page.keyboard.press("g")
        await expect(groups(page)).to_have_count(0)
