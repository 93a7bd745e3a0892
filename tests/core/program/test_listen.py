"""The grammar of addresses to listen on, and what each means for people and for access."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dockstats_core.errors import ConfigurationError
from dockstats_core.program.listen import ListenAddress, is_loopback_host, parse_listen_address


@pytest.mark.parametrize(
    ("text", "host", "port"),
    [
        (":8080", "", 8080),
        ("127.0.0.1:5173", "127.0.0.1", 5173),
        ("0.0.0.0:80", "0.0.0.0", 80),
        ("[::1]:5173", "::1", 5173),
        ("[::]:0", "::", 0),
        ("localhost:65535", "localhost", 65535),
        ("my_host.example:1", "my_host.example", 1),
    ],
)
def test_address_is_read_and_written_back(text: str, host: str, port: int) -> None:
    address = parse_listen_address(text)
    assert address == ListenAddress(host, port)
    assert str(address) == text


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("8080", "it has no port; did you mean :8080?"),
        ("localhost", "it has no port"),
        ("", "it has no port"),
        ("127.0.0.1:", "its port should be a number from 0 to 65535"),
        (":65536", "its port should be a number from 0 to 65535"),
        (":-1", "its port should be"),
        (":٨٠٨٠", "its port should be"),
        (":080808", "its port should be"),
        ("::1:8080", "an IPv6 address is written in brackets"),
        ("[localhost]:80", "what stands in brackets should be an IPv6 address"),
        ("[127.0.0.1]:80", "what stands in brackets should be an IPv6 address"),
        ("[::g]:80", "what stands in brackets should be an IPv6 address"),
        ("http://a:80", "an IPv6 address is written in brackets"),
        ("a b:80", "its host should be a name or an IP address"),
        ("-a:80", "its host should be a name or an IP address"),
        ("a/b:80", "its host should be a name or an IP address"),
    ],
)
def test_what_is_no_address_is_refused_with_the_reason_and_examples(text: str, why: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        parse_listen_address(text)
    assert str(refused.value).startswith(f"{text!r} is no address to listen on: {why}")
    assert "write :8080 for every interface, 127.0.0.1:8080 or [::1]:8080" in str(refused.value)


@given(st.text(max_size=30))
def test_any_text_is_an_address_that_reads_back_or_a_configuration_error(text: str) -> None:
    try:
        address = parse_listen_address(text)
    except ConfigurationError:
        return
    assert parse_listen_address(str(address)) == address


@pytest.mark.parametrize(
    ("text", "url"),
    [
        (":8080", "http://127.0.0.1:8080"),
        ("0.0.0.0:8080", "http://127.0.0.1:8080"),
        ("[::]:8080", "http://[::1]:8080"),
        ("[::1]:5173", "http://[::1]:5173"),
        ("heron:80", "http://heron"),
    ],
)
def test_url_is_what_a_person_on_this_machine_opens(text: str, url: str) -> None:
    assert parse_listen_address(text).url == url


@pytest.mark.parametrize("text", [":1", "0.0.0.0:1", "[::]:1"])
def test_every_interface_is_known_in_all_its_spellings(text: str) -> None:
    assert parse_listen_address(text).is_every_interface
    assert not parse_listen_address(text).is_loopback


def test_one_address_is_not_every_interface() -> None:
    assert not parse_listen_address("10.0.0.1:1").is_every_interface


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "127.1.2.3", "::1", "::ffff:127.0.0.1", "localhost", "LocalHost.", "a.localhost"]
)
def test_names_of_this_machine_are_loopback(host: str) -> None:
    assert is_loopback_host(host)


@pytest.mark.parametrize(
    "host", ["", "10.0.0.1", "::", "::ffff:10.0.0.1", "localhost.example", "notlocalhost", "heron"]
)
def test_other_names_are_not_loopback(host: str) -> None:
    assert not is_loopback_host(host)
