"""The fleet's totals and the line of hosts. Not here: what a host that is lost looks like (test_states)."""

from __future__ import annotations

import re
from contextlib import AsyncExitStack

import pytest
from playwright.async_api import Browser, Locator, Page, expect

from dockstats_core.messages.agent import AgentMessage, HostFigures, Pressure
from tests.browser.fake_agent import fake_agent
from tests.browser.hosts import GIB, batch, facts, host, inventory, sample
from tests.browser.places import FIGURE, expect_figures, groups, head, host_card, notice, row, rows, tile, why
from tests.browser.serving import dashboard, following
from tests.browser.stepping import AROUND_S, HIGH, Stepped
from tests.browser.visiting import visit

pytestmark = pytest.mark.browser


async def test_demo_shows_every_host_with_figures_and_says_that_they_are_made_up(browser: Browser, demo: str) -> None:
    async with visit(browser, demo) as page:
        await expect_figures(page)
        await expect(page.locator(".host-card.live")).to_have_count(3)
        await expect(tile(page, "Hosts")).to_contain_text("of 3 live")
        for title in ("Hosts", "CPU", "Memory", "Network", "Disk", "Pressure"):
            await expect(tile(page, title).locator(".figure")).to_have_text(FIGURE)
        badge = page.locator("page-head .badge")
        await expect(badge).to_have_text("simulated")
        await badge.hover()
        await expect(why(page)).to_contain_text("Every figure here is made up")


async def test_click_on_a_total_sorts_by_it_largest_first(browser: Browser, demo: str) -> None:
    async with visit(browser, demo) as page:
        await expect_figures(page)
        await tile(page, "Memory").click()
        await expect(head(page, "Memory")).to_have_attribute("aria-sort", "descending")


async def test_click_on_hosts_groups_by_host(browser: Browser, demo: str) -> None:
    async with visit(browser, demo) as page:
        await expect_figures(page)
        await tile(page, "Hosts").click()
        await expect(page.get_by_label("Group containers by")).to_have_value("host")
        await expect(groups(page).first).to_be_visible()


async def test_host_tells_what_watches_it_how_often_and_how_loaded_it_is(browser: Browser, demo: str) -> None:
    async with visit(browser, demo) as page:
        card = host_card(page, "atlas")
        await expect(card.locator(".facts")).to_contain_text("simulated · 0.5 s")
        await expect(card.locator(".costs")).to_have_text(re.compile(r"costs [\d.]+ % · [\d.]+ MiB · \d+ ms"))
        for figure in await card.locator(".figure").all():
            await expect(figure).to_contain_text("%")


PAINTED = """(canvas) => {
    const copy = new OffscreenCanvas(canvas.width, canvas.height - 1).getContext("2d", { willReadFrequently: true });
    copy.drawImage(canvas, 0, 0);
    return copy.getImageData(0, 0, canvas.width, canvas.height - 1).data.some(Boolean);
}"""


async def test_host_shows_its_last_half_hour_where_there_is_room_for_it(browser: Browser, demo: str) -> None:
    async with visit(browser, demo) as page:
        chart = host_card(page, "atlas").locator("canvas")
        await expect(chart).to_be_visible()
        await page.wait_for_function(PAINTED, arg=await chart.element_handle())
        height = (await host_card(page, "atlas").bounding_box() or {"height": 0})["height"]
        await page.set_viewport_size({"width": 800, "height": 900})
        await expect(chart).to_be_hidden()
        assert (await host_card(page, "atlas").bounding_box() or {"height": -1})["height"] == height


async def test_link_to_an_instant_draws_the_half_hour_before_it(browser: Browser, lived: Stepped) -> None:
    async with visit(browser, lived.address_at(lived.at + AROUND_S)) as page:
        await expect(notice(page, "paused")).to_be_visible()
        for place in (tile(page, "CPU"), tile(page, "Memory"), host_card(page, "local")):
            await page.wait_for_function(PAINTED, arg=await place.locator("canvas").element_handle())


