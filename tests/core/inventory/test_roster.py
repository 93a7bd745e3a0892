"""The roster's promises: what a list, an inspection and an event each tell, and what they may never undo."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dockstats_core.containers import MAX_TEXT, Container
from dockstats_core.engine.events import EngineEvent
from dockstats_core.engine.models import ContainerDetails, ContainerSummary
from dockstats_core.inventory.roster import Roster, is_hidden
from dockstats_core.messages.agent import MAX_CONTAINERS
from tests.builders import container_id

ONE = container_id(1)
AT = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
AT_NS = round(AT.timestamp()) * 10**9


def summary(number: int = 1, name: str = "web", **fields: Any) -> ContainerSummary:
    """One entry of a list."""
    body = {"Id": container_id(number), "Names": [f"/{name}"], "Image": "nginx:1", "State": "running", **fields}
    return msgspec.convert(body, ContainerSummary)


def details(
    number: int = 1,
    name: str = "web",
    *,
    state: dict[str, Any] | None = None,
    config: dict[str, Any] | None = None,
    host_config: dict[str, Any] | None = None,
    **fields: Any,
) -> ContainerDetails:
    """One inspection."""
    body = {
        "Id": container_id(number),
        "Name": f"/{name}",
        "State": {"Status": "running", **(state or {})},
        "Config": {"Image": "nginx:1", **(config or {})},
        "HostConfig": host_config or {},
        **fields,
    }
    return msgspec.convert(body, ContainerDetails)


def event(action: str, number: int = 1, *, detail: str = "", **attributes: str) -> EngineEvent:
    """Something that happened at AT."""
    return EngineEvent(id=container_id(number), action=action, detail=detail, attributes=attributes, time_ns=AT_NS)


def listed(*summaries: ContainerSummary) -> Roster:
    """A roster after one list."""
    roster = Roster()
    roster.apply_list(summaries)
    return roster


def inspected(known: ContainerDetails) -> Container:
    """What one inspection makes of a container."""
    roster = Roster()
    roster.apply_inspection(known)
    [container] = roster.containers
    return container


def names(roster: Roster) -> list[str]:
    return [container.name for container in roster.containers]


# Labels. -------------------------------------------------------------------------------------------------------------


LABELS = {"tier": "front", "secret": "s3cret", "com.docker.compose.project": "shop"}


@pytest.mark.parametrize("asked", [(), ("tier", "none-has-it")])
def test_only_labels_that_were_asked_for_are_known(asked: tuple[str, ...]) -> None:
    wanted = {"tier": "front"} if asked else {}
    roster = Roster(labels=asked)
    roster.apply_list([summary(Labels=LABELS)])
    assert roster.containers[0].labels == wanted
    roster.apply_inspection(details(config={"Labels": LABELS}))
    assert roster.containers[0].labels == wanted
    assert roster.containers[0].compose_project == "shop"


def test_a_label_of_a_stranger_is_bounded() -> None:
    roster = Roster(labels=["tier"])
    roster.apply_list([summary(Labels={"tier": "x" * 10_000})])
    assert len(roster.containers[0].labels["tier"]) == MAX_TEXT


# Lists. --------------------------------------------------------------------------------------------------------------


def test_a_list_shows_its_containers_by_name_and_asks_for_their_inspection() -> None:
    roster = Roster()
    to_inspect = roster.apply_list([summary(2, "web"), summary(1, "db", State="exited")])
    assert names(roster) == ["db", "web"]
    assert sorted(to_inspect) == [container_id(1), container_id(2)]
    assert [container.name for container in roster.counted] == ["web"]
    assert roster.by_state() == {"exited": 1, "running": 1}


def test_a_list_takes_out_what_it_no_longer_names() -> None:
    roster = listed(summary(1, "web"), summary(2, "db"))
    assert roster.apply_list([summary(2, "db")]) == []
    assert names(roster) == ["db"]
    assert not roster.knows(ONE)


def test_the_same_list_again_changes_nothing() -> None:
    roster = listed(summary(1, "web"), summary(2, "db"))
    before = roster.version, roster.containers
    assert roster.apply_list([summary(1, "web"), summary(2, "db")]) == []
    assert (roster.version, roster.containers) == before


@pytest.mark.parametrize("change", [{"State": "paused"}, {"Names": ["/api"]}])
def test_a_list_that_tells_a_change_asks_for_an_inspection(change: dict[str, Any]) -> None:
    roster = listed(summary())
    version = roster.version
    assert roster.apply_list([summary(**change)]) == [ONE]
    assert roster.version > version


def test_a_list_keeps_what_only_an_inspection_tells() -> None:
    roster = listed(summary())
    roster.apply_inspection(details(host_config={"Memory": 2**20}, RestartCount=3))
    roster.apply_list([summary(State="paused")])
    [container] = roster.containers
    assert (container.state, container.mem_limit_bytes, container.restart_count) == ("paused", 2**20, 3)


def test_an_image_whose_tag_moved_on_keeps_the_name_it_was_created_from() -> None:
    roster = listed(summary())
    roster.apply_inspection(details())
    assert roster.apply_list([summary(Image="sha256:0123")]) == []
    assert roster.containers[0].image == "nginx:1"


def test_a_list_tells_nothing_about_containers_with_newer_news() -> None:
    roster = listed(summary(1, "web"), summary(2, "db"))
    roster.remove(container_id(2))
    roster.apply_event(event("die", 1, exitCode="0"))
    roster.apply_inspection(details(3, "new"))
    newer = [container_id(number) for number in (1, 2, 3)]
    assert roster.apply_list([summary(1, "web"), summary(2, "db")], except_for=newer) == []
    assert {container.name: container.state for container in roster.containers} == {"web": "exited", "new": "running"}


@pytest.mark.parametrize("bad", ["", "../../etc", "ABCDEF012345", "12345", "g" * 64, "0" * 65])
def test_what_has_no_proper_id_never_enters(bad: str) -> None:
    roster = listed(summary(Id=bad))
    roster.apply_inspection(details(Id=bad))
    assert names(roster) == []


def test_a_container_without_a_name_is_called_by_its_short_id() -> None:
    assert names(listed(summary(Names=None))) == [ONE[:12]]
    assert inspected(details(name="")).name == ONE[:12]


def test_a_containers_own_name_is_taken_and_not_a_links() -> None:
    assert names(listed(summary(Names=["/client/db", "/db"]))) == ["db"]
    assert names(listed(summary(Names=["/client/db"]))) == ["client/db"]


def test_names_and_images_of_strangers_are_bounded() -> None:
    container = inspected(details(name="x" * 10_000, config={"Image": "y" * 10_000}))
    assert len(container.name) == len(container.image or "") == MAX_TEXT


# Hiding. -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("labels", "hidden"),
    [
        ({"dockstats.hide": "true"}, True),
        ({"dockstats.hide": " True "}, True),
        ({"dockstats.hide": "false"}, False),
        ({"dockstats.hide": ""}, False),
        ({"hide": "true"}, False),
        ({}, False),
        (None, False),
    ],
)
def test_a_label_hides_a_container(labels: dict[str, str] | None, hidden: bool) -> None:
    assert is_hidden(labels) is hidden
    assert names(listed(summary(Labels=labels))) == ([] if hidden else ["web"])


def test_a_hidden_container_is_not_even_inspected() -> None:
    roster = Roster()
    hide = {"dockstats.hide": "true"}
    assert roster.apply_list([summary(Labels=hide)]) == []
    assert roster.apply_event(event("start", 1, **hide)) == []
    roster.apply_inspection(details(config={"Labels": hide}))
    assert names(roster) == []
    assert roster.version == 0


def test_a_container_that_only_its_inspection_shows_hidden_is_taken_out() -> None:
    roster = listed(summary())
    roster.apply_inspection(details(config={"Labels": {"dockstats.hide": "true"}}))
    assert names(roster) == []


# Inspections. --------------------------------------------------------------------------------------------------------


def test_an_inspection_tells_everything() -> None:
    known = inspected(
        details(
            state={
                "Status": "running",
                "OOMKilled": False,
                "Pid": 4242,
                "ExitCode": 0,
                "StartedAt": "2026-11-24T12:00:00.5Z",
                "FinishedAt": "0001-01-01T00:00:00Z",
                "Health": {"Status": "healthy"},
            },
            config={"Labels": {"com.docker.compose.project": "shop", "com.docker.compose.service": "front"}},
            host_config={
                "NanoCpus": 1_500_000_000,
                "Memory": 2**30,
                "PidsLimit": 100,
                "NetworkMode": "bridge",
                "CgroupParent": "batch.slice",
            },
            RestartCount=2,
        )
    )
    assert known == Container(
        id=ONE,
        name="web",
        image="nginx:1",
        state="running",
        health="healthy",
        compose_project="shop",
        compose_service="front",
        started_at=AT.replace(microsecond=500_000),
        finished_at=None,
        restart_count=2,
        exit_code=None,
        oom_killed=False,
        cpu_limit_cores=1.5,
        mem_limit_bytes=2**30,
        pids_limit=100,
        network_mode="bridge",
        pid=4242,
        cgroup_parent="batch.slice",
    )


def test_a_container_without_a_cgroup_parent_of_its_own_has_none() -> None:
    assert inspected(details(host_config={"CgroupParent": ""})).cgroup_parent is None
    assert inspected(details()).cgroup_parent is None


def test_a_list_keeps_the_cgroup_parent_of_an_inspection() -> None:
    roster = Roster()
    roster.apply_inspection(details(host_config={"CgroupParent": "/batch"}))
    roster.apply_list([summary(State="paused")])
    assert [one.cgroup_parent for one in roster.containers] == ["/batch"]


@pytest.mark.parametrize(
    ("host_config", "cores"),
    [
        ({"NanoCpus": 250_000_000}, 0.25),
        ({"CpuQuota": 150_000, "CpuPeriod": 100_000}, 1.5),
        ({"CpuQuota": 50_000}, 0.5),
        ({"CpuQuota": 50_000, "CpuPeriod": 0}, 0.5),
        ({"NanoCpus": 0, "CpuQuota": -1}, None),
        ({"NanoCpus": 10**400}, None),
        ({}, None),
    ],
)
def test_a_cpu_limit_is_cores_however_it_was_set(host_config: dict[str, int], cores: float | None) -> None:
    assert inspected(details(host_config=host_config)).cpu_limit_cores == cores


@pytest.mark.parametrize("none", [0, -1, None, 2**63 - 1, 2**64 - 1])
def test_all_of_an_engines_ways_to_say_no_limit_are_none(none: int | None) -> None:
    known = inspected(details(host_config={"Memory": none, "PidsLimit": none}))
    assert known.mem_limit_bytes is known.pids_limit is None


@pytest.mark.parametrize("nonsense", [-1, 10**30])
def test_a_restart_count_that_cannot_be_is_unknown(nonsense: int) -> None:
    assert inspected(details(RestartCount=nonsense)).restart_count is None


@pytest.mark.parametrize("nonsense", [10**30, -(10**30), 10**400])
def test_an_exit_code_that_no_system_has_is_unknown(nonsense: int) -> None:
    assert inspected(details(state={"Status": "exited", "ExitCode": nonsense})).exit_code is None


@pytest.mark.parametrize(
    ("word", "code"), [("running", None), ("paused", None), ("restarting", None), ("created", None), ("exited", 137)]
)
def test_an_exit_code_is_the_last_runs_and_there_is_none_while_it_runs(word: str, code: int | None) -> None:
    assert inspected(details(state={"Status": word, "ExitCode": 137})).exit_code == code


@pytest.mark.parametrize("none", [None, {"Status": ""}, {"Status": "none"}, {"Status": None}])
def test_a_container_without_a_health_check_has_no_health(none: dict[str, object] | None) -> None:
    assert inspected(details(state={"Health": none})).health is None


def test_a_shared_network_is_told_by_its_containers_name() -> None:
    roster = listed(summary(1, "proxy"), summary(2, "app", HostConfig={"NetworkMode": f"container:{ONE}"}))
    app, proxy = roster.containers
    assert (app.network_of, proxy.network_of) == ("proxy", None)
    roster.apply_event(event("rename", 1, name="gateway"))
    assert roster.containers[0].network_of == "gateway"
    roster.remove(ONE)
    assert roster.containers[0].network_of is None


# Events. -------------------------------------------------------------------------------------------------------------


def after(happened: EngineEvent, **state: Any) -> Container:
    """A running container after one event."""
    roster = listed(summary())
    roster.apply_inspection(details(state={"Pid": 4242, **state}))
    assert roster.apply_event(happened) == [ONE]
    [container] = roster.containers
    return container


def test_a_death_shows_with_its_exit_code() -> None:
    died = after(event("die", exitCode="137"))
    assert (died.state, died.exit_code, died.finished_at, died.pid) == ("exited", 137, AT, None)
    assert not died.is_counted


@pytest.mark.parametrize("attributes", [{}, {"exitCode": "nine"}])
def test_a_death_without_a_usable_exit_code_leaves_it_unknown(attributes: dict[str, str]) -> None:
    died = after(event("die", 1, **attributes))
    assert (died.state, died.exit_code) == ("exited", None)


def test_a_start_forgets_how_the_last_run_ended() -> None:
    started = after(event("start"), Status="exited", ExitCode=1, Health={"Status": "unhealthy"})
    assert (started.state, started.exit_code, started.health, started.started_at) == ("running", None, None, AT)


def test_a_start_without_a_time_keeps_the_known_one() -> None:
    happened = msgspec.structs.replace(event("start"), time_ns=None)
    assert after(happened, StartedAt="2026-11-24T12:00:00Z").started_at == AT


def test_a_pause_and_its_end_show() -> None:
    assert after(event("pause")).state == "paused"
    assert after(event("unpause"), Status="paused").state == "running"


def test_a_rename_shows_at_once() -> None:
    assert after(event("rename", name="api", oldName="/web")).name == "api"
    assert after(event("rename")).name == "web"


def test_health_shows_at_once() -> None:
    assert after(event("health_status", detail="unhealthy")).health == "unhealthy"
    assert after(event("health_status"), Health={"Status": "healthy"}).health == "healthy"


def test_running_out_of_memory_shows() -> None:
    assert after(event("oom")).oom_killed


def test_new_limits_are_asked_for() -> None:
    assert after(event("update")) == after(event("create"))


def test_a_destroyed_container_is_gone_and_not_asked_for() -> None:
    roster = listed(summary())
    assert roster.apply_event(event("destroy")) == []
    assert names(roster) == []


def test_container_that_ended_and_is_removed_at_once_is_shown_until_it_was_told() -> None:
    roster = listed(summary())
    roster.apply_event(event("die", exitCode="3"))
    roster.apply_event(event("destroy"))
    [shown] = roster.containers
    assert (shown.state, shown.exit_code, roster.by_state(), list(roster.counted)) == ("exited", 3, {"exited": 1}, [])
    assert not roster.knows(ONE)
    version = roster.version
    roster.told()
    assert names(roster) == []
    assert roster.version > version


def test_list_without_a_container_that_ended_may_come_before_the_event_that_it_is_gone() -> None:
    roster = listed(summary())
    roster.apply_event(event("die", exitCode="3"))
    roster.apply_list([])
    assert [shown.exit_code for shown in roster.containers] == [3]
    roster.told()
    assert roster.apply_event(event("destroy")) == []
    assert names(roster) == []


def test_container_whose_end_was_told_or_that_nobody_saw_end_goes_at_once() -> None:
    ended, alive = listed(summary()), listed(summary())
    ended.apply_event(event("die", exitCode="3"))
    ended.told()
    for roster in (ended, alive):
        roster.apply_event(event("destroy"))
        assert names(roster) == []


def test_hidden_container_that_ended_goes_at_once() -> None:
    roster = listed(summary())
    roster.apply_event(event("die", exitCode="3"))
    roster.apply_inspection(details(config={"Labels": {"dockstats.hide": "true"}}))
    assert names(roster) == []


def test_news_of_an_unknown_container_ask_for_its_inspection() -> None:
    roster = Roster()
    assert roster.apply_event(event("create")) == [ONE]
    assert names(roster) == []


@pytest.mark.parametrize("action", ["exec_start", "exec_die", "top", "attach", "kill", "resize", "a word of 2040"])
def test_what_changes_nothing_asks_for_nothing(action: str) -> None:
    roster = listed(summary())
    version = roster.version
    assert roster.apply_event(event(action)) == []
    assert roster.version == version


NUMBERS = st.integers(1, 4)
STATES = st.sampled_from(["created", "running", "paused", "exited"])
SUMMARIES = st.lists(st.builds(lambda n, s: summary(n, f"c{n}", State=s), NUMBERS, STATES), max_size=4)
STEPS = st.one_of(
    SUMMARIES,
    st.builds(lambda n, s: details(n, f"c{n}", state={"Status": s}), NUMBERS, STATES),
    st.builds(
        lambda a, n: event(a, n), st.sampled_from(["start", "die", "pause", "rename", "destroy", "oom", "top"]), NUMBERS
    ),
)


@given(st.lists(STEPS, max_size=30))
def test_the_version_grows_exactly_when_something_shows_differently(steps: list[Any]) -> None:
    roster = Roster()
    for step in steps:
        roster.told()  # so that nobody stays for that
        version, shown = roster.version, list(roster.containers)
        if isinstance(step, list):
            roster.apply_list(step)
            assert {container.id for container in roster.containers} == {one.id for one in step}
        elif isinstance(step, ContainerDetails):
            roster.apply_inspection(step)
        else:
            roster.apply_event(step)
        if list(roster.containers) != shown:
            assert roster.version > version
        if roster.version == version:
            assert list(roster.containers) == shown
        assert list(roster.counted) == [container for container in roster.containers if container.is_counted]
        assert sum(roster.by_state().values()) == len(roster.containers)


# Strangers' numbers. -------------------------------------------------------------------------------------------------


def test_of_more_containers_than_a_message_holds_those_that_run_are_known() -> None:
    roster = Roster()
    stopped = [summary(number, f"old-{number}", State="exited") for number in range(MAX_CONTAINERS)]
    running = [summary(MAX_CONTAINERS + number, f"web-{number}") for number in range(5)]
    roster.apply_list([*stopped, *running])
    assert len(roster.containers) == MAX_CONTAINERS
    assert len(roster.counted) == 5
    assert roster.left_out == 5
    roster.apply_list(running)
    assert len(roster.containers) == 5
    assert roster.left_out == 0


def test_inspections_of_containers_without_end_fill_no_memory() -> None:
    roster = listed(*(summary(number, f"web-{number}") for number in range(MAX_CONTAINERS)))
    for number in range(MAX_CONTAINERS, MAX_CONTAINERS + 10):
        roster.apply_inspection(details(number, f"web-{number}"))
    assert len(roster.containers) == MAX_CONTAINERS
    roster.apply_inspection(details(1, "renamed"))
    assert "renamed" in names(roster)
