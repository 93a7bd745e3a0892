"""The driver over real sockets, against peers that behave, misbehave and vanish."""

from __future__ import annotations

import errno
import socket
import ssl
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager, asynccontextmanager, contextmanager
from functools import cache

import anyio
import psutil
import pytest
import trustme
from anyio.lowlevel import checkpoint
from wsproto.events import CloseConnection, Ping, Pong, TextMessage

from dockstats_core.backoff import Backoff
from dockstats_core.connection.driver import Driver, Tell, why_broken
from dockstats_core.connection.limits import ConnectionLimits
from dockstats_core.connection.machine import AgentMachine
from dockstats_core.messages import agent
from tests.builders import batch
from tests.core.connection.conversing import MESSAGE, MESSAGE_TEXT, TEXT, endpoint, frame
from tests.core.connection.peer import Behaviour, Heard, PeerEnd, peer

SOON_SILENT = ConnectionLimits(ping_after_s=0.1, silence_s=0.3)
SOON_CLOSED = ConnectionLimits(closing_s=0.2)
CONNECT_SOON = ConnectionLimits(connect_s=0.3)
ANSWER_SOON = ConnectionLimits(handshake_s=0.2)
PING_SOON = ConnectionLimits(ping_after_s=0.05)


def driver(
    url: str, tell: Tell, *, limits: ConnectionLimits | None = None, tls: ssl.SSLContext | None = None
) -> Driver:
    """A driver that tries again after 0.1 s."""
    backoff = Backoff(lambda: 0.0)
    machine = AgentMachine(endpoint(url), backoff, time.monotonic(), limits=limits)
    return Driver(endpoint(url), machine, tell, tls=None if tls is None else lambda: tls)


@asynccontextmanager
async def driving(
    url: str, *, limits: ConnectionLimits | None = None, tls: ssl.SSLContext | None = None
) -> AsyncIterator[Heard]:
    """What the driver tells, while it runs."""
    heard = Heard()
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(driver(url, heard, limits=limits, tls=tls).run)
        yield heard
        tasks.cancel_scope.cancel()


async def say_it_once(end: PeerEnd) -> None:
    await end.accept()
    await end.say(TextMessage(data=MESSAGE_TEXT.decode()))
    await end.until_gone()


async def say_nothing(end: PeerEnd) -> None:
    await end.until_gone()


@contextmanager
def closed_port() -> Iterator[int]:
    """A port of loopback that refuses every connection: bound, and not listening."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        yield bound.getsockname()[1]


@contextmanager
def full_port() -> Iterator[int]:
    """A port whose queue is full: the kernel drops further attempts without a word."""
    with socket.socket() as listening, socket.socket() as first, socket.socket() as second:
        listening.bind(("127.0.0.1", 0))
        listening.listen(0)
        for filling in (first, second):
            filling.setblocking(False)
            filling.connect_ex(listening.getsockname())
        yield listening.getsockname()[1]


# What arrives. -------------------------------------------------------------------------------------------------------


async def test_a_message_of_the_peer_is_told_after_the_status() -> None:
    async with peer(say_it_once) as there, driving(there.url()) as heard:
        await heard.until(lambda: heard.messages)
    assert heard.messages == [MESSAGE]
    assert heard.statuses == ["connecting", "connected", "closed"]


async def test_a_message_larger_than_any_buffer_arrives_whole() -> None:
    large = batch(containers=[agent.ContainerSample(id=f"{number:064x}", name="x" * 200) for number in range(9000)])

    async def behave(end: PeerEnd) -> None:
        await end.accept()
        await end.say(TextMessage(data=agent.codec.encode(large).decode()))
        await end.until_gone()

    async with peer(behave) as there, driving(there.url()) as heard:
        await heard.until(lambda: heard.messages)
    assert heard.messages == [large]


async def test_pings_are_answered_and_sent_where_the_peer_is_silent() -> None:
    answered = anyio.Event()

    async def behave(end: PeerEnd) -> None:
        await end.accept()
        await end.say(Ping(payload=b"you?"))
        assert await end.heard() == Pong(payload=b"you?")
        for _ in range(5):  # one after each silence of 0.05 s
            question = await end.heard()
            assert isinstance(question, Ping)
            await end.say(question.response())
        answered.set()
        await end.until_gone()

    async with peer(behave) as there, driving(there.url(), limits=PING_SOON) as heard:
        with anyio.fail_after(20):
            await answered.wait()
    assert heard.statuses == ["connecting", "connected", "closed"]


# TLS. ----------------------------------------------------------------------------------------------------------------


@cache
def authority() -> trustme.CA:
    return trustme.CA()


def certified(name: str = "127.0.0.1") -> ssl.SSLContext:
    """A server's context with a certificate for `name`."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority().issue_cert(name).configure_cert(context)
    return context


