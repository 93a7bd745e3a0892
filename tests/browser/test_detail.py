"""One container in depth: how its detail opens and closes, and what stands in it.

Not here: its charts (test_charts).
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from playwright.async_api import Browser, expect

from dockstats_core.messages.agent import ContainerStatsBatch, Pressure
from tests.browser.fake_agent import fake_agent
from tests.browser.hosts import MIB, batch, facts, full_id, host, inventory, sample, short_id
from tests.browser.places import chart, drawer, open_detail, row, why
from tests.browser.serving import dashboard, following
from tests.browser.stepping import lived_engine
from tests.browser.visiting import visit

pytestmark = pytest.mark.browser

WELL = {"cpu_pct": 10.0, "mem_bytes": 64 * MIB, "pids": 3}
HELD_BACK = {
    "cpu_pct": 49.0,
    "throttled_pct": 90.0,
    "throttled_time_pct": 60.0,
    "cpu_pressure": Pressure(some_pct=55.0),
}
LONG_NAME = "a-name-that-is-much-longer-than-a-phone-is-wide-1"
CLIPBOARD = ("clipboard-read", "clipboard-write")
NO_NETWORK = {"network": "host_network", "network_rates": "host_network"}
NO_PRESSURE = {"pressure": "source_cannot_tell"}

SAID = host(
    [
        facts(1, "throttled", image="acme/api:1", compose_project="shop", cpu_limit_cores=0.5),
        facts(2, "well", cpu_limit_cores=2.0, mem_limit_bytes=128 * MIB),
        facts(3, "on-host-network", network_mode="host"),
        facts(5, LONG_NAME),
        facts(4, "killed", state="exited", oom_killed=True, exit_code=137, mem_limit_bytes=64 * MIB),
    ],
    [
        sample(1, "throttled", **{**WELL, **HELD_BACK}),
        sample(2, "well", **WELL, throttled_pct=0.0),
        sample(5, LONG_NAME, cpu_pct=1.0, mem_bytes=MIB),
        sample(3, "on-host-network", **WELL, unknown={**NO_NETWORK, **NO_PRESSURE}),
    ],
)


@pytest.fixture(scope="module")
async def url() -> AsyncIterator[str]:
    async with fake_agent(SAID) as agent, dashboard(*following(heron=agent)) as url:
        yield url


async def test_name_clicked_opens_its_detail_in_place_of_another_until_it_is_closed(browser: Browser, url: str) -> None:
    async with visit(browser, url) as page:
        await open_detail(page, "well")
        await expect(row(page, "well")).to_have_attribute("aria-current", "true")
        await open_detail(page, "throttled")
        await expect(row(page, "well")).not_to_have_attribute("aria-current", "true")
        await drawer(page).get_by_role("button", name="close the detail").click()
        await expect(drawer(page)).to_be_hidden()


async def test_enter_on_a_row_opens_its_detail_and_escape_gives_the_focus_back(browser: Browser, url: str) -> None:
    async with visit(browser, url) as page:
        await expect(row(page, "throttled")).to_have_attribute("aria-rowindex", "2")  # the first one, as it uses most
        await page.keyboard.press("j")
        await expect(row(page, "throttled")).to_be_focused()
        await page.keyboard.press("Enter")
        await expect(drawer(page).locator("h2")).to_have_text("throttled")
        await page.keyboard.press("Escape")
        await expect(drawer(page)).to_be_hidden()
        await expect(row(page, "throttled")).to_be_focused()


async def test_escape_within_the_detail_closes_it_and_gives_the_focus_back(browser: Browser, url: str) -> None:
    async with visit(browser, url) as page:
        await expect(row(page, "throttled")).to_be_visible()
        await page.keyboard.press("j")
        name = await page.locator("tr.row:focus button.name").inner_text()  # the first of an order that may be new
        await page.keyboard.press("Enter")
        await chart(page, "cpu").locator("canvas").focus()
        await page.keyboard.press("Escape")
        await expect(drawer(page)).to_be_hidden()
        await expect(row(page, name)).to_be_focused()


async def test_narrow_window_shows_the_detail_as_a_sheet_that_takes_the_focus(browser: Browser, url: str) -> None:
    async with visit(browser, url, width=390, height=844) as page:
        await open_detail(page, "well")
        await expect(drawer(page).locator("h2")).to_be_focused()
        box = await drawer(page).bounding_box()
        assert box is not None
        assert (box["x"], box["width"]) == (0, 390)


async def test_throttled_container_says_why_it_is_slow_and_the_rule_behind_it(browser: Browser, url: str) -> None:
    async with visit(browser, url) as page:
        await open_detail(page, "throttled")
        sentence = drawer(page).locator(".why-slow")
        await expect(sentence).to_contain_text("its own limit")
        await sentence.focus()
        await expect(why(page)).to_contain_text("throttled")


async def test_container_killed_for_want_of_memory_says_why_it_ended(browser: Browser, url: str) -> None:
    async with visit(browser, url) as page:
        await row(page, "killed").locator("button.name").click()
        sentence = drawer(page).locator(".why-slow")
        await expect(sentence).to_have_text(
            "Why it ended wanted more memory than it got: the kernel killed it (its own limit is 64 MiB)"
        )
        await sentence.focus()
        await expect(why(page)).to_contain_text("the engine says")


async def test_container_that_is_well_has_its_limits_beside_its_charts_and_no_sentence(
    browser: Browser, url: str
) -> None:
    async with visit(browser, url) as page:
        await open_detail(page, "well")
        await expect(chart(page, "cpu").locator(".right")).to_have_text("limit 200 % · not throttled")
        await expect(chart(page, "memory").locator(".note")).to_have_text("limit 128 MiB · 50 %")
        await expect(drawer(page).locator(".why-slow")).to_be_hidden()


async def test_cpu_chart_says_of_what_it_is_throttled_and_shows_the_colour_of_its_bands(
    browser: Browser, url: str
) -> None:
    async with visit(browser, url) as page:
        await open_detail(page, "throttled")
        note = chart(page, "cpu").locator(".right")
        await expect(note).to_have_text("limit 50 % · throttled in 90 % of periods now")
        await expect(note.locator(".swatch")).to_be_visible()
        await open_detail(page, LONG_NAME)
        await expect(note).to_have_text("no limit, so never throttled")
        await expect(note.locator(".swatch")).to_be_hidden()


async def test_sentence_that_is_no_longer_true_stays_for_a_while_as_past(browser: Browser) -> None:
    def slow(sequence: int, **fields: Any) -> ContainerStatsBatch:
        return batch([sample(1, "throttled", **WELL, **fields)], sequence=sequence)

    there = inventory([facts(1, "throttled", cpu_limit_cores=0.5)])
    held_back = {key: value for key, value in HELD_BACK.items() if key != "cpu_pct"}
    async with (
        fake_agent([there, slow(1, **held_back)]) as agent,
        dashboard(*following(heron=agent)) as url,
        visit(browser, url) as page,
    ):
        await open_detail(page, "throttled")
        sentence = drawer(page).locator(".why-slow")
        await expect(sentence).to_have_text(re.compile("^Why slow .*its own limit"))
        await agent.say(slow(2, throttled_pct=0.0))
        await expect(sentence).to_have_text(re.compile(r"^Was slow until \d\d:\d\d:\d\d: .*its own limit"))
        await agent.say(slow(3, **held_back))
        await expect(sentence).to_have_text(re.compile("^Why slow"))


async def test_detail_that_goes_on_below_its_edge_says_so_and_leads_there(browser: Browser, url: str) -> None:
    async with visit(browser, url, height=800) as page:
        await open_detail(page, "well")
        more = drawer(page).get_by_role("button", name="more: events, facts")
        await more.click()
        await expect(drawer(page).locator(".events h3")).to_be_in_viewport()
        await expect(drawer(page).locator(".events")).to_be_focused()
        await expect(more).to_be_hidden()


async def test_phone_shows_the_whole_name_and_copies_a_link_to_what_covers_its_page(browser: Browser, url: str) -> None:
    async with visit(browser, url, width=390, height=844, permissions=CLIPBOARD) as page:
        await open_detail(page, LONG_NAME)
        name = drawer(page).locator("h2 bdi")
        boxes = [await place.bounding_box() for place in (drawer(page).locator(".who"), name)]
        who, whole = (box for box in boxes if box is not None)
        assert whole["x"] + whole["width"] <= who["x"] + who["width"]
        assert await name.evaluate("name => name.getClientRects().length") > 1, "it wraps"
        await drawer(page).get_by_role("button", name="share").click()
        await expect(page.get_by_role("status").filter(has_text="copied")).to_have_count(1)
        assert f"open=heron/{short_id(5)}" in await page.evaluate("navigator.clipboard.readText()")


async def test_fact_and_its_label_stand_on_one_line_for_a_finger_too(browser: Browser, url: str) -> None:
    async with visit(browser, url, width=390, height=844, has_touch=True, is_mobile=True) as page:
        await open_detail(page, "well")
        row_of_name = drawer(page).locator(".copyable-facts dl > div").first
        label, value = [await row_of_name.locator(part).bounding_box() for part in ("dt", "bdi")]
        assert label is not None
        assert value is not None
        assert abs(label["y"] + label["height"] - value["y"] - value["height"]) <= 2


async def test_chart_without_figures_says_why_instead_of_showing_zero(browser: Browser, url: str) -> None:
    async with visit(browser, url) as page:
        await open_detail(page, "on-host-network")
        for name, word in (("network", "host network"), ("pressure", "not on heron")):
            await expect(chart(page, name).locator(".plot-head .unknown")).to_have_text(word)
            await expect(chart(page, name).locator(".plot-why")).not_to_be_empty()
            await expect(chart(page, name).locator("canvas")).to_be_hidden()
            await expect(chart(page, name).locator(".figure")).to_have_count(0)


async def test_fact_copied_is_whole_and_in_the_clipboard(browser: Browser, url: str) -> None:
    async with visit(browser, url, permissions=CLIPBOARD) as page:
        await open_detail(page, "well")
        await drawer(page).get_by_role("button", name="copy id").click()
        await expect(page.get_by_role("status").filter(has_text="Id copied.")).to_have_count(1)
        assert await page.evaluate("navigator.clipboard.readText()") == full_id(2)


async def test_fact_is_copied_too_where_the_browser_hides_its_clipboard(browser: Browser, url: str) -> None:
    hidden = "Object.defineProperty(navigator, 'clipboard', { value: undefined })"
    async with visit(browser, url, before=hidden, permissions=["clipboard-read"]) as page:
        await open_detail(page, "throttled")
        copy = drawer(page).get_by_role("button", name="copy image")
        await copy.click()
        await expect(page.get_by_role("status").filter(has_text="Image copied.")).to_have_count(1)
        await expect(copy).to_be_focused()


async def test_address_names_what_is_open_and_forgets_it_when_closed(browser: Browser, url: str) -> None:
    async with visit(browser, url) as page:
        await open_detail(page, "well")
        await expect(page).to_have_url(f"{url}?open=heron/{short_id(2)}")
        await page.keyboard.press("Escape")
        await expect(page).to_have_url(url)


async def test_address_of_a_container_that_is_not_there_says_so(browser: Browser, url: str) -> None:
    async with visit(browser, f"{url}?open=heron/{short_id(99)}") as page:
        await expect(drawer(page).locator(".missing")).to_contain_text("not there")
        await drawer(page).get_by_role("button", name="close", exact=True).click()
        await expect(drawer(page)).to_be_hidden()


async def test_instant_before_its_start_says_so_once_and_tells_nothing_of_now(browser: Browser) -> None:
    early = (facts(1, "early"), sample(1, "early", **WELL))
    async with fake_agent(host([early[0]], [early[1]])) as agent, dashboard(*following(heron=agent)) as url:
        async with visit(browser, url) as page:
            await expect(row(page, "early")).to_be_visible()
        instant = datetime.now(UTC)
        late = (facts(2, "late", started_at=instant + timedelta(milliseconds=1)), sample(2, "late", **WELL))
        await agent.say(inventory([early[0], late[0]]), batch([early[1], late[1]], sequence=2))
        query = urlencode({"open": f"heron/{short_id(2)}", "at": instant.isoformat(timespec="milliseconds")})
        async with visit(browser, f"{url}?{query}") as page:
            await expect(drawer(page).locator(".title .word")).to_have_text("not there then")
            await expect(drawer(page).locator(".sentence")).to_contain_text(re.compile("not there at .*: it started"))
            await expect(drawer(page).locator(".where")).to_have_text("heron")
            await expect(drawer(page).locator(".plot-why:visible")).to_have_text(["It did not run in this time."])
            await expect(drawer(page).locator(".events")).to_contain_text("in the 30 minutes before")


async def test_container_removed_while_it_is_open_stays_open_and_says_how_it_ended(browser: Browser) -> None:
    async with lived_engine() as engine, dashboard(DOCKER_HOST=engine.host) as url, visit(browser, url) as page:
        web = engine.run("web")
        await open_detail(page, "web")
        engine.stop(web, exit_code=3)
        await expect(drawer(page).locator(".events li").first).to_contain_text("ended, exit 3")
        engine.remove(web)
        await expect(drawer(page).locator(".sentence")).to_have_text("It is gone; its exit code was 3.")
        await expect(drawer(page).locator("h2")).to_have_text("web")
