"""Which batch is a new one, and that the newest of each kind is kept."""

from __future__ import annotations

from datetime import timedelta

from dockstats_core.fleet.latest import Latest
from dockstats_core.messages.agent import ContainerFacts, ContainerInventory, ContainerSample
from dockstats_core.messages.stream import AgentBatch, AgentEntry, AgentEvents, ContainerEvent
from tests.builders import NOW, batch, container_id

HERON = AgentEntry(id="heron", label="Heron", url="ws://10.0.0.1:8080/ws")
LATER = NOW + timedelta(seconds=1)


def samples(cpu_pct: float) -> list[ContainerSample]:
    return [ContainerSample(id=container_id(1), name="web-1", cpu_pct=cpu_pct)]


def test_nothing_is_known_before_anything_came() -> None:
    latest = Latest(HERON)
    assert (latest.inventory, latest.batch, latest.events) == (None, None, None)
    assert latest.facts == {}


def test_newest_of_each_kind_is_kept_under_the_configured_name() -> None:
    latest = Latest(HERON)
    first = latest.take_inventory(ContainerInventory(agent_id="host-1", sent_at=NOW, containers=[]), NOW)
    second = latest.take_inventory(ContainerInventory(agent_id="host-1", sent_at=LATER, containers=[]), LATER)
    assert latest.inventory is second
    assert (first.agent_id, first.label) == ("heron", "Heron")
    assert latest.take_batch(batch(2), LATER) is latest.batch
    assert latest.batch == AgentBatch(agent_id="heron", label="Heron", payload=batch(2), received_at=LATER)


def test_facts_are_those_of_the_newest_inventory() -> None:
    latest = Latest(HERON)
    for name in ("web", "web-1"):
        facts = ContainerFacts(id=container_id(1), name=name)
        latest.take_inventory(ContainerInventory(agent_id="host-1", sent_at=NOW, containers=[facts]), NOW)
    assert latest.facts == {container_id(1): ContainerFacts(id=container_id(1), name="web-1")}


def test_newest_events_are_kept_under_the_configured_name() -> None:
    latest = Latest(HERON)
    happened = [ContainerEvent(at=NOW, kind="start", id=container_id(1), name="web-1")]
    assert latest.take_events([]) is not latest.take_events(happened)
    assert latest.events == AgentEvents(agent_id="heron", label="Heron", events=happened)


def test_same_batch_again_is_not_taken_and_keeps_its_first_time() -> None:
    latest = Latest(HERON)
    latest.take_batch(batch(7, containers=samples(1.0)), NOW)
    assert latest.take_batch(batch(7, containers=samples(1.0)), LATER) is None
    assert latest.batch is not None
    assert latest.batch.received_at == NOW


def test_old_figures_under_a_new_time_are_not_taken() -> None:
    latest = Latest(HERON)
    latest.take_batch(batch(7, containers=samples(1.0)), NOW)
    assert latest.take_batch(batch(7, sent_at=LATER, containers=samples(1.0)), LATER) is None


def test_restarted_agent_that_counts_from_1_again_is_taken() -> None:
    latest = Latest(HERON)
    latest.take_batch(batch(1, containers=samples(1.0)), NOW)
    assert latest.take_batch(batch(1, sent_at=LATER, containers=samples(2.0)), LATER) is not None


def test_another_agent_at_the_same_address_is_taken() -> None:
    latest = Latest(HERON)
    latest.take_batch(batch(1, agent_id="host-1"), NOW)
    assert latest.take_batch(batch(1, agent_id="host-2"), LATER) is not None
