"""What is kept of one agent's connection, and what of it is news."""

from __future__ import annotations

from datetime import timedelta

from dockstats_core.containers import MAX_TEXT
from dockstats_core.fleet.status import ConnectionRecord
from dockstats_core.messages.agent import AgentStatus
from dockstats_core.messages.stream import AgentEntry
from tests.builders import NOW

HERON = AgentEntry(id="heron", label="Heron", url="ws://10.0.0.1:8080/ws")
LATER = NOW + timedelta(seconds=5)


def record() -> ConnectionRecord:
    return ConnectionRecord(HERON, NOW)


def test_time_of_a_status_is_when_it_began_not_when_its_reason_changed() -> None:
    connection = record()
    assert connection.changed("error", "refused", LATER, NOW)
    assert connection.changed("error", "no route to host", LATER, LATER)
    assert (connection.message().at, connection.message().reason) == (NOW, "no route to host")


def test_connected_counts_as_seen() -> None:
    connection = record()
    connection.changed("connected", None, None, LATER)
    assert connection.last_seen_at == LATER
    assert connection.is_connected


def test_name_it_calls_itself_is_forgotten_with_the_connection_and_its_version_is_not() -> None:
    connection = record()
    connection.changed("connected", None, None, NOW)
    connection.calls_itself = "host-1"
    connection.introduced(AgentStatus(agent_id="host-1", sent_at=NOW, uptime_secs=1.0, version="1.0", features=["a"]))
    connection.changed("closed", "bye", None, LATER)
    assert not connection.is_connected
    assert [connection.calls_itself] == [None]
    assert (connection.message().agent_version, connection.message().features) == ("1.0", ["a"])


def test_endless_reason_is_cut_before_it_is_compared_and_shown() -> None:
    connection = record()
    assert connection.changed("error", "x" * 10_000, None, NOW)
    assert not connection.changed("error", "x" * 20_000, None, NOW)
    connection.clash = "y" * 10_000
    assert len(connection.message().reason or "") == MAX_TEXT
