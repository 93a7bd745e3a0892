"""The page as a person has it: a real Chromium, and what the page complained about.

Whoever only uses the page gets one that was used before, and by then remembers nothing: a new one takes half a second
longer. A visit fails at its end when the page complained, unless the test says that it may.
Not here: what is served (serving), where things are on the page (places), what is expected of them (the tests).
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from tempfile import TemporaryDirectory
from typing import Any
from weakref import WeakKeyDictionary

from playwright.async_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Error,
    Locator,
    Page,
    ViewportSize,
    async_playwright,
    expect,
)

from tests.requirements import chromium, headless_chromium
from tests.running import command

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
DRAWN = """() => document.querySelector('time-bar [aria-valuetext]') !== null  // the last part that comes
    && document.querySelector('tbody tr, page-notice .notice:not([hidden]), container-table .empty:not([hidden])')
"""
FORGET = "() => location.protocol === 'about:' || [localStorage, sessionStorage].forEach((store) => store.clear())"
PATIENCE_MS = 30_000  # the machine may be busy; everything normally happens within a second or two

expect.set_options(timeout=PATIENCE_MS)

_spare: WeakKeyDictionary[Browser, list[Page]] = WeakKeyDictionary()
"""Pages that nobody has now, and that remember nothing."""


@asynccontextmanager
async def running_chromium() -> AsyncIterator[Browser]:
    """Chromium with a new, empty profile."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=headless_chromium(), args=list(FLAGS))
        try:
            yield browser
        finally:
            await browser.close()


@asynccontextmanager
async def tabs_of_a_person() -> AsyncIterator[BrowserContext]:
    """Tabs of a Chromium that shows only the one in front; to one without windows every tab is visible."""
    with TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        own = ("--headless=new", "--remote-debugging-port=0", f"--user-data-dir={profile}", "about:blank")
        async with command([chromium() or "", *FLAGS, *own]) as running, async_playwright() as playwright:
            url = (await running.line_with("DevTools listening on ")).split()[-1]
            yield (await playwright.chromium.connect_over_cdp(url, no_defaults=True)).contexts[0]


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

    With any of the three the visit has a browser context of its own.
    """
    alone = before is not None or complaints is not None or bool(options)
    noted = [] if complaints is None else complaints
    size: ViewportSize = {"width": width, "height": height}
    async with _new(browser, size, noted, before, options) if alone else _used(browser, size, noted) as page:
        await page.goto(url)
        if options.get("java_script_enabled", url != "about:blank"):
            await until_drawn(page)
        yield page
        assert complaints is not None or noted == []


@asynccontextmanager
async def _new(
    browser: Browser, size: ViewportSize, complaints: list[str], before: str | None, options: dict[str, Any]
) -> AsyncIterator[Page]:
    context = await browser.new_context(**{"viewport": size, "color_scheme": "dark", **options})
    try:
        if before is not None:
            await context.add_init_script(before)
        page = await context.new_page()
        with heeded(page, complaints):
            yield page
    finally:
        await context.close()


@asynccontextmanager
async def _used(browser: Browser, size: ViewportSize, complaints: list[str]) -> AsyncIterator[Page]:
    spare = _spare.setdefault(browser, [])
    page = spare.pop() if spare else await (await browser.new_context()).new_page()
    is_clean = False
    try:
        await page.set_viewport_size(size)
        await page.emulate_media(color_scheme="dark")
        with heeded(page, complaints):
            yield page
        if not page.is_closed() and page.context.pages == [page]:
            await page.evaluate(FORGET)
            await page.goto("about:blank")
            await page.mouse.move(-1, -1)  # it would point at whatever comes next
            is_clean = True
    finally:
        if is_clean:
            spare.append(page)
        else:
            await page.context.close()


@contextmanager
def heeded(page: Page, complaints: list[str]) -> Iterator[None]:
    """While the block runs, `complaints` takes what the page complains about; and be patient with it."""

    def note(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            complaints.append(message.text)

    def note_error(error: Error) -> None:
        complaints.append(str(error))

    page.set_default_timeout(PATIENCE_MS)
    page.on("console", note)
    page.on("pageerror", note_error)
    yield
    page.remove_listener("console", note)
    page.remove_listener("pageerror", note_error)


async def until_drawn(page: Page) -> None:
    """Wait, from frame to frame, until all of the page is there and shows containers or says why there are none."""
    await page.wait_for_function(DRAWN)


async def reload(page: Page) -> None:
    """Load the page anew, and wait until it is drawn."""
    await page.reload()
    await until_drawn(page)


async def tab_to(page: Page, target: Locator, *, most: int = 40) -> None:
    """Press Tab until `target` has the focus, as somebody without a pointer does."""
    for _ in range(most):
        await page.keyboard.press("Tab")
        if await target.evaluate("(element) => element === document.activeElement"):
            return
    raise AssertionError(f"{target} does not have the focus after {most} times Tab")
