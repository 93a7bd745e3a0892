"""The filter: what its terms let through, and what it offers while one types.

Not here: every term (tests/page/filter-terms).
"""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, Page, expect

from tests.browser.fake_agent import fake_agent
from tests.browser.hosts import GIB, facts, host, sample
from tests.browser.places import filter_field, host_card, names, row, rows, tile
from tests.browser.serving import dashboard, following
from tests.browser.visiting import visit

pytestmark = pytest.mark.browser

DB = host(
    [
        facts(1, "postgres", image="postgres:16", compose_project="shop"),
        facts(2, "postgres-test", image="postgres:16"),
        facts(3, "backup", state="exited", exit_code=0),
    ],
    [
        sample(1, "postgres", cpu_pct=80.0, mem_bytes=2 * GIB),
        sample(2, "postgres-test", cpu_pct=60.0),
    ],
    agent_id="db",
)
WEB = host(
    [facts(1, "nginx", image="nginx:1.27", compose_project="shop", health="unhealthy")],
    [sample(1, "nginx", cpu_pct=5.0)],
    agent_id="web",
)


@pytest.fixture(scope="module")
async def url() -> AsyncIterator[str]:
    async with fake_agent(DB) as db, fake_agent(WEB) as web, dashboard(*following(db=db, web=web)) as url:
        yield url


async def expect_filtered(page: Page, text: str, left: list[str]) -> None:
    """What it lets through, by CPU."""
    await filter_field(page).fill(text)
    await expect(names(page)).to_have_text(left)


async def test_terms_let_through_what_fits_all_of_them(browser: Browser, url: str) -> None:
    async with visit(browser, url) as page:
        await expect(rows(page)).to_have_count(4)
        await expect_filtered(page, "host:db cpu:>50 state:running image:postgres -name:test", ["postgres"])
        await expect_filtered(page, "project:shop", ["postgres", "nginx"])
        await expect_filtered(page, "mem:>1g", ["postgres"])
        await expect_filtered(page, "test", ["postgres-test"])
        await expect(page.locator("filter-box .count")).to_have_text("1 of 4")


async def test_term_that_cannot_be_understood_is_explained_and_the_rest_holds(browser: Browser, url: str) -> None:
    async with visit(browser, url) as page:
        await filter_field(page).press_sequentially("cpu:much host:web ")
        await expect(filter_field(page)).to_have_attribute("aria-invalid", "true")
        await expect(page.locator("#filter-error")).to_contain_text("cpu")
        await expect(rows(page)).to_have_count(1)
        await expect(names(page)).to_have_text(["nginx"])


async def test_terms_and_their_values_are_offered_and_taken_by_keyboard(browser: Browser, url: str) -> None:
    async with visit(browser, url) as page:
        await expect(rows(page)).to_have_count(4)
        await page.keyboard.press("/")
        await expect(filter_field(page)).to_be_focused()
        await expect(filter_field(page)).to_have_attribute("aria-expanded", "true")
        await page.keyboard.type("im")
        offers = page.get_by_role("listbox").get_by_role("option")
        await expect(offers).to_have_count(1)
        await page.keyboard.press("ArrowDown")
        await expect(offers).to_have_attribute("aria-selected", "true")
        await expect(offers).to_contain_text("image:")
        await page.keyboard.press("Enter")
        await expect(filter_field(page)).to_have_value("image:")
        await expect(offers.first).to_contain_text("image:postgres:16")
        await expect(offers.first).to_contain_text("2 containers")
        await page.keyboard.press("ArrowDown")
        await page.keyboard.press("Tab")
        await expect(filter_field(page)).to_have_value("image:postgres:16 ")
        await expect(names(page)).to_have_text(["postgres", "postgres-test"])


async def test_offer_is_taken_by_a_click(browser: Browser, url: str) -> None:
    async with visit(browser, url) as page:
        await expect(rows(page)).to_have_count(4)
        await filter_field(page).press_sequentially("im")
        offers = page.get_by_role("listbox").get_by_role("option")
        await offers.filter(has_text="image:").click()
        await expect(filter_field(page)).to_have_value("image:")
        await offers.filter(has_text="nginx").click()
        await expect(filter_field(page)).to_have_value("image:nginx:1.27 ")
        await expect(filter_field(page)).to_be_focused()
        await expect(names(page)).to_have_text(["nginx"])


async def test_escape_closes_the_offers_then_clears_then_leaves(browser: Browser, url: str) -> None:
    async with visit(browser, url) as page:
        await expect(rows(page)).to_have_count(4)
        await page.keyboard.press("/")
        await page.keyboard.type("sta")
        await expect(page.get_by_role("listbox")).to_be_visible()
        await page.keyboard.press("Escape")
        await expect(page.get_by_role("listbox")).to_be_hidden()
        await expect(filter_field(page)).to_have_value("sta")
        await page.keyboard.press("Escape")
        await expect(filter_field(page)).to_have_value("")
        await page.keyboard.press("Escape")
        await expect(filter_field(page)).not_to_be_focused()


async def test_filter_that_nothing_fits_says_so_and_clears_by_a_click(browser: Browser, url: str) -> None:
    async with visit(browser, f"{url}?filter=name:nothing") as page:
        empty = page.locator("container-table .empty")
        await expect(empty).to_contain_text("None of 4 containers fits “name:nothing”.")
        await empty.get_by_role("button", name="clear the filter").click()
        await expect(rows(page)).to_have_count(4)
        await expect(empty).to_be_hidden()


async def test_click_on_a_host_shows_its_containers_only_and_again_all(browser: Browser, url: str) -> None:
    async with visit(browser, url) as page:
        card = host_card(page, "web").locator(".pick")
        await card.click()
        await expect(filter_field(page)).to_have_value("host:web")
        await expect(card).to_have_attribute("aria-pressed", "true")
        await expect(rows(page)).to_have_count(1)
        await card.click()
        await expect(rows(page)).to_have_count(4)


async def test_click_on_a_count_shows_the_containers_of_that_state(browser: Browser, url: str) -> None:
    async with visit(browser, url) as page:
        await tile(page, "Containers").get_by_role("button", name="1 unhealthy").click()
        await expect(row(page, "nginx")).to_be_visible()
        await expect(rows(page)).to_have_count(1)
