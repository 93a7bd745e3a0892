"""Writes docs/images/: the page of `dockstats-dashboard --demo` in a real browser, in its main states.

    uv run python tools/take_screenshots.py [--history SECONDS] [--to DIRECTORY] [NAME ...]

Charts show up to half an hour, so pictures that look like ordinary use take `--history 1500`; the demo runs alone until
then. Without a NAME, all of them. Not here: checking what the page shows (tests/browser).
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Literal

import httpx
from playwright.sync_api import Browser, Page, expect, sync_playwright

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))
from tests.browser.visiting import FLAGS  # noqa: E402
from tests.requirements import chromium, missing_browser  # noqa: E402

ENOUGH_S = 60.0
SETTLED_MS = 3000  # a few ticks: rates, order and charts
DRAWN_MS = 600
WIDE = (1440, 810)
PHONE = (360, 780)


def nothing(page: Page) -> None:
    """The page as it opens."""


def open_detail(page: Page) -> None:
    """The detail of a container that its CPU limit holds back every other minute, while it does."""
    page.locator(".row", has_text="shop-api-1").first.get_by_role("button").first.click()
    expect(page.locator("detail-drawer .plot").first).to_be_visible()
    page.locator("detail-drawer .ranges button", has_text="15 m").click()
    page.mouse.move(0, 0)
    page.wait_for_timeout(SETTLED_MS)
    expect(page.locator("detail-drawer .why-slow")).to_be_visible(timeout=180_000)


def go_back(page: Page) -> None:
    """Some minutes ago, with what changed until then."""
    slider = page.locator(".time-slider")
    slider.focus()
    for _ in range(4):
        slider.press("PageDown")
    expect(page.locator("page-notice .paused")).to_contain_text("Paused at")
    page.wait_for_timeout(SETTLED_MS)
    page.keyboard.press("d")
    expect(page.locator("changes-panel .change").first).to_be_visible()


def compare(page: Page) -> None:
    """Three containers in one chart."""
    for name in ("analytics-clickhouse-1", "shop-api-1", "media-jellyfin-1"):
        page.locator(".row", has_text=name).first.focus()
        page.keyboard.press("p")
    page.keyboard.press("c")
    expect(page.locator("compare-panel .plot")).to_be_visible()
    page.wait_for_timeout(SETTLED_MS)


@dataclass(frozen=True)
class Picture:
    """One of them: how wide and high the window is, in which theme, at which address, and what a person does there."""

    name: str
    size: tuple[int, int] = WIDE
    theme: Literal["dark", "light"] = "dark"
    query: str = ""
    act: Callable[[Page], None] = nothing


PICTURES = (
    Picture("table-dark"),
    Picture("table-light", theme="light"),
    Picture("detail", size=(1440, 760), act=open_detail),
    Picture("groups", query="?group=project", theme="light"),
    Picture("time-travel", act=go_back),
    Picture("compare", act=compare),
    Picture("self-test", query="?doctor=1"),
    Picture("phone-dark", size=PHONE),
    Picture("phone-light", size=PHONE, theme="light"),
)


def main() -> int:
    """Take the pictures; gives the exit code."""
    parser = argparse.ArgumentParser(description="Take pictures of the page.")
    names = ", ".join(picture.name for picture in PICTURES)
    parser.add_argument("pictures", nargs="*", metavar="NAME", type=by_name, default=PICTURES, help=names)
    parser.add_argument("--history", type=float, default=ENOUGH_S, help="seconds that the charts have to show")
    parser.add_argument("--to", type=Path, default=ROOT / "docs" / "images", help="directory for them")
    arguments = parser.parse_args()
    if reason := missing_browser():
        print(reason, file=sys.stderr)
        return 1
    arguments.to.mkdir(parents=True, exist_ok=True)
    with demo() as url, sync_playwright() as playwright:
        wait_for_history(url, arguments.history)
        browser = playwright.chromium.launch(executable_path=chromium(), args=list(FLAGS))
        for picture in arguments.pictures:
            path = arguments.to / f"{picture.name}.png"
            take(browser, url, picture, path)
            print(f"{path}: {path.stat().st_size // 1024} KiB")
        browser.close()
    return 0


def by_name(name: str) -> Picture:
    """The picture of that name, for the command line."""
    for picture in PICTURES:
        if picture.name == name:
            return picture
    raise argparse.ArgumentTypeError(f"there is no picture {name}")


@contextmanager
def demo() -> Iterator[str]:
    """The URL of a dashboard that runs for as long as the block."""
    command = [str(Path(sys.executable).parent / "dockstats-dashboard"), "--demo", "--listen", "127.0.0.1:0"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stderr is not None
            yield url_in(process.stderr)
        finally:
            process.terminate()


def url_in(log: IO[str]) -> str:
    """The URL that the dashboard says it serves."""
    for line in log:
        if match := re.search(r"open (http://\S+)", line):
            return match[1]
    raise SystemExit("the dashboard ended before it served; run it by hand to see why")


def wait_for_history(url: str, seconds: float) -> None:
    """Until the first host's history is as long as asked for."""
    with httpx.Client(base_url=url, trust_env=False) as client:
        agent = client.get("api/agents").json()[0]["id"]
        while True:
            at = client.get("api/history", params={"agent": agent}).json()["at"]
            left_s = seconds - (at[-1] - at[0] if at else 0)
            if left_s <= 0:
                return
            time.sleep(max(0.5, left_s))


def take(browser: Browser, url: str, picture: Picture, path: Path) -> None:
    """Open the page, wait until it has figures, do what the picture shows, and write it."""
    width, height = picture.size
    page = browser.new_page(viewport={"width": width, "height": height}, color_scheme=picture.theme)
    page.goto(url + picture.query)
    expect(page.locator(".row .cpu .figure").first).to_have_text(re.compile(r"\d"), timeout=15_000)
    page.wait_for_timeout(SETTLED_MS)
    picture.act(page)
    page.wait_for_timeout(DRAWN_MS)
    page.screenshot(path=path)
    page.close()


if __name__ == "__main__":
    sys.exit(main())
