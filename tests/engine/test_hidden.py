"""What is hidden or filtered out never leaves the engine: no figure, no name, no count.

Not here: the grammar of `--filter` (program.options).
"""

from __future__ import annotations

import pytest

from dockstats_core import LocalFeed
from tests.engine.containers import HOST, IDLE, Containers, containers
from tests.engine.watching import Watch, watching

pytestmark = pytest.mark.engine

SHOWN = "shown"


async def _only_one_ever_shows(watch: Watch, made: Containers) -> None:
    """Look on until there are figures of everything that has any, then at all that was shown so far."""
    await watch.until(lambda shown: shown.is_fresh(SHOWN))
    watch.skip_to_now()
    await watch.until(lambda shown: shown.is_fresh(SHOWN))
    names = {facts.name for shown in watch.shown if shown.inventory for facts in shown.inventory.containers}
    names |= {sample.name for shown in watch.shown for sample in shown.batch.containers}
    assert names == {made.name(SHOWN)}
    assert watch.shown[-1].batch.containers_by_state == {"running": 1}


async def test_container_labelled_hide_never_shows_whether_it_was_there_before_or_came_later() -> None:
    hide = ("--label", "dockstats.hide=true")
    async with containers() as made:
        await made.run(SHOWN)
        await made.run("hidden", IDLE, *hide)
        async with watching(LocalFeed(HOST, filters=made.filters, source="stream"), made) as watch:
            await watch.until(lambda shown: shown.sample(SHOWN) is not None)
            await made.run("hidden-later", IDLE, *hide)
            await made.docker("rename", made.name("hidden-later"), made.name("hidden-still"))
            await _only_one_ever_shows(watch, made)


async def test_label_filter_shows_only_what_has_every_label_also_of_what_comes_later() -> None:
    async with containers() as made:
        wanted = {"label": [made.label, "tier=web"]}
        await made.run(SHOWN, IDLE, "--label", "tier=web")
        await made.run("other-tier", IDLE, "--label", "tier=db")
        async with watching(LocalFeed(HOST, filters=wanted, source="stream"), made) as watch:
            await watch.until(lambda shown: shown.sample(SHOWN) is not None)
            await made.run("no-tier")
            await _only_one_ever_shows(watch, made)


async def test_name_filter_follows_a_container_that_is_renamed() -> None:
    async with containers() as made:
        wanted = {"label": [made.label], "name": [made.name(SHOWN)]}
        await made.run("other")
        async with watching(LocalFeed(HOST, filters=wanted), made) as watch:
            await watch.until(lambda shown: shown.batch.engine.reachable)
            await made.docker("rename", made.name("other"), made.name(SHOWN))
            shown = await watch.until(lambda shown: shown.sample(SHOWN) is not None)
            assert shown.batch.containers_by_state == {"running": 1}
            await made.docker("rename", made.name(SHOWN), made.name("other"))
            shown = await watch.until(lambda shown: shown.batch.containers_by_state == {})
            assert shown.batch.containers == []
