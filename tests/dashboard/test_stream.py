"""`/stream/agents` as browsers and scripts see it, over real sockets."""

from __future__ import annotations

import socket
import zlib
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager

import anyio
import h11
import httpx
import pytest
from anyio.abc import SocketAttribute

from dockstats_core.fanout.shared_gzip import HEADER
from dockstats_core.fanout.sse import EventStreamParser
from dockstats_core.messages import stream
from dockstats_core.messages.stream import (
    AgentBatch,
    AgentColumns,
    AgentConnection,
    AgentInventory,
    AgentList,
    StreamMessage,
)
from dockstats_dashboard.stream import MAX_STREAMS
from tests.dashboard.serving import HOSTS, Dashboard, messages_of, running_dashboard, simulated_feeds

ENCODINGS = ["gzip", "identity"]
FRAME_END = b"\x00\x00\xff\xff"  # a full flush


@asynccontextmanager
async def streaming(
    dashboard: Dashboard, *, encoding: str = "identity", **params: str
) -> AsyncIterator[httpx.Response]:
    with anyio.fail_after(20):
        async with dashboard.client.stream(
            "GET", "/stream/agents", params=params, headers={"Accept-Encoding": encoding}
        ) as answer:
            yield answer


async def first(answer: httpx.Response, count: int) -> list[StreamMessage]:
    seen: list[StreamMessage] = []
    async for message in messages_of(answer):
        seen.append(message)
        if len(seen) == count:
            break
    return seen


@pytest.mark.parametrize("encoding", ENCODINGS)
async def test_the_agent_list_comes_first_then_the_newest_of_everything_then_each_tick(encoding: str) -> None:
    async with running_dashboard() as dashboard:
        await dashboard.until_all_have_batches()
        async with streaming(dashboard, encoding=encoding) as answer:
            seen = await first(answer, 12)
    assert answer.headers.get("content-encoding", "identity") == encoding
    assert isinstance(seen[0], AgentList)
    assert [agent.id for agent in seen[0].agents] == list(HOSTS)
    assert [type(message) for message in seen[1:7]] == [AgentConnection] * 2 + [AgentInventory] * 2 + [AgentBatch] * 2
    for host in HOSTS:
        sequences = [one.payload.sequence for one in seen if isinstance(one, AgentBatch) and one.agent_id == host]
        assert sequences == sorted(set(sequences))
        assert len(sequences) >= 2


async def test_outer_names_are_the_configured_ones() -> None:
    async with running_dashboard() as dashboard:
        await dashboard.until_all_have_batches()
        async with streaming(dashboard) as answer:
            batches = [message for message in await first(answer, 7) if isinstance(message, AgentBatch)]
    assert {(batch.agent_id, batch.label) for batch in batches} == {("atlas", "Atlas"), ("borea", "Borea")}
    assert {batch.payload.agent_label for batch in batches} == {"atlas", "borea"}


@pytest.mark.parametrize("agents", ["borea", "borea, nobody", ",borea,,"])
async def test_agents_narrows_the_stream_and_keeps_the_whole_list(agents: str) -> None:
    async with running_dashboard() as dashboard, streaming(dashboard, agents=agents) as answer:
        seen = await first(answer, 6)
    assert isinstance(seen[0], AgentList)
    assert len(seen[0].agents) == len(HOSTS)
    assert {message.agent_id for message in seen[1:] if not isinstance(message, AgentList)} == {"borea"}


async def test_agents_that_nobody_is_give_the_list_and_then_only_heartbeats() -> None:
    async with running_dashboard(heartbeat_s=0.05) as dashboard, streaming(dashboard, agents="nobody") as answer:
        text = b""
        async for chunk in answer.aiter_raw():
            text += chunk
            if text.count(b": \n\n") >= 3:
                break
    assert [type(stream.codec.decode(event.data)) for event in EventStreamParser().feed(text)] == [AgentList]


async def test_blank_agents_mean_all_of_them() -> None:
    async with running_dashboard() as dashboard, streaming(dashboard, agents="") as answer:
        seen = await first(answer, 9)
    assert {message.agent_id for message in seen if isinstance(message, AgentBatch)} == set(HOSTS)


@pytest.mark.parametrize("encoding", ENCODINGS)
async def test_batches_come_as_columns_to_who_asks_for_them_and_all_else_is_the_same(encoding: str) -> None:
    async with running_dashboard() as dashboard:
        await dashboard.until_all_have_batches()
        async with streaming(dashboard, encoding=encoding, batches="columns") as answer:
            seen = await first(answer, 12)
    assert [type(message) for message in seen[1:5]] == [AgentConnection] * 2 + [AgentInventory] * 2
    figures = [message for message in seen if isinstance(message, AgentColumns)]
    assert {message.agent_id for message in figures} == set(HOSTS)
    assert all("mem_bytes" in message.columns and message.ids for message in figures)
    assert not any(isinstance(message, AgentBatch) for message in seen)


async def test_batches_are_whole_for_who_asks_for_that() -> None:
    async with running_dashboard() as dashboard, streaming(dashboard, batches="whole") as answer:
        seen = await first(answer, 9)
    assert any(isinstance(message, AgentBatch) for message in seen)


@pytest.mark.parametrize("batches", ["rows", "", "COLUMNS", "x" * 500])
async def test_batches_in_a_form_that_is_none_are_refused_with_those_there_are(batches: str) -> None:
    async with running_dashboard({}) as dashboard:
        answer = await dashboard.client.get("/stream/agents", params={"batches": batches})
    assert answer.status_code == 400
    assert answer.json()["detail"] == f"batches={batches[:60]!r} is no form of a batch; there are whole, columns"


