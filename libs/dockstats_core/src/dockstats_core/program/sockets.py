"""Opens the listening sockets of a server and accepts on them, or says in one sentence why it could not.

The sockets are bound here and handed to the server, so that "is it free" and "take it" are one step, `:8080` really
means IPv4 and IPv6, and port 0 is one port for all of them. Not here: the address's grammar (program.listen).
"""

from __future__ import annotations

import asyncio
import errno
import socket
import ssl
from collections.abc import Callable, Sequence
from typing import TypeAlias

import psutil

from dockstats_core.errors import ConfigurationError
from dockstats_core.program.listen import ListenAddress

BACKLOG = 1024
"""Connections the kernel keeps waiting; it cuts this down to its own `net.core.somaxconn`."""

ACCEPTED_AT_ONCE = 64
"""Of those, how many one turn of the event loop takes, so that a crowd keeps nobody else waiting. It is also how often
a turn fails that finds no descriptor left: asyncio goes on through all of them."""

UNSENT_BYTES = 16_384
"""How much the kernel takes ahead of what it can send to a client. Left alone it took 4 MB for a client that read
nothing (measured, on loopback): two minutes of figures that are old when they come, and 4 GB for a thousand of them."""


Where: TypeAlias = tuple[socket.AddressFamily, str]
"""Family and address of one socket."""

_NOT_HERE = {errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT}


def addresses_of(address: ListenAddress) -> Sequence[Where]:
    """Where sockets for `address` have to be opened: once for every interface, once for each address of a name.

    Raises:
        OSError: a name that cannot be resolved.
    """
    if not address.host:
        if socket.has_dualstack_ipv6():
            return [(socket.AF_INET6, "::")]
        return [(socket.AF_INET, "0.0.0.0")]  # noqa: S104 - asked for: every interface
    found = socket.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    # dict: a name may stand twice in /etc/hosts
    return list(dict.fromkeys((family, str(where[0])) for family, _, _, _, where in found))


def open_sockets(
    address: ListenAddress,
    *,
    flag: str = "--listen",
    resolve: Callable[[ListenAddress], Sequence[Where]] = addresses_of,
) -> list[socket.socket]:
    """Listening, non-blocking sockets for `address`: one for every interface, one for each address of a name.

    An address of a name that this machine does not have is left out where it has another one: `localhost` often
    stands for ::1 too where there is no IPv6. The caller closes the sockets. `flag` is what the sentence tells people
    to change.

    Raises:
        ConfigurationError: in use, not allowed, no such address on this machine, or a name that cannot be resolved.
    """
    opened: list[socket.socket] = []
    not_here: OSError | None = None
    port = address.port
    try:
        for family, host in resolve(address):
            try:
                opened.append(_open(family, host, port, every_interface=not address.host))
            except OSError as error:
                if error.errno not in _NOT_HERE:
                    raise
                not_here = error
            else:
                port = opened[-1].getsockname()[1]
        if not_here is not None and not opened:
            raise not_here
    except OSError as error:
        for listening in opened:
            listening.close()
        raise ConfigurationError(explain(error, address, flag=flag)) from error
    return opened


async def accept_on(
    sockets: Sequence[socket.socket],
    protocol: Callable[[], asyncio.Protocol],
    *,
    tls: ssl.SSLContext | None,
    handshake_s: float,
) -> list[asyncio.Server]:
    """Give each connection that comes to `sockets` to a `protocol` of its own; under TLS after its handshake.

    A handshake that takes longer than `handshake_s` seconds is given up.
    """
    loop = asyncio.get_running_loop()
    servers = [
        await loop.create_server(
            protocol,
            sock=listening,
            backlog=ACCEPTED_AT_ONCE,
            ssl=tls,
            ssl_handshake_timeout=None if tls is None else handshake_s,
        )
        for listening in sockets
    ]
    for listening in sockets:
        listening.listen(BACKLOG)  # what waits may be more than what is taken at once, and asyncio has one number
    return servers


def bound_address(address: ListenAddress, sockets: list[socket.socket]) -> ListenAddress:
    """`address` with the port that `sockets` really have, which differs only where port 0 was asked for."""
    return ListenAddress(address.host, sockets[0].getsockname()[1])


def explain(error: OSError, address: ListenAddress, *, flag: str = "--listen") -> str:
    """Why `address` cannot be listened on, and the way out, in one sentence."""
    if isinstance(error, socket.gaierror):
        why, way_out = f"the name {address.host} cannot be resolved", "give an address, or only a port like :8080"
    elif error.errno == errno.EADDRINUSE:
        why = f"the port is in use{_by_whom(address.port)}"
        way_out = f"stop that program, or choose another address with {flag}"
    elif error.errno in {errno.EACCES, errno.EPERM}:
        why = "this user may not open the port"
        way_out = f"ports below 1024 need CAP_NET_BIND_SERVICE: choose one from 1024 up with {flag}"
    elif error.errno == errno.EADDRNOTAVAIL:
        why = f"no interface of this machine has the address {address.host}"
        way_out = f"choose one that exists, or :{address.port} for all, with {flag}"
    else:
        why = (error.strerror or str(error)).lower()
        way_out = f"choose another address with {flag}"
    return f"cannot listen on {address}: {why}; {way_out}"


def _open(family: socket.AddressFamily, host: str, port: int, *, every_interface: bool) -> socket.socket:
    # asyncio turns Nagle's algorithm off only where it is told that this is TCP; with it each answer waits 40 ms.
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        # A port whose last connections still wait in TIME_WAIT is free; one that somebody listens on is not.
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            listening.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, not every_interface)
        if hasattr(socket, "TCP_NOTSENT_LOWAT"):  # Linux and macOS; those that connect have it from here
            listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, UNSENT_BYTES)
        listening.bind((host, port))
        listening.listen(BACKLOG)
        listening.setblocking(False)
    except OSError:
        listening.close()
        raise
    return listening


def _by_whom(port: int) -> str:
    """` by NAME (pid N)`, as far as this user may know it."""
    try:
        for connection in psutil.net_connections(kind="tcp"):
            if connection.status != psutil.CONN_LISTEN or not connection.laddr or not connection.pid:
                continue
            if connection.laddr.port == port:
                return f" by {psutil.Process(connection.pid).name()!r} (pid {connection.pid})"
    except (psutil.Error, OSError):
        pass  # another user's program: the sentence does without
    return ""
