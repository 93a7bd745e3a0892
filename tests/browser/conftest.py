"""One Chromium and one made-up fleet for all tests of a file. Not here: pages (visiting)."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser

from tests.browser.serving import dashboard
from tests.browser.visiting import running_chromium


@pytest.fixture(scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with running_chromium() as running:
        yield running


@pytest.fixture(scope="module")
async def demo() -> AsyncIterator[str]:
    """The page's address at a dashboard with three simulated hosts of 40 containers; tests only look at it."""
    async with dashboard("--demo") as url:
        yield url
