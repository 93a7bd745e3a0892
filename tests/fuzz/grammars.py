"""Any text where a person gives a value: endpoints, durations, addresses, the values of options, a `.env` file.

The first letter is the grammar; for an option the second byte says which. Text is taken as a program gets it, so it may
hold what is no UTF-8. The law: a value, or one ConfigurationError of one bounded line; what is written back reads as
the same; and a password within an endpoint, or a token, is never shown to anybody.
Not here: where a value comes from (program.settings).
"""

from __future__ import annotations

import atexit
import re
import tempfile
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import TypeVar, get_args
from urllib.parse import unquote

from dockstats_core.durations import format_duration, parse_duration
from dockstats_core.endpoints.agents import parse_agent_endpoints
from dockstats_core.endpoints.engine import resolve_endpoint
from dockstats_core.engine.timestamps import from_unix_ns, to_datetime, to_unix_ns
from dockstats_core.errors import ConfigurationError
from dockstats_core.program.access import normal_origin
from dockstats_core.program.dotenv import Variable, read_environment
from dockstats_core.program.listen import parse_listen_address
from dockstats_core.program.options import ProgramName, options_of
from dockstats_core.program.tokens import token_in_file
from tests.fuzz.pieces import as_given
from tests.fuzz.sentences import assert_is_a_sentence
from tests.fuzz.target import Target

ValueT = TypeVar("ValueT")

_PROGRAMS: tuple[ProgramName, ...] = get_args(ProgramName)
_PASSWORD = "zq7Xw-secret"
_NS = {"ns": 1, "us": 10**3, "µs": 10**3, "μs": 10**3, "ms": 10**6, "s": 10**9, "m": 60 * 10**9, "h": 3600 * 10**9}
_GO_PART = re.compile(r"([0-9]*)(?:\.([0-9]*))?([^0-9.]+)")
_MOST_CHARACTERS = 2600  # 200 of the value, as repr writes the worst of them, and the sentence
_OPTIONS = {
    option.parse: option
    for program in _PROGRAMS
    for option in options_of(program)
    if option.parse is not token_in_file  # opens what is named
}
_IN_ORDER = list(_OPTIONS.values())


def fuzz(data: bytes) -> None:
    """See the module."""
    letter, text = data[:1].decode("latin-1"), as_given(data[1:])
    match letter:
        case "D":
            _hold_duration(text)
        case "A":
            _hold_agents(text)
        case "S":
            _hold_no_password_of_agents(text)
        case "E":
            _hold_engine(text)
        case "L":
            _hold_listen(text)
        case "T":
            _hold_time(text)
        case "O":
            _hold_origin(text)
        case "F":
            _hold_file(data[1:])
        case _:
            option = _IN_ORDER[int.from_bytes(data[1:2]) % len(_IN_ORDER)]
            given = as_given(data[2:])
            _value(option.parse, given, hides=given if option.is_secret and len(given) > 20 else None)


def _value(parse: Callable[[str], ValueT], text: str, *, hides: str | None = None) -> ValueT | None:
    try:
        return parse(text)
    except ConfigurationError as error:
        assert_is_a_sentence(error, most=_MOST_CHARACTERS, hides=hides)
        return None


def _hold_duration(text: str) -> None:
    nanoseconds = _value(parse_duration, text)
    if nanoseconds is None:
        assert not _is_short_duration(text), "Go takes it"
        return
    assert _go_parts(text), "Go refuses it"
    assert parse_duration(format_duration(nanoseconds)) == nanoseconds
    exact = Fraction(0)
    for whole, part, unit in _go_parts(text) or ():
        exact += (Fraction(int(whole or 0)) + Fraction(int(part or 0), 10 ** len(part))) * _NS[unit]
    assert float(abs(abs(nanoseconds) - exact)) <= max(len(text), float(exact) / 1e12)  # Go's float64, and cut a part


def _go_parts(text: str) -> list[tuple[str, str, str]] | None:
    """Digits before and after the point and the unit, of each part; None where Go's grammar has no such text."""
    text = text[1:] if text[:1] in {"-", "+"} else text
    if text == "0":
        return [("0", "", "s")]
    parts = _GO_PART.findall(text)
    is_all = bool(parts) and not _GO_PART.sub("", text)
    return parts if is_all and all(unit in _NS and (whole or part) for whole, part, unit in parts) else None


def _is_short_duration(text: str) -> bool:
    """Whether it is one that is far from too long."""
    parts = _go_parts(text)
    return parts is not None and len(parts) < 50 and all(len(whole) < 5 for whole, _, _ in parts)


def _hold_agents(text: str) -> None:
    endpoints = _value(parse_agent_endpoints, text)
    if endpoints is None:
        return
    assert len({one.id for one in endpoints}) == len(endpoints)
    for one in endpoints:
        assert one.id
        assert one.label
        assert one.host
        assert 0 < one.port < 65536
        assert one.path.startswith("/")
        assert (one.id + one.label + one.url + one.host + one.path).isprintable()
        again = parse_agent_endpoints(f"{one.id}|{one.label}|{one.url}")
        assert again == (one,)


