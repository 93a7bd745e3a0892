"""The page as a person has it: a real Chromium, a context of its own, and what the page complained about.

A visit fails at its end when the page complained, unless the test says that it may.
Not here: what is served (serving), where things are on the page (places), what is expected of them (the tests).
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from playwright.async_api import Browser, ConsoleMessage, Error, Locator, Page, async_playwright, expect

from tests.requirements import chromium

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
# Chromium aborts whatever it loads when any network interface comes or goes, as with each container that starts.
NETWORK_CHANGED = "ERR_NETWORK_CHANGED"
PATIENCE_MS = 15_000  # the machine may be busy; everything normally happens within a second or two

expect.set_options(timeout=PATIENCE_MS)


@asynccontextmanager
async def running_chromium() -> AsyncIterator[Browser]:
    """Chromium with a new, empty profile."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium(), args=list(FLAGS))
        try:
            yield browser
        finally:
            await browser.close()


@asynccontextmanager
async def visit(
    browser: Browser,
    url: str,
    *,
    width: int = 1440,
    height: int = 900,
    complaints: list[str] | None = None,
    before: str | None = None,
    **options: Any,
) -> AsyncIterator[Page]:
    """A page opened at `url` by somebody who was never here.

    Args:
        complaints: takes the errors and warnings of the page and its console, which are a failure without it.
        before: a script that runs before the page's own.
        options: more of Playwright's `new_context`, such as `permissions`, `reduced_motion` or `color_scheme`.
    """
    noted = [] if complaints is None else complaints
    size = {"width": width, "height": height}
    context = await browser.new_context(**{"viewport": size, "color_scheme": "dark", **options})
    try:
        if before is not None:
            await context.add_init_script(before)
        page = await context.new_page()
        heed(page, noted)
        await go(page, url)
        yield page
        assert complaints is not None or noted == []
    finally:
        await context.close()


def heed(page: Page, complaints: list[str]) -> None:
    """Note what it complains about; and be patient with it."""

    def note(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and NETWORK_CHANGED not in message.text:
            complaints.append(message.text)

    page.set_default_timeout(PATIENCE_MS)
    page.on("console", note)
    page.on("pageerror", lambda error: complaints.append(str(error)))


async def go(page: Page, url: str) -> None:
    """Open `url`, again where a network that came or went prevented it."""
    while True:
        try:
            await page.goto(url)
        except Error as error:
            if NETWORK_CHANGED not in error.message:
                raise
        else:
            return


async def tab_to(page: Page, target: Locator, *, most: int = 40) -> None:
    """Press Tab until `target` has the focus, as somebody without a pointer does."""
    for _ in range(most):
        await page.keyboard.press("Tab")
        if await target.evaluate("(element) => element === document.activeElement"):
            return
    raise AssertionError(f"{target} does not have the focus after {most} times Tab")
