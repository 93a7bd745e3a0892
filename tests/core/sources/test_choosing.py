"""Choosing a source: what the engine does decides, one odd container does not, and the reason is told."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import anyio
import pytest

from dockstats_core.containers import Container
from dockstats_core.engine.api import EngineClient
from dockstats_core.errors import ConfigurationError
from dockstats_core.program.values import SourceChoice
from dockstats_core.sources.cgroup.source import CgroupSource
from dockstats_core.sources.choosing import Choice, ProbeLimits, choose
from tests import faults
from tests.cgroup_trees import Machine
from tests.descriptors import open_files
from tests.fake_containers import FakeContainer
from tests.fake_engine import FakeEngine
from tests.fake_http import Fault


async def chosen(
    engine: FakeEngine,
    containers: Sequence[FakeContainer],
    asked_for: SourceChoice = "auto",
    *,
    limits: ProbeLimits | None = None,
    cgroup: CgroupSource | None = None,
) -> Choice | None:
    """What is chosen, with the engine's own time."""
    known = [known_of(one) for one in containers]
    async with EngineClient(engine.endpoint) as client:
        await client.connect()
        with anyio.fail_after(20):
            return await choose(
                client,
                asked_for,
                known,
                max_workers=4,
                cgroup=cgroup,
                limits=limits,
                clock_ns=lambda: engine.now_ns,
            )


def known_of(one: FakeContainer) -> Container:
    return Container(id=one.id, name=one.name, state=one.state)


def tell(choice: Choice | None) -> tuple[str, str]:
    assert choice is not None
    return choice.source.name, choice.reason


@pytest.mark.parametrize("name", ["one-shot", "stream"])
async def test_a_source_that_was_asked_for_is_taken_without_asking_the_engine(name: SourceChoice) -> None:
    async with FakeEngine() as engine:
        assert tell(await chosen(engine, [engine.run("web")], name)) == (name, f"{name} was asked for")
        assert engine.count("/stats") == 0


@pytest.mark.parametrize("name", ["cgroup", "simulated"])
async def test_a_source_that_cannot_ask_an_engine_is_refused(name: SourceChoice) -> None:
    async with FakeEngine() as engine:
        with pytest.raises(ConfigurationError, match=f"--source {name} .* use auto, one-shot or stream"):
            await chosen(engine, [], name)


async def test_an_engine_that_answers_at_once_is_read_by_one_shot_calls() -> None:
    async with FakeEngine() as engine:
        name, reason = tell(await chosen(engine, [engine.run("web")]))
        assert (name, reason) == ("one-shot", "the engine answers one-shot calls at once (0 ms)")


async def test_an_engine_that_makes_a_call_wait_for_its_tick_is_read_by_streams() -> None:
    async with FakeEngine(knows_one_shot=False) as engine, anyio.create_task_group() as tasks:
        web = engine.run("web")

        async def tick() -> None:
            await engine.requested("/stats")
            engine.tick(0.1)  # the first call happens to come shortly before a tick
            await engine.requested("/stats", 2)
            engine.tick(1.0)

        tasks.start_soon(tick)
        name, reason = tell(await chosen(engine, [web]))
        assert name == "stream"
        assert reason == "a one-shot call took 1.0 s: this engine makes it wait for its own tick"


async def test_a_container_that_hangs_does_not_decide() -> None:
    async with FakeEngine() as engine:
        containers = [engine.run("hangs"), engine.run("web")]
        engine.fault(containers[0].id, faults.hang)
        assert tell(await chosen(engine, containers))[0] == "one-shot"
        await engine.until(lambda: not engine.open_requests())


@pytest.mark.parametrize("fault", [faults.status(500, "broken container"), faults.answer(200, b"{"), faults.close])
async def test_a_container_that_cannot_be_read_does_not_decide(fault: Fault) -> None:
    async with FakeEngine() as engine:
        containers = [engine.run("broken"), engine.run("web")]
        engine.fault(containers[0].id, fault)
        assert tell(await chosen(engine, containers))[0] == "one-shot"


@pytest.mark.parametrize(
    ("fault", "why"),
    [
        (faults.status(500, "no such parameter"), "no such parameter"),
        (faults.hang, "did not answer"),
        (faults.close, "closed the connection"),
    ],
)
async def test_an_engine_that_answers_no_one_shot_call_is_read_by_streams_and_the_reason_told(
    fault: Fault, why: str
) -> None:
    async with FakeEngine() as engine:
        web = engine.run("web")
        engine.fault("one-shot=true", fault)
        name, reason = tell(await chosen(engine, [web], limits=ProbeLimits(call_time_out_s=0.5)))
        assert name == "stream"
        assert reason.startswith("a one-shot call failed: ")
        assert why in reason


async def test_a_connection_that_breaks_once_decides_nothing() -> None:
    async with FakeEngine() as engine:
        web = engine.run("web")
        engine.fault("one-shot=true", faults.close, times=1)
        assert tell(await chosen(engine, [web]))[0] == "one-shot"


async def test_without_a_container_nothing_is_chosen_yet() -> None:
    async with FakeEngine() as engine:
        assert await chosen(engine, []) is None


async def test_a_container_that_vanished_decides_nothing() -> None:
    async with FakeEngine() as engine:
        web = engine.run("web")
        engine.remove(web)
        assert await chosen(engine, [web]) is None


