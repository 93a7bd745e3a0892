"""`own_network`: a test's own network has a loopback that works, and nothing else; afterwards the machine's is back.

Not here: what happens on it (tests/browser).
"""

from __future__ import annotations

import os
import socket

import pytest

from tests.own_network import OF_THIS_THREAD, own_network
from tests.requirements import can_have_own_network

pytestmark = pytest.mark.skipif(not can_have_own_network(), reason="a network of its own needs Linux, and root")


def test_there_is_a_loopback_and_nothing_else() -> None:
    with own_network():
        assert [name for _, name in socket.if_nameindex()] == ["lo"]
        with socket.create_server(("127.0.0.1", 0)) as server:
            socket.create_connection(server.getsockname()).close()


def test_machines_network_is_back_afterwards_whatever_happened() -> None:
    before = os.readlink(OF_THIS_THREAD)

    def fail() -> None:
        with own_network():
            raise RuntimeError("failed")

    with pytest.raises(RuntimeError, match="failed"):
        fail()
    assert os.readlink(OF_THIS_THREAD) == before


def test_ports_taken_outside_are_free_inside() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, own_network():
        socket.create_server(taken.getsockname()).close()
