"""What stands before either web app: lets a request in, or answers it itself with the reason.

Plain ASGI, so that it also covers routes that do not exist, and WebSockets get a status that tells what is wrong.
Not here: the rules (program.access: Host and Origin; program.credentials: token and cookie), the routes (the apps).
"""

from __future__ import annotations

import logging
import time
from collections.abc import Awaitable, Callable, Collection, MutableMapping
from typing import Any, TypeAlias

import msgspec

from dockstats_core.program.access import Access, eavesdropping, embedded, exposure, foreign
from dockstats_core.program.credentials import Credentials, Shown
from dockstats_core.program.listen import ListenAddress
from dockstats_core.program.options import AGENT_TOKEN, DASHBOARD_TOKEN, ProgramName
from dockstats_core.program.settings import AgentSettings, DashboardSettings
from dockstats_core.program.tokens import SHORT_TOKEN, Token

Scope: TypeAlias = MutableMapping[str, Any]
Event: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Event]]
Send: TypeAlias = Callable[[Event], Awaitable[None]]
AsgiApp: TypeAlias = Callable[[Any, Any, Any], Awaitable[None]]
"""ASGI 3, with the types of every framework."""

_log = logging.getLogger(__name__)

MAX_PARAMETERS = 64
"""Of a query: no route takes more than a few, and the framework keeps the last thousand queries, taken apart."""

_READ = (b"host", b"origin", b"sec-fetch-site", b"sec-fetch-dest", b"authorization", b"cookie", b"accept")


class Refusal(msgspec.Struct, frozen=True, kw_only=True):
    """An answer instead of the app's, of the shape that its own errors have."""

    status: int
    detail: str
    headers: tuple[tuple[bytes, bytes], ...] = ()


def access_of(program: ProgramName, settings: AgentSettings | DashboardSettings, listen: ListenAddress) -> Access:
    """What a program's settings say about who may come in at `listen`, the address that it really has."""
    option = AGENT_TOKEN if program == "agent" else DASHBOARD_TOKEN
    return Access(
        listen=listen,
        token_variable=option.name,
        allowed_origins=settings.allowed_origins,
        allowed_hosts=settings.allowed_hosts,
        asks_token=settings.token is not None,
        over_tls=settings.tls is not None,
        asks_certificate=settings.tls is not None and bool(settings.tls.client_ca),
    )


def warnings_about(access: Access, token: Token | None) -> list[str]:
    """What a person should know at the start about who could come in, a sentence each."""
    about_token = (
        f"the token has less than {SHORT_TOKEN} characters, and could be guessed; make one with: openssl rand -hex 32"
        if token is not None and token.is_short
        else None
    )
    return [told for told in (exposure(access), eavesdropping(access), about_token) if told is not None]


class Gate:
    """The app, for those who may ask it.

    Args:
        app: what is asked.
        access: which hosts and origins are ours.
        credentials: what has to be shown.
        open_paths: what needs no credentials, as a health check does.
        page: paths at which a browser without a session is sent to `sign-in` beside them, its query kept.
        clock: Unix seconds.
    """

    def __init__(
        self,
        app: AsgiApp,
        access: Access,
        credentials: Credentials,
        *,
        open_paths: Collection[str] = (),
        page: Collection[str] = (),
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._app = app
        self._access = access
        self._credentials = credentials
        self._open_paths = frozenset(open_paths)
        self._page = frozenset(page)
        self._clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        refusal = self._refusal(scope) if scope["type"] in {"http", "websocket"} else None
        if refusal is None:
            await self._app(scope, receive, send)
        elif scope["type"] == "http":
            await _answer(refusal, send, "http.response")
        else:
            await receive()  # websocket.connect
            if "websocket.http.response" in (scope.get("extensions") or {}):
                await _answer(refusal, send, "websocket.http.response")
            else:
                await send({"type": "websocket.close"})

    def _refusal(self, scope: Scope) -> Refusal | None:
        if scope["query_string"].count(b"&") >= MAX_PARAMETERS:
            return Refusal(status=400, detail=f"the address has more than {MAX_PARAMETERS} parameters")
        headers = _headers(scope)
        reason = foreign(headers.get(b"host"), headers.get(b"origin"), self._access)
        if reason is None and b"origin" not in headers:
            reason = embedded(headers.get(b"sec-fetch-site"), headers.get(b"sec-fetch-dest"), self._access)
        if reason is not None:
            return Refusal(status=403, detail=reason)
        if scope["path"] in self._open_paths:
            return None
        client = (scope.get("client") or ("",))[0]
        shown = self._credentials.of_request(
            headers.get(b"authorization"), headers.get(b"cookie"), client, self._clock()
        )
        if shown.verdict == "passed":
            return None
        if shown.worth_telling:
            _log.warning("wrong token", extra={"client": client})
        if shown.verdict == "missing" and scope["path"] in self._page and "text/html" in headers.get(b"accept", ""):
            return _to_sign_in(scope)
        return _about(shown, signs_in=bool(self._page))


def _to_sign_in(scope: Scope) -> Refusal:
    last = scope["path"].rpartition("/")[2]
    query = scope["query_string"]
    # Relative, because a proxy may show this server below yet another path.
    where = f"{last}/sign-in".encode() if last else b"sign-in"
    return Refusal(
        status=303,
        detail="sign in first",
        headers=((b"location", where + (b"?" + query if query else b"")), (b"cache-control", b"no-store")),
    )


def _about(shown: Shown, *, signs_in: bool) -> Refusal:
    if shown.verdict == "throttled":
        return Refusal(
            status=429,
            detail=f"too many wrong tokens from this address; try again in {shown.wait_s} s",
            headers=((b"retry-after", str(shown.wait_s).encode()),),
        )
    if shown.verdict == "wrong":
        detail = "the token is not the one that is asked for here"
    elif signs_in:
        detail = "sign in first; a program sends the token as Authorization: Bearer TOKEN"
    else:
        detail = "a token is asked for here; send it as Authorization: Bearer TOKEN"
    return Refusal(status=401, detail=detail, headers=((b"www-authenticate", b'Bearer realm="dockstats"'),))


def _headers(scope: Scope) -> dict[bytes, str]:
    """The headers that decide. One that came twice is one with a comma (RFC 9110 5.3), so none is left unseen."""
    found: dict[bytes, str] = {}
    for name, value in scope["headers"]:
        if name in _READ:
            text = value.decode("latin-1")
            separator = ";" if name == b"cookie" else ", "
            found[name] = f"{found[name]}{separator}{text}" if name in found else text
    return found


async def _answer(refusal: Refusal, send: Send, kind: str) -> None:
    body = msgspec.json.encode({"status_code": refusal.status, "detail": refusal.detail})
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
        *refusal.headers,
    ]
    await send({"type": f"{kind}.start", "status": refusal.status, "headers": headers})
    await send({"type": f"{kind}.body", "body": body})