async def test_the_empty_answer_of_a_container_that_restarts_decides_nothing() -> None:
    async with FakeEngine() as engine:
        assert await chosen(engine, [engine.create("web", state="restarting"), engine.create("new")]) is None


async def test_containers_that_restart_for_ever_do_not_keep_one_that_runs_from_deciding() -> None:
    async with FakeEngine() as engine:
        restarting = [engine.create(f"a-{number}", state="restarting") for number in range(5)]
        assert tell(await chosen(engine, [*restarting, engine.run("web")]))[0] == "one-shot"


async def test_only_a_few_containers_are_asked_about() -> None:
    async with FakeEngine() as engine:
        containers = [engine.run(f"web-{number}") for number in range(10)]
        engine.fault("/stats", faults.status(500, "no"))
        await chosen(engine, containers, limits=ProbeLimits(containers=2))
        assert engine.count("/stats") == 2


async def test_leaving_while_the_engine_hangs_leaves_no_call_open() -> None:
    async with FakeEngine() as engine, anyio.create_task_group() as tasks:
        web = engine.run("web")
        engine.fault("/stats", faults.hang)
        tasks.start_soon(chosen, engine, [web])
        await engine.requested("/stats")
        tasks.cancel_scope.cancel()
    assert not engine.open_requests()


# The kernel's own counters. ------------------------------------------------------------------------------------------


def reading_of(machine: Machine) -> CgroupSource:
    return CgroupSource(proc_root=str(machine.proc), cgroup_root=str(machine.cgroup), descriptors=100)


async def test_kernels_own_counters_are_preferred_where_a_container_has_them(tmp_path: Path) -> None:
    machine = Machine(tmp_path, "hybrid")
    cgroup = reading_of(machine)
    async with FakeEngine() as engine:
        web = engine.run("web")
        machine.run(known_of(web))
        choice = await chosen(engine, [web], cgroup=cgroup)
        assert tell(choice) == ("cgroup", "the kernel's own counters can be read (cgroup v1, pressure from v2)")
        assert choice is not None
        assert choice.source is cgroup
        assert engine.count("/stats") == 0
        async with choice.source:
            assert open_files(tmp_path)
    assert open_files(tmp_path) == []


async def test_one_of_the_first_containers_with_counters_is_enough(tmp_path: Path) -> None:
    machine = Machine(tmp_path, "v2")
    async with FakeEngine() as engine, reading_of(machine) as cgroup:
        odd, web = engine.run("odd"), engine.run("web")
        machine.run(known_of(web))
        assert tell(await chosen(engine, [odd, web], cgroup=cgroup))[0] == "cgroup"


async def test_kernel_source_that_was_asked_for_is_taken_without_a_container_and_says_what_is_mounted(
    tmp_path: Path,
) -> None:
    machine = Machine(tmp_path, "v2")
    async with FakeEngine() as engine:
        choice = await chosen(engine, [], "cgroup", cgroup=reading_of(machine))
        assert tell(choice) == ("cgroup", "cgroup was asked for (cgroup v2)")


@pytest.mark.parametrize("name", ["one-shot", "stream"])
async def test_another_source_that_was_asked_for_leaves_the_kernels_files_alone(
    tmp_path: Path, name: SourceChoice
) -> None:
    machine = Machine(tmp_path, "v2")
    async with FakeEngine() as engine:
        web = engine.run("web")
        machine.run(known_of(web))
        assert tell(await chosen(engine, [web], name, cgroup=reading_of(machine)))[0] == name
        assert open_files(tmp_path) == []


async def test_containers_that_cannot_be_found_leave_the_choice_to_the_engine_and_the_reason_says_why(
    tmp_path: Path,
) -> None:
    async with FakeEngine() as engine:
        name, reason = tell(await chosen(engine, [engine.run("web")], cgroup=reading_of(Machine(tmp_path, "v2"))))
    assert name == "one-shot"
    assert reason == (
        "the engine answers one-shot calls at once (0 ms); the kernel's own counters cannot be read: its cgroup is "
        "not below the mounted tree, nor is its first process in sight; "
        "in a container, add -v /sys/fs/cgroup:/sys/fs/cgroup:ro"
    )


@pytest.mark.parametrize("fault", [None, faults.status(500, "no such parameter")])
async def test_counters_without_cpu_time_leave_the_choice_to_the_engine_and_nothing_open(
    tmp_path: Path, fault: Fault | None
) -> None:
    """As in a container that sees the memory controller's tree only."""
    machine = Machine(tmp_path, "v1")
    async with FakeEngine() as engine:
        web = engine.run("web")
        if fault is not None:
            engine.fault("/stats", fault)
        machine.run(known_of(web))
        machine.write(known_of(web), "cpuacct.usage", "garbage")
        name, reason = tell(await chosen(engine, [web], cgroup=reading_of(machine)))
    assert name == ("one-shot" if fault is None else "stream")
    assert reason.endswith("; the kernel's own counters cannot be read: there is no CPU time among them")
    assert open_files(tmp_path) == []


async def test_without_a_running_container_the_kernels_counters_decide_nothing_yet(tmp_path: Path) -> None:
    async with FakeEngine() as engine:
        cgroup = reading_of(Machine(tmp_path, "v2"))
        assert await chosen(engine, [], cgroup=cgroup) is None
        assert await chosen(engine, [engine.create("web", state="restarting")], cgroup=cgroup) is None