def trusting() -> ssl.SSLContext:
    context = ssl.create_default_context()
    authority().configure_trust(context)
    return context


async def test_over_tls_with_a_trusted_certificate_messages_arrive() -> None:
    async with peer(say_it_once, tls=certified()) as there, driving(there.url("wss"), tls=trusting()) as heard:
        await heard.until(lambda: heard.messages)
    assert heard.messages == [MESSAGE]


async def fails_with(
    behave: Behaviour,
    scheme: str,
    *,
    server: ssl.SSLContext | None = None,
    client: ssl.SSLContext | None = None,
    limits: ConnectionLimits | None = None,
) -> str:
    """The first reason that is told, without the URL."""
    async with peer(behave, tls=server) as there, driving(there.url(scheme), tls=client, limits=limits) as heard:
        reason = (await heard.change("error")).reason
    assert reason is not None
    assert reason.startswith(f"{there.url(scheme)}: ")
    return reason.partition("/ws: ")[2]


async def test_a_certificate_of_an_unknown_authority_is_not_trusted() -> None:
    reason = await fails_with(say_it_once, "wss", server=certified())
    assert reason.startswith("its certificate is not trusted (")


async def test_a_certificate_for_another_name_is_not_trusted() -> None:
    reason = await fails_with(say_it_once, "wss", server=certified("heron.example"), client=trusting())
    assert reason.startswith("its certificate is not trusted (")
    assert "127.0.0.1" in reason


