"""Writes docs/page.png: the page of `dashboard --demo` in a real browser, dark, 1440 wide and as high as its cards.

    uv run python tools/take_screenshot.py [--history SECONDS] [--colours dark|light] [--output FILE]

The chart shows half an hour, so a picture that looks like ordinary use takes `--history 1500`; the demo runs alone
until then. Not here: checking what the page shows (tests/browser).
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import httpx
from playwright.sync_api import expect, sync_playwright

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))
from tests.browser.visiting import FLAGS  # noqa: E402
from tests.requirements import chromium, missing_browser  # noqa: E402

ENOUGH_S = 60.0
WIDTH, HEIGHT = 1440, 900


def main() -> int:
    """Take the picture; gives the exit code."""
    parser = argparse.ArgumentParser(description="Take a picture of the page.")
    parser.add_argument("--history", type=float, default=ENOUGH_S, help="seconds that the chart has to show")
    parser.add_argument("--colours", choices=("dark", "light"), default="dark")
    parser.add_argument("--output", type=Path, default=ROOT / "docs" / "page.png")
    arguments = parser.parse_args()
    if reason := missing_browser():
        print(reason, file=sys.stderr)
        return 1
    with demo() as url:
        wait_for_history(url, arguments.history)
        take(url, arguments.colours, arguments.output)
    print(f"{arguments.output}: {arguments.output.stat().st_size // 1024} KiB")
    return 0


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


def take(url: str, colours: str, output: Path) -> None:
    """Open the page, wait until every card has figures, and write the picture."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=list(FLAGS))
        page = browser.new_page(
            viewport={"width": WIDTH, "height": HEIGHT}, color_scheme="light" if colours == "light" else "dark"
        )
        with page.expect_response("**/api/history?agent=cirrus*"):
            page.goto(url)
        for card in page.locator("host-card").all():
            expect(card.locator(".rows .row .cpu .figure").first).to_have_text(re.compile(r"\d"))
        page.wait_for_timeout(3000)  # two more ticks: rates, order and charts have settled
        height = page.evaluate("document.querySelector('main').getBoundingClientRect().bottom")
        page.screenshot(path=output, clip={"x": 0, "y": 0, "width": WIDTH, "height": min(HEIGHT, height)})
        browser.close()


if __name__ == "__main__":
    sys.exit(main())
