"""Which agents a dashboard follows: the text of `--agents` (`AGENT_ENDPOINTS`) as a list of endpoints.

Entries are separated by semicolons; each is a WebSocket URL, or `id|label|url`. An empty entry is skipped and takes no
number; an empty id becomes `agent-N` and an empty label `Agent N`, N being the entry's place. Blanks round parts are
cut. Anything else stops the start with a sentence that names the entry.

A URL may carry `:token@`, the token that this agent asks for, or `user:password@`, for a proxy in front of an agent. It
goes to the agent and nowhere else: neither `shown_url`, nor an error, nor the struct's own repr repeats it, nor the
values of a query.
Not here: the connection itself (connection), the engine's endpoint (endpoints.engine).
"""

from __future__ import annotations

import base64
import re
from ipaddress import ip_address
from urllib.parse import SplitResult, unquote_to_bytes, urlsplit

from msgspec import Struct

from dockstats_core.errors import ConfigurationError

MAX_AGENTS = 1000
"""Most agents of one dashboard; each costs a connection and its own rings of history."""

MAX_ID = 64
"""Longest id, in characters: it stands in addresses (`/stream/agents?agents=a,b`) and log lines."""

MAX_LABEL = 200
"""Longest label, in characters: it heads a card, and every message of its host repeats it."""

_DEFAULT_PORTS = {"ws": 80, "wss": 443}
_HOST_NAME = re.compile(r"[A-Za-z0-9_]([A-Za-z0-9._-]{0,252}[A-Za-z0-9_.])?\Z")
_TOKEN = re.compile(rb"[!-~]+\Z")  # what a header can carry as it is
_MAX_SHOWN = 200
_SCHEME = re.compile(r"[A-Za-z0-9+.-]*")


class AgentEndpoint(Struct, frozen=True, kw_only=True):
    """One configured agent.

    `url` is the text as given and may hold a password: show `shown_url` instead. `host` has no brackets; `path` is
    what follows the authority, query included, and is never empty.
    """

    id: str
    label: str
    url: str
    host: str
    port: int
    path: str
    tls: bool
    authorization: str | None = None  # value of the Authorization header: Bearer for a token, Basic for a proxy's user

    @property
    def shown_url(self) -> str:
        """The URL for people and for the page: without user, password and the values of its query."""
        return shown_url(self.url)

    def __repr__(self) -> str:
        return f"AgentEndpoint(id={self.id!r}, label={self.label!r}, url={self.shown_url!r})"


def parse_agent_endpoints(text: str) -> tuple[AgentEndpoint, ...]:
    """The endpoints that `text` lists, in its order; none for a blank text.

    Raises:
        ConfigurationError: an entry has the wrong shape, an unusable URL, or an id that another entry has.
    """
    entries = [entry for entry in (part.strip() for part in text.split(";")) if entry]
    if len(entries) > MAX_AGENTS:
        raise ConfigurationError(f"{len(entries)} entries are too many: {MAX_AGENTS} agents are the most")
    endpoints: list[AgentEndpoint] = []
    place_of: dict[str, int] = {}
    for place, entry in enumerate(entries, start=1):
        try:
            endpoint = _endpoint(place, entry)
            _claim(endpoint.id, place, place_of)
        except _UnusableEntryError as error:
            # A password may hold the separators themselves, and would then be spread over several entries.
            told = "" if "@" in text else f" (in {shown_url(entry)!r})"
            raise ConfigurationError(f"entry {place}{error}{told}") from None
        endpoints.append(endpoint)
    return tuple(endpoints)


def shown_url(url: str) -> str:
    """`url` for people, at most 200 characters: an ellipsis stands for user and password, and for a query's values.

    Rather hides too much than too little, also in a text that is no URL.
    """
    scheme, separator, rest = url.partition("://") if "://" in url else ("", "", url)
    authority_and_path, question_mark, query = rest.partition("?")
    if "@" in query or ("@" in rest and not _SCHEME.fullmatch(scheme)):
        return "…"  # which part the password is, nobody can tell
    if "@" in authority_and_path:
        authority_and_path = "…@" + authority_and_path.rpartition("@")[2]
    return f"{scheme}{separator}{authority_and_path}{'?…' if question_mark else ''}"[:_MAX_SHOWN]


class _UnusableEntryError(Exception):
    """What is wrong with an entry, as the sentence that follows `entry N`."""


def _endpoint(place: int, entry: str) -> AgentEndpoint:
    parts = [part.strip() for part in entry.split("|")]
    if len(parts) not in {1, 3}:
        raise _UnusableEntryError(f" has {len(parts)} parts; it should be a ws:// URL or id|label|url")
    agent_id, label, url = parts if len(parts) == 3 else ("", "", parts[0])
    agent_id = agent_id or f"agent-{place}"
    label = label or f"Agent {place}"
    if len(agent_id) > MAX_ID or "," in agent_id or not agent_id.isprintable():
        raise _UnusableEntryError(f": the id should have at most {MAX_ID} characters, and no comma among them")
    if len(label) > MAX_LABEL or not label.isprintable():
        raise _UnusableEntryError(f": the label should be one line of at most {MAX_LABEL} characters")
    split = _split(url)
    return AgentEndpoint(
        id=agent_id,
        label=label,
        url=url,
        host=_host(split),
        port=_port(split),
        path=(split.path or "/") + (f"?{split.query}" if split.query else ""),
        tls=split.scheme == "wss",
        authorization=_authorization(split),
    )


def _claim(agent_id: str, place: int, place_of: dict[str, int]) -> None:
    earlier = place_of.setdefault(agent_id, place)
    if earlier != place:
        raise _UnusableEntryError(f": the id {agent_id} is taken by entry {earlier}")


def _split(url: str) -> SplitResult:
    if not url.lower().startswith(("ws://", "wss://")):
        raise _UnusableEntryError(": the URL should start with ws:// or wss://")
    if not url.isascii() or not url.isprintable() or " " in url:
        raise _UnusableEntryError(": the URL should be ASCII without blanks; write other letters encoded")
    if "#" in url:
        raise _UnusableEntryError(": the URL has a fragment (#), which a WebSocket URL may not have")
    try:
        return urlsplit(url)
    except ValueError:
        raise _UnusableEntryError(": the URL's host is malformed; an IPv6 address is written [::1]") from None


def _host(split: SplitResult) -> str:
    host = split.hostname
    if not host:
        raise _UnusableEntryError(": the URL has no host")
    if not (_is_address(host) if "[" in split.netloc else _HOST_NAME.match(host)):
        raise _UnusableEntryError(": the URL's host is malformed; it should be a name or an address")
    return host


def _port(split: SplitResult) -> int:
    try:
        port = split.port
    except ValueError:
        port = 0
    if port == 0:
        raise _UnusableEntryError(": the URL's port should be a number from 1 to 65535")
    return _DEFAULT_PORTS[split.scheme] if port is None else port


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def _authorization(split: SplitResult) -> str | None:
    userinfo, separator, _ = split.netloc.rpartition("@")
    if not separator:
        return None
    user, _, password = userinfo.partition(":")
    if not user:
        token = unquote_to_bytes(password)
        if not _TOKEN.match(token):
            raise _UnusableEntryError(
                ": the URL's token should be one word of ASCII, written as :TOKEN@ before the host"
            )
        return f"Bearer {token.decode('ascii')}"
    pair = unquote_to_bytes(user) + b":" + unquote_to_bytes(password)
    return "Basic " + base64.b64encode(pair).decode("ascii")