async def test_a_port_without_tls_is_told() -> None:
    async def behave(end: PeerEnd) -> None:
        await end.stream.receive()
        await end.stream.send(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        await end.until_gone()

    assert "does the port speak wss?" in await fails_with(behave, "wss")


async def test_a_peer_that_ends_within_the_tls_handshake_is_told() -> None:
    async def behave(end: PeerEnd) -> None:
        await end.stream.receive()

    assert await fails_with(behave, "wss") == "it closed the connection without an answer"


async def test_a_peer_that_resets_within_the_tls_handshake_is_told() -> None:
    async def behave(end: PeerEnd) -> None:
        await end.stream.receive()
        await end.reset()

    assert await fails_with(behave, "wss") == "connection reset by peer; is the agent running there?"


# What fails. ---------------------------------------------------------------------------------------------------------


async def test_a_refused_connection_is_tried_again_and_again() -> None:
    with closed_port() as port:
        url = f"ws://127.0.0.1:{port}/ws"
        async with driving(url) as heard:
            await heard.change("error", nth=3)
    assert heard.statuses[:5] == ["connecting", "error"] * 2 + ["connecting"]
    assert {change.reason for change in heard.changes if change.status == "error"} == {
        f"{url}: connection refused; is the agent running there?"
    }


async def test_an_agent_that_comes_up_later_is_found() -> None:
    with closed_port() as port:
        pass
    async with driving(f"ws://127.0.0.1:{port}/ws") as heard:
        await heard.change("error")
        async with peer(say_it_once, port=port):
            await heard.change("connected")


async def test_several_addresses_that_all_refuse_are_one_sentence() -> None:
    with closed_port() as port:
        async with driving(f"ws://localhost:{port}/ws") as heard:
            reason = (await heard.change("error")).reason
    assert reason == f"ws://localhost:{port}/ws: connection refused; is the agent running there?"


CONNECT_FAILED = "Connect call failed ('127.0.0.1', 9)"


def caused(by: BaseException) -> OSError:
    error = OSError("All connection attempts failed")
    error.__cause__ = by
    return error


@pytest.mark.parametrize(
    ("error", "why"),
    [
        (
            caused(OSError(errno.EMFILE, "")),
            "this process may open no more files; raise its limit (ulimit -n, LimitNOFILE=)",
        ),
        (caused(OSError(errno.ECONNREFUSED, CONNECT_FAILED)), "connection refused; is the agent running there?"),
        (
            caused(ExceptionGroup("", [OSError(errno.EHOSTUNREACH, ""), OSError(errno.ECONNREFUSED, "")])),
            "no route to host; is the agent running there?",
        ),
        (socket.gaierror(socket.EAI_AGAIN, "Try later"), "its name cannot be resolved (Try later); is it spelt right?"),
        (ssl.SSLError(1, "[SSL] odd"), "no TLS with it ([SSL] odd); does the port speak wss?"),
        (anyio.BrokenResourceError(), "the connection broke"),
    ],
)
def test_what_keeps_us_from_connecting_is_a_sentence(error: Exception, why: str) -> None:
    assert why_broken(error, connected=False) == why


async def test_a_name_that_nobody_knows_is_told() -> None:
    url = f"ws://{'y' * 70}/ws"  # longer than a label of a name may be, so no server need be asked
    async with driving(url, limits=ConnectionLimits(connect_s=20)) as heard:
        reason = (await heard.change("error")).reason
    assert reason is not None
    assert reason.startswith(f"{url}: its name cannot be resolved (")


async def test_a_peer_that_does_not_even_accept_tcp_is_given_up() -> None:
    with full_port() as port:
        async with driving(f"ws://127.0.0.1:{port}/ws", limits=CONNECT_SOON) as heard:
            reason = (await heard.change("error")).reason
    assert reason == f"ws://127.0.0.1:{port}/ws: no connection within 0.3 s"


async def test_a_peer_that_accepts_tcp_and_never_answers_is_given_up() -> None:
    assert await fails_with(say_nothing, "ws", limits=ANSWER_SOON) == "no answer to the handshake within 0.2 s"


async def test_a_peer_that_never_answers_tls_is_given_up() -> None:
    assert await fails_with(say_nothing, "wss", limits=CONNECT_SOON) == "no connection within 0.3 s"


async def test_a_peer_that_falls_silent_is_given_up_and_tried_again() -> None:
    async def behave(end: PeerEnd) -> None:
        await say_it_once(end)

    async with peer(behave) as there, driving(there.url(), limits=SOON_SILENT) as heard:
        assert (await heard.change("error")).reason == f"{there.url()}: no sign of life for 0.3 s"
        await heard.change("connected", nth=2)
    assert there.most_at_once == 1


async def test_a_peer_that_ends_in_the_middle_of_a_frame_is_told() -> None:
    async def behave(end: PeerEnd) -> None:
        await end.accept()
        await end.stream.send(frame(TEXT, MESSAGE_TEXT)[:40])

    assert await fails_with(behave, "ws") == "it broke the connection off"


async def test_a_peer_that_resets_in_the_middle_of_a_frame_is_told() -> None:
    async def behave(end: PeerEnd) -> None:
        await end.accept()
        await end.stream.send(frame(TEXT, MESSAGE_TEXT)[:40])
        await anyio.sleep(0.05)  # the reset overtakes what was not read
        await end.reset()

    assert await fails_with(behave, "ws") == "the connection broke: connection reset by peer"


async def test_a_peer_that_asks_without_end_and_never_listens_cannot_fill_our_memory() -> None:
    blocked = anyio.Event()

    async def behave(end: PeerEnd) -> None:
        raw: socket.socket = end.stream.extra(anyio.abc.SocketAttribute.raw_socket)
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        await end.accept()
        pings = frame(0x9, b"p" * 125) * 500
        while not blocked.is_set():
            with anyio.move_on_after(0.2) as patience:
                await end.stream.send(pings)
            if patience.cancelled_caught:  # nobody takes what it says any more, because it takes no answers
                blocked.set()
        await anyio.sleep_forever()

    limits = ConnectionLimits(ping_after_s=0.5, silence_s=1.0, frames_at_once=10_000, frames_per_s=1e9)
    async with peer(behave) as there, driving(there.url(), limits=limits) as heard:
        with anyio.fail_after(20):
            await blocked.wait()
        assert (await heard.change("error")).reason == f"{there.url()}: no sign of life for 1 s"


# How it ends. --------------------------------------------------------------------------------------------------------


async def test_cancelled_while_open_it_says_goodbye() -> None:
    codes: list[int] = []
    is_gone = anyio.Event()

    async def behave(end: PeerEnd) -> None:
        await end.accept()
        codes.append(await end.heard_goodbye())
        is_gone.set()

    async with peer(behave) as there:
        async with driving(there.url()) as heard:
            await heard.change("connected")
        with anyio.fail_after(20):
            await is_gone.wait()
    assert codes == [1000]
    assert heard.changes[-1].status == "closed"
    assert heard.changes[-1].reason == f"{there.url()}: it was stopped here"


async def test_over_tls_it_says_goodbye_too() -> None:
    codes: list[int] = []
    is_gone = anyio.Event()

    async def behave(end: PeerEnd) -> None:
        await end.accept()
        codes.append(await end.heard_goodbye())
        is_gone.set()

    async with peer(behave, tls=certified()) as there:
        async with driving(there.url("wss"), tls=trusting()) as heard:
            await heard.change("connected")
        with anyio.fail_after(20):
            await is_gone.wait()
    assert codes == [1000]


async def test_a_goodbye_of_the_peer_is_answered_told_and_followed_by_the_next_attempt() -> None:
    answers: list[int] = []

    async def behave(end: PeerEnd) -> None:
        await end.accept()
        await end.say(CloseConnection(code=1001))
        answers.append(await end.heard_goodbye())

    async with peer(behave) as there, driving(there.url()) as heard:
        assert (await heard.change("closed")).reason == f"{there.url()}: the agent shuts down"
        await heard.change("connected", nth=2)
    assert answers[0] == 1001
    assert there.most_at_once == 1


async def test_a_message_too_big_is_refused_with_its_code() -> None:
    codes: list[int] = []

    async def behave(end: PeerEnd) -> None:
        await end.accept()
        await end.stream.send(frame(TEXT, b"x" * 2000))
        codes.append(await end.heard_goodbye())

    async with peer(behave) as there, driving(there.url(), limits=ConnectionLimits(message_bytes=1000)) as heard:
        await heard.change("connected", nth=2)
    assert codes[0] == 1009


async def test_a_peer_that_does_not_end_after_goodbye_is_let_go_and_tried_again() -> None:
    async def behave(end: PeerEnd) -> None:
        await end.accept()
        await end.say(CloseConnection(code=1001))
        while True:
            await end.stream.send(b"and another thing")

    async with peer(behave) as there, driving(there.url(), limits=SOON_CLOSED) as heard:
        await heard.change("connected", nth=3)
    assert "error" not in heard.statuses
    assert there.most_at_once == 1


async def test_a_machine_that_is_closed_has_nothing_to_run() -> None:
    heard = Heard()
    machine = AgentMachine(endpoint("ws://heron/ws"), Backoff(lambda: 0.0), time.monotonic())
    machine.close(time.monotonic())
    with anyio.fail_after(20):
        await Driver(endpoint("ws://heron/ws"), machine, heard).run()
    assert heard.all == []


async def test_what_the_teller_raises_ends_the_run_and_the_connection() -> None:
    is_gone = anyio.Event()

    async def behave(end: PeerEnd) -> None:
        await say_it_once(end)
        is_gone.set()

    def tell(told: object) -> None:
        if told == MESSAGE:
            raise LookupError("nobody listens")

    async with peer(behave) as there:
        with pytest.raises(LookupError, match="nobody listens"):
            await driver(there.url(), tell).run()
        with anyio.fail_after(20):
            await is_gone.wait()


# Cancellation leaves nothing behind. ---------------------------------------------------------------------------------


def descriptors() -> int:
    return psutil.Process().num_fds()


async def until_settled(before: int) -> int:
    """How many descriptors are open once all that closes by itself is closed."""
    with anyio.move_on_after(3):
        while descriptors() > before:  # noqa: ASYNC110 - the kernel sends no event
            await anyio.sleep(0.01)
    return descriptors()


async def cancelled_after(turns: int, url: str, *, tls: ssl.SSLContext | None = None) -> None:
    """Run a driver for so many turns of the event loop."""
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(driver(url, Heard(), tls=tls).run)
        for _ in range(turns):
            await checkpoint()
        tasks.cancel_scope.cancel()


@pytest.mark.parametrize("scheme", ["ws", "wss"])
async def test_cancelled_at_any_moment_it_leaves_no_descriptor(scheme: str) -> None:
    server, client = (certified(), trusting()) if scheme == "wss" else (None, None)
    async with peer(say_it_once, tls=server) as there:
        await cancelled_after(100, there.url(scheme), tls=client)
        before = descriptors()
        for turns in range(50):
            await cancelled_after(turns, there.url(scheme), tls=client)
        assert await until_settled(before) <= before + 2


async def close_and_linger(end: PeerEnd) -> None:
    await end.accept()
    await end.say(CloseConnection(code=1000))
    await end.until_gone()


@pytest.mark.parametrize(
    ("behave", "is_there"),
    [
        (say_nothing, lambda heard: heard.statuses == ["connecting"]),
        (say_it_once, lambda heard: heard.messages),
        (close_and_linger, lambda heard: "closed" in heard.statuses),
    ],
    ids=["opening", "open", "closing"],
)
async def test_50_rounds_that_are_cancelled_leave_no_descriptor(
    behave: Behaviour, is_there: Callable[[Heard], object]
) -> None:
    async with peer(behave) as there:
        before = descriptors()
        for _ in range(50):
            async with driving(there.url()) as heard:
                await heard.until(lambda: is_there(heard))
        assert await until_settled(before) <= before + 2


@pytest.mark.parametrize(
    ("port", "status"), [(closed_port, "error"), (full_port, "connecting")], ids=["waiting", "connecting"]
)
async def test_50_rounds_without_a_connection_leave_no_descriptor(
    port: Callable[[], AbstractContextManager[int]], status: str
) -> None:
    with port() as number:
        before = descriptors()
        for _ in range(50):
            async with driving(f"ws://127.0.0.1:{number}/ws") as heard:
                await heard.change(status)
        assert await until_settled(before) <= before + 2
