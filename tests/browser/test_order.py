"""In which order the table stands, how still it holds, and its groups. Not here: its cells (test_table)."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import NamedTuple

import pytest
from playwright.async_api import Browser, Page, expect

from dockstats_core.messages.agent import ContainerStatsBatch
from tests.browser.fake_agent import FakeAgent, fake_agent, ticking
from tests.browser.hosts import GIB, MIB, batch, facts, inventory, sample
from tests.browser.places import filter_field, groups, head, names, row, rows
from tests.browser.serving import dashboard, following
from tests.browser.visiting import visit

pytestmark = pytest.mark.browser

NAMES = ("ant", "bee", "cat", "dog")
FACTS = [
    facts(1, "ant", compose_project="shop", image="acme/api:2", mem_limit_bytes=GIB, cpu_limit_cores=2.0),
    facts(2, "bee", compose_project="shop", image="acme/api:2", mem_limit_bytes=GIB, cpu_limit_cores=2.0),
    facts(3, "cat", compose_project="home", image="cat:1", health="unhealthy"),
    facts(4, "dog", image="dog:1"),
]


def figures(*cpu: float, sequence: int = 1) -> ContainerStatsBatch:
    """A batch in which they use so much CPU, in the order of NAMES, and the more memory the later in it."""
    numbered = enumerate(zip(NAMES, cpu, strict=True), start=1)
    return batch(
        [
            sample(number, name, cpu_pct=pct, mem_bytes=number * 100 * MIB, mem_limit_bytes=GIB)
            for number, (name, pct) in numbered
        ],
        sequence=sequence,
    )


RISING = (10.0, 20.0, 30.0, 40.0)
FALLING = (400.0, 300.0, 200.0, 100.0)
THREE_MOVED = re.compile(r"\b3\b.*moved")


INK = """([x, y]) => [...document.querySelectorAll('container-table canvas')].some((canvas) => {
    const box = canvas.getBoundingClientRect();
    if (x < box.left || x > box.right || y < box.top || y > box.bottom || canvas.width === 0) return false;
    const scale = canvas.width / box.width;
    const top = Math.max(0, Math.round((y - box.top - 10) * scale));
    const { data } = canvas.getContext('2d').getImageData(0, top, canvas.width, Math.round(20 * scale));
    for (let at = 3; at < data.length; at += 4) if (data[at] > 0) return true;
    return false;
})"""
"""Whether something is drawn in a small chart within ten pixels above or below a point."""


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


async def test_s_sorts_by_the_next_column(browser: Browser, scene: Scene) -> None:
    async with visit(browser, f"{scene.url}?sort=host") as page:
        await expect(head(page, "Host")).to_have_attribute("aria-sort", "descending")
        await page.keyboard.press("s")
        await expect(head(page, "Project")).to_have_attribute("aria-sort", "descending")


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


async def test_collapsed_group_hides_its_rows_and_keeps_its_small_chart(browser: Browser, scene: Scene) -> None:
    async with visit(browser, f"{scene.url}?group=project") as page:
        async with ticking(scene.agent, lambda sequence: figures(*RISING, sequence=sequence)):
            shop = groups(page).filter(has_text="shop")
            await shop.get_by_role("button", name="shop").click()
            await expect(shop.get_by_role("button", name="shop")).to_have_attribute("aria-expanded", "false")
            await expect(row(page, "ant")).to_have_count(0)
            await expect(row(page, "cat")).to_be_visible()
            place = await shop.locator(".cpu60").bounding_box()
            assert place is not None
            await page.wait_for_function(INK, arg=[place["x"] + place["width"] / 2, place["y"] + place["height"] / 2])
        await shop.get_by_role("button", name="shop").click()
        await expect(row(page, "ant")).to_be_visible()


async def test_g_groups_by_the_next_thing(browser: Browser, scene: Scene) -> None:
    async with begun(browser, scene) as page:
        for first in ("host", "shop", "acme/api:2"):
            await page.keyboard.press("g")
            await expect(groups(page).filter(has_text=first)).to_have_count(1)
        await page.keyboard.press("g")
        await expect(groups(page)).to_have_count(0)
