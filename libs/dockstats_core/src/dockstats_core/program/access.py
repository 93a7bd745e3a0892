"""Which requests a server may not answer whoever sent them, by the headers that browsers set, with the reason. Pure.

Three attacks are kept out. A page of any site can make a browser connect to 127.0.0.1: by a WebSocket, which browsers
allow across sites and mark with an Origin; by DNS rebinding, where the site's own name suddenly means 127.0.0.1, so
that even the Origin fits, and only the Host header still tells the strange name; or by pictures and scripts without
end, whose bytes it never sees, and which have no Origin, but take streams and time. Browsers mark these by Sec-Fetch.
Programs that are no browsers send neither and are not what this is about.
Not here: tokens and cookies (program.credentials), the answer (program.gate).
"""

from __future__ import annotations

import re

from msgspec import Struct

from dockstats_core.program.listen import ListenAddress, is_loopback_host

# Of an authority or an origin as browsers write them: no user, no path.
_AUTHORITY = re.compile(r"(?P<host>\[[0-9a-f:.]+\]|[a-z0-9._-]+)(:(?P<port>[0-9]{1,5}))?\Z")
_DEFAULT_PORTS = {"http": "80", "https": "443"}
_MAX_SHOWN = 100


class Access(Struct, frozen=True, kw_only=True):
    """What a server knows of its own names, and of what keeps others out.

    `allowed_origins` are normal origins (`normal_origin`): pages from there may connect. `allowed_hosts` are names
    without a port, in lower case. `token_variable` is what a person sets to have a token asked for.
    """

    listen: ListenAddress
    token_variable: str
    allowed_origins: tuple[str, ...] = ()
    allowed_hosts: tuple[str, ...] = ()
    asks_token: bool = False
    over_tls: bool = False
    asks_certificate: bool = False

    @property
    def url(self) -> str:
        """What a person on this machine opens."""
        return self.listen.url_over("https" if self.over_tls else "http")


def foreign(host_header: str | None, origin_header: str | None, access: Access) -> str | None:
    """Why a request is none of ours, as one sentence; None where it may be.

    A loopback listener answers to this machine's own names, any other to every name unless some are allowed; both to
    those that are allowed, and to the hosts of allowed origins, as a reverse proxy passes them on.
    """
    if host_header is not None and _is_strange_name(host_header, access):
        return (
            f"the host name {_shown(host_header)} is none that this server answers to; "
            f"open {access.url}, or allow the name with --allowed-host"
        )
    if origin_header is None:
        return None
    origin = normal_origin(origin_header)
    if origin is not None and (origin in access.allowed_origins or _is_same(origin, host_header)):
        return None
    return f"pages of {_shown(origin_header)} may not connect; allow them with --allow-origin"


def embedded(site: str | None, destination: str | None, access: Access) -> str | None:
    """Why a request without an Origin is none of ours: it is for a part of another site's page. None where it may be.

    By `Sec-Fetch-Site` and `Sec-Fetch-Dest` (W3C Fetch Metadata), which browsers send over TLS and to loopback. Whoever
    follows a link from elsewhere comes to a document of ours and is let in. "same-site" is another port of this host,
    where anybody may serve pages.
    """
    if site not in {"cross-site", "same-site"} or destination == "document":
        return None
    return f"no other site's page may have a part from here; open {access.url} by itself"


def exposure(access: Access) -> str | None:
    """One sentence where others than this machine can connect without showing anything; else None."""
    if access.listen.is_loopback or access.asks_token or access.asks_certificate:
        return None
    listen = access.listen
    where = "on every interface" if listen.is_every_interface else f"on {listen.host}"
    return (
        f"listening {where} without a token: whoever reaches port {listen.port} sees every container; "
        f"set {access.token_variable}, or --listen 127.0.0.1:{listen.port} keeps it to this machine"
    )


def eavesdropping(access: Access) -> str | None:
    """One sentence where a token is asked for over a network in clear; else None."""
    if access.listen.is_loopback or not access.asks_token or access.over_tls:
        return None
    return (
        "the token crosses the network in clear: whoever listens there can take it; "
        "give --tls-cert and --tls-key, or listen on 127.0.0.1 behind a proxy that speaks TLS"
    )


def normal_origin(text: str) -> str | None:
    """`text` as a browser writes an origin: lower case, `scheme://host`, and the port where it is not the scheme's own.

    None where it is no http or https origin; a browser sends `null` where it wants to tell none.
    """
    scheme, separator, authority = text.strip().lower().partition("://")
    if not separator or scheme not in _DEFAULT_PORTS:
        return None
    normal = _normal_authority(authority.removesuffix("/"), scheme)
    return None if normal is None else f"{scheme}://{normal}"


def normal_host(text: str) -> str | None:
    """A host name or address as `foreign` compares it: lower case, without a port; None where it is none."""
    match = _AUTHORITY.match(text.strip().lower())
    return match["host"] if match is not None and match["port"] is None else None


def _is_strange_name(host_header: str, access: Access) -> bool:
    if not access.listen.is_loopback and not access.allowed_hosts:
        return False
    match = _AUTHORITY.match(host_header.strip().lower())
    if match is None:
        return True
    host = match["host"]
    if is_loopback_host(host.strip("[]")) or host in access.allowed_hosts:
        return False
    return all(host != _host_of(origin) for origin in access.allowed_origins)


def _is_same(origin: str, host_header: str | None) -> bool:
    """Whether the page comes from this server: the proxy in front decides the scheme, so only host and port count."""
    scheme, _, authority = origin.partition("://")
    return host_header is not None and _normal_authority(host_header.strip().lower(), scheme) == authority


def _normal_authority(authority: str, scheme: str) -> str | None:
    match = _AUTHORITY.match(authority)
    if match is None:
        return None
    port = match["port"]
    return match["host"] if port in {None, _DEFAULT_PORTS[scheme]} else f"{match['host']}:{port}"


def _host_of(origin: str) -> str:
    match = _AUTHORITY.match(origin.partition("://")[2])
    return match["host"] if match else ""


def _shown(header: str) -> str:
    return repr(header[:_MAX_SHOWN])
