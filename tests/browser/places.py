"""Where things are on the page: one place to change when the page does.

Not here: what is expected of them (the tests), the browser (visiting), what is served (serving).
"""

from __future__ import annotations

import math
import re
import time
from urllib.parse import parse_qs, urlsplit

import anyio
from playwright.async_api import Locator, Page, expect

PATIENCE_S = 30.0
LOOK_AGAIN_S = 0.1
NEXT_FRAME = "() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))"
HALF_HOUR_S = 30 * 60.0  # as long is the timeline
FIGURE = re.compile(r"^\d+(\.\d+)?$")


def clock_near(at: float, *, off_s: int = 1) -> str:
    """A regular expression for a time of day as the page writes it, about `at` (Unix seconds)."""
    return "|".join(time.strftime("%H:%M:%S", time.localtime(at + off)) for off in range(-off_s, off_s + 1))


def row(page: Page, name: str) -> Locator:
    """The row of the container with this name."""
    named = page.locator("button.name", has_text=re.compile(f"^{re.escape(name)}$"))
    return page.locator("tr.row", has=named)


def rows(page: Page) -> Locator:
    """Those in sight."""
    return page.locator("tr.row")


def drawer(page: Page) -> Locator:
    """The detail."""
    return page.locator("detail-drawer")


def chart(page: Page, name: str) -> Locator:
    """One of the detail's charts, with its head: cpu, memory, network, disk, pids, pressure."""
    return page.locator(f"detail-drawer .chart.{name}")


def slider(page: Page) -> Locator:
    """What is dragged to go back in time."""
    return page.get_by_role("slider", name="Time")


async def x_in_timeline(page: Page, at: float) -> float:
    """Where an instant (Unix seconds) is on it now, in pixels from the left edge of the page."""
    box = await slider(page).bounding_box()
    assert box is not None
    return box["x"] + math.floor(box["width"]) * (1 - (time.time() - at) / HALF_HOUR_S)


async def point_in_timeline(page: Page, at: float) -> None:
    """Put the pointer where an instant (Unix seconds) is on it, to a pixel and a half: some two seconds."""
    told = ""
    with anyio.move_on_after(PATIENCE_S):
        while True:
            box = await slider(page).bounding_box()
            assert box is not None
            x, middle = round(await x_in_timeline(page, at)), box["y"] + box["height"] / 2
            await page.mouse.move(x - 9, middle)  # one that stays where it is points at the instant of before
            await page.mouse.move(x, middle)
            await page.evaluate(NEXT_FRAME)
            told = await page.locator("time-bar .time-tag").text_content() or ""
            if re.match(clock_near(at, off_s=2), told):
                return
    raise AssertionError(f"the pointer is at {told}")


async def expect_in_timeline(page: Page, at: float, words: str) -> None:
    """Somewhere about an instant (Unix seconds) it says that, soon: a pixel and a figure are as long as each other."""
    told: set[str] = set()
    with anyio.move_on_after(PATIENCE_S):
        while True:
            for off in (-1.4, 0, 1.4):
                await point_in_timeline(page, at + off)
                told.add(await page.locator("time-bar .time-tag").inner_text())
                if any(words in tag for tag in told):
                    return
    raise AssertionError(f"{words} is not among {told}")


def ticks(page: Page) -> Locator:
    """On the timeline; what happened at nearly one time is one."""
    return page.get_by_role("group", name="What happened").get_by_role("button")


async def expect_tick(page: Page, words: str) -> None:
    """One of them tells these words, soon."""
    told: list[str] = []
    with anyio.move_on_after(PATIENCE_S):
        while True:
            heard: list[str] = []
            for tick in await ticks(page).all():
                await tick.focus()
                heard.append(await why(page).inner_text())
                if words in heard[-1]:
                    return
            told = heard
            await anyio.sleep(LOOK_AGAIN_S)
    raise AssertionError(f"no tick tells {words!r}; they tell {told}")


async def go_back(page: Page, seconds: int) -> None:
    """In the timeline, by its keys."""
    await slider(page).focus()
    for _ in range(seconds // 10):
        await page.keyboard.press("Shift+ArrowLeft")
    for _ in range(seconds % 10):
        await page.keyboard.press("ArrowLeft")


async def open_detail(page: Page, name: str) -> Locator:
    """Open a container by a click and wait for its first chart."""
    await row(page, name).locator("button.name").click()
    await expect(drawer(page).locator("h2")).to_have_text(name)
    await expect(chart(page, "memory").locator("canvas")).to_be_visible()
    return drawer(page)


async def expect_figures(page: Page) -> None:
    """The table shows CPU figures."""
    await expect(page.locator("tr.row td.cpu .figure").first).to_have_text(FIGURE)


def query(page: Page) -> dict[str, list[str]]:
    """What the address bar says of what is looked at."""
    return parse_qs(urlsplit(page.url).query, keep_blank_values=True)


def groups(page: Page) -> Locator:
    """Heads of groups in sight."""
    return page.locator("tr.group")


def head(page: Page, column: str) -> Locator:
    """A column's head, by the column's title."""
    return page.locator("tr.heads th").filter(has=page.get_by_role("button", name=column, exact=True))


def host_card(page: Page, agent_id: str) -> Locator:
    """One host in the line of hosts."""
    return page.locator(f'.host-card[data-agent="{agent_id}"]')


def tile(page: Page, title: str) -> Locator:
    """One of the fleet's totals, such as `CPU`."""
    return page.locator(f"fleet-bar .of-{title.lower()}")


def notice(page: Page, kind: str) -> Locator:
    """The banner below the head, of that kind (`situation.js`)."""
    return page.locator(f'page-notice .notice[data-kind="{kind}"]')


def why(page: Page) -> Locator:
    """The box with the reason behind a word."""
    return page.locator("#why")


def filter_field(page: Page) -> Locator:
    """Where the filter is typed."""
    return page.get_by_role("combobox", name="Filter containers")


def names(page: Page) -> Locator:
    """Of the containers in sight, from top to bottom."""
    return rows(page).locator(".name bdi")
