"""Opening the door: every interface, one address, any port; and why not, in one sentence."""

from __future__ import annotations

import asyncio
import errno
import os
import select
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from dockstats_core.errors import ConfigurationError
from dockstats_core.program.listen import ListenAddress
from dockstats_core.program.sockets import addresses_of, bound_address, explain, open_sockets

LOOPBACK = ListenAddress("127.0.0.1", 0)
ELSEWHERE = "192.0.2.1"  # RFC 5737: no machine has it


@contextmanager
def listening(address: ListenAddress, **options: object) -> Iterator[list[socket.socket]]:
    sockets = open_sockets(address, **options)  # type: ignore[arg-type]
    try:
        yield sockets
    finally:
        for one in sockets:
            one.close()


def connects(host: str, port: int) -> bool:
    try:
        socket.create_connection((host, port), timeout=2).close()
    except OSError:
        return False
    return True


def test_any_free_port_is_told_once_it_is_known() -> None:
    with listening(LOOPBACK) as sockets:
        bound = bound_address(LOOPBACK, sockets)
        assert bound.host == "127.0.0.1"
        assert bound.port != 0
        assert connects("127.0.0.1", bound.port)
        assert not sockets[0].getblocking()


def test_every_interface_means_ipv4_and_ipv6_on_one_port() -> None:
    with listening(ListenAddress("", 0)) as sockets:
        port = bound_address(LOOPBACK, sockets).port
        assert connects("127.0.0.1", port)
        assert connects("::1", port) == socket.has_dualstack_ipv6()


def test_a_name_opens_each_of_its_addresses_on_the_same_port() -> None:
    both = [(socket.AF_INET, "127.0.0.1"), (socket.AF_INET, "127.0.0.2")]
    with listening(ListenAddress("localhost", 0), resolve=lambda _: both) as sockets:
        assert len({one.getsockname()[1] for one in sockets}) == 1
        assert [one.getsockname()[0] for one in sockets] == ["127.0.0.1", "127.0.0.2"]


def test_an_address_of_a_name_that_this_machine_lacks_is_left_out() -> None:
    both = [(socket.AF_INET, ELSEWHERE), (socket.AF_INET, "127.0.0.1")]
    with listening(ListenAddress("localhost", 0), resolve=lambda _: both) as sockets:
        assert [one.getsockname()[0] for one in sockets] == ["127.0.0.1"]


def test_localhost_resolves_to_loopback_addresses_each_once() -> None:
    found = addresses_of(ListenAddress("localhost", 80))
    assert len(set(found)) == len(found)
    assert {host for _, host in found} <= {"127.0.0.1", "::1"}


def test_port_in_use_tells_by_which_program_and_what_to_do() -> None:
    with listening(LOOPBACK) as sockets:
        taken = bound_address(LOOPBACK, sockets)
        with pytest.raises(ConfigurationError) as refused:
            open_sockets(taken)
    sentence = str(refused.value)
    assert sentence.startswith(f"cannot listen on {taken}: the port is in use by ")
    assert f"(pid {os.getpid()})" in sentence
    assert sentence.endswith("stop that program, or choose another address with --listen")


def test_failure_of_a_later_address_closes_the_earlier_ones() -> None:
    with listening(LOOPBACK) as sockets:
        port = bound_address(LOOPBACK, sockets).port
        both = [(socket.AF_INET, "127.0.0.2"), (socket.AF_INET, "127.0.0.1")]
        with pytest.raises(ConfigurationError, match="in use"):
            open_sockets(ListenAddress("localhost", port), resolve=lambda _: both)
        assert not connects("127.0.0.2", port)


def test_address_of_another_machine_is_refused_with_one_that_works() -> None:
    with pytest.raises(ConfigurationError, match=rf"no interface .* has the address {ELSEWHERE}; .*:8080 for all"):
        open_sockets(ListenAddress(ELSEWHERE, 8080))


def test_name_that_cannot_be_resolved_is_refused_with_the_name() -> None:
    def resolve(address: ListenAddress) -> list[tuple[socket.AddressFamily, str]]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    with pytest.raises(ConfigurationError, match=r"nowhere:80: the name nowhere cannot be resolved; give an address"):
        open_sockets(ListenAddress("nowhere", 80), resolve=resolve)


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.EACCES, "this user may not open the port; ports below 1024"),
        (errno.EPERM, "this user may not open the port"),
        (errno.EADDRINUSE, "the port is in use; stop that program"),
        (errno.EMFILE, "too many open files; choose another address with --web"),
    ],
)
def test_each_failure_has_its_sentence_that_names_address_and_flag(number: int, words: str) -> None:
    sentence = explain(OSError(number, os.strerror(number)), ListenAddress("::1", 1), flag="--web")
    assert sentence.startswith("cannot listen on [::1]:1: ")
    assert words in sentence
    assert "--web" in sentence


def test_failure_without_any_words_is_told_as_it_is() -> None:
    assert "cannot listen on :1: strange;" in explain(OSError("strange"), ListenAddress("", 1))


async def test_no_answer_waits_for_an_acknowledgement() -> None:
    accepted: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    def came(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        accepted.set_result(writer.get_extra_info("socket").getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
        writer.close()

    with listening(LOOPBACK) as sockets:
        async with await asyncio.start_server(came, sock=sockets[0]):
            _, writer = await asyncio.open_connection(*sockets[0].getsockname())
            assert await accepted != 0
            writer.close()


@pytest.mark.skipif(not hasattr(socket, "TCP_NOTSENT_LOWAT"), reason="this system has no such bound")
def test_the_kernel_takes_little_ahead_for_a_client_that_reads_nothing() -> None:
    with listening(LOOPBACK) as sockets, socket.socket() as client:
        client.connect(sockets[0].getsockname())
        sockets[0].setblocking(True)
        accepted, _ = sockets[0].accept()
        with accepted:
            accepted.setblocking(False)
            taken_bytes = 0
            room = select.poll()  # select() itself takes no descriptor past 1023
            room.register(accepted, select.POLLOUT)
            while (now_bytes := taken_until_full(accepted)) > 0:
                taken_bytes += now_bytes
                room.poll(50)  # ms, until the client's side has taken in what it can
    assert taken_bytes < 1 << 20  # 4 MiB without the bound; the client's own buffer is most of it


def taken_until_full(one: socket.socket) -> int:
    taken_bytes = 0
    try:
        while True:
            taken_bytes += one.send(bytes(5000))
    except BlockingIOError:
        return taken_bytes