def _hold_no_password_of_agents(text: str) -> None:
    before, _, after = text.partition("\0")
    if _PASSWORD in unquote(text):
        return
    for user in ("user", ""):
        given = f"{user}:{_PASSWORD}@{after}"
        for one in _value(parse_agent_endpoints, f"{before}ws://{given}", hides=_PASSWORD) or ():
            if _PASSWORD not in one.id + one.label:  # else who names an agent so wants it shown
                assert _PASSWORD not in one.shown_url
                assert _PASSWORD not in repr(one)
        for scheme in ("", "tcp://", "ssh://", "ftp://", "unix://", "https://"):
            _value(lambda text: resolve_endpoint(text, {"HOME": "/"}), f"{before}{scheme}{given}", hides=_PASSWORD)


def _hold_engine(text: str) -> None:
    asked, _, context = text.partition("\0")
    given = {"HOME": "/", "DOCKER_HOST": asked, "DOCKER_CONTEXT": context, "DOCKER_TLS_VERIFY": context[:1]}
    _value(lambda _: resolve_endpoint(None, given), text)
    endpoint = _value(lambda text: resolve_endpoint(text, {"HOME": "/"}), asked)
    if asked and endpoint is not None:
        assert resolve_endpoint(endpoint.text, {"HOME": "/"}) == endpoint
        assert endpoint.text.isprintable()
        assert endpoint.is_local in {True, False}


def _hold_listen(text: str) -> None:
    address = _value(parse_listen_address, text)
    if address is not None:
        assert parse_listen_address(str(address)) == address
        assert address.is_loopback in {True, False}
        assert address.url.startswith("http://")


def _hold_time(text: str) -> None:
    unix_ns, at = to_unix_ns(text), to_datetime(text)
    assert at == (None if unix_ns is None else from_unix_ns(unix_ns))


def _hold_origin(text: str) -> None:
    origin = normal_origin(text)
    if origin is not None:
        assert normal_origin(origin) == origin
        assert origin.isprintable()
        assert origin == origin.lower()


_TEXTS = (b"unix:///a", b"Heron rack 2", b"250ms", b"16", b"/host/proc/", b"on", b"label=tier=web;name=web-*", b"::1")
_folder = tempfile.TemporaryDirectory(prefix="dockstats-fuzz-")
atexit.register(_folder.cleanup)


def _hold_file(data: bytes) -> None:
    """A `.env`."""
    directory = Path(_folder.name)
    (directory / ".env").write_bytes(data)
    found = _value(lambda _: read_environment({"SET": "1"}, directory), "")
    if found is not None:
        assert found["SET"] == Variable("1")
        assert all(variable.file == ".env" for name, variable in found.items() if name != "SET")


TARGET = Target(
    fuzz=fuzz,
    seeds=(
        *(b"D1h2m3.5s", b"D-1.5h", b"D500ms", "D9µs1.000000001s".encode(), b"D9223372036854775807ns", b"D.5m", b"D0"),
        b"Aws://10.0.0.1:8080/ws;heron|Heron rack 2|wss://user:p%40ss@heron.example/ws?token=1;|x|ws://[::1]:80",
        *(b"S\0heron:8080/ws", b"Sa|b|\0[::1]/ws?x=1;ws://c", b"Sws://x;\0y", b"Stcp:// \0host:2375"),
        *(b"Eunix:///var/run/docker.sock", b"Etcp://[fe80::1]:2375", b"Ehttps://docker.example", b"Essh://user@host"),
        *(b"E\0desktop-linux", b"L:8080", b"L[::1]:80", b"Lname.example:5173", b"L127.0.0.1:0"),
        *(b"T2026-11-24T12:00:00.123456789Z", b"T9999-12-31T23:59:59-23:59", b"T0001-01-01T00:00:00Z"),
        *(b"Ohttps://Stats.example:443/", b"Ohttp://[::1]:5173", b"onull;https://a.example"),
        b"FA=1\nexport B='two words' # why\nC=\"a\\nb\"\n\nD\nSET=2\n",
        *(b"V%c" % place + option.default.encode() for place, option in enumerate(_IN_ORDER)),
        *(b"V%c" % place + text for place in range(len(_IN_ORDER)) for text in _TEXTS),
    ),
    words=(
        *(b"ws://", b"wss://", b"unix://", b"tcp://", b"https://", b"://", b"[::1]", b"@", b"%40", b"|", b";", b"#"),
        *(b"?", b"ms", "µs".encode(), b"9223372036854775808", b"label=", b"65535", b"65536", b"\xff", b"\0", b"xn--"),
    ),
    longest=1024,
)  # fmt: skip
