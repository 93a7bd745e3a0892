"""Who may talk to a server: programs and its own pages may, another site's pages may not, nor may a rebound name."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from dockstats_core.program.access import (
    Access,
    eavesdropping,
    embedded,
    exposure,
    foreign,
    normal_host,
    normal_origin,
)
from dockstats_core.program.listen import ListenAddress

LOOPBACK = Access(listen=ListenAddress("127.0.0.1", 5173), token_variable="DASHBOARD_TOKEN")
EVERYWHERE = Access(listen=ListenAddress("", 8080), token_variable="AGENT_TOKEN")
PROXY = "https://stats.example"


def with_origins(access: Access, *origins: str) -> Access:
    return structs.replace(access, allowed_origins=origins)


def with_hosts(access: Access, *hosts: str) -> Access:
    return structs.replace(access, allowed_hosts=hosts)


def listening(host: str, port: int = 8080) -> Access:
    return structs.replace(EVERYWHERE, listen=ListenAddress(host, port))


@pytest.mark.parametrize(
    "host", ["127.0.0.1:5173", "localhost:5173", "LOCALHOST", "[::1]:5173", "page.localhost:5173", "127.9.9.9", None]
)
def test_loopback_server_answers_to_every_name_of_this_machine(host: str | None) -> None:
    assert foreign(host, None, LOOPBACK) is None


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
    refusal = foreign(host, None, LOOPBACK)
    assert refusal is not None
    assert repr(host) in refusal
    assert "http://127.0.0.1:5173" in refusal
    assert "--allowed-host" in refusal


def test_loopback_server_answers_to_the_name_of_a_proxy_that_is_foreign() -> None:
    assert foreign("stats.example", None, with_origins(LOOPBACK, PROXY)) is None
    assert foreign("stats.example:8443", None, with_origins(LOOPBACK, PROXY)) is None
    assert foreign("other.example", None, with_origins(LOOPBACK, PROXY)) is not None


def test_server_on_every_interface_answers_to_any_name_because_it_cannot_know_its_own() -> None:
    assert foreign("heron.example:8080", None, EVERYWHERE) is None


@pytest.mark.parametrize(
    ("host", "origin"),
    [
        ("127.0.0.1:5173", "http://127.0.0.1:5173"),
        ("localhost:5173", "http://LOCALHOST:5173"),
        ("[::1]:5173", "http://[::1]:5173"),
    ],
)
def test_own_page_may_connect(host: str, origin: str) -> None:
    assert foreign(host, origin, LOOPBACK) is None


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
    assert foreign(host, origin, EVERYWHERE) is None


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
    refusal = foreign("127.0.0.1:5173", origin, LOOPBACK)
    assert refusal is not None
    assert repr(origin) in refusal
    assert "--allow-origin" in refusal


def test_page_of_an_allowed_origin_may_connect_and_of_its_other_scheme_may_not() -> None:
    assert foreign("heron:8080", PROXY, with_origins(EVERYWHERE, PROXY)) is None
    assert foreign("heron:8080", "http://stats.example", with_origins(EVERYWHERE, PROXY)) is not None


def test_browser_without_a_host_is_not_believed_about_its_origin() -> None:
    assert foreign(None, "http://127.0.0.1:5173", LOOPBACK) is not None


def test_refusal_shows_no_more_of_a_header_than_a_line_holds() -> None:
    refusal = foreign("x" * 10_000, None, LOOPBACK)
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
        assert "--allow" in (foreign(host, origin, listen) or "--allow")


@given(st.from_regex(r"[a-z]{1,8}\.example(:[0-9]{1,5})?", fullmatch=True))
def test_a_normal_origin_stays_what_it_is(authority: str) -> None:
    once = normal_origin(f"https://{authority}")
    assert once is not None
    assert normal_origin(once) == once


@pytest.mark.parametrize("host", ["stats.example", "stats.example:8080", "STATS.example", "localhost", "127.0.0.1"])
def test_server_for_others_whose_names_are_told_answers_to_these_and_to_this_machine(host: str) -> None:
    assert foreign(host, None, with_hosts(EVERYWHERE, "stats.example")) is None


@pytest.mark.parametrize("host", ["rebound.example", "stats.example.rebound.example", "10.0.0.7", ""])
def test_server_for_others_whose_names_are_told_refuses_every_other_name(host: str) -> None:
    refusal = foreign(host, None, with_hosts(EVERYWHERE, "stats.example"))
    assert refusal is not None
    assert "--allowed-host" in refusal


def test_loopback_server_answers_to_a_name_that_is_allowed() -> None:
    assert foreign("stats.example:5173", None, with_hosts(LOOPBACK, "stats.example")) is None


def test_name_that_is_allowed_does_not_let_pages_of_other_origins_in() -> None:
    access = with_hosts(EVERYWHERE, "stats.example")
    assert foreign("stats.example", "https://stats.example", access) is None
    assert foreign("stats.example", "https://other.example", access) is not None


def test_refusal_over_tls_shows_the_address_over_tls() -> None:
    refusal = foreign("rebound.example", None, structs.replace(LOOPBACK, over_tls=True))
    assert "open https://127.0.0.1:5173," in (refusal or "")


@pytest.mark.parametrize(
    ("text", "host"),
    [("Stats.Example", "stats.example"), (" [::1] ", "[::1]"), ("10.0.0.7", "10.0.0.7"), ("a:80", None), ("a/b", None)],
)
def test_host_is_a_name_or_an_address_without_a_port(text: str, host: str | None) -> None:
    assert normal_host(text) == host


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
@pytest.mark.parametrize("destination", ["image", "script", "iframe", "empty", "", None])
def test_part_of_another_sites_page_is_refused_with_the_address_to_open_instead(
    site: str, destination: str | None
) -> None:
    assert "open http://127.0.0.1:5173 by itself" in (embedded(site, destination, LOOPBACK) or "")


@pytest.mark.parametrize(
    ("site", "destination"),
    [
        (None, None),  # no browser, or an old one, or one that came over a network in clear
        ("same-origin", "empty"),
        ("none", "document"),  # typed, or a bookmark
        ("none", "image"),
        ("cross-site", "document"),  # a link
    ],
)
def test_own_parts_programs_and_links_from_elsewhere_are_let_in(site: str | None, destination: str | None) -> None:
    assert embedded(site, destination, LOOPBACK) is None


@pytest.mark.parametrize("host", ["", "0.0.0.0", "::"])
def test_listening_on_every_interface_is_told_with_both_ways_out(host: str) -> None:
    warning = exposure(listening(host))
    assert warning is not None
    assert "every interface" in warning
    assert "without a token" in warning
    assert "set AGENT_TOKEN, or --listen 127.0.0.1:8080" in warning


def test_listening_on_one_address_that_others_reach_is_told_with_the_address() -> None:
    assert "on 10.0.0.10 " in (exposure(listening("10.0.0.10", 80)) or "")


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost"])
def test_listening_for_this_machine_only_is_nothing_to_tell(host: str) -> None:
    access = listening(host)
    assert exposure(access) is None
    assert eavesdropping(structs.replace(access, asks_token=True)) is None


def test_who_has_to_show_a_token_or_a_certificate_is_not_everyone() -> None:
    assert exposure(structs.replace(EVERYWHERE, asks_token=True)) is None
    assert exposure(structs.replace(EVERYWHERE, over_tls=True, asks_certificate=True)) is None
    assert exposure(structs.replace(EVERYWHERE, over_tls=True)) is not None


def test_token_that_crosses_the_network_in_clear_is_told() -> None:
    asking = structs.replace(EVERYWHERE, asks_token=True)
    assert "--tls-cert" in (eavesdropping(asking) or "")
    assert eavesdropping(structs.replace(asking, over_tls=True)) is None
    assert eavesdropping(EVERYWHERE) is None
