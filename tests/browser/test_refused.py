"""What an engine refuses, and the labels that its agent was asked to show: all the way from the engine to the page.

Not here: every path that may be refused (tests/core/feeds/test_local.py, tests/engine/test_proxy.py).
"""

from __future__ import annotations

import pytest
from playwright.async_api import Browser, expect

from tests import faults
from tests.browser.places import drawer, row, rows
from tests.browser.serving import dashboard
from tests.browser.visiting import visit
from tests.fake_engine import FakeEngine

pytestmark = pytest.mark.browser

REFUSED = "forbids GET /v1.47/containers/{id}/stats"


async def test_refused_path_is_named_on_the_hosts_card_and_by_the_figures_and_facts_are_there(browser: Browser) -> None:
    async with FakeEngine() as engine:
        engine.run("web", labels={"tier": "front", "secret": "s3cret"})
        engine.fault("/stats", faults.html(403))
        async with (
            dashboard(AGENT_DOCKER_ENDPOINT=engine.host, AGENT_SOURCE="stream", AGENT_LABELS="tier") as url,
            visit(browser, url) as page,
        ):
            await expect(page.locator(".host-card")).to_contain_text("needs a look")
            await page.get_by_role("button", name="Everything about").click()
            await expect(page.get_by_role("dialog")).to_contain_text(REFUSED)
            await page.keyboard.press("Escape")
            why = rows(page).get_by_text("engine error").first
            await why.hover()
            await expect(page.get_by_role("tooltip")).to_contain_text(REFUSED)
            await row(page, "web").locator("button.name").click()
            await expect(drawer(page).get_by_text("Label tier")).to_be_visible()
            await expect(drawer(page).get_by_text("front", exact=True)).to_be_visible()
            await expect(drawer(page)).not_to_contain_text("secret")
