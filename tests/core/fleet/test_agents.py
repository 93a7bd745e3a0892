"""What each change of an agent makes the stream say, and that what was said is always the whole truth."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from dockstats_core.errors import ConfigurationError
from dockstats_core.fleet.agents import Fleet, FleetHealth, UnknownAgentError
from dockstats_core.history.store import HistoryLimits
from dockstats_core.messages.agent import (
    MAX_COUNT,
    AgentMessage,
    AgentStatus,
    ContainerFacts,
    ContainerInventory,
    ContainerSample,
    ContainerStatsBatch,
)
from dockstats_core.messages.stream import (
    AgentBatch,
    AgentColumns,
    AgentConnection,
    AgentEntry,
    AgentEvents,
    AgentInventory,
    AgentList,
    ConnectionStatus,
    ContainerEvent,
    StreamMessage,
    codec,
)
from dockstats_core.messages.unusable import Unusable
from tests.builders import NOW, batch, container_id
from tests.vectors import entries

HERON = AgentEntry(id="heron", label="Heron", url="ws://10.0.0.1:8080/ws")
IBIS = AgentEntry(id="ibis", label="Ibis", url="ws://10.0.0.2:8080/ws")
CRANE = AgentEntry(id="crane", label="Crane", url="ws://10.0.0.3:8080/ws")


def fleet(*agents: AgentEntry, simulated: bool = False) -> Fleet:
    return Fleet(agents or (HERON, IBIS), now=NOW, simulated=simulated)


def after(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def status(name: str = "host-1", *, version: str = "1.2.3") -> AgentStatus:
    return AgentStatus(agent_id=name, sent_at=NOW, uptime_secs=1.0, version=version, features=["inventory"])


def inventory(name: str = "host-1", *containers: ContainerFacts) -> ContainerInventory:
    return ContainerInventory(agent_id=name, sent_at=NOW, containers=list(containers))


def sample(number: int = 1, *, cpu_pct: float | None = 12.5) -> ContainerSample:
    return ContainerSample(id=container_id(number), name=f"web-{number}", cpu_pct=cpu_pct)


def connect(birds: Fleet, *agent_ids: str) -> None:
    for agent_id in agent_ids:
        birds.connection_changed(agent_id, "connected", None, None, NOW)


def connections(messages: list[StreamMessage]) -> dict[str, AgentConnection]:
    """The statuses among the messages, by agent; each agent once."""
    found = [message for message in messages if isinstance(message, AgentConnection)]
    by_agent = {message.agent_id: message for message in found}
    assert len(by_agent) == len(found)
    return by_agent


def only_connection(messages: list[StreamMessage]) -> AgentConnection:
    (message,) = messages
    assert isinstance(message, AgentConnection)
    return message


def test_agent_list_names_every_agent_in_the_configured_order() -> None:
    assert fleet(IBIS, HERON).agent_list(NOW) == AgentList(
        ts=NOW, agents=[IBIS, HERON], simulated=False, started_at=NOW
    )
    assert fleet(simulated=True).agent_list(NOW).simulated


def test_two_agents_with_one_id_are_refused_by_name() -> None:
    with pytest.raises(ConfigurationError, match="two agents have the id 'heron'"):
        fleet(HERON, AgentEntry(id="heron", label="Other", url=""))


def test_agents_are_connecting_from_the_start() -> None:
    snapshot = fleet().snapshot(NOW)
    assert snapshot == [
        AgentList(ts=NOW, agents=[HERON, IBIS], started_at=NOW),
        AgentConnection(agent_id="heron", label="Heron", status="connecting", at=NOW),
        AgentConnection(agent_id="ibis", label="Ibis", status="connecting", at=NOW),
    ]


def test_snapshot_of_no_agents_is_the_empty_list() -> None:
    assert Fleet([], now=NOW).snapshot(NOW) == [AgentList(ts=NOW, agents=[], started_at=NOW)]


def test_lost_connection_is_told_with_reason_next_attempt_and_when_the_agent_was_last_heard() -> None:
    birds = fleet()
    connect(birds, "heron")
    birds.message_received("heron", batch(), after(3))
    told = birds.connection_changed("heron", "error", "silent for 15 s", after(20), after(18))
    assert only_connection(told) == AgentConnection(
        agent_id="heron",
        label="Heron",
        status="error",
        at=after(18),
        reason="silent for 15 s",
        retry_at=after(20),
        last_seen_at=after(3),
    )


def test_change_that_was_told_before_says_nothing() -> None:
    birds = fleet()
    assert birds.connection_changed("heron", "error", "refused", after(2), NOW)
    assert birds.connection_changed("heron", "error", "refused", after(2), after(1)) == []
    assert birds.connection_changed("heron", "error", "refused", after(5), after(3)), "another attempt is planned"


def test_agent_status_becomes_the_connections_version_and_features() -> None:
    birds = fleet()
    connect(birds, "heron")
    told = only_connection(birds.message_received("heron", status(version="2.0.0"), after(1)))
    assert (told.agent_version, told.features, told.last_seen_at) == ("2.0.0", ["inventory"], after(1))
    assert (told.status, told.at) == ("connected", NOW)


def test_batch_and_inventory_go_out_under_the_configured_id_and_label() -> None:
    birds = fleet()
    connect(birds, "heron")
    facts = inventory("host-1", ContainerFacts(id=container_id(1), name="web-1"))
    assert birds.message_received("heron", facts, after(1)) == [
        AgentInventory(agent_id="heron", label="Heron", payload=facts, received_at=after(1))
    ]
    figures = batch(agent_id="host-1", containers=[sample()])
    assert birds.message_received("heron", figures, after(2)) == [
        AgentBatch(agent_id="heron", label="Heron", payload=figures, received_at=after(2))
    ]


def test_snapshot_gives_inventories_before_batches_and_keeps_those_of_a_lost_agent() -> None:
    birds = fleet()
    connect(birds, "heron", "ibis")
    for agent_id in ("ibis", "heron"):
        birds.message_received(agent_id, batch(agent_id=agent_id), after(1))
        birds.message_received(agent_id, inventory(agent_id), after(2))
    birds.connection_changed("heron", "closed", "the agent closed the connection", after(5), after(4))
    assert [(type(message), getattr(message, "agent_id", None)) for message in birds.snapshot(after(4))] == [
        (AgentList, None),
        (AgentConnection, "heron"),
        (AgentConnection, "ibis"),
        (AgentInventory, "heron"),
        (AgentInventory, "ibis"),
        (AgentBatch, "heron"),
        (AgentBatch, "ibis"),
    ]


def test_batch_sent_again_says_nothing_and_is_one_point_of_history() -> None:
    birds = fleet()
    connect(birds, "heron")
    figures = batch(1, containers=[sample()])
    assert birds.message_received("heron", figures, NOW)
    again = batch(1, sent_at=after(1), containers=[sample()])
    assert birds.message_received("heron", again, after(1)) == []
    assert birds.history("heron", container_id(1), now=after(1)).at == [NOW.timestamp()]


def test_repeated_batch_still_shows_that_the_agent_is_alive() -> None:
    birds = fleet()
    connect(birds, "heron")
    for seconds in (1, 4):
        birds.message_received("heron", batch(), after(seconds))
    told = only_connection(birds.connection_changed("heron", "closed", None, None, after(9)))
    assert told.last_seen_at == after(4)


def test_agents_that_call_themselves_the_same_are_both_told_and_name_each_other() -> None:
    birds = fleet()
    connect(birds, "heron", "ibis")
    assert connections(birds.message_received("heron", batch(agent_id="twin"), NOW)) == {}
    told = birds.message_received("ibis", batch(agent_id="twin"), NOW)
    reasons = {agent_id: message.reason or "" for agent_id, message in connections(told).items()}
    assert reasons.keys() == {"heron", "ibis"}
    assert reasons["heron"].startswith("it calls itself 'twin', as does Ibis (ibis):")
    assert reasons["ibis"].startswith("it calls itself 'twin', as does Heron (heron):")
    assert {message.agent_id for message in birds.snapshot(NOW) if isinstance(message, AgentBatch)} == {"heron", "ibis"}


def test_clash_ends_when_one_of_the_two_is_lost() -> None:
    birds = fleet()
    connect(birds, "heron", "ibis")
    for agent_id in ("heron", "ibis"):
        birds.message_received(agent_id, batch(agent_id="twin"), NOW)
    told = connections(birds.connection_changed("ibis", "error", "refused", after(2), after(1)))
    assert (told["ibis"].reason, told["heron"].reason) == ("refused", None)


def test_clash_ends_when_one_of_the_two_takes_another_name() -> None:
    birds = fleet()
    connect(birds, "heron", "ibis")
    for agent_id in ("heron", "ibis"):
        birds.message_received(agent_id, status("twin"), NOW)
    told = birds.message_received("ibis", status("host-2"), after(1))
    assert {agent_id: message.reason for agent_id, message in connections(told).items()} == {
        "ibis": None,
        "heron": None,
    }


def test_clash_is_told_beside_the_connections_own_reason() -> None:
    birds = fleet()
    for agent_id in ("heron", "ibis"):
        birds.connection_changed(agent_id, "connected", "after 3 attempts", None, NOW)
        birds.message_received(agent_id, status("twin"), NOW)
    told = connections(birds.snapshot(NOW))["heron"]
    assert (told.reason or "").startswith("after 3 attempts; it calls itself 'twin'")


def test_clash_of_many_names_three_and_counts_the_rest() -> None:
    names = [AgentEntry(id=f"a{number}", label=f"A{number}", url="") for number in range(6)]
    birds = fleet(*names)
    for entry in names:
        connect(birds, entry.id)
        birds.message_received(entry.id, status("clone"), NOW)
    reason = connections(birds.snapshot(NOW))["a0"].reason or ""
    assert "as does A1 (a1), A2 (a2), A3 (a3) and 2 more:" in reason


def test_strangers_long_name_cannot_make_the_reason_too_long_to_send() -> None:
    birds = fleet(*(AgentEntry(id=f"{number}" * 900, label="L" * 900, url="") for number in range(3)))
    for entry in birds.agent_list(NOW).agents:
        connect(birds, entry.id)
        birds.message_received(entry.id, status("n" * 1024), NOW)
    for message in birds.snapshot(NOW):
        codec.decode(codec.encode(message))


def test_simulated_hosts_and_the_real_one_have_histories_of_their_own() -> None:
    birds = fleet()
    connect(birds, "heron", "ibis")
    birds.message_received("heron", batch(containers=[sample(cpu_pct=1.0)]), NOW)
    birds.message_received("ibis", batch(containers=[sample(cpu_pct=2.0)]), NOW)
    answers = {agent_id: birds.history(agent_id, container_id(1), now=NOW) for agent_id in ("heron", "ibis")}
    assert {agent_id: answer.columns["cpu_pct"] for agent_id, answer in answers.items()} == {
        "heron": [1.0],
        "ibis": [2.0],
    }


def test_history_from_a_time_on_leaves_out_what_was_before() -> None:
    birds = fleet()
    for sequence in range(1, 5):
        figures = batch(sequence, sent_at=after(sequence), containers=[sample()])
        birds.message_received("heron", figures, after(sequence))
    answer = birds.history("heron", now=after(4), since=after(3).timestamp())
    assert answer.at == [after(3).timestamp(), after(4).timestamp()]
    assert answer.columns["containers"] == [1, 1]


def test_history_of_a_container_never_seen_is_empty() -> None:
    assert fleet().history("heron", container_id(9), now=NOW).at == []


@pytest.mark.parametrize("ask", ["history", "message", "connection"])
def test_unknown_agent_is_refused_with_the_ids_there_are(ask: str) -> None:
    birds = fleet()
    asks: dict[str, Callable[[], object]] = {
        "history": lambda: birds.history("owl", now=NOW),
        "message": lambda: birds.message_received("owl", batch(), NOW),
        "connection": lambda: birds.connection_changed("owl", "connected", None, None, NOW),
    }
    with pytest.raises(UnknownAgentError, match=r"no agent has the id 'owl'; there are heron, ibis$"):
        asks[ask]()


def test_unknown_agent_of_an_empty_fleet_is_refused_too() -> None:
    with pytest.raises(UnknownAgentError, match="there are none"):
        Fleet([], now=NOW).history("x" * 100_000, now=NOW)


def test_summaries_tell_what_each_agent_is_and_last_said() -> None:
    birds = fleet()
    connect(birds, "heron")
    birds.message_received("heron", batch(agent_id="host-1", containers=[sample(1), sample(2)]), after(2))
    heron, ibis = birds.summaries()
    assert (heron.id, heron.label, heron.url, heron.calls_itself) == ("heron", "Heron", HERON.url, "host-1")
    assert (heron.connection.status, heron.batch_received_at, heron.containers) == ("connected", after(2), 2)
    assert (ibis.connection.status, ibis.calls_itself, ibis.batch_received_at, ibis.containers) == (
        "connecting",
        None,
        None,
        None,
    )


def test_health_counts_agents_and_history() -> None:
    birds = fleet()
    assert birds.health() == FleetHealth(
        agents=2, connected=0, newest_batch_at=None, unusable=0, history_series=0, history_bytes=0
    )
    connect(birds, "heron", "ibis")
    birds.message_received("ibis", batch(containers=[sample()]), after(1))
    birds.message_received("heron", batch(containers=[sample()]), after(2))
    birds.connection_changed("ibis", "closed", None, None, after(3))
    health = birds.health()
    assert (health.agents, health.connected, health.newest_batch_at) == (2, 1, after(2))
    assert health.history_series == 4, "a host and a container each"
    assert health.history_bytes > 0


def test_history_limits_are_the_fleets_to_give() -> None:
    birds = Fleet([HERON], now=NOW, history_limits=HistoryLimits(max_bytes=4_000))
    for sequence in range(1, 200):
        birds.message_received(
            "heron", batch(sequence, sent_at=after(sequence), containers=[sample()]), after(sequence)
        )
    assert 0 < birds.health().history_bytes <= 4_000


def paused(number: int = 1) -> ContainerFacts:
    return ContainerFacts(id=container_id(number), name=f"web-{number}", state="paused")


def running(number: int = 1) -> ContainerFacts:
    return ContainerFacts(id=container_id(number), name=f"web-{number}", state="running")


def events_of(messages: list[StreamMessage]) -> list[list[tuple[str, datetime]]]:
    """Kinds and times of each list of events among the messages."""
    lists = [message.events for message in messages if isinstance(message, AgentEvents)]
    return [[(event.kind, event.at) for event in events] for events in lists]


def test_what_happened_follows_the_inventory_that_shows_it_and_all_of_it_is_told_each_time() -> None:
    birds = fleet()
    connect(birds, "heron")
    assert events_of(birds.message_received("heron", inventory("host-1", running()), after(1))) == []
    told = birds.message_received("heron", inventory("host-1", paused()), after(2))
    assert [type(message) for message in told] == [AgentInventory, AgentEvents]
    assert events_of(told) == [[("pause", after(2))]]
    told = birds.message_received("heron", inventory("host-1", running()), after(3))
    assert events_of(told) == [[("pause", after(2)), ("unpause", after(3))]]
    assert events_of(birds.snapshot(after(4))) == events_of(told)


def test_kill_that_a_batch_counts_is_told_at_the_time_of_its_figures() -> None:
    birds = fleet()
    connect(birds, "heron")
    for number, kills in enumerate((0, 1), start=1):
        killed = ContainerSample(id=container_id(1), name="web-1", oom_kills=kills)
        told = birds.message_received(
            "heron", batch(number, sent_at=after(number), containers=[killed]), after(number + 0.5)
        )
    assert events_of(told) == [[("oom", after(2))]]


def test_kill_on_a_host_whose_clock_is_off_is_told_when_it_came() -> None:
    birds = fleet()
    for number, kills in enumerate((0, 1), start=1):
        killed = ContainerSample(id=container_id(1), name="web-1", oom_kills=kills)
        told = birds.message_received(
            "heron", batch(number, sent_at=after(number - 3600), containers=[killed]), after(number)
        )
    assert events_of(told) == [[("oom", after(2))]]


def test_what_changed_while_an_agent_was_away_is_not_told_as_if_it_happened_now() -> None:
    birds = fleet()
    connect(birds, "heron")
    birds.message_received("heron", inventory("host-1", running()), after(1))
    birds.connection_changed("heron", "error", "refused", None, after(2))
    connect(birds, "heron")
    assert events_of(birds.message_received("heron", inventory("host-1", paused()), after(3))) == []


def test_snapshot_gives_events_between_inventories_and_batches() -> None:
    birds = fleet(HERON)
    birds.message_received("heron", batch(), after(1))
    for facts in (running(), paused()):
        birds.message_received("heron", inventory("host-1", facts), after(2))
    assert [type(message) for message in birds.snapshot(after(3))] == [
        AgentList,
        AgentConnection,
        AgentInventory,
        AgentEvents,
        AgentBatch,
    ]


def test_columns_know_the_facts_of_their_containers() -> None:
    birds = fleet()
    limited = ContainerFacts(id=container_id(1), name="web-1", state="running", cpu_limit_cores=0.5)
    birds.message_received("heron", inventory("host-1", limited), after(1))
    slow = ContainerSample(id=container_id(1), name="web-1", cpu_pct=50.0, throttled_pct=60.0, throttled_time_pct=40.0)
    [told] = birds.message_received("heron", batch(containers=[slow]), after(2))
    assert isinstance(told, AgentBatch)
    columns = birds.columns(told)
    assert columns.columns["cpu_pct"] == [50]
    assert "0.5" in columns.diagnoses[container_id(1)[:12]].sentence


def test_moment_is_every_host_as_it_was_then() -> None:
    birds = fleet()
    connect(birds, "heron", "ibis")
    birds.message_received("heron", inventory("host-1", running()), after(1))
    birds.message_received("heron", batch(1, sent_at=after(2), containers=[sample(cpu_pct=1.0)]), after(2))
    birds.message_received("heron", inventory("host-1", running(), paused(2)), after(3))
    birds.message_received("heron", batch(2, sent_at=after(4), containers=[sample(cpu_pct=2.0)]), after(4))
    moment = birds.moment(after(2.5).timestamp(), after(60))
    assert (moment.at, moment.oldest) == (after(2.5).timestamp(), after(2).timestamp())
    agents, heron, facts, figures, ibis = moment.messages
    assert agents == birds.agent_list(after(2.5))
    assert connections([heron, ibis])["heron"].status == "connected"
    assert connections([heron, ibis])["ibis"].status == "closed"
    assert isinstance(facts, AgentInventory)
    assert facts.payload.containers == [running()]
    assert isinstance(figures, AgentColumns)
    assert figures.columns["cpu_pct"] == [1]


def test_moment_that_is_yet_to_come_is_now() -> None:
    birds = fleet(HERON)
    birds.message_received("heron", batch(1, sent_at=after(1), containers=[sample()]), after(1))
    moment = birds.moment(1e300, after(2))
    assert moment.at == after(2).timestamp()
    assert any(isinstance(message, AgentColumns) for message in moment.messages)


def test_moment_before_anything_was_known_has_no_figures() -> None:
    moment = fleet().moment(0.0, NOW)
    assert moment.oldest is None
    assert {message.status for message in connections(moment.messages).values()} == {"closed"}


# --- In what order existing programs speak --------------------------------------------------------------------------


def order_of_an_agent_at_connect(birds: Fleet) -> None:
    """Batches come at once, and its status up to 30 s later: they are taken without one."""
    connect(birds, "heron")
    assert birds.message_received("heron", batch(), after(1))
    assert only_connection(birds.message_received("heron", status(), after(30))).agent_version == "1.2.3"


def order_of_sequence_numbers(birds: Fleet) -> None:
    """Gaps, small steps back and a new start are news; the same number with a new time is none."""

    def is_news(sequence: int, seconds: float, cpu_pct: float) -> bool:
        figures = batch(sequence, sent_at=after(seconds), containers=[sample(cpu_pct=cpu_pct)])
        return birds.message_received("heron", figures, after(seconds)) != []

    assert is_news(418, 1, 5.0)
    assert not is_news(418, 2, 5.0), "sent again after a failed list"
    assert is_news(425, 3, 6.0), "after a gap"
    assert is_news(424, 4, 7.0), "queued after a later one"
    assert is_news(1, 5, 8.0), "after a restart"
    times = [after(seconds).timestamp() for seconds in (1, 3, 4, 5)]
    assert birds.history("heron", container_id(1), now=after(5)).at == times


def order_of_a_stream_at_connect(birds: Fleet) -> None:
    """The agent list first; ours goes on with all that holds, where the existing one waits for the next event."""
    connect(birds, "heron")
    birds.message_received("heron", batch(), after(1))
    assert [type(message) for message in birds.snapshot(after(2))] == [
        AgentList,
        AgentConnection,
        AgentConnection,
        AgentBatch,
    ]


ORDERS = {
    "order-agent-connect": order_of_an_agent_at_connect,
    "order-agent-sequence": order_of_sequence_numbers,
    "order-sse-connect": order_of_a_stream_at_connect,
}


@pytest.mark.parametrize("entry", entries("seed-protocol", "order"))
def test_order_in_which_existing_programs_speak_is_understood(entry: dict[str, str]) -> None:
    ORDERS[entry["id"]](fleet())


# --- Laws -----------------------------------------------------------------------------------------------------------

STATUSES: tuple[ConnectionStatus, ...] = ("connecting", "connected", "error", "closed")
Step = tuple[str, ConnectionStatus | AgentMessage]
steps: st.SearchStrategy[list[Step]] = st.lists(
    st.tuples(
        st.sampled_from([HERON.id, IBIS.id, CRANE.id]),
        st.one_of(
            st.sampled_from(STATUSES),
            st.sampled_from(["twin", "other"]).map(status),
            st.tuples(st.sampled_from(["twin", "other"]), st.lists(st.sampled_from([running(), paused(2)]))).map(
                lambda it: inventory(it[0], *it[1])
            ),
            st.tuples(st.sampled_from(["twin", "other"]), st.integers(1, 3)).map(
                lambda it: batch(it[1], agent_id=it[0])
            ),
        ),
    ),
    max_size=30,
)


@given(steps)
def test_newest_message_of_each_kind_and_agent_is_always_the_whole_state(story: list[Step]) -> None:
    """What a page has that was there from the beginning equals what one gets that joins at the end."""
    birds = fleet(HERON, IBIS, CRANE)
    page = {key(message): message for message in birds.snapshot(NOW)}
    for number, (agent_id, what) in enumerate(story):
        now = after(number)
        if isinstance(what, AgentStatus | ContainerInventory | ContainerStatsBatch):
            told = birds.message_received(agent_id, what, now)
        else:
            told = birds.connection_changed(agent_id, what, None, None, now)
        page.update((key(message), message) for message in told)
    joined = {key(message): message for message in birds.snapshot(NOW)}
    assert {place: without_last_seen(message) for place, message in page.items()} == {
        place: without_last_seen(message) for place, message in joined.items()
    }


def key(message: StreamMessage) -> tuple[str, str]:
    return type(message).__name__, getattr(message, "agent_id", "")


def without_last_seen(message: StreamMessage) -> StreamMessage:
    """A batch tells that the agent was heard, so the status is not said again only for that."""
    if isinstance(message, AgentConnection):
        return AgentConnection(
            agent_id=message.agent_id,
            label=message.label,
            status=message.status,
            at=message.at,
            reason=message.reason,
            retry_at=message.retry_at,
            agent_version=message.agent_version,
            features=message.features,
        )
    return message


# Strangers. ----------------------------------------------------------------------------------------------------------


def test_of_containers_with_one_id_only_the_first_is_shown_and_kept() -> None:
    birds = fleet()
    [inventories] = birds.message_received(
        "heron",
        inventory("host-1", *(ContainerFacts(id=container_id(1), name=name) for name in ("first", "second"))),
        after(1),
    )
    [told] = birds.message_received("heron", batch(containers=[sample(cpu_pct=1.0), sample(cpu_pct=9.0)]), after(1))
    assert isinstance(inventories, AgentInventory)
    assert [one.name for one in inventories.payload.containers] == ["first"]
    assert isinstance(told, AgentBatch)
    assert [one.cpu_pct for one in told.payload.containers] == [1.0]


@pytest.mark.parametrize("figure", [1e308, 5e-324, 0.0])
def test_figures_of_any_size_leave_every_answer_valid_json_for_a_browser(figure: float) -> None:
    birds = fleet()
    samples = [
        ContainerSample(
            id=container_id(number),
            name="huge",
            cpu_pct=figure,
            mem_bytes=MAX_COUNT,
            net_rx_bytes_per_sec=figure,
            oom_kills=MAX_COUNT,
            age_secs=figure,
        )
        for number in range(3)
    ]
    news = birds.message_received("heron", batch(containers=samples, sent_at=after(1)), after(1))
    [told] = [one for one in news if isinstance(one, AgentBatch)]
    now = after(2)
    answers = [
        codec.encode(told),
        codec.encode(birds.columns(told)),
        msgspec.json.encode(birds.history("heron", now=now)),
        msgspec.json.encode(birds.history("heron", container_id(1), now=now, step_s=10)),
        msgspec.json.encode(birds.sparklines(now.timestamp())),
        msgspec.json.encode(birds.moment(now.timestamp(), now)),
        msgspec.json.encode(birds.container("heron", container_id(1))),
    ]
    for answer in answers:
        json.loads(answer, parse_constant=pytest.fail)  # called for NaN and Infinity, which browsers refuse


@pytest.mark.parametrize("at", [datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)])
def test_times_from_the_ends_of_the_calendar_are_taken_for_a_clock_that_is_off(at: datetime) -> None:
    birds = fleet()
    facts = [
        ContainerFacts(id=container_id(1), name="web", state=state, started_at=at, finished_at=at, oom_killed=True)
        for state in ("running", "exited", "running")
    ]
    for place, one in enumerate(facts):
        birds.message_received("heron", structs.replace(inventory("host-1", one), sent_at=at), after(place))
        birds.message_received("heron", batch(place + 1, sent_at=at, containers=[sample()]), after(place))
    assert len(birds.history("heron", now=after(3)).at) == 3
    assert all(NOW <= event.at <= after(3) for message in birds.snapshot(after(3)) for event in events_in(message))
    assert birds.moment(after(2).timestamp(), after(3)).messages


def events_in(message: StreamMessage) -> list[ContainerEvent]:
    return message.events if isinstance(message, AgentEvents) else []


def test_numbers_that_go_back_and_times_that_go_back_lose_no_history_of_others() -> None:
    birds = fleet()
    birds.message_received("ibis", batch(1, agent_id="host-2", sent_at=NOW, containers=[sample()]), NOW)
    for place, sequence in enumerate([5, 3, 3, 1, 9, 2]):
        sent_at = after(-4 * (place % 2))
        birds.message_received("heron", batch(sequence, sent_at=sent_at, containers=[sample()]), after(place))
    assert len(birds.history("ibis", now=after(9)).at) == 1
    times = birds.history("heron", now=after(9)).at
    assert times == sorted(set(times))


def test_what_could_not_be_used_is_told_of_its_agent_and_in_all() -> None:
    birds = fleet()
    assert birds.could_not_use("heron", Unusable(malformed=2, unknown_types=5)) == [
        "messages that are none of the protocol's"
    ]
    assert birds.could_not_use("heron", Unusable(malformed=2, unknown_types=9)) == [], "a newer agent is honest"
    assert birds.could_not_use("ibis", Unusable(held_back=1, broken=1)) == [
        "more at a time than is read, so it has to wait"
    ]
    assert [one.unusable.malformed for one in birds.summaries()] == [2, 0]
    assert birds.health().unusable == 12