async def test_a_heartbeat_keeps_a_quiet_stream_open_and_browsers_skip_it() -> None:
    async with (
        running_dashboard({}, heartbeat_s=0.02) as dashboard,
        streaming(dashboard, encoding="gzip") as answer,
    ):
        decompressor, text = zlib.decompressobj(zlib.MAX_WBITS | 16), b""
        async for chunk in answer.aiter_raw():
            text += decompressor.decompress(chunk)
            if text.count(b": \n\n") >= 3:
                break
    assert len(list(EventStreamParser().feed(text))) == 1  # the list


async def test_headers_keep_proxies_from_holding_it_back() -> None:
    async with running_dashboard() as dashboard, streaming(dashboard) as answer:
        headers = answer.headers
    assert answer.status_code == 200
    assert headers["content-type"].startswith("text/event-stream")
    assert headers["cache-control"] == "no-cache, no-transform"
    assert headers["x-accel-buffering"] == "no"
    assert "accept-encoding" in headers["vary"].lower()
    assert "content-length" not in headers


async def test_it_tells_browsers_when_to_come_back() -> None:
    async with running_dashboard() as dashboard, streaming(dashboard) as answer:
        chunk = await anext(answer.aiter_raw())
    assert chunk.startswith(b"retry: 2000\n")


async def test_both_kinds_of_clients_get_the_same_events() -> None:
    async with (
        running_dashboard() as dashboard,
        streaming(dashboard, encoding="gzip") as compressed,
        streaming(dashboard) as plain,
    ):
        seen: list[dict[tuple[str, int], StreamMessage]] = [{}, {}]

        async def read(place: int, answer: httpx.Response) -> None:
            async for message in messages_of(answer):
                if isinstance(message, AgentBatch):
                    seen[place][message.agent_id, message.payload.sequence] = message
                    if len(seen[place]) >= 8:
                        return

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(read, 0, compressed)
            tasks.start_soon(read, 1, plain)
    shared = seen[0].keys() & seen[1].keys()
    assert len(shared) >= 4
    assert all(seen[0][one] == seen[1][one] for one in shared)


async def test_the_compressed_stream_is_one_gzip_member_that_any_decompressor_reads_as_it_comes() -> None:
    async with running_dashboard() as dashboard, streaming(dashboard, encoding="gzip") as answer:
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
            async with streaming(dashboard, encoding="gzip") as answer:
                async for chunk in answer.aiter_raw():
                    raws[place] += chunk
                    if raws[place].count(FRAME_END) > 12:
                        return

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(read, 0)
            tasks.start_soon(read, 1)
    parts = [set(raw.split(FRAME_END)) for raw in raws]
    assert len(parts[0] & parts[1]) >= 8


async def test_a_browser_that_leaves_is_forgotten() -> None:
    async with running_dashboard() as dashboard:
        async with streaming(dashboard) as answer:
            await first(answer, 1)
            assert dashboard.gathering.fanout.subscriber_count == 1
        await dashboard.until_browsers(0)


async def test_the_stream_ends_by_itself_at_shutdown() -> None:
    async with running_dashboard() as dashboard, streaming(dashboard) as answer:
        async for _ in messages_of(answer):
            dashboard.gathering.close()


async def test_a_browser_too_many_is_sent_away_with_a_sentence_until_another_leaves() -> None:
    async with running_dashboard(simulated_feeds(("atlas",))) as dashboard:
        with ExitStack() as others:
            for _ in range(MAX_STREAMS):
                others.enter_context(dashboard.gathering.fanout.subscribe(["nobody"]))
            refused = await dashboard.client.get("/stream/agents")
        async with streaming(dashboard) as answer:
            assert await first(answer, 1)
    assert refused.status_code == 503
    assert refused.json()["detail"] == "this dashboard serves at most 1000 streams; close some pages"


async def test_fifty_readers_that_never_read_cost_the_others_nothing() -> None:
    async with running_dashboard(simulated_feeds(("atlas",), containers=60)) as dashboard:
        silent = [await anyio.connect_tcp("127.0.0.1", dashboard.port) for _ in range(50)]
        for connection in silent:
            await connection.send(b"GET /stream/agents HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        await dashboard.until_browsers(len(silent))
        async with streaming(dashboard) as answer:
            batches = [message for message in await first(answer, 8) if isinstance(message, AgentBatch)]
        for connection in silent:
            await connection.aclose()
    assert len(batches) >= 5


async def test_a_browser_that_was_held_up_goes_on_with_what_is_new_and_the_kernel_kept_little_of_what_is_old() -> None:
    async with running_dashboard(simulated_feeds(("atlas",), containers=150)) as dashboard:
        await dashboard.until_all_have_batches()
        async with await anyio.connect_tcp("127.0.0.1", dashboard.port) as held_up:
            held_up.extra(SocketAttribute.raw_socket).setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 32_768)
            http = h11.Connection(h11.CLIENT)
            await held_up.send(
                http.send(h11.Request(method="GET", target="/stream/agents", headers=[("Host", "127.0.0.1")]))
            )
            await dashboard.until_browsers(1)
            async with streaming(dashboard) as answer:
                meanwhile = [one for one in await first(answer, 30) if isinstance(one, AgentBatch)]
            sequences, parser = [0], EventStreamParser()
            while sequences[-1] < meanwhile[-1].payload.sequence:
                match http.next_event():
                    case h11.Data(data=data):
                        messages = [stream.codec.decode(event.data) for event in parser.feed(bytes(data))]
                        sequences += [one.payload.sequence for one in messages if isinstance(one, AgentBatch)]
                    case h11.NEED_DATA:
                        http.receive_data(await held_up.receive())
    assert len(meanwhile) >= 20
    assert len(sequences) <= len(meanwhile) / 2
