"""A real Chromium at the page, and what it tells of it: traces, CPU of its process, heap and nodes.

Not here: the dashboard (fleet), what a trace means (trace).
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import msgspec
from playwright.sync_api import Browser, CDPSession, Page, sync_playwright

from bench.page.trace import CATEGORIES, MainThread, Trace, main_thread
from tests.browser.visiting import FLAGS
from tests.requirements import chromium

WIDTH, HEIGHT = 1440, 900
NAVIGATIONS = 5
"""For the time until first figures: one alone tells what else the machine did just then."""
_FIRST_FIGURE = """() => {
    const found = [...document.querySelectorAll("tbody .figure")].some((cell) => /\\d/.test(cell.textContent));
    return found ? performance.now() : null;
}"""


class Visit:
    """One page that shows figures."""

    def __init__(self, browser: Browser, page: Page) -> None:
        self.page = page
        self._browser = browser
        self._of_browser = browser.new_browser_cdp_session()
        self._of_page: CDPSession = page.context.new_cdp_session(page)

    def renderer_pct(self, span_s: float) -> float:
        """CPU that the busiest renderer takes while nobody traces it; 100 = one core."""
        before = self._cpu_s()
        began_s = time.monotonic()
        self.page.wait_for_timeout(span_s * 1000)
        took_s = time.monotonic() - began_s
        return 100 * max(now - before.get(pid, 0.0) for pid, now in self._cpu_s().items()) / took_s

    def main_thread(self, span_s: float) -> MainThread:
        """What the main thread does in a span."""
        self._browser.start_tracing(categories=list(CATEGORIES))
        self.page.wait_for_timeout(span_s * 1000)
        return main_thread(msgspec.json.decode(self._browser.stop_tracing(), type=Trace))

    def heap_mib(self) -> float:
        """What JavaScript still holds after its garbage is collected."""
        self._of_page.send("HeapProfiler.collectGarbage")
        return float(self._of_page.send("Runtime.getHeapUsage")["usedSize"]) / (1 << 20)

    def nodes(self) -> int:
        """Nodes that live, in the document or not."""
        self._of_page.send("Performance.enable")
        metrics = self._of_page.send("Performance.getMetrics")["metrics"]
        return int(next(one["value"] for one in metrics if one["name"] == "Nodes"))

    def _cpu_s(self) -> dict[int, float]:
        processes: list[dict[str, Any]] = self._of_browser.send("SystemInfo.getProcessInfo")["processInfo"]
        return {one["id"]: one["cpuTime"] for one in processes if one["type"] == "renderer"}


@contextmanager
def visit(url: str) -> Iterator[Visit]:
    """A new browser at `url`, once it shows the first figure."""
    with _new_browser() as browser:
        page, _ = _opened(browser, url)
        yield Visit(browser, page)


def first_figures_ms(url: str) -> list[float]:
    """From navigation to the first figure, each time in a browser that runs and has nothing of the page yet."""
    found = []
    with _new_browser() as browser:
        for _ in range(NAVIGATIONS):
            page, first_ms = _opened(browser, url)
            found.append(first_ms)
            page.close()
    return found


def version() -> str:
    """Which Chromium it is."""
    with _new_browser() as browser:
        return browser.version


@contextmanager
def _new_browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=list(FLAGS))
        try:
            yield browser
        finally:
            browser.close()


def _opened(browser: Browser, url: str) -> tuple[Page, float]:
    """A page with a context, and so a cache, of its own, once it shows the first figure, and how long that took."""
    page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT}, color_scheme="dark")
    page.goto(url, wait_until="commit")
    return page, page.wait_for_function(_FIRST_FIGURE, polling="raf").json_value()
