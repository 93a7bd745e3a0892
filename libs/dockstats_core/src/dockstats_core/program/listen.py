"""The address a server listens on: `:8080`, `127.0.0.1:5173`, `[::1]:80`, `name:8080`.

Text in, struct out; the host is empty where every interface is meant, IPv4 and IPv6 alike, as in Go.
Not here: opening it (program.sockets).
"""

from __future__ import annotations

import re
from ipaddress import ip_address
from typing import Literal

from msgspec import Struct

from dockstats_core.errors import ConfigurationError

_NAME = re.compile(r"[A-Za-z0-9_]([A-Za-z0-9._-]{0,252}[A-Za-z0-9_])?\Z")
_ANY = {"": "127.0.0.1", "0.0.0.0": "127.0.0.1", "::": "[::1]"}  # noqa: S104 - what a browser on this machine opens
_MAX_SHOWN = 100


class ListenAddress(Struct, frozen=True):
    """Host (a name, an address without brackets, or empty for every interface) and port (0: any free one)."""

    host: str
    port: int

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"

    @property
    def url(self) -> str:
        """What a person on this machine opens; every interface is shown as the loopback one."""
        return self.url_over("http")

    def url_over(self, scheme: Literal["http", "https", "ws", "wss"]) -> str:
        """The same over another protocol, without a path."""
        host = _ANY.get(self.host) or (f"[{self.host}]" if ":" in self.host else self.host)
        usual_port = 443 if scheme in {"https", "wss"} else 80
        return f"{scheme}://{host}" if self.port == usual_port else f"{scheme}://{host}:{self.port}"

    @property
    def is_every_interface(self) -> bool:
        """Whether no one address is meant."""
        return self.host in _ANY

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine can connect."""
        return is_loopback_host(self.host)


def parse_listen_address(text: str) -> ListenAddress:
    """The address that `text` says.

    Raises:
        ConfigurationError: it is none; the sentence says what would be right.
    """
    host, colon, port_text = text.rpartition(":")
    if not colon:
        hint = f"; did you mean :{text}?" if _port(text) is not None else ""
        raise _error(text, f"it has no port{hint}")
    port = _port(port_text)
    if port is None:
        raise _error(text, "its port should be a number from 0 to 65535")
    if host.startswith("[") and host.endswith("]"):
        host = host[1:-1]
        if ":" not in host or not _is_ip(host):
            raise _error(text, "what stands in brackets should be an IPv6 address")
    elif ":" in host:
        raise _error(text, "an IPv6 address is written in brackets")
    elif host and not _NAME.match(host):
        raise _error(text, "its host should be a name or an IP address")
    return ListenAddress(host, port)


def is_loopback_host(host: str) -> bool:
    """Whether `host`, a name or an address without brackets, always means this machine.

    `localhost` and the names below it do, by RFC 6761; a browser resolves no such name elsewhere.
    """
    name = host.lower().removesuffix(".")
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        address = ip_address(name)
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return bool((mapped or address).is_loopback)


def _port(text: str) -> int | None:
    if not (text.isascii() and text.isdecimal() and len(text) <= 5):
        return None
    port = int(text)
    return port if port <= 65535 else None


def _is_ip(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def _error(text: str, why: str) -> ConfigurationError:
    return ConfigurationError(
        f"{text[:_MAX_SHOWN]!r} is no address to listen on: {why}; write :8080 for every interface, "
        "127.0.0.1:8080 or [::1]:8080"
    )
