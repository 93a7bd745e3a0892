"""The engine's times, to the nanosecond."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dockstats_core.engine.timestamps import from_unix_ns, to_datetime, to_unix_ns
from tests.fake_containers import rfc3339


@pytest.mark.parametrize(
    ("text", "ns"),
    [
        ("1970-01-01T00:00:00Z", 0),
        ("1970-01-01T00:00:01.5Z", 1_500_000_000),
        ("1970-01-01T00:00:00.000000001Z", 1),
        ("1970-01-01T02:00:00+02:00", 0),
        ("1969-12-31T23:59:59.25Z", -750_000_000),
        ("2026-09-21T14:13:21.31999912Z", 1_790_000_001_319_999_120),
    ],
)
def test_times(text: str, ns: int) -> None:
    assert to_unix_ns(text) == ns


@pytest.mark.parametrize(
    "text",
    [None, "", "0001-01-01T00:00:00Z", "2026-09-21", "2026-13-21T14:13:21Z", "2026-09-21T14:13:21", "now", "1" * 10**5],
)
def test_what_stands_for_no_time_is_none(text: str | None) -> None:
    assert to_unix_ns(text) is None


@given(st.integers(0, 7_258_118_400 * 10**9))
def test_every_time_is_read_back_to_the_nanosecond(unix_ns: int) -> None:
    assert to_unix_ns(rfc3339(unix_ns)) == unix_ns


@pytest.mark.parametrize(
    "text",
    ["2026-09-21T14:13:21.٣Z", "2026-09-21T14:13:21.1234567890Z", "2026-09-21T14:13:60Z", "0001-01-01T00:00:00+05:00"],
)
def test_what_no_engine_writes_is_no_time(text: str) -> None:
    assert to_unix_ns(text) is None


def test_datetime_is_in_utc_and_cut_to_the_microsecond() -> None:
    expected = datetime(2026, 9, 21, 12, 13, 21, 319_999, tzinfo=UTC)
    assert to_datetime("2026-09-21T14:13:21.31999999+02:00") == expected
    assert to_datetime("0001-01-01T00:00:00Z") is to_datetime(None) is None


@given(st.integers())
def test_any_number_is_a_time_or_none_and_never_an_error(unix_ns: int) -> None:
    at = from_unix_ns(unix_ns)
    assert at is None or at - datetime(1970, 1, 1, tzinfo=UTC) == timedelta(microseconds=unix_ns // 1000)


@pytest.mark.parametrize("unix_ns", [10**30, -(10**30), 2**63 * 1000])
def test_number_out_of_the_calendar_is_none(unix_ns: int) -> None:
    assert from_unix_ns(unix_ns) is None


def test_last_second_of_the_calendar_in_another_zone_is_no_error() -> None:
    assert to_datetime("9999-12-31T23:59:59-14:00") is None
