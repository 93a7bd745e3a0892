"""`/sign-in`, `/sign-out`, `/api/session`: how a browser comes by the cookie that stands for the dashboard's token.

An EventSource cannot send headers, so the token is sent once, by the page's own script as JSON, and answered with a
cookie that no script can read and no other site can send. These are the only requests that change anything: a page of
another site can make neither, as its Origin is refused at the gate and a browser asks before it sends JSON elsewhere.
Not here: what a cookie holds (`program.sessions`), how often one may try (`program.throttle`), the gate.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping

import msgspec
from litestar import Request, Response, get, post
from litestar.datastructures import Cookie
from litestar.datastructures.state import State
from litestar.di import NamedDependency
from litestar.exceptions import ClientException, NotAuthorizedException, TooManyRequestsException
from litestar.response import Redirect
from litestar.status_codes import HTTP_204_NO_CONTENT, HTTP_303_SEE_OTHER
from msgspec import Struct

from dockstats_core.program.credentials import Credentials
from dockstats_core.program.tokens import MAX_TOKEN
from dockstats_dashboard.page_files import PageFile, sent

SIGN_IN = "sign-in.html"
OPEN_FILES = ("sign-in.js", "sign-in-words.js", "sign-in.css", "style.css", "icon.svg")
"""What the sign-in page consists of, beside itself: shown to everyone."""

_MAX_BODY_BYTES = 8 * MAX_TOKEN

_log = logging.getLogger(__name__)


class Offer(Struct, frozen=True):
    """What the sign-in page sends."""

    token: str


_OFFER = msgspec.json.Decoder(Offer)


class Session(Struct, frozen=True, kw_only=True):
    """Whether this dashboard asks for a token at all, and until when (Unix seconds) this browser is signed in."""

    needed: bool
    until: int | None


@get("/sign-in", include_in_schema=False)
async def sign_in_page(
    request: Request[None, None, State],
    page_files: NamedDependency[Mapping[str, PageFile]],
    credentials: NamedDependency[Credentials],
) -> Response[bytes]:
    """The page that asks for the token; the dashboard's own where none is asked for."""
    if credentials.token is None:
        return Redirect("./", status_code=HTTP_303_SEE_OTHER)
    return sent(request, page_files[SIGN_IN])


@post(
    "/sign-in",
    status_code=HTTP_204_NO_CONTENT,
    request_max_body_size=_MAX_BODY_BYTES,
    operation_id="sign_in",
    summary="Sign a browser in: the right token is answered with a session's cookie",
)
async def sign_in(request: Request[None, None, State], credentials: NamedDependency[Credentials]) -> Response[None]:
    """Check the token, which the page sends as `{"token": "..."}`."""
    offer = _offer(request.content_type[0], await request.body())
    client = "" if request.client is None else request.client.host
    shown = credentials.of_token(offer.token.strip(), client, time.time())
    if shown.worth_telling:
        _log.warning("wrong token at sign-in", extra={"client": client})
    match shown.verdict:
        case "throttled":
            raise TooManyRequestsException(
                f"too many attempts; try again in {shown.wait_s} s", headers={"Retry-After": str(shown.wait_s)}
            )
        case "passed":
            return Response(None, cookies=_begun(request, credentials))
        case _:
            raise NotAuthorizedException("that is not the token")


@post("/sign-out", status_code=HTTP_204_NO_CONTENT, operation_id="sign_out", summary="Forget the session's cookie")
async def sign_out(request: Request[None, None, State], credentials: NamedDependency[Credentials]) -> Response[None]:
    """Take the cookie back."""
    if credentials.sessions is None:
        return Response(None)
    return Response(None, cookies=[_cookie(request, credentials.sessions.name, "", 0)])


@get("/api/session", operation_id="session", summary="Whether a token is asked for, and until when this browser is in")
async def session(request: Request[None, None, State], credentials: NamedDependency[Credentials]) -> Session:
    """What the page needs to know for its sign-out button."""
    sessions = credentials.sessions
    until = None if sessions is None else sessions.holds_until(request.headers.get("cookie"), time.time())
    return Session(needed=credentials.token is not None, until=until)


def _offer(content_type: str, body: bytes) -> Offer:
    try:
        if content_type == "application/json":  # which no form of another site can send
            return _OFFER.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        pass  # as below
    raise ClientException('the token should be sent as JSON: {"token": "..."}')


def _begun(request: Request[None, None, State], credentials: Credentials) -> list[Cookie]:
    if credentials.sessions is None:
        return []
    sessions = credentials.sessions
    return [_cookie(request, sessions.name, sessions.begin(time.time()), sessions.lifetime_s)]


def _cookie(request: Request[None, None, State], name: str, value: str, max_age_s: int) -> Cookie:
    # What the browser says of itself also counts behind a proxy that speaks TLS in our place. Without a path the cookie
    # is for where /sign-in is (RFC 6265 5.1.4), as the browser sees it: not for other programs behind the same proxy.
    origin = request.headers.get("origin", "")
    return Cookie(
        key=name,
        value=value,
        max_age=max_age_s,
        path="",
        httponly=True,
        samesite="strict",
        secure=request.url.scheme == "https" or origin.startswith("https://"),
    )
