"""Choosing a source: what the engine does decides, one odd container does not, and the reason is told."""

from __future__ import annotations

from collections.abc import Sequence

import anyio
import pytest

from dockstats_core.containers import Container
from dockstats_core.engine.api import EngineClient
from dockstats_core.errors import ConfigurationError
from dockstats_core.program.values import SourceChoice
from dockstats_core.sources.choosing import Choice, ProbeLimits, choose
from tests import faults
from tests.fake_containers import FakeContainer
from tests.fake_engine import FakeEngine
from tests.fake_http import Fault


async def chosen(
    engine: FakeEngine,
    containers: Sequence[FakeContainer],
    asked_for: SourceChoice = "auto",
    *,
    limits: ProbeLimits | None = None,
) -> Choice | None:
    """What is chosen, with the engine's own time."""
    known = [Container(id=one.id, name=one.name, state=one.state) for one in containers]
    async with EngineClient(engine.endpoint) as client:
        await client.connect()
        with anyio.fail_after(5):
            return await choose(client, asked_for, known, max_workers=4, limits=limits, clock_ns=lambda: engine.now_ns)


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
        name, reason = tell(await chosen(engine, [web], limits=ProbeLimits(call_time_out_s=0.05)))
        assert name == "stream"
        assert reason.startswith("a one-shot call failed: ")
        assert why in reason


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
