"""Event bodies as events of containers."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from dockstats_core.engine.events import EngineEvent, container_event
from dockstats_core.engine.models import EventBody
from tests.builders import container_id


def event(**parts: Any) -> EngineEvent | None:
    body = {"Type": "container", "Action": "start", "Actor": {"ID": container_id(1)}, **parts}
    return container_event(msgspec.json.decode(msgspec.json.encode(body), type=EventBody))


def test_event_tells_what_happened_to_which_container_and_when() -> None:
    actor = {"ID": container_id(1), "Attributes": {"name": "web", "exitCode": "137"}}
    assert event(Action="die", Actor=actor, time=1, timeNano=1_000_000_007) == EngineEvent(
        id=container_id(1), action="die", attributes={"name": "web", "exitCode": "137"}, time_ns=1_000_000_007
    )


@pytest.mark.parametrize(
    ("told", "action", "detail"),
    [
        ("health_status: healthy", "health_status", "healthy"),
        ("exec_start: sh -c 'echo a: b'", "exec_start", "sh -c 'echo a: b'"),
        ("health_status:unhealthy", "health_status", "unhealthy"),
        ("rename", "rename", ""),
        ("", "", ""),
    ],
)
def test_what_follows_the_colon_is_the_detail(told: str, action: str, detail: str) -> None:
    found = event(Action=told)
    assert found is not None
    assert (found.action, found.detail) == (action, detail)


def test_time_in_seconds_stands_in_where_there_are_no_nanoseconds() -> None:
    found = event(time=1_790_000_000)
    assert found is not None
    assert found.time_ns == 1_790_000_000 * 10**9


def test_event_without_a_time_has_none() -> None:
    found = event()
    assert found is not None
    assert found.time_ns is None
    assert found.attributes == {}


@pytest.mark.parametrize(
    "parts",
    [
        {"Type": "image"},
        {"Type": ""},
        {"Actor": {}},
        {"Actor": {"ID": ""}},
        {"Actor": {"ID": "../../etc"}},
        {"Actor": {"ID": container_id(1).upper() + "F"}},
    ],
)
def test_what_concerns_no_container_that_can_be_named_is_no_event(parts: dict[str, Any]) -> None:
    assert event(**parts) is None
