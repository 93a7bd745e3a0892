"""An agent on an engine that lies about one container, and about which there are: the others' figures go on, and the
agent never says what a dashboard could not read.

Not here: one call's bounds (test_engine).
"""

from __future__ import annotations

import anyio
import pytest

from dockstats_core.messages import agent
from dockstats_core.messages.agent import ContainerInventory, ContainerSample, ContainerStatsBatch
from tests import faults
from tests.fake_engine import FakeEngine
from tests.fake_http import Fault
from tests.hostile.test_engine import BOMB, CHUNKED, compressed, for_ever
from tests.running import program
from tests.websocket_client import WebSocketClient, websocket

LIES: dict[str, Fault] = {
    "a name of 10 MB": faults.answer(200, b'{"read":"2026-01-01T00:00:00Z","name":"' + b"w" * (10 << 20) + b'"}'),
    "deep JSON": faults.answer(200, b'{"read":"2026-01-01T00:00:00Z","networks":' + b"[" * 100_000),
    "numbers": faults.answer(200, b'{"read":"2026-01-01T00:00:00Z","cpu_stats":{"cpu_usage":{"total_usage":1e400}}}'),
    "NaN": faults.answer(200, b'{"read":"2026-01-01T00:00:00Z","memory_stats":{"usage":NaN}}'),
    "no UTF-8": faults.answer(200, b'{"read":"\xff\xfe"}'),
    "a bomb": compressed(BOMB),
    "crumbs": for_ever(CHUNKED, b"1\r\n \r\n" * 1000),
}


async def batches(client: WebSocketClient, count: int) -> list[ContainerStatsBatch]:
    """So many of an agent's batches, each read as a dashboard reads it."""
    heard: list[ContainerStatsBatch] = []
    while len(heard) < count:
        text = await client.receive()
        assert isinstance(text, str)
        message = agent.codec.decode(text)
        if isinstance(message, ContainerStatsBatch):
            heard.append(message)
    return heard


def of(batch: ContainerStatsBatch, name: str) -> ContainerSample:
    [sample] = [one for one in batch.containers if one.name == name]
    return sample


@pytest.mark.time_limit(120)
async def test_while_an_engine_lies_about_some_containers_the_others_figures_keep_their_cadence() -> None:
    async with FakeEngine(tick_s=0.1) as engine:
        for name in ("web", "db", *LIES):
            container = engine.run(name)
            if name in LIES:
                engine.fault(f"{container.id}/stats", LIES[name])
        arguments = ("--docker-endpoint", engine.host, "--source", "one-shot", "--listen", "127.0.0.1:0")
        async with program("dockstats-agent", *arguments) as running, websocket(await running.port()) as client:
            assert isinstance(client, WebSocketClient)
            with anyio.fail_after(60):
                while True:  # until every container was asked for, and the honest ones twice
                    [batch] = await batches(client, 1)
                    named = {one.name: one for one in batch.containers}
                    if named.keys() >= {"web", *LIES} and named["web"].cpu_pct is not None:
                        break
                heard = await batches(client, 5)
            log = list(running.log)
    assert [one.sequence for one in heard] == list(range(heard[0].sequence, heard[0].sequence + 5))
    for batch in heard:
        assert not of(batch, "web").stale
        assert of(batch, "db").mem_bytes is not None
        assert all(of(batch, name).cpu_pct is None for name in LIES)
    assert heard[-1].sampling.failures >= len(LIES) - 2
    assert heard[-1].engine.reachable
    assert {why for name in LIES for why in of(heard[-1], name).unknown.values()} <= {"engine_error", "time_out"}
    assert not [line for line in log if "Traceback" in line or "ERROR" in line]
    assert len(log) < 20, log


async def test_of_a_hundred_thousand_containers_an_agent_shows_as_many_as_a_message_holds() -> None:
    listed = [{"Id": f"{number:064x}", "Names": [f"/w{number}"], "State": "exited"} for number in range(100_000)]
    async with FakeEngine() as engine:
        engine.fault("/containers/[0-9a-f]{64}/json", faults.hang)
        engine.fault("/containers/json", faults.answer(200, listed))
        arguments = ("--docker-endpoint", engine.host, "--listen", "127.0.0.1:0")
        async with program("dockstats-agent", *arguments) as running, websocket(await running.port()) as client:
            assert isinstance(client, WebSocketClient)
            inventory = None
            with anyio.fail_after(50):
                while inventory is None or not inventory.containers:
                    text = await client.receive()
                    assert isinstance(text, str)
                    message = agent.codec.decode(text)
                    inventory = message if isinstance(message, ContainerInventory) else inventory
                while "90000 containers are not shown" not in ((await batches(client, 1))[0].engine.error or ""):
                    pass
    assert len(inventory.containers) == 10_000
