"""The table's cells and rows: what is known, what is not and why, and a thousand containers.

Not here: the order of rows and groups (test_order), columns and units (test_settings), hostile texts (test_hostile).
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from playwright.async_api import Browser, Page, expect

from dockstats_core.messages.agent import Pressure
from tests.browser.fake_agent import fake_agent, ticking
from tests.browser.hosts import GIB, MIB, batch, facts, host, inventory, sample, short_id
from tests.browser.ink import has_ink_over, until_ink_over
from tests.browser.places import drawer, expect_figures, head, names, row, rows, why
from tests.browser.serving import dashboard, following, simulated_agent
from tests.browser.visiting import tab_to, visit

pytestmark = pytest.mark.browser

ONE_OF_EACH = host(
    [
        facts(
            1,
            "busy",
            mem_limit_bytes=GIB,
            cpu_limit_cores=2.5,
            pids_limit=100,
            restart_count=4,
            started_at=datetime.now(UTC) - timedelta(days=3, hours=4, minutes=30),
        ),
        facts(2, "new"),
        facts(3, "neighbour", network_of="busy"),
        facts(4, "idle", started_at=datetime.now(UTC) - timedelta(hours=2, minutes=10, seconds=30)),
        facts(5, "old"),
        facts(6, "failed", state="exited", exit_code=3, finished_at=datetime.now(UTC) - timedelta(minutes=3)),
        facts(7, "sick", health="unhealthy", mem_limit_bytes=GIB),
        facts(8, "whole"),
    ],
    [
        sample(
            1,
            "busy",
            cpu_pct=212.8,
            throttled_pct=32.0,
            mem_bytes=GIB - 1,
            mem_limit_bytes=GIB,
            net_rx_bytes_per_sec=12_400_000.0,
            net_tx_bytes_per_sec=80.0,
            block_read_bytes_per_sec=1_500_000.0,
            block_write_bytes_per_sec=2000.0,
            cpu_pressure=Pressure(some_pct=41.0),
            io_pressure=Pressure(some_pct=2.0),
            pids=90,
        ),
        sample(
            2,
            "new",
            mem_bytes=6 * MIB,
            mem_cache_bytes=3 * MIB,
            mem_limit_bytes=16 * GIB,
            unknown={"cpu": "first_sample"},
        ),
        sample(3, "neighbour", cpu_pct=1.0, unknown={"network": "shared_network", "network_rates": "shared_network"}),
        sample(4, "idle", cpu_pct=0.0, mem_bytes=0, net_rx_bytes_per_sec=0.0, net_tx_bytes_per_sec=0.0, pids=0),
        sample(5, "old", cpu_pct=3.0, mem_bytes=5 * MIB, age_secs=42.0, stale=True),
        sample(7, "sick", cpu_pct=2.0, mem_bytes=256 * MIB, mem_cache_bytes=128 * MIB, mem_limit_bytes=GIB),
        sample(8, "whole", cpu_pct=790.0),
    ],
)


@pytest.fixture(scope="module")
async def page(browser: Browser) -> AsyncIterator[Page]:
    """A host with one container of each kind; tests only look, point and press Tab."""
    async with (
        fake_agent(ONE_OF_EACH) as agent,
        dashboard(*following(host=agent)) as url,
        visit(browser, url) as page,
    ):
        await expect(rows(page)).to_have_count(8)
        yield page


@pytest.fixture(scope="module")
async def wide(browser: Browser, page: Page) -> AsyncIterator[Page]:
    """The same in a window that has room for every column; tests only look."""
    async with visit(browser, page.url, width=2560) as wide:
        await expect_figures(wide)
        yield wide


async def test_known_figure_shows_its_value_and_unit(page: Page) -> None:
    busy = row(page, "busy")
    await expect(busy.locator(".cpu .figure")).to_have_text("212.8")
    await expect(busy.locator(".memory .value")).to_have_text("1.00GiBof 1 GiB▲")
    await expect(busy.locator(".network .value")).to_have_text("12.4MB80B")
    await expect(busy.locator(".pressure .value")).to_have_text("41.0% cpu")


@pytest.mark.parametrize(
    ("column", "words"),
    [
        ("disk", "1.50MB2.00kB"),
        ("throttled", "32.0%"),
        ("pids", "90of 100△"),
        ("restarts", "4"),
        ("uptime", "3 d 4 h"),
    ],
)
async def test_column_that_only_a_wide_window_has_shows_its_own_figure(wide: Page, column: str, words: str) -> None:
    await expect(row(wide, "busy").locator(f".{column} .value")).to_have_text(words)


async def test_memory_bar_is_filled_by_what_is_in_use_and_by_the_cache_behind_it(wide: Page) -> None:
    whole, cache, used = [
        (await row(wide, "sick").locator(f".memory {part}").bounding_box() or {"width": 0.0})["width"]
        for part in (".bar", ".fill.cache", ".fill:not(.cache)")
    ]
    assert used / whole == pytest.approx(0.25, abs=0.01)
    assert cache / whole == pytest.approx(0.375, abs=0.01)


async def test_pressure_tells_of_all_that_is_waited_for_on_hover(page: Page) -> None:
    await row(page, "busy").locator(".pressure .value").hover()
    await expect(why(page)).to_have_text("Something in it waited for io 2.00 %, CPU 41.0 % of the time.")


async def test_row_draws_its_last_minute_of_cpu_and_of_memory_and_nothing_of_what_is_unknown(wide: Page) -> None:
    await until_ink_over(row(wide, "busy").locator(".cpu60"))
    await until_ink_over(row(wide, "busy").locator(".memory60"))
    assert await has_ink_over(row(wide, "neighbour").locator(".cpu60"))
    assert not await has_ink_over(row(wide, "neighbour").locator(".memory60")), "nobody knows its memory"


async def test_figure_of_zero_shows_0_and_not_a_word(page: Page) -> None:
    idle = row(page, "idle")
    await expect(idle.locator(".cpu .value")).to_have_text("0.0")
    await expect(idle.locator(".network .value")).to_have_text("0B0B")
    await expect(idle.locator(".cpu .unknown, .network .unknown")).to_have_count(0)


async def test_unknown_figure_is_a_word_that_says_why_on_hover_and_on_focus(page: Page) -> None:
    word = row(page, "new").locator(".cpu .unknown")
    await expect(word).to_have_text("first sample")
    await expect(row(page, "new").locator(".cpu .value")).to_be_hidden()
    await word.hover()
    await expect(why(page)).to_contain_text("A rate needs two readings")
    await page.keyboard.press("Escape")
    await expect(why(page)).to_be_hidden()
    await row(page, "neighbour").focus()
    await expect(row(page, "neighbour").locator(".network .unknown")).to_have_text("via busy")
    await tab_to(page, row(page, "neighbour").locator(".network .unknown"))
    await expect(why(page)).to_contain_text("uses the network of busy")


async def test_unknown_memory_has_no_bar_that_would_say_0(page: Page) -> None:
    await expect(row(page, "new").locator(".memory .bar")).to_be_visible()
    await expect(row(page, "neighbour").locator(".memory .unknown")).to_be_visible()
    await expect(row(page, "neighbour").locator(".memory .bar")).to_be_hidden()


async def test_memory_without_a_limit_says_so_and_tells_its_sum_on_hover_and_on_focus(page: Page) -> None:
    memory = row(page, "new").locator(".memory .value")
    await expect(memory).to_have_text("6.00MiBno limit")
    await memory.hover()
    await expect(why(page)).to_contain_text("9.00 MiB in all = 6.00 MiB in use + 3.00 MiB cache")
    await expect(why(page)).to_contain_text("No limit of its own; the host has 16 GiB.")
    await page.keyboard.press("Escape")
    await memory.focus()
    await expect(why(page)).to_contain_text("9.00 MiB in all")


async def test_throttled_container_has_a_mark_beside_its_cpu_that_is_explained(page: Page) -> None:
    await expect(row(page, "busy").locator(".cpu .sign")).to_have_text("◣ 32 %")
    await expect(row(page, "idle").locator(".cpu .sign")).to_be_empty()
    await row(page, "busy").locator(".cpu .value").hover()
    await expect(why(page)).to_contain_text("It may use 2.50 cores of the host's 8.")
    await expect(why(page)).to_contain_text("held it back in 32 % of the scheduler's periods")


async def test_mark_beside_a_high_cpu_has_a_name_for_whoever_listens(page: Page) -> None:
    await expect(row(page, "busy").locator(".cpu").get_by_role("img", name="throttled 32 %")).to_be_visible()
    await expect(row(page, "whole").locator(".cpu").get_by_role("img", name="nearly full")).to_have_text("▲")
    await expect(row(page, "idle").locator(".cpu").get_by_role("img")).to_have_count(0)


async def test_old_figures_look_old_and_say_how_old(page: Page) -> None:
    await expect(row(page, "old")).to_have_class("row dim")
    await expect(row(page, "old").locator(".name .sign")).to_have_text("42 s old")
    await expect(row(page, "idle")).to_have_class("row")
    colour = "(figure) => getComputedStyle(figure).color"
    of_now, old = [await row(page, name).locator(".cpu .figure").evaluate(colour) for name in ("idle", "old")]
    assert old != of_now


async def test_stopped_container_says_how_it_ended_and_has_no_figures(page: Page) -> None:
    failed = row(page, "failed")
    await expect(failed).to_have_class("row stopped")
    await expect(failed.locator(".name .sign")).to_have_text("exited with 3")
    await expect(failed.locator(".cpu .value, .memory .value, .memory .bar")).to_have_count(3)
    for part in await failed.locator(".cpu .value, .memory .value, .memory .bar").all():
        await expect(part).to_be_hidden()


async def test_unhealthy_container_is_told_by_sign_word_tab_title_and_icon(page: Page) -> None:
    await expect(row(page, "sick").get_by_role("img", name="unhealthy")).to_have_text("✕")
    await expect(row(page, "sick").locator(".name .sign")).to_have_text("unhealthy")
    await expect(page).to_have_title("1 unhealthy · dockstats")
    await expect(page.locator("link[rel=icon]")).to_have_attribute("href", "page/icon/1.svg")


async def test_rows_and_columns_have_roles_for_whoever_listens(page: Page) -> None:
    table = page.get_by_role("table", name="Containers")
    await expect(table).to_have_attribute("aria-rowcount", "9")  # the head counts
    await expect(table.get_by_role("columnheader", name="Memory")).to_be_visible()
    await expect(table.get_by_role("rowheader", name="idle", exact=True)).to_be_visible()


FADES_OUT = """(row) => {
    const fades = row.getAnimations().map(({ effect }) => effect)
        .filter((effect) => effect.getKeyframes().some(({ opacity }) => opacity === "0"));
    return fades.map((effect) => effect.getTiming()).flatMap(({ delay, duration }) => [duration, delay + duration]);
}"""


async def test_container_that_vanished_shows_its_exit_code_for_ten_seconds(browser: Browser) -> None:
    stays, goes = facts(1, "stays"), facts(2, "goes")
    ended = facts(2, "goes", state="exited", exit_code=137)
    figures = [sample(1, "stays", cpu_pct=1.0)]
    async with (
        fake_agent(host([stays, goes], [*figures, sample(2, "goes", cpu_pct=9.0)])) as agent,
        dashboard(*following(host=agent)) as url,
        visit(browser, url) as page,
    ):
        await expect(row(page, "goes").locator(".cpu .figure")).to_have_text("9.0")
        await agent.say(inventory([stays, ended]), batch(figures))
        # Who is slow skips to the newest inventory: the dashboard must have had this one to know of an exit code.
        await expect(row(page, "goes").locator(".name .sign")).to_have_text("exited with 137")
        vanished = time.monotonic()
        await agent.say(inventory([stays]))
        async with ticking(agent, lambda sequence: batch(figures, sequence=sequence)):
            await expect(row(page, "goes").locator(".name .sign")).to_have_text("exit 137")
            await expect(row(page, "goes")).to_have_class("row stopped dim gone")
            assert await row(page, "goes").evaluate(FADES_OUT) == [200, 10_000]
            await expect(row(page, "goes")).to_have_count(0, timeout=30_000)
        assert time.monotonic() - vanished > 10
        await expect(names(page)).to_have_text(["stays"])


async def test_container_that_came_shows_within_a_second_or_two_and_fades_in(browser: Browser) -> None:
    first = (facts(1, "first"), sample(1, "first", cpu_pct=1.0))
    second = (facts(2, "second"), sample(2, "second", cpu_pct=2.0))
    async with (
        fake_agent(host([first[0]], [first[1]])) as agent,
        dashboard(*following(host=agent)) as url,
        visit(browser, url) as page,
    ):
        await expect(rows(page)).to_have_count(1)
        await agent.say(inventory([first[0], second[0]]), batch([first[1], second[1]], sequence=2))
        await page.wait_for_function(FADE, arg=["second"], timeout=2000)
        await expect(row(page, "second")).to_be_visible(timeout=2000)


FADE = """(names) => {
    const rows = [...document.querySelectorAll('tr.row')];
    const fading = rows.filter((row) => getComputedStyle(row).animationName !== 'none');
    return String(fading.map((row) => row.querySelector('.name bdi').textContent)) === String(names);
}"""
"""Whether the rows with these names fade in, and no other."""


async def test_thousand_containers_are_as_many_rows_of_the_document_as_fit(browser: Browser) -> None:
    async with (
        simulated_agent(containers=1000) as agent,
        dashboard(*following(host=agent.url)) as url,
        visit(browser, f"{url}?sort=name,asc") as page,
    ):
        await expect_figures(page)
        table = page.get_by_role("table", name="Containers")
        await expect(table).to_have_attribute("aria-rowcount", "1001")
        assert await rows(page).count() < 40
        elements = "() => document.querySelectorAll('*').length"
        before = await page.evaluate(elements)
        await page.locator("container-table").evaluate("(table) => table.scrollTo(0, table.scrollHeight)")
        await expect(rows(page).last).to_have_attribute("aria-rowindex", "1001")
        await expect(rows(page).last).to_be_in_viewport()
        for top in range(0, 24_000, 1700):
            await page.locator("container-table").evaluate("(table, top) => table.scrollTo(0, top)", top)
            index = top // 27 + 2
            await expect(page.locator(f'tr.row[aria-rowindex="{index}"]')).to_be_attached()
        assert await page.evaluate(elements) < before * 1.3


@pytest.fixture(scope="module")
async def long() -> AsyncIterator[str]:
    """The page of a host with more containers than fit, web-1 first."""
    containers = range(1, 81)
    said = host(
        [facts(number) for number in containers],
        [sample(number, cpu_pct=100.0 - number, mem_bytes=MIB, mem_limit_bytes=GIB) for number in containers],
    )
    async with fake_agent(said) as agent, dashboard(*following(host=agent)) as url:
        yield url


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (900, 700)])
async def test_link_to_a_container_shows_its_row_too(browser: Browser, long: str, width: int, height: int) -> None:
    async with visit(browser, f"{long}?open=host/{short_id(60)}", width=width, height=height) as page:
        await expect(drawer(page).locator("h2")).to_have_text("web-60")
        await expect(row(page, "web-60")).to_be_in_viewport(ratio=1)


FOCUS_AND_SCROLL = """(cell) => new Promise((resolve) => {
    document.addEventListener('scroll', () => requestAnimationFrame(() => resolve()), { capture: true, once: true });
    cell.focus();
})"""


async def test_reason_stays_beside_what_the_keyboards_focus_scrolled_into_sight(browser: Browser, long: str) -> None:
    async with visit(browser, long) as page:
        await page.keyboard.press("j")
        last = await names(page).last.inner_text()  # drawn for the next bit of scrolling
        cell = row(page, last).locator(".memory .value")
        await expect(cell).not_to_be_in_viewport()
        await cell.evaluate(FOCUS_AND_SCROLL)
        await expect(why(page)).to_contain_text("1.00 MiB in use")
        beside, box = await cell.bounding_box(), await why(page).bounding_box()
        assert beside is not None
        assert box is not None
        assert box["y"] <= beside["y"] + beside["height"] / 2 <= box["y"] + box["height"]
        await page.mouse.move(300, 500)
        await page.mouse.wheel(0, 1000)  # away from it
        await expect(why(page)).to_be_hidden()


async def test_escape_closes_the_reason_first_and_the_detail_next(browser: Browser, long: str) -> None:
    async with visit(browser, f"{long}?open=host/{short_id(1)}") as page:
        await expect(drawer(page).locator("h2")).to_have_text("web-1")
        await row(page, "web-2").locator(".memory .value").hover()
        await expect(why(page)).to_be_visible()
        await page.keyboard.press("Escape")
        await expect(why(page)).to_be_hidden()
        await expect(drawer(page)).to_be_visible()
        await page.keyboard.press("Escape")
        await expect(drawer(page)).to_be_hidden()


async def test_table_of_a_host_without_containers_says_what_to_do(browser: Browser) -> None:
    async with (
        fake_agent(host([], [])) as agent,
        dashboard(*following(host=agent)) as url,
        visit(browser, url) as page,
    ):
        await expect(page.locator("container-table .empty")).to_contain_text(
            "There is no container here yet. Start one"
        )
        await expect(head(page, "CPU")).to_be_visible()
