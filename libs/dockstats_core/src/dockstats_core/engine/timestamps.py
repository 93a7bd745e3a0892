"""RFC 3339 times as the engine writes them, in nanoseconds: up to nine digits behind the point, any offset.

Pure. Not here: clocks.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

_TIME = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)\Z", re.ASCII)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def to_unix_ns(text: str | None) -> int | None:
    """Nanoseconds since 1970; None for no time, the year-1 time that stands for none, and what is no time at all."""
    match = _TIME.match(text or "")
    if match is None:
        return None
    whole, fraction, offset = match.groups()
    try:
        at = datetime.fromisoformat(whole + ("+00:00" if offset == "Z" else offset))
    except ValueError:
        return None
    if at.year <= 1:
        return None
    since = at - _EPOCH
    return (since.days * 86_400 + since.seconds) * 1_000_000_000 + int((fraction or "0").ljust(9, "0"))


def to_datetime(text: str | None) -> datetime | None:
    """The same as a datetime in UTC, to the microsecond; None for no time."""
    unix_ns = to_unix_ns(text)
    return None if unix_ns is None else from_unix_ns(unix_ns)


def from_unix_ns(unix_ns: int) -> datetime | None:
    """A datetime in UTC; None where a hostile number leads out of the calendar."""
    try:
        return _EPOCH + timedelta(microseconds=unix_ns // 1000)
    except OverflowError:
        return None
