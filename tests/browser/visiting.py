"""A browser at a page, as a person has it: a real Chromium, a context of its own, and what the page complained about.

Not here: what is served (tests.running), what is expected of it (the tests).
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from playwright.async_api import Browser, ConsoleMessage, Error, Page, async_playwright, expect

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
    browser: Browser, url: str, *, width: int = 1440, height: int = 900, complaints: list[str] | None = None
) -> AsyncIterator[Page]:
    """A page opened at `url`, nothing remembered; its console's errors and warnings and its own go to `complaints`."""
    noted = [] if complaints is None else complaints

    def note(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and NETWORK_CHANGED not in message.text:
            noted.append(message.text)

    context = await browser.new_context(viewport={"width": width, "height": height}, color_scheme="dark")
    try:
        page = await context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.on("console", note)
        page.on("pageerror", lambda error: noted.append(str(error)))
        await _go(page, url)
        yield page
    finally:
        await context.close()


async def _go(page: Page, url: str) -> None:
    while True:
        try:
            await page.goto(url)
        except Error as error:
            if NETWORK_CHANGED not in error.message:
                raise
        else:
            return
