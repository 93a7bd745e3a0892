"""Durations mean what Go's time.ParseDuration makes of them, and what is written reads back."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dockstats_core.durations import DurationError, format_duration, parse_duration
from dockstats_core.errors import ConfigurationError
from tests.vectors import entries

GO_DURATIONS = st.integers(-(2**63), 2**63 - 1)


@pytest.mark.parametrize("entry", entries("seed-protocol", "go_duration"))
def test_vector_holds(entry: dict[str, dict[str, object]]) -> None:
    text = str(entry["input"]["text"])
    if entry["expected"]["valid"]:
        assert parse_duration(text) == entry["expected"]["nanoseconds"]
    else:
        with pytest.raises(DurationError):
            parse_duration(text)


# What Go 1.26 gives; float64 and the cut show in the last digits.
@pytest.mark.parametrize(
    ("text", "nanoseconds"),
    [
        ("0.3333333333333333333h", 1_200_000_000_000),
        ("0.830103483285477580700h", 2_988_372_539_827),
        ("0.100000000000000000000h", 360_000_000_000),
        ("0.9223372036854775807s", 922_337_203),
        ("0.9223372036854775808s", 922_337_203),
        ("0.9223372036854775809s", 922_337_203),
        ("9223372036s854ms775us807ns", 2**63 - 1),
        ("-9223372036s854ms775us808ns", -(2**63)),
        ("1.0000000000000000000000000000000000001m", 60_000_000_000),
        ("0." + "0" * 400 + "1h", 0),
        ("00s", 0),
        ("+0", 0),
    ],
)
def test_odd_text_that_go_takes_gives_gos_figure(text: str, nanoseconds: int) -> None:
    assert parse_duration(text) == nanoseconds


@pytest.mark.parametrize(
    "text",
    [
        "00",
        "0.0",
        "1s ",
        " 1s",
        "+",
        "1.2.3s",
        "1s5",
        "٣s",
        "9223372036s854ms775us808ns",
        "-9223372036854775809ns",
        "9223372036854775807.9999ns1ns",
        "99999999999999999999ns",
    ],
)
def test_odd_text_that_go_refuses_is_refused(text: str) -> None:
    with pytest.raises(DurationError):
        parse_duration(text)


def test_parts_that_wrap_round_in_go_are_too_long() -> None:
    with pytest.raises(DurationError, match="292 years"):
        parse_duration("9223372036854775808ns9223372036854775808ns")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("5", "'5' is no duration: its unit is missing; write it like 500ms, 2s or 1m30s"),
        ("1d", "'1d' is no duration: 'd' is no unit (ns, us, ms, s, m, h); write it like 500ms, 2s or 1m30s"),
        ("", "'' is no duration: it has no digits; write it like 500ms, 2s or 1m30s"),
        ("s", "'s' is no duration: a number is missing before 's'; write it like 500ms, 2s or 1m30s"),
        (
            "300y\n",
            r"'300y\n' is no duration: 'y\n' is no unit (ns, us, ms, s, m, h); write it like 500ms, 2s or 1m30s",
        ),
    ],
)
def test_refusal_says_what_is_wrong_and_what_would_be_right(text: str, sentence: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        parse_duration(text)
    assert str(refused.value) == sentence


def test_refusal_of_a_very_long_text_stays_short() -> None:
    with pytest.raises(DurationError) as refused:
        parse_duration("x" * 100_000)
    assert len(str(refused.value)) < 200


@pytest.mark.parametrize(
    ("nanoseconds", "text"),
    [
        (0, "0s"),
        (1, "1ns"),
        (1_500, "1.5µs"),
        (500_000_000, "500ms"),
        (999_999_999, "999.999999ms"),
        (1_000_000_000, "1s"),
        (1_500_000_000, "1.5s"),
        (60_000_000_000, "1m"),
        (5_400_000_000_000, "1h30m"),
        (3_600_500_000_000, "1h0.5s"),
        (-250_000_000, "-250ms"),
        (-(2**63), "-2562047h47m16.854775808s"),
    ],
)
def test_duration_is_written_as_short_as_it_can_be(nanoseconds: int, text: str) -> None:
    assert format_duration(nanoseconds) == text


@given(GO_DURATIONS)
@example(2**63 - 1)
def test_what_is_written_reads_back_to_the_nanosecond(nanoseconds: int) -> None:
    assert parse_duration(format_duration(nanoseconds)) == nanoseconds


@given(st.text(st.sampled_from("0123456789.+-nuµμmsh "), max_size=30))
def test_any_text_is_a_go_duration_or_refused(text: str) -> None:
    try:
        nanoseconds = parse_duration(text)
    except DurationError:
        return
    assert -(2**63) <= nanoseconds < 2**63