async def test_paused_charts_follow_the_theme(browser: Browser, lived: Stepped) -> None:
    async with visit(browser, lived.url) as page:
        await expect(row(page, "web")).to_contain_text(HIGH)
        await page.keyboard.press("Space")
        await expect(notice(page, "paused")).to_be_visible()
        charts = [place.locator("canvas") for place in (tile(page, "Memory"), host_card(page, "local"))]
        dark = [await chart.evaluate("(canvas) => canvas.toDataURL()") for chart in charts]
        await page.emulate_media(color_scheme="light")
        for chart, before in zip(charts, dark, strict=True):
            looks_other = "([canvas, before]) => canvas.toDataURL() !== before"
            await page.wait_for_function(looks_other, arg=[await chart.element_handle(), before])


async def test_every_total_and_the_timeline_draw_their_last_half_hour(browser: Browser, demo: str) -> None:
    async with visit(browser, demo) as page:
        totals = [tile(page, title) for title in ("CPU", "Memory", "Network", "Disk", "Pressure")]
        for place in (*totals, page.locator("time-bar")):
            await page.wait_for_function(PAINTED, arg=await place.locator("canvas").element_handle())


async def test_host_has_its_own_cpu_memory_load_and_pressure(browser: Browser) -> None:
    figures = HostFigures(
        basis="host",
        cpu_pct=120.0,
        cores=8,
        mem_used_bytes=4 * GIB,
        mem_total_bytes=16 * GIB,
        load_1m=1.5,
        io_pressure=Pressure(some_pct=12.0),
    )
    async with (
        fake_agent([inventory([facts(1)]), batch([sample(1)], host=figures)]) as agent,
        dashboard(*following(host=agent)) as url,
        visit(browser, url) as page,
    ):
        card = host_card(page, "host")
        await expect(card.locator(".figure")).to_have_text(["15 %", "25 %"])
        await expect(card.locator(".beside")).to_have_text(["load 1.50", "io 12 %"])
        for bar, part in zip(await card.locator(".bar").all(), (0.15, 0.25), strict=True):
            assert await width(bar.locator(".fill")) / await width(bar) == pytest.approx(part, abs=0.02)


async def width(element: Locator) -> float:
    """In pixels, as it is seen."""
    return (await element.bounding_box() or {"width": 0.0})["width"]


async def test_everything_about_a_host_opens_and_tells_what_watching_costs_there(browser: Browser, demo: str) -> None:
    async with visit(browser, demo) as page:
        await expect_figures(page)
        await host_card(page, "atlas").get_by_role("button", name="Everything about atlas").click()
        dialog = page.get_by_role("dialog")
        await expect(dialog).to_contain_text("atlas")
        await expect(dialog).to_contain_text("% of a core")
        await page.keyboard.press("Escape")
        await expect(dialog).to_be_hidden()


async def test_more_than_eight_hosts_are_a_mark_each_and_cards_on_demand(browser: Browser) -> None:
    async with AsyncExitStack() as hosts:
        said = {
            f"host{number}": host([facts(1)], [sample(1, cpu_pct=1.0)], agent_id=f"host{number}") for number in range(9)
        }
        agents = {name: await hosts.enter_async_context(fake_agent(messages)) for name, messages in said.items()}
        async with dashboard(*following(**agents)) as url, visit(browser, url) as page:
            await expect(page.locator(".host-mark.live")).to_have_count(9)
            await expect(page.locator(".host-card")).to_have_count(0)
            await page.get_by_role("button", name="show 9 hosts").click()
            await expect(page.locator(".host-card")).to_have_count(9)
            await page.get_by_role("button", name="host4, live").click()
            await expect(rows(page)).to_have_count(1)


