"""The recorded entries that arithmetic and parsers are held against; each names its source."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest


def entries(file: str, kind: str | None = None) -> list[Any]:
    """The entries of one file, as parameters named by their id."""
    listed = json.loads((Path(__file__).parent / f"{file}.json").read_text())["entries"]
    return [pytest.param(entry, id=entry["id"]) for entry in listed if kind is None or entry.get("kind") == kind]
