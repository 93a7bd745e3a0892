"""The engine's times, to the nanosecond."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dockstats_core.engine.timestamps import to_unix_ns


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


@given(st.datetimes(datetime(1970, 1, 1), datetime(2200, 1, 1)), st.integers(0, 999))
def test_every_time_is_read_back_to_the_nanosecond(at: datetime, nanoseconds: int) -> None:
    text = f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond:06}{nanoseconds:03}Z"
    since = at.replace(tzinfo=UTC) - datetime(1970, 1, 1, tzinfo=UTC)
    whole = (since.days * 86_400 + since.seconds) * 10**9 + since.microseconds * 1000
    assert to_unix_ns(text) == whole + nanoseconds
