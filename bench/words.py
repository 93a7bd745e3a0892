"""Figures as a person reads them: few digits, a unit, a dash where there is none. Pure."""

from __future__ import annotations

from bench.statistics import Spread

NONE = "-"


def number(value: float | None) -> str:
    """Three significant digits at most, and no more than two behind the point."""
    if value is None:
        return NONE
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def with_ends(found: Spread | None) -> str:
    """The median, and both ends where there is more than one value."""
    if found is None:
        return NONE
    return (
        f"{number(found.median)} ({number(found.low)}-{number(found.high)})"
        if found.count > 1
        else number(found.median)
    )


def milliseconds(seconds: float | None) -> str:
    """Whole milliseconds, or one digit behind the point below ten."""
    if seconds is None:
        return NONE
    ms = seconds * 1000
    return f"{ms:.1f} ms" if ms < 10 else f"{ms:,.0f} ms"


def mebibytes(size: float | None) -> str:
    """MiB with one digit."""
    return NONE if size is None else f"{size / 2**20:.1f} MiB"


def times(value: float, of: float) -> str:
    """How `value` stands to `of`: as a multiple, or as its inverse where that reads better."""
    if value <= 0 or of <= 0:
        return NONE
    return (
        f"{value / of:.1f} times"
        if value >= of
        else f"1/{of / value:.0f}"
        if of / value >= 10
        else f"1/{of / value:.1f}"
    )
