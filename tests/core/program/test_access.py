"""Who may talk to a server: programs and its own pages may, another site's pages may not, nor may a rebound name."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dockstats_core.program.access import allowed, exposure, normal_origin
from dockstats_core.program.listen import ListenAddress

LOOPBACK = ListenAddress("127.0.0.1", 5173)
EVERYWHERE = ListenAddress("", 8080)
PROXY = "https://stats.example"


@pytest.mark.parametrize(
    "host", ["127.0.0.1:5173", "localhost:5173", "LOCALHOST", "[::1]:5173", "page.localhost:5173", "127.9.9.9", None]
)
def test_loopback_server_answers_to_every_name_of_this_machine(host: str | None) -> None:
    assert allowed(host, None, LOOPBACK) is None


@pytest.mark.parametrize(
    "host",
    [
        "rebound.example",
        "rebound.example:5173",
        "127.0.0.1.rebound.example",
        "localhost.rebound.example",
        "10.0.0.7:5173",
        "stats.example@127.0.0.1",
        "127.0.0.1:5173:5173",
        "127.0.0.1/",
        "",
    ],
)
def test_loopback_server_refuses_a_name_that_another_site_made_mean_this_machine(host: str) -> None:
    refusal = allowed(host, None, LOOPBACK)
    assert refusal is not None
    assert repr(host) in refusal
    assert "http://127.0.0.1:5173" in refusal
    assert "--allowed-origins" in refusal


def test_loopback_server_answers_to_the_name_of_a_proxy_that_is_allowed() -> None:
    assert allowed("stats.example", None, LOOPBACK, [PROXY]) is None
    assert allowed("stats.example:8443", None, LOOPBACK, [PROXY]) is None
    assert allowed("other.example", None, LOOPBACK, [PROXY]) is not None


def test_server_on_every_interface_answers_to_any_name_because_it_cannot_know_its_own() -> None:
    assert allowed("heron.example:8080", None, EVERYWHERE) is None


@pytest.mark.parametrize(
    ("host", "origin"),
    [
        ("127.0.0.1:5173", "http://127.0.0.1:5173"),
        ("localhost:5173", "http://LOCALHOST:5173"),
        ("[::1]:5173", "http://[::1]:5173"),
    ],
)
def test_own_page_may_connect(host: str, origin: str) -> None:
    assert allowed(host, origin, LOOPBACK) is None


@pytest.mark.parametrize(
    ("host", "origin"),
    [
        ("stats.example", "https://stats.example"),  # the proxy in front speaks TLS, this server does not
        ("stats.example:443", "https://stats.example"),
        ("stats.example:80", "http://stats.example"),
        ("stats.example:8443", "https://stats.example:8443"),
    ],
)
def test_page_that_came_through_a_proxy_may_connect_whatever_the_scheme(host: str, origin: str) -> None:
    assert allowed(host, origin, EVERYWHERE) is None


@pytest.mark.parametrize(
    "origin",
    [
        "https://elsewhere.example",
        "http://127.0.0.1:5173.elsewhere.example",
        "http://127.0.0.1:8000",  # another program on this machine
        "http://localhost:5173",  # another name is another origin, as browsers have it
        "null",
        "file://",
        "chrome-extension://abcdef",
        "",
    ],
)
def test_page_of_another_origin_is_refused_with_a_sentence_that_names_it(origin: str) -> None:
    refusal = allowed("127.0.0.1:5173", origin, LOOPBACK)
    assert refusal is not None
    assert repr(origin) in refusal
    assert "--allowed-origins" in refusal


def test_page_of_an_allowed_origin_may_connect_and_of_its_other_scheme_may_not() -> None:
    assert allowed("heron:8080", PROXY, EVERYWHERE, [PROXY]) is None
    assert allowed("heron:8080", "http://stats.example", EVERYWHERE, [PROXY]) is not None


def test_browser_without_a_host_is_not_believed_about_its_origin() -> None:
    assert allowed(None, "http://127.0.0.1:5173", LOOPBACK) is not None


def test_refusal_shows_no_more_of_a_header_than_a_line_holds() -> None:
    refusal = allowed("x" * 10_000, None, LOOPBACK)
    assert refusal is not None
    assert len(refusal) < 400


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("https://stats.example", "https://stats.example"),
        (" HTTPS://Stats.Example/ ", "https://stats.example"),
        ("https://stats.example:443", "https://stats.example"),
        ("http://stats.example:80", "http://stats.example"),
        ("http://stats.example:443", "http://stats.example:443"),
        ("http://[::1]:5173", "http://[::1]:5173"),
    ],
)
def test_origin_is_written_as_browsers_write_it(text: str, normal: str) -> None:
    assert normal_origin(text) == normal


@pytest.mark.parametrize(
    "text",
    ["", "null", "stats.example", "ws://stats.example", "https://", "https://a/b", "https://u:p@a", "https://a:b"],
)
def test_what_is_no_origin_has_no_normal_form(text: str) -> None:
    assert normal_origin(text) is None


@given(st.text(), st.none() | st.text())
def test_no_header_makes_the_decision_fail(host: str, origin: str | None) -> None:
    for listen in (LOOPBACK, EVERYWHERE):
        assert allowed(host, origin, listen) is None or "--allowed-origins" in (allowed(host, origin, listen) or "")


@given(st.from_regex(r"[a-z]{1,8}\.example(:[0-9]{1,5})?", fullmatch=True))
def test_a_normal_origin_stays_what_it_is(authority: str) -> None:
    once = normal_origin(f"https://{authority}")
    assert once is not None
    assert normal_origin(once) == once


@pytest.mark.parametrize("host", ["", "0.0.0.0", "::"])
def test_listening_on_every_interface_is_told_with_the_way_to_stay_alone(host: str) -> None:
    warning = exposure(ListenAddress(host, 8080))
    assert warning is not None
    assert "every interface" in warning
    assert "without a password" in warning
    assert "--listen 127.0.0.1:8080" in warning


def test_listening_on_one_address_that_others_reach_is_told_with_the_address() -> None:
    assert "on 10.0.0.10 " in (exposure(ListenAddress("10.0.0.10", 80)) or "")


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost"])
def test_listening_for_this_machine_only_is_nothing_to_tell(host: str) -> None:
    assert exposure(ListenAddress(host, 8080)) is None
