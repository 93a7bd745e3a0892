"""Durations as people write them in flags and variables: `500ms`, `1.5s`, `1h2m3.5s`.

The grammar is Go's `time.ParseDuration`, because the fixed variables (`AGENT_POLL_INTERVAL`) were first read by a Go
program and existing files must go on meaning the same: `[-+]?([0-9]*(\\.[0-9]*)?[a-zµμ]+)+`, or a bare 0. Whole
nanoseconds go out. Not here: whether a duration makes sense as an interval (program.options).
"""

from __future__ import annotations

from dockstats_core.errors import ConfigurationError

_NS = {
    "ns": 1,
    "us": 1_000,
    "µs": 1_000,  # U+00B5, the micro sign
    "μs": 1_000,  # U+03BC, the Greek letter
    "ms": 1_000_000,
    "s": 1_000_000_000,
    "m": 60_000_000_000,
    "h": 3_600_000_000_000,
}

# Go counts in uint64 while it parses: -2^63 is a duration, 2^63 is not.
_LIMIT = 1 << 63

_DIGITS = frozenset("0123456789")  # str.isdigit takes far more than these
_EXAMPLES = "write it like 500ms, 2s or 1m30s"
_MAX_SHOWN = 64


class DurationError(ConfigurationError):
    """The text is no duration; the message says what is wrong with it and what would be right."""


def parse_duration(text: str) -> int:
    """The duration that `text` says, in nanoseconds, as Go's `time.ParseDuration` gives it.

    Fractions below a nanosecond are cut. Go computes a fraction in float64, and so does this.

    Raises:
        DurationError: Go would refuse it too. (One text that Go takes is refused: parts that sum to exactly 2^64 ns
            wrap round to 0 there.)
    """
    negative = text.startswith("-")
    rest = text[1:] if text[:1] in {"-", "+"} else text
    if rest == "0":
        return 0
    if not rest:
        raise _error(text, "it has no digits")
    total = 0
    while rest:
        whole, fraction, scale, unit, rest = _split_part(rest, text)
        part = whole * unit
        if fraction:
            part += int(float(fraction) * (float(unit) / scale))
        total += part
        if total > _LIMIT:
            raise _error(text, "it is longer than 292 years")
    if negative:
        return -total
    if total == _LIMIT:
        raise _error(text, "it is longer than 292 years")
    return total


def format_duration(nanoseconds: int) -> str:
    """The shortest text that `parse_duration` reads as `nanoseconds`: `500ms`, `1.5s`, `1h30m`, `0s`.

    For any duration that Go can hold, from -2^63 to 2^63 - 1 ns.
    """
    sign, left = ("-", -nanoseconds) if nanoseconds < 0 else ("", nanoseconds)
    if left == 0:
        return "0s"
    for unit in ("ns", "µs", "ms"):
        if left < 1_000 * _NS[unit]:
            return f"{sign}{_decimal(left, _NS[unit])}{unit}"
    hours, left = divmod(left, _NS["h"])
    minutes, left = divmod(left, _NS["m"])
    parts = (
        f"{hours}h" if hours else "",
        f"{minutes}m" if minutes else "",
        f"{_decimal(left, _NS['s'])}s" if left else "",
    )
    return sign + "".join(parts)


def _split_part(rest: str, text: str) -> tuple[int, int, float, int, str]:
    """The first part of `rest`: digits before the point, digits after it, their scale, ns of the unit; what follows."""
    end = _count_digits(rest)
    before, after = rest[:end], ""
    if rest[end : end + 1] == ".":
        start = end + 1
        end = start + _count_digits(rest[start:])
        after = rest[start:end]
    if not before and not after:
        raise _error(text, f"a number is missing before {rest[:8]!r}")
    whole = _whole(before, text)
    fraction, scale = _fraction(after)
    start = end
    while end < len(rest) and rest[end] != "." and rest[end] not in _DIGITS:
        end += 1
    name = rest[start:end]
    if not name:
        raise _error(text, "its unit is missing")
    if name not in _NS:
        raise _error(text, f"{name[:8]!r} is no unit (ns, us, ms, s, m, h)")
    return whole, fraction, scale, _NS[name], rest[end:]


def _count_digits(text: str) -> int:
    for index, char in enumerate(text):
        if char not in _DIGITS:
            return index
    return len(text)


def _whole(digits: str, text: str) -> int:
    value = 0
    for digit in digits:
        value = value * 10 + int(digit)
        if value > _LIMIT:
            raise _error(text, "it is longer than 292 years")
    return value


def _fraction(digits: str) -> tuple[int, float]:
    """The digits after the point as a number and its scale; as in Go, those that no longer fit 63 bits are left out."""
    value, scale = 0, 1.0
    for digit in digits:
        if value > (_LIMIT - 1) // 10:
            break
        longer = value * 10 + int(digit)
        if longer > _LIMIT:
            break
        value, scale = longer, scale * 10
    return value, scale


def _decimal(value: int, unit: int) -> str:
    """`value / unit` in decimal digits, exactly; `unit` is a power of ten."""
    whole, fraction = divmod(value, unit)
    if not fraction:
        return str(whole)
    width = len(str(unit)) - 1
    return f"{whole}.{fraction:0{width}}".rstrip("0")


def _error(text: str, why: str) -> DurationError:
    return DurationError(f"{text[:_MAX_SHOWN]!r} is no duration: {why}; {_EXAMPLES}")
