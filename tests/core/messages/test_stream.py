"""What the dashboard says on its stream: the fixed names hold, and every message reads back as it was."""

from __future__ import annotations

import json
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dockstats_core.errors import MalformedMessageError
from dockstats_core.messages import agent
from dockstats_core.messages.stream import (
    MAX_EVENTS,
    SHORT_ID_CHARS,
    AgentBatch,
    AgentColumns,
    AgentConnection,
    AgentEntry,
    AgentEvents,
    AgentInventory,
    AgentList,
    Cause,
    ColumnName,
    ContainerEvent,
    EventKind,
    StreamMessage,
    codec,
)
from tests.builders import NOW, batch
from tests.core.messages.test_agent import holds
from tests.generated import any_of
from tests.vectors import entries

TO_PAGES = [entry for entry in entries("seed-protocol", "message") if "to page" in entry.values[0]["direction"]]
NOT_OURS = {"history"}  # the existing dashboard repeats half an hour with every batch; ours is asked for it


@pytest.mark.parametrize("entry", TO_PAGES)
def test_recorded_message_of_an_existing_dashboard_is_said_under_the_same_names(entry: dict[str, Any]) -> None:
    recorded = {name: value for name, value in entry["input"]["message"].items() if name not in NOT_OURS}
    assert holds(json.loads(codec.encode(codec.decode(json.dumps(recorded)))), recorded)


def test_all_recorded_messages_are_of_an_agent_or_a_dashboard() -> None:
    agents = [entry for entry in entries("seed-protocol", "message") if "agent to" in entry.values[0]["direction"]]
    assert len(agents) + len(TO_PAGES) == len(entries("seed-protocol", "message"))


# Names that pages and scripts speak: a change of this table breaks them.
@pytest.mark.parametrize(
    ("message", "names"),
    [
        (
            AgentList(ts=NOW, agents=[AgentEntry(id="heron", label="Heron", url="ws://a/ws")]),
            {"type", "ts", "agents"},
        ),
        (
            AgentConnection(agent_id="heron", label="Heron", status="connecting", at=NOW),
            {"type", "agent_id", "label", "status", "at"},
        ),
        (
            AgentBatch(agent_id="heron", label="Heron", payload=batch(), received_at=NOW),
            {"type", "agent_id", "label", "payload", "received_at"},
        ),
        (
            AgentInventory(
                agent_id="heron",
                label="Heron",
                payload=agent.ContainerInventory(agent_id="h", sent_at=NOW, containers=[]),
                received_at=NOW,
            ),
            {"type", "agent_id", "label", "payload", "received_at"},
        ),
        (
            AgentColumns(
                agent_id="heron",
                label="Heron",
                received_at=NOW,
                sent_at=NOW,
                sequence=1,
                ids=[],
                names=[],
                columns={},
                stale=[],
                unknown=[],
                agent_metrics=agent.AgentMetrics(),
            ),
            {"type", "agent_id", "label", "received_at", "sent_at", "ids", "names", "columns", "stale", "unknown"},
        ),
        (
            AgentEvents(
                agent_id="heron",
                label="Heron",
                events=[ContainerEvent(at=NOW, kind="start", id="0" * SHORT_ID_CHARS, name="web-1")],
            ),
            {"type", "agent_id", "label", "events"},
        ),
    ],
    ids=lambda it: type(it).__name__ if not isinstance(it, set) else "",
)
def test_fixed_names_are_always_said(message: StreamMessage, names: set[str]) -> None:
    said = json.loads(codec.encode(message))
    assert said.keys() >= names


def test_agents_of_the_list_have_id_label_and_url_and_nothing_else() -> None:
    said = json.loads(codec.encode(AgentList(ts=NOW, agents=[AgentEntry(id="heron", label="Heron", url="")])))
    assert said["agents"] == [{"id": "heron", "label": "Heron", "url": ""}]


def test_payload_is_the_agents_own_message_with_its_type() -> None:
    said = json.loads(codec.encode(AgentBatch(agent_id="agent-1", label="A", payload=batch(), received_at=NOW)))
    assert agent.codec.decode(json.dumps(said["payload"])) == batch()


def test_payload_of_another_type_is_refused() -> None:
    said = json.loads(codec.encode(AgentBatch(agent_id="agent-1", label="A", payload=batch(), received_at=NOW)))
    said["payload"]["type"] = "container_inventory"
    with pytest.raises(MalformedMessageError, match="payload"):
        codec.decode(json.dumps(said))


def test_status_that_is_not_one_of_the_four_is_refused() -> None:
    said = codec.encode(AgentConnection(agent_id="heron", label="Heron", status="closed", at=NOW))
    with pytest.raises(MalformedMessageError, match="status"):
        codec.decode(said.replace(b'"closed"', b'"asleep"'))


def test_same_type_means_another_message_to_agents_and_to_pages() -> None:
    """Both protocols have an `agent_status`: neither is taken for the other."""
    with pytest.raises(MalformedMessageError):
        codec.decode(agent.codec.encode(agent.AgentStatus(agent_id="a", sent_at=NOW, uptime_secs=1.0, version="1")))
    with pytest.raises(MalformedMessageError):
        agent.codec.decode(codec.encode(AgentConnection(agent_id="a", label="A", status="closed", at=NOW)))


def test_more_events_than_the_bound_are_refused() -> None:
    event = ContainerEvent(at=NOW, kind="start", id="0" * SHORT_ID_CHARS, name="web-1")
    codec.decode(codec.encode(AgentEvents(agent_id="a", label="A", events=[event] * MAX_EVENTS)))
    with pytest.raises(MalformedMessageError, match="length"):
        codec.decode(codec.encode(AgentEvents(agent_id="a", label="A", events=[event] * (MAX_EVENTS + 1))))


@pytest.mark.parametrize("words", [Cause, EventKind, ColumnName], ids=["causes", "events", "columns"])
def test_words_that_may_grow_have_room_on_the_wire(words: object) -> None:
    assert all(len(word) <= 64 for word in get_args(words))


def test_columns_are_named_as_the_figures_of_a_sample() -> None:
    nested = {name for name in get_args(ColumnName) if name.endswith("_pressure_pct")}
    fields = set(agent.ContainerSample.__struct_fields__)
    assert set(get_args(ColumnName)) - nested <= fields
    assert {name.removesuffix("_pct") for name in nested} <= fields


@given(
    st.one_of(
        any_of(AgentList),
        any_of(AgentConnection),
        any_of(AgentBatch),
        any_of(AgentColumns),
        any_of(AgentInventory),
        any_of(AgentEvents),
    )
)
def test_every_message_reads_back_as_it_was(message: StreamMessage) -> None:
    assert codec.decode(codec.encode(message)) == message
