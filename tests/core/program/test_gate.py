"""What stands before an app: plain ASGI in, the app's answer or a refusal out."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from msgspec import Struct, structs

from dockstats_core.program.access import Access
from dockstats_core.program.credentials import Credentials
from dockstats_core.program.gate import Event, Gate, Receive, Scope, Send, warnings_about
from dockstats_core.program.listen import ListenAddress
from dockstats_core.program.sessions import Sessions
from dockstats_core.program.throttle import Throttle, ThrottleLimits
from dockstats_core.program.tokens import Token

NOW = 1_800_000_000.0
TOKEN = Token("secret-secret-secret")
ACCESS = Access(listen=ListenAddress("", 8080), token_variable="AGENT_TOKEN", asks_token=True)


class Answer(Struct):
    """What came out."""

    status: int
    headers: dict[bytes, bytes]
    body: bytes

    @property
    def detail(self) -> str:
        return str(msgspec.json.decode(self.body)["detail"])


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    kind = "http.response" if scope["type"] == "http" else "websocket.http.response"
    await send({"type": f"{kind}.start", "status": 200, "headers": []})
    await send({"type": f"{kind}.body", "body": b"the app's"})


def gate(*, token: Token | None = TOKEN, **options: Any) -> Gate:
    credentials = Credentials(token, sessions=Sessions(TOKEN, "d"), throttle=Throttle(ThrottleLimits(failures=1)))
    return Gate(app, ACCESS, credentials, clock=lambda: NOW, **options)


async def sent_by(gate: Gate, **scope: Any) -> list[Event]:
    sent: list[Event] = []

    async def receive() -> Event:
        return {"type": "websocket.connect"}

    async def send(event: Event) -> None:
        sent.append(event)

    whole = {"type": "http", "path": "/api", "query_string": b"", "headers": [], "client": ("10.0.0.7", 4000), **scope}
    await gate(whole, receive, send)
    return sent


async def ask(gate: Gate, *headers: tuple[bytes, bytes], **scope: Any) -> Answer:
    start, body = await sent_by(gate, headers=list(headers), **scope)
    return Answer(start["status"], dict(start["headers"]), body["body"])


RIGHT = (b"authorization", b"Bearer secret-secret-secret")
WRONG = (b"authorization", b"Bearer guess")


async def test_who_shows_the_token_is_answered_by_the_app() -> None:
    assert (await ask(gate(), RIGHT)).body == b"the app's"


async def test_without_a_token_everyone_is() -> None:
    assert (await ask(gate(token=None))).body == b"the app's"


async def test_who_shows_nothing_is_told_what_to_show() -> None:
    answer = await ask(gate())
    assert answer.status == 401
    assert answer.headers[b"www-authenticate"] == b'Bearer realm="dockstats"'
    assert "Authorization: Bearer TOKEN" in answer.detail


async def test_who_guesses_too_often_is_told_when_to_come_again() -> None:
    guarded = gate()
    assert (await ask(guarded, WRONG)).status == 401
    answer = await ask(guarded, RIGHT)
    assert answer.status == 429
    assert answer.headers[b"retry-after"] == b"5"
    assert "try again in 5 s" in answer.detail


async def test_wrong_token_is_logged_with_the_address_and_without_the_token(caplog: pytest.LogCaptureFixture) -> None:
    await ask(gate(), WRONG)
    [record] = caplog.records
    assert record.__dict__["client"] == "10.0.0.7"
    assert "guess" not in caplog.text


async def test_open_path_needs_no_token_but_no_more_than_that_path() -> None:
    guarded = gate(open_paths=["/healthz"])
    assert (await ask(guarded, path="/healthz")).status == 200
    assert (await ask(guarded, path="/healthz/")).status == 401
    assert (await ask(guarded, path="/healthz2")).status == 401


@pytest.mark.parametrize("path", ["/", "/api", "/nowhere", "/healthz"])
async def test_page_of_another_site_is_refused_everywhere_also_with_the_token(path: str) -> None:
    guarded = gate(open_paths=["/healthz"])
    answer = await ask(guarded, RIGHT, (b"host", b"heron:8080"), (b"origin", b"https://elsewhere.example"), path=path)
    assert answer.status == 403
    assert "https://elsewhere.example" in answer.detail


async def test_origin_that_comes_twice_is_none_of_ours_in_either_order() -> None:
    ours, other = (b"origin", b"http://heron:8080"), (b"origin", b"https://elsewhere.example")
    assert (await ask(gate(), RIGHT, (b"host", b"heron:8080"), ours)).status == 200
    assert (await ask(gate(), RIGHT, (b"host", b"heron:8080"), ours, other)).status == 403
    assert (await ask(gate(), RIGHT, (b"host", b"heron:8080"), other, ours)).status == 403


async def test_part_of_another_sites_page_is_refused_unless_its_origin_is_allowed() -> None:
    strange = ((b"host", b"heron:8080"), (b"sec-fetch-site", b"cross-site"), (b"sec-fetch-dest", b"image"))
    answer = await ask(gate(token=None), *strange)
    assert answer.status == 403
    assert "no other site's page" in answer.detail
    allowed = Gate(app, structs.replace(ACCESS, allowed_origins=("https://a.example",)), Credentials(None))
    assert (await ask(allowed, *strange, (b"origin", b"https://a.example"))).status == 200


async def test_browser_without_a_session_is_sent_to_sign_in_and_its_view_is_kept() -> None:
    guarded = gate(page=["/", "/stats", "/stats/"])
    html = (b"accept", b"text/html,application/xhtml+xml")
    answer = await ask(guarded, html, path="/", query_string=b"filter=db&sort=cpu")
    assert (answer.status, answer.headers[b"location"]) == (303, b"sign-in?filter=db&sort=cpu")
    assert answer.headers[b"cache-control"] == b"no-store"
    assert (await ask(guarded, html, path="/stats")).headers[b"location"] == b"stats/sign-in"
    assert (await ask(guarded, html, path="/stats/")).headers[b"location"] == b"sign-in"
    assert (await ask(guarded, html, path="/api")).status == 401
    assert (await ask(guarded, path="/")).status == 401


async def test_cookies_may_come_in_several_headers() -> None:
    cookie = Sessions(TOKEN, "d").begin(NOW).encode()
    assert (await ask(gate(), (b"cookie", b"a=b"), (b"cookie", b"d=" + cookie))).status == 200


async def test_websocket_is_refused_with_the_status_that_tells_why() -> None:
    scope = {"type": "websocket", "path": "/ws"}
    extensions: dict[str, object] = {"websocket.http.response": {}}
    answer = await ask(gate(), **scope, extensions=extensions)
    assert answer.status == 401
    assert (await ask(gate(), RIGHT, **scope, extensions=extensions)).body == b"the app's"
    assert [event["type"] for event in await sent_by(gate(), **scope)] == ["websocket.close"]


async def test_what_is_no_connection_goes_on_to_the_app() -> None:
    seen: list[str] = []

    async def lifespan(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append(scope["type"])

    await sent_by(Gate(lifespan, ACCESS, Credentials(TOKEN)), type="lifespan")
    assert seen == ["lifespan"]


@pytest.mark.parametrize(
    ("access", "token", "words"),
    [
        (structs.replace(ACCESS, asks_token=False), None, ["without a token"]),
        (ACCESS, TOKEN, ["in clear"]),
        (structs.replace(ACCESS, over_tls=True), TOKEN, []),
        (structs.replace(ACCESS, over_tls=True), Token("short"), ["openssl rand -hex 32"]),
    ],
)
def test_what_is_unsafe_is_told_in_a_sentence_each(access: Access, token: Token | None, words: list[str]) -> None:
    told = warnings_about(access, token)
    assert len(told) == len(words)
    assert all(word in sentence for word, sentence in zip(words, told, strict=True))
