"""`/stream/agents` as browsers and scripts see it, over real sockets."""

from __future__ import annotations

import zlib

import anyio
import pytest

from dockstats_core.fanout.shared_gzip import HEADER
from dockstats_core.messages.stream import AgentBatch, AgentConnection, AgentInventory, AgentList, StreamMessage
from tests.dashboard.serving import HOSTS, messages_of, running_dashboard, simulated_feeds

ENCODINGS = ["gzip", "identity"]


@pytest.mark.parametrize("encoding", ENCODINGS)
async def test_the_agent_list_comes_first_then_the_newest_of_everything_then_each_tick(encoding: str) -> None:
    async with running_dashboard() as dashboard:
        while len([agent for agent in dashboard.gathering.fleet.summaries() if agent.containers]) < len(HOSTS):
            await anyio.sleep(0.01)
        async with dashboard.client.stream("GET", "/stream/agents", headers={"Accept-Encoding": encoding}) as answer:
            seen: list[StreamMessage] = []
            async for message in messages_of(answer):
                seen.append(message)
                if len([one for one in seen if isinstance(one, AgentBatch)]) >= 6:
                    break
    assert answer.headers.get("content-encoding", "identity") == encoding
    assert isinstance(seen[0], AgentList)
    assert [agent.id for agent in seen[0].agents] == list(HOSTS)
    first_of_each = [type(message) for message in seen[1:7]]
    assert first_of_each == [AgentConnection] * 2 + [AgentInventory] * 2 + [AgentBatch] * 2
    for host in HOSTS:
        sequences = [one.payload.sequence for one in seen if isinstance(one, AgentBatch) and one.agent_id == host]
        assert sequences == sorted(set(sequences))
        assert len(sequences) >= 2


async def test_outer_names_are_the_configured_ones() -> None:
    async with running_dashboard() as dashboard:
        async with dashboard.client.stream("GET", "/stream/agents") as answer:
            async for message in messages_of(answer):
                if isinstance(message, AgentBatch):
                    break
    assert message.label == message.agent_id.title()
    assert message.payload.agent_label == message.agent_id


async def test_agents_narrows_the_stream_and_keeps_the_whole_list() -> None:
    async with running_dashboard() as dashboard:
        async with dashboard.client.stream("GET", "/stream/agents", params={"agents": "borea, nobody"}) as answer:
            seen = []
            async for message in messages_of(answer):
                seen.append(message)
                if len(seen) >= 6:
                    break
    assert isinstance(seen[0], AgentList)
    assert len(seen[0].agents) == len(HOSTS)
    assert {message.agent_id for message in seen[1:] if not isinstance(message, AgentList)} == {"borea"}


async def test_headers_keep_proxies_from_holding_it_back() -> None:
    async with running_dashboard() as dashboard:
        async with dashboard.client.stream("GET", "/stream/agents") as answer:
            headers = answer.headers
    assert answer.status_code == 200
    assert headers["content-type"].startswith("text/event-stream")
    assert headers["cache-control"] == "no-cache, no-transform"
    assert headers["x-accel-buffering"] == "no"
    assert "accept-encoding" in headers["vary"].lower()


async def test_it_tells_browsers_when_to_come_back() -> None:
    async with running_dashboard() as dashboard:
        async with dashboard.client.stream("GET", "/stream/agents", headers={"Accept-Encoding": "identity"}) as answer:
            async for chunk in answer.aiter_raw():
                break
    assert chunk.startswith(b"retry: 2000\n")


async def test_the_compressed_stream_is_one_gzip_member_that_any_decompressor_reads_as_it_comes() -> None:
    async with running_dashboard() as dashboard:
        async with dashboard.client.stream("GET", "/stream/agents", headers={"Accept-Encoding": "gzip"}) as answer:
            raw, decompressor, text = b"", zlib.decompressobj(zlib.MAX_WBITS | 16), b""
            async for chunk in answer.aiter_raw():
                raw += chunk
                text += decompressor.decompress(chunk)
                if text.count(b"data:") >= 8:
                    break
    assert raw.startswith(HEADER)
    assert not decompressor.eof


async def test_a_frame_is_encoded_and_compressed_once_for_all_browsers() -> None:
    async with running_dashboard(simulated_feeds(("atlas",))) as dashboard:
        raws: list[bytes] = [b"", b""]

        async def read(place: int) -> None:
            async with dashboard.client.stream("GET", "/stream/agents", headers={"Accept-Encoding": "gzip"}) as answer:
                async for chunk in answer.aiter_raw():
                    raws[place] += chunk
                    if raws[place].count(b"\x00\x00\xff\xff") > 12:
                        return

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(read, 0)
            tasks.start_soon(read, 1)
    parts = [set(raw.split(b"\x00\x00\xff\xff")) for raw in raws]
    assert len(parts[0] & parts[1]) >= 8


async def test_a_browser_that_leaves_is_forgotten() -> None:
    async with running_dashboard() as dashboard:
        async with dashboard.client.stream("GET", "/stream/agents") as answer:
            async for _ in messages_of(answer):
                break
            assert dashboard.gathering.fanout.subscriber_count == 1
        with anyio.fail_after(5):
            while dashboard.gathering.fanout.subscriber_count:
                await anyio.sleep(0.01)


async def test_the_stream_ends_by_itself_at_shutdown() -> None:
    async with running_dashboard() as dashboard:
        async with dashboard.client.stream("GET", "/stream/agents") as answer:
            with anyio.fail_after(5):
                async for _ in messages_of(answer):
                    dashboard.gathering.close()


async def test_fifty_readers_that_never_read_cost_the_others_nothing() -> None:
    async with running_dashboard(simulated_feeds(("atlas",), containers=60)) as dashboard:
        silent = [await anyio.connect_tcp("127.0.0.1", dashboard.port) for _ in range(50)]
        for stream in silent:
            await stream.send(b"GET /stream/agents HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        with anyio.fail_after(10):
            while dashboard.gathering.fanout.subscriber_count < len(silent):
                await anyio.sleep(0.01)
            async with dashboard.client.stream("GET", "/stream/agents") as answer:
                batches = 0
                async for message in messages_of(answer):
                    batches += isinstance(message, AgentBatch)
                    if batches >= 5:
                        break
        for stream in silent:
            await stream.aclose()
