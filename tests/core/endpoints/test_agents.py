"""The text of AGENT_ENDPOINTS as endpoints, and a password in it shown nowhere."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dockstats_core.endpoints.agents import (
    MAX_AGENTS,
    MAX_ID,
    MAX_LABEL,
    AgentEndpoint,
    parse_agent_endpoints,
    shown_url,
)
from dockstats_core.errors import ConfigurationError
from tests.vectors import entries


def refusal(text: str) -> str:
    with pytest.raises(ConfigurationError) as refused:
        parse_agent_endpoints(text)
    return str(refused.value)


def only(text: str) -> AgentEndpoint:
    (endpoint,) = parse_agent_endpoints(text)
    return endpoint


@pytest.mark.parametrize("entry", entries("seed-protocol", "agent_endpoints"))
def test_vector_holds(entry: dict[str, dict[str, object]]) -> None:
    text, agents = str(entry["input"]["AGENT_ENDPOINTS"]), entry["expected"]["agents"]
    if agents is None:
        assert refusal(text).startswith(str(entry["expected"]["error"]))
    else:
        found = parse_agent_endpoints(text)
        assert [{"id": one.id, "label": one.label, "url": one.url} for one in found] == agents


def test_one_empty_part_of_three_is_filled_in_alone() -> None:
    by_id, by_label = parse_agent_endpoints("db||ws://a/ws;|Data base|ws://b/ws")
    assert (by_id.id, by_id.label) == ("db", "Agent 1")
    assert (by_label.id, by_label.label) == ("agent-2", "Data base")


@pytest.mark.parametrize(
    ("url", "host", "port", "path", "tls"),
    [
        ("ws://10.9.8.7:8080/ws", "10.9.8.7", 8080, "/ws", False),
        ("wss://otter.example/ws", "otter.example", 443, "/ws", True),
        ("ws://otter.example", "otter.example", 80, "/", False),
        ("ws://otter.example:/ws", "otter.example", 80, "/ws", False),
        ("WSS://Otter.example./a/ws", "otter.example.", 443, "/a/ws", True),
        ("ws://[fd00::7]:8080/ws", "fd00::7", 8080, "/ws", False),
        ("ws://shop_agent-1:8080?from=here", "shop_agent-1", 8080, "/?from=here", False),
        ("wss://user:pw@otter.example:8443/ws", "otter.example", 8443, "/ws", True),
    ],
)
def test_url_is_taken_apart(url: str, host: str, port: int, path: str, tls: bool) -> None:
    endpoint = only(url)
    assert (endpoint.host, endpoint.port, endpoint.path, endpoint.tls) == (host, port, path, tls)
    assert endpoint.url == url


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("ws://a/ws;x|y|", "entry 2: the URL should start with ws:// or wss:// (in 'x|y|')"),
        ("a|b|c|ws://a/ws", "entry 1 has 4 parts; it should be a ws:// URL or id|label|url (in 'a|b|c|ws://a/ws')"),
        ("ws://a:99999/ws", "entry 1: the URL's port should be a number from 1 to 65535 (in 'ws://a:99999/ws')"),
        ("ws://a:0/ws", "entry 1: the URL's port should be a number from 1 to 65535 (in 'ws://a:0/ws')"),
        ("ws://a:http/ws", "entry 1: the URL's port should be a number from 1 to 65535 (in 'ws://a:http/ws')"),
        ("ws://:8080/ws", "entry 1: the URL has no host (in 'ws://:8080/ws')"),
        ("ws://[::1/ws", "entry 1: the URL's host is malformed; an IPv6 address is written [::1] (in 'ws://[::1/ws')"),
        ("ws://a,b/ws", "entry 1: the URL's host is malformed; it should be a name or an address (in 'ws://a,b/ws')"),
        ("ws://a/ws#x", "entry 1: the URL has a fragment (#), which a WebSocket URL may not have (in 'ws://a/ws#x')"),
        ("ws://a b/", "entry 1: the URL should be ASCII without blanks; write other letters encoded (in 'ws://a b/')"),
        ("ws://ä/", "entry 1: the URL should be ASCII without blanks; write other letters encoded (in 'ws://ä/')"),
        (
            "a,b|A|ws://a/",
            "entry 1: the id should have at most 64 characters, and no comma among them (in 'a,b|A|ws://a/')",
        ),
        ("agent-2|A|ws://a/;ws://b/", "entry 2: the id agent-2 is taken by entry 1 (in 'ws://b/')"),
    ],
)
def test_unusable_entry_is_named_with_what_would_be_right(text: str, sentence: str) -> None:
    assert refusal(text) == sentence


@pytest.mark.parametrize("host", ["[fd00::zz]", "[v1.future]", "[]", "[otter.example]"])
def test_garbage_in_brackets_is_no_host(host: str) -> None:
    assert "host" in refusal(f"ws://{host}/ws")


@pytest.mark.parametrize(
    "text",
    [f"{'i' * (MAX_ID + 1)}|A|ws://a/", f"a|{'l' * (MAX_LABEL + 1)}|ws://a/", "a\x07|A|ws://a/", "a|A\nB|ws://a/"],
)
def test_id_and_label_are_one_short_line(text: str) -> None:
    assert "\n" not in refusal(text)


def test_longest_id_and_label_are_taken() -> None:
    endpoint = only(f"{'i' * MAX_ID}|{'l' * MAX_LABEL}|ws://a/")
    assert (len(endpoint.id), len(endpoint.label)) == (MAX_ID, MAX_LABEL)


def test_more_agents_than_a_dashboard_follows_are_refused() -> None:
    assert len(parse_agent_endpoints("ws://a/;" * MAX_AGENTS)) == MAX_AGENTS
    assert refusal("ws://a/;" * (MAX_AGENTS + 1)) == "1001 entries are too many: 1000 agents are the most"


def test_user_and_password_become_the_authorization_header() -> None:
    endpoint = only("wss://me:p%40ss%3B@otter.example/ws")
    assert endpoint.authorization == "Basic " + base64.b64encode(b"me:p@ss;").decode()
    assert only("wss://otter.example/ws").authorization is None


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("ws://a:8080/ws", "ws://a:8080/ws"),
        ("wss://me:secret@a/ws", "wss://…@a/ws"),
        ("wss://secret@a/ws", "wss://…@a/ws"),
        ("wss://me:se/cret@a/ws", "wss://…@a/ws"),
        ("wss://me:se@cret@a/ws", "wss://…@a/ws"),
        ("wss://me:se?cret@a/ws", "…"),
        ("wss://a/ws?token=secret", "wss://a/ws?…"),
        ("wss://me:secret@a/ws?token=secret", "wss://…@a/ws?…"),
        ("me:secret@a/ws", "…@a/ws"),
        ("me:secret://x@a/ws", "…"),
    ],
)
def test_password_and_query_are_not_shown(url: str, shown: str) -> None:
    assert shown_url(url) == shown


def test_endpoint_shows_itself_without_its_password() -> None:
    endpoint = only("wss://me:secret@otter.example/ws?token=secret")
    assert endpoint.shown_url == "wss://…@otter.example/ws?…"
    assert repr(endpoint) == "AgentEndpoint(id='agent-1', label='Agent 1', url='wss://…@otter.example/ws?…')"


@given(
    password=st.from_regex(r"\APW[a-z;|/?#: ]{1,8}PW[a-z]{3}\Z"),
    scheme=st.sampled_from(["ws", "wss", "http", ""]),
    rest=st.sampled_from(["a/ws", "a:99999/ws", "", ":1/ws", "a,b/", "a/#f", "[::1/ws", "a/ws;ws://b/ws"]),
)
def test_refusal_never_repeats_a_password(password: str, scheme: str, rest: str) -> None:
    try:
        endpoints = parse_agent_endpoints(f"{scheme}://me:{password}@{rest}")
    except ConfigurationError as error:
        told = str(error)
    else:
        told = repr(endpoints)
    assert "PW" not in told


@given(
    st.lists(
        st.tuples(st.from_regex(r"\A[a-z0-9.-]{0,8}\Z"), st.from_regex(r"\A[A-Za-z ]{0,8}\Z"), st.integers(1, 65535)),
        max_size=5,
        unique_by=lambda entry: entry[0],
    )
)
def test_places_ids_and_labels_follow_the_list(entries: list[tuple[str, str, int]]) -> None:
    text = " ; ".join(f"{one} | {label} | ws://host:{port}/ws" for one, label, port in entries)
    found = parse_agent_endpoints(text)
    assert [endpoint.port for endpoint in found] == [port for _, _, port in entries]
    for place, (endpoint, (one, label, _)) in enumerate(zip(found, entries, strict=True), start=1):
        assert endpoint.id == (one or f"agent-{place}")
        assert endpoint.label == (label.strip() or f"Agent {place}")
