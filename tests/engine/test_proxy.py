"""The filtering proxy of docs/security.md in front of a real engine: what goes through, and what is said of the rest.

Not here: whether the document lists all that is asked (tests/readonly).
"""

from __future__ import annotations

import re
from contextlib import AsyncExitStack

import anyio
import pytest

from dockstats_core import LocalFeed
from tests.documented_paths import PATHS, DocumentedPath, proxy_configuration
from tests.engine.containers import BURN, HOST, Containers, containers
from tests.engine.filtering_proxy import connect, let_through, proxy, why_no_proxy
from tests.engine.watching import Shown, watching

pytestmark = [
    pytest.mark.engine,
    pytest.mark.skipif(why_no_proxy() is not None, reason=why_no_proxy() or ""),
]

EVENT_S = 10.0  # well below the list that would show a change without an event
SAME_CPU = 15.0  # points: readings of different moments
SAME_MEMORY = 0.2
BUSY = ("dd", "if=/dev/zero", "of=/dev/null", "bs=16M")  # uses all the CPU it gets, and this much memory
ID = "0" * 64


async def status_of(host: str, method: str, target: str) -> int:
    """The status of an answer to a request sent as it stands here."""
    async with await connect(host) as stream:
        await stream.send(f"{method} {target} HTTP/1.1\r\nHost: docker\r\nContent-Length: 0\r\n\r\n".encode())
        return int((await stream.receive()).split()[1])


def test_each_row_of_the_table_has_its_line_in_the_proxys_configuration() -> None:
    lines = [line.split('"')[1].removeprefix("~") for line in let_through(proxy_configuration())]
    for row, line in zip(PATHS, lines, strict=True):
        path = row.path.replace("{version}", "1.47").replace("{id}", ID)
        assert re.match(line.partition("\\?")[0].rstrip("$"), f"{row.method} {path}"), line
        assert set(re.findall(r"([a-z-]+)=", line)) == row.query


@pytest.mark.parametrize(
    "request_line",
    [
        "POST /v1.41/containers/create",
        f"DELETE /v1.41/containers/{ID}",
        f"PUT /v1.41/containers/{ID}/archive?path=/",
        "POST /v1.41/containers/json?all=1",
        "get /_ping",
        "GET /v1.41/images/json",
        f"GET /v1.41/containers/{ID}/archive?path=/etc/shadow",
        f"GET /v1.41/containers/{ID}/logs?stdout=1",
        f"GET /v1.41/containers/{ID}/json?size=1",
        f"GET /v1.41/containers/{ID}/../../info",
        "GET /v1.41/containers/self/json",
        "GET /v1.41/secrets/../info",
        "GET /v1.41/secrets/%2e%2e/info",
        "GET //v1.41/info",
        "GET /v1.41/info/",
        "GET /v1.41/info%0a",
        "GET /v1.41/info?x",
        "GET /v1.41/INFO",
        "GET http://docker/v1.41/secrets",
        "GET /v1.41/events?filters={}&until=1",
    ],
)
async def test_proxy_refuses_whatever_is_not_in_the_table(request_line: str) -> None:
    async with proxy() as host:
        assert await status_of(host, *request_line.split(" ")) in {400, 403}
        assert await status_of(host, "GET", "/_ping") == 200


async def test_over_the_proxy_inventory_figures_and_changes_are_those_of_the_engine() -> None:
    async with containers() as made, AsyncExitStack() as stack:
        await made.run("web", BUSY, "--cpus", "0.2", "--memory", "64m", "--label", "tier=front")
        through = [await stack.enter_async_context(proxy(tcp=True)), await stack.enter_async_context(proxy())]
        watches = [
            await stack.enter_async_context(
                watching(LocalFeed(host, source=source, filters=made.filters, labels=["tier"]), made)
            )
            for host in (HOST, *through)
            for source in ("stream", "auto")
        ]
        shown = [await watch.until(lambda one: one.is_fresh("web") and bool(one.cpu("web"))) for watch in watches]
        direct = shown[0]
        for one in shown[1:]:
            assert one.facts("web") == direct.facts("web")
            assert one.batch.engine.error is None
            assert figures_differ(one, direct) == []
        assert len({one.batch.sampling.source for one in shown[1::2]}) == 1  # what auto takes
        await made.docker("stop", "-t", "0", made.name("web"))
        for watch in watches:
            await watch.until(lambda one: one.state("web") == "exited", within_s=EVENT_S)


def figures_differ(one: Shown, other: Shown) -> list[str]:
    """What of two readings of the same container cannot be the same thing."""
    found = []
    here, there = one.sample("web"), other.sample("web")
    assert here is not None
    assert there is not None
    if (here.mem_limit_bytes, here.pids) != (there.mem_limit_bytes, there.pids):
        found.append("limit or processes")
    if here.cpu_pct != pytest.approx(there.cpu_pct, abs=SAME_CPU):
        found.append(f"CPU: {here.cpu_pct}, {there.cpu_pct}")
    if here.mem_bytes != pytest.approx(there.mem_bytes, rel=SAME_MEMORY):
        found.append(f"memory: {here.mem_bytes}, {there.mem_bytes}")
    return found


async def test_each_refused_path_is_named_and_all_else_goes_on() -> None:
    async with containers() as made, anyio.create_task_group() as tasks:
        await made.run("web", BURN, "--cpus", "0.2", "--memory", "64m")
        for row in PATHS:
            tasks.start_soon(look_without, row, made)


async def look_without(row: DocumentedPath, made: Containers) -> None:
    """Wait until the path is named where the host's card says what is wrong, and all is there that can be."""
    async with (
        proxy(refusing=row) as host,
        watching(LocalFeed(host, source="stream", filters=made.filters), made) as watch,
    ):
        await watch.until(lambda shown: names(row, shown.batch.engine.error) and LEFT.get(row.path, whole)(shown))


def names(row: DocumentedPath, sentence: str | None) -> bool:
    """Whether a sentence tells that this path is refused."""
    told = row.pattern.replace("[0-9a-f]{64}", r"\{id\}")
    return re.search(f"forbids GET {told}: .*; allow this path there", sentence or "") is not None


def whole(shown: Shown) -> bool:
    """Facts and figures are there."""
    facts = shown.facts("web")
    return facts is not None and facts.started_at is not None and shown.is_fresh("web") and bool(shown.cpu("web"))


def without_version(shown: Shown) -> bool:
    """All but the engine's product and version."""
    return whole(shown) and shown.batch.engine.version == ""


def without_info(shown: Shown) -> bool:
    """All but the host's size."""
    return whole(shown) and (shown.batch.host.cores, shown.batch.host.mem_total_bytes) == (None, None)


def without_list(shown: Shown) -> bool:
    """Nothing, which is said."""
    return not shown.batch.engine.reachable


def without_inspection(shown: Shown) -> bool:
    """All that a list tells, and figures."""
    facts = shown.facts("web")
    return facts is not None and (facts.state, facts.started_at) == ("running", None) and bool(shown.cpu("web"))


def without_stats(shown: Shown) -> bool:
    """All facts; and each figure is missing for that reason."""
    facts, sample = shown.facts("web"), shown.sample("web")
    return (
        facts is not None
        and facts.mem_limit_bytes == 64 << 20
        and sample is not None
        and (sample.mem_bytes, sample.unknown.get("memory")) == (None, "engine_error")
    )


LEFT = {
    "/version": without_version,
    "/v{version}/info": without_info,
    "/v{version}/containers/json": without_list,
    "/v{version}/containers/{id}/json": without_inspection,
    "/v{version}/containers/{id}/stats": without_stats,
}
"""What is left, where that is not everything."""
