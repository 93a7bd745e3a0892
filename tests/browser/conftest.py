"""What the browser tests share: a network, one Chromium, a made-up fleet, and a past. Not here: pages (visiting)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import TypeVar

import pytest
from playwright.async_api import Browser

from tests.browser.serving import dashboard
from tests.browser.stepping import Stepped, stepped
from tests.browser.visiting import running_chromium
from tests.own_network import own_network

T = TypeVar("T")


@asynccontextmanager
async def apart(resource: AbstractAsyncContextManager[T]) -> AsyncIterator[T]:
    """The same in a task of its own: within one task, what a file's fixtures began later would have to end later."""
    ready: asyncio.Future[T] = asyncio.get_running_loop().create_future()
    over = asyncio.Event()

    async def hold() -> None:
        try:
            async with resource as held:
                ready.set_result(held)
                await over.wait()
        except BaseException as error:
            if ready.done():
                raise
            ready.set_exception(error)

    task = asyncio.create_task(hold())
    try:
        yield await ready
    finally:
        over.set()
        await task


@pytest.fixture(scope="package", autouse=True)
def network() -> Iterator[None]:
    """No interface comes or goes on it, whatever the tests with an engine do beside these."""
    with own_network():
        yield


@pytest.fixture(scope="package")
def anyio_backend() -> str:
    """One event loop for all of them: what they share lives in it."""
    return "asyncio"


@pytest.fixture(scope="package")
async def browser() -> AsyncIterator[Browser]:
    async with apart(running_chromium()) as running:
        yield running


@pytest.fixture(scope="package")
async def demo() -> AsyncIterator[str]:
    """The page's address at a dashboard with three simulated hosts of 40 containers; tests only look at it."""
    async with apart(dashboard("--demo")) as url:
        yield url


@pytest.fixture(scope="package")
async def past() -> AsyncIterator[Stepped]:
    async with apart(stepped()) as lived:
        yield lived


@pytest.fixture
def lived(past: Stepped) -> Stepped:
    """A dashboard with a known past, and now as it was after its step, whatever the test before did with it."""
    past.use(72)
    return past
