"""A law that does not hold, to see whether a search finds that. Not here: anything of the product."""

from __future__ import annotations

import json

from tests.fuzz.target import Target


def fuzz(data: bytes) -> None:
    """No number is above 1000, it says."""
    try:
        value = json.loads(data)
    except (ValueError, RecursionError):
        return
    if isinstance(value, dict) and isinstance(number := value.get("number"), int):
        assert number <= 1000, "above 1000"


TARGET = Target(fuzz=fuzz, seeds=(b'{"number": 1, "text": ""}',), longest=200, holds_json=True)
