"""A network of the tests' own, in which there is a loopback and nothing else, and no interface comes or goes.

Chromium aborts whatever it loads when one does, as with each container that starts beside it. A thread that enters a
network of its own takes along what it starts from then on: programs, browsers, proxies. Files stay where they are, and
an engine's socket is one.
Not here: whether this machine allows it (requirements), what is beside what where it does not (conftest).
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager

from tests.requirements import can_have_own_network

OF_THIS_THREAD = "/proc/thread-self/ns/net"
_NEW_NETWORK = 0x40000000  # CLONE_NEWNET of sched.h; Python has `unshare` and `setns` from 3.12 on
_SET_FLAGS = 0x8914  # SIOCSIFFLAGS of sockios.h
_UP = 0x1  # IFF_UP of if.h


@contextmanager
def own_network() -> Iterator[None]:
    """While the block runs, this thread and what it starts are in one, if that is possible on this machine."""
    if not can_have_own_network():
        yield
        return
    before = os.open(OF_THIS_THREAD, os.O_RDONLY | os.O_CLOEXEC)
    try:
        _call("unshare", _NEW_NETWORK)
        try:
            _bring_up_loopback()
            yield
        finally:
            _call("setns", before, _NEW_NETWORK)
    finally:
        os.close(before)


def _call(name: str, *arguments: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc[name](*arguments) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")


def _bring_up_loopback() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, _SET_FLAGS, struct.pack("16sh14x", b"lo", _UP))
