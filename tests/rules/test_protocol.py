"""docs/protocol.md cannot lie: every block of JSON in it is a message that decodes, and encodes to the same."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from dockstats_core.messages import agent, stream

DOCUMENT = Path(__file__).parents[2] / "docs" / "protocol.md"
_BLOCK = re.compile(r"^```json (\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
BLOCKS = [(match[1], match[2]) for match in _BLOCK.finditer(DOCUMENT.read_text(encoding="utf-8"))]
CODECS = {"agent": agent.codec, "stream": stream.codec}


def kinds_of(protocol: str) -> set[str]:
    return {json.loads(block)["type"] for name, block in BLOCKS if name == protocol}


@pytest.mark.parametrize(("protocol", "block"), BLOCKS, ids=[f"{p}-{json.loads(b)['type']}" for p, b in BLOCKS])
def test_a_block_is_a_message_with_every_field(protocol: str, block: str) -> None:
    codec = CODECS[protocol]
    message = codec.decode(block)  # type: ignore[attr-defined]
    assert json.loads(codec.encode(message)) == json.loads(block)  # type: ignore[attr-defined]


def test_every_message_has_its_block() -> None:
    assert kinds_of("agent") == {"agent_status", "container_inventory", "container_stats_batch"}
    assert kinds_of("stream") == {
        "agent_list",
        "agent_status",
        "container_inventory",
        "container_events",
        "container_stats_batch",
        "container_stats_columns",
    }


def test_every_json_block_names_its_protocol() -> None:
    assert len(re.findall(r"^```json", DOCUMENT.read_text(encoding="utf-8"), re.MULTILINE)) == len(BLOCKS)
