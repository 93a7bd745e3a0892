"""Who may talk to a server: decides on a request's Host and Origin headers, and gives the reason where it may not.

Two attacks are kept out. A page of any site can make a browser connect to 127.0.0.1: by a WebSocket, which browsers
allow across sites and mark with an Origin; or by DNS rebinding, where the site's own name suddenly means 127.0.0.1, so
that even the Origin fits, and only the Host header still tells the strange name. Programs that are no browsers send no
Origin and are not what this is about. Tokens are another question, and come later.
Not here: the answer's status (403), nor where the headers come from (the apps).
"""

from __future__ import annotations

import re
from collections.abc import Collection

from dockstats_core.program.listen import ListenAddress, is_loopback_host

# Of an authority or an origin as browsers write them: no user, no path.
_AUTHORITY = re.compile(r"(?P<host>\[[0-9a-f:.]+\]|[a-z0-9._-]+)(:(?P<port>[0-9]{1,5}))?\Z")
_DEFAULT_PORTS = {"http": "80", "https": "443"}
_MAX_SHOWN = 100


def allowed(
    host_header: str | None,
    origin_header: str | None,
    listen: ListenAddress,
    allowed_origins: Collection[str] = (),
) -> str | None:
    """None where the request may pass, else the reason as one sentence.

    `allowed_origins` are normal origins (`normal_origin`): pages from there may connect, and a loopback listener also
    answers to their host names, as a reverse proxy on this machine passes them on.
    """
    if host_header is not None and listen.is_loopback and not _is_own_name(host_header, allowed_origins):
        return (
            f"the host name {_shown(host_header)} is not this machine's own, and the server listens on {listen} only; "
            f"open {listen.url}, or allow the name with --allowed-origins"
        )
    if origin_header is None:
        return None
    origin = normal_origin(origin_header)
    if origin is not None and (origin in allowed_origins or _is_same(origin, host_header)):
        return None
    return f"pages of {_shown(origin_header)} may not connect; allow them with --allowed-origins"


def exposure(listen: ListenAddress) -> str | None:
    """One sentence for the log where others than this machine can connect, as no password is asked for; or None."""
    if listen.is_loopback:
        return None
    where = "on every interface" if listen.is_every_interface else f"on {listen.host}"
    return (
        f"listening {where} without a password: whoever reaches port {listen.port} sees every container; "
        f"--listen 127.0.0.1:{listen.port} keeps it to this machine"
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


def _is_own_name(host_header: str, allowed_origins: Collection[str]) -> bool:
    match = _AUTHORITY.match(host_header.strip().lower())
    if match is None:
        return False
    host = match["host"]
    return is_loopback_host(host.strip("[]")) or any(host == _host_of(origin) for origin in allowed_origins)


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
