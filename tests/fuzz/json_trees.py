"""Changes JSON inside an input as a tree: a value becomes an extreme one, fields come, go, change places, repeat.

A byte that is changed at random nearly always makes JSON that is none, and all that follows decoding stays unseen.
Not here: changes byte by byte, which the search makes by itself.
"""

from __future__ import annotations

import json
from random import Random
from typing import Any, TypeAlias

Json: TypeAlias = Any
Place: TypeAlias = tuple[Any, Any]  # a list or an object, and an index or a key of it

EXTREMES: tuple[Json, ...] = (
    *(None, True, False, 0, -1, 1, 0.5, -0.0, 5e-324, 1e308, 1.7976931348623157e308),
    *(2**31, 2**53 + 1, 2**63 - 1, 2**63, 2**64 - 1, 2**64, -(2**63), -(2**64), 10**19, 10**308, 10**309, 10**400),
    *("", "0", "max", "\ud800", "\0", "é" * 40, "x" * 1025, "\u2028</script>", "running", "exited", "paused", "host"),
    *("0001-01-01T00:00:00Z", "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59.999999999-23:59"),
    *("2026-11-24T12:00:00Z", "1969-12-31T23:59:59.5Z", "2026-02-30T00:00:00Z"),
    *("0c76ad1e7a7b", "f" * 64, "container:0c76ad1e7a7b", [], {}, [None], {"": None}, [[]], float("nan"), float("inf")),
)
_DEEP = 200


def changed(data: bytes, longest: int, seed: int) -> bytes | None:
    """`data` with one change in one of its JSON values; None where it has none, or has become too long."""
    random = Random(seed)
    lines = data.split(b"\n")
    number = random.randrange(len(lines))
    start = min((place for place in (lines[number].find(b"{"), lines[number].find(b"[")) if place >= 0), default=-1)
    if start < 0:
        return None
    try:
        root = [json.loads(lines[number][start:])]
        for _ in range(random.choice((1, 1, 1, 2, 5))):
            _change(root, random)
        lines[number] = lines[number][:start] + json.dumps(root[0], separators=(",", ":")).encode()
    except (ValueError, RecursionError):  # no JSON, or too deep by now
        return None
    if random.random() < 0.1:  # said twice, or one more time
        lines.insert(random.randrange(len(lines)), lines[number])
    result = b"\n".join(lines)
    return result if len(result) <= longest else None


def _change(root: list[Json], random: Random) -> None:
    places = _places(root)
    inside, key = random.choice(places)
    match random.randrange(8):
        case 0 if inside is not root:
            del inside[key]
        case 1:
            other, other_key = random.choice(places)
            inside[key] = json.loads(json.dumps(other[other_key]))
        case 2 if isinstance(inside[key], dict):
            inside[key][random.choice(("", "new", "type", "id", "é"))] = _extreme(random)
        case 3 if isinstance(inside[key], list):
            inside[key].extend(json.loads(json.dumps(inside[key][:1])) * random.choice((1, 2, 50)))
        case 4:
            for _ in range(random.choice((1, _DEEP))):
                inside[key] = [inside[key]]
        case 5 if isinstance(inside[key], int | float):
            inside[key] = inside[key] + random.choice((-1, 1, 1000))
        case _:
            inside[key] = _extreme(random)


def _extreme(random: Random) -> Json:
    return json.loads(json.dumps(random.choice(EXTREMES)))


def _places(value: Json) -> list[Place]:
    """Where something stands, at any depth."""
    found: list[Place] = []
    waiting = [value]
    while waiting:
        inside = waiting.pop()
        for key in list(inside) if isinstance(inside, dict) else range(len(inside)):
            found.append((inside, key))
            if isinstance(inside[key], dict | list):
                waiting.append(inside[key])
    return found