async def test_host_whose_name_has_a_space_is_shown_as_chosen(browser: Browser) -> None:
    async with (
        fake_agent(host([facts(1)], [sample(1)])) as agent,
        dashboard("--agents", f"one|Agent 1|{agent}") as url,
        visit(browser, url) as page,
    ):
        pick = host_card(page, "one").locator(".pick")
        await pick.click()
        await expect(pick).to_have_attribute("aria-pressed", "true")
        await pick.click()
        await expect(pick).to_have_attribute("aria-pressed", "false")


async def whole_rows(page: Page, bottom: float) -> int:
    """How many are seen as a whole above `bottom`."""
    boxes = [await row.bounding_box() for row in await rows(page).all()]
    return sum(box is not None and box["y"] + box["height"] <= bottom for box in boxes)


async def test_phone_shows_nine_rows_live_and_seven_paused(browser: Browser, demo: str) -> None:
    async with visit(browser, demo, width=390, height=844) as page:
        await expect_figures(page)
        timeline = await page.locator("time-bar").bounding_box()
        assert timeline is not None
        assert await whole_rows(page, timeline["y"]) >= 9
        await page.keyboard.press("Space")
        banner = await notice(page, "paused").bounding_box()
        assert banner is not None
        assert await whole_rows(page, banner["y"]) >= 7
        for title in ("Hosts", "Containers", "CPU", "Memory", "Pressure", "Network"):
            await expect(tile(page, title)).to_be_in_viewport()


async def test_narrowest_phone_shows_how_many_run_and_are_unhealthy(browser: Browser) -> None:
    every = [facts(number, health="unhealthy" if number < 10 else "healthy") for number in range(120)]
    async with (
        fake_agent(host(every, [sample(number) for number in range(120)])) as agent,
        dashboard(*following(host=agent)) as url,
        visit(browser, url, width=360, height=740) as page,
    ):
        for name in ("120 running", "10 unhealthy"):
            box = await tile(page, "Containers").get_by_role("button", name=name).bounding_box()
            assert box is not None
            assert box["x"] + box["width"] <= 360


async def test_each_state_of_containers_has_its_place_and_none_is_cut(browser: Browser) -> None:
    def said(restarting: str, paused: str) -> list[AgentMessage]:
        states = ("running", "running", restarting, paused, "exited")
        every = [facts(number, state=state) for number, state in enumerate(states, 1)]
        every[0] = facts(1, health="unhealthy")
        return host(every, [sample(1)])

    async with (
        fake_agent(said("restarting", "paused")) as agent,
        dashboard(*following(host=agent)) as url,
        visit(browser, url, width=1360) as page,
    ):
        whole = await tile(page, "Containers").bounding_box()
        assert whole is not None
        names = ("2 running", "1 unhealthy", "1 restarting", "1 paused", "1 stopped")
        places = {}
        for name in names:
            button = tile(page, "Containers").get_by_role("button", name=name)
            await expect(button).to_be_visible()
            box = await button.bounding_box()
            assert box is not None
            assert box["x"] + box["width"] <= whole["x"] + whole["width"]
            places[name] = box["x"]
        await agent.say(*said("exited", "exited"))
        await expect(tile(page, "Containers").get_by_role("button", name="3 stopped")).to_be_visible()
        bar = {
            state: await width(tile(page, "Containers").locator(f".states .{state}"))
            for state in ("running", "stopped")
        }
        assert bar["stopped"] / bar["running"] == pytest.approx(3, rel=0.1)
        await expect(tile(page, "Containers").locator(".states span:visible")).to_have_class(
            ["running", "stopped", "unhealthy"]
        )
        for name in names[:2]:
            box = await tile(page, "Containers").get_by_role("button", name=name).bounding_box()
            assert box is not None
            assert box["x"] == places[name]


async def test_page_on_the_wall_has_nothing_to_press(browser: Browser, demo: str) -> None:
    async with visit(browser, f"{demo}?kiosk") as page:
        await expect_figures(page)
        for what in (".time-hint", ".time-changes", ".host-card .about", ".head .more"):
            await expect(page.locator(what).first).to_be_hidden()
