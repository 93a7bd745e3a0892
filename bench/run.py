"""A whole run: look at the machine, start containers, measure everybody, grow, write down what was found.

What takes long says so first. Not here: how CPU is counted (processes), who takes part (contestants), what the figures
mean (findings).
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime

from msgspec import structs

from bench import machine
from bench.batch import batch_cost
from bench.chart import chart
from bench.containers import Crowd, Engine, crowd
from bench.contestants.agent_cgroup import CGROUP_500MS
from bench.contestants.contestant import Contestant
from bench.findings import Measurement, Result, ages_of, write
from bench.installed import as_installed, installed
from bench.lineup import chosen
from bench.options import Options
from bench.plan import duration_s, rounds_of
from bench.processes import Span, memory_of
from bench.running import Running, running
from bench.table import plain
from bench.trust import Measured, doubts

COOL_DOWN_S = 2.0  # after a contestant ended: the engine takes its streams down


def run(options: Options) -> Result:
    """Measure, print and write; gives what was found.

    Raises:
        BenchError: no engine, or something else that stops the run, as one sentence.
    """
    began_s, began_at = time.monotonic(), datetime.now(UTC)
    engine = Engine(os.environ.get("DOCKER_HOST") or "unix:///var/run/docker.sock")
    facts = engine.facts(options.image)
    wanted = chosen(options.only)
    contestants = [one for one in wanted if machine.is_installed(one)]
    _announce(options, len(contestants))
    growing: list[Measurement] = []
    smaller = [size for size in options.sizes if size < options.containers]
    _say("installing dockstats as its images have it")
    with installed() as programs, crowd(engine, options.image) as containers:
        agent = as_installed(CGROUP_500MS, programs)
        before = machine.before(engine, [one for one in wanted if one not in contestants])
        for size in smaller:
            growing += _grown(agent, containers, size, options)
        _grow(containers, options.containers, options)
        cost, foreign = _whole_cost(engine, containers, [as_installed(one, programs) for one in contestants], options)
        batch = batch_cost()
        for size in options.sizes[len(smaller) :]:
            growing += _grown(agent, containers, size, options)
        _say(f"removing {len(containers.ids)} containers")
    spans = [
        Measured(what=f"{one.contestant}, round {one.round}, {one.containers} containers", usage=one.usage)
        for one in [*cost, *growing]
    ]
    result = Result(
        began_at=began_at.isoformat(timespec="seconds"),
        seconds=time.monotonic() - began_s,
        options={
            name: str(value) for name, value in structs.asdict(options).items() if name not in {"directory", "only"}
        },
        engine=facts,
        cpu_model=machine.cpu_model(),
        versions=machine.versions(engine),
        before=before,
        doubts=doubts(before, spans, foreign),
        cost=cost,
        growth=growing,
        batch=batch,
    )
    write(result, {"chart.svg": chart(result)}, options.directory)
    print(plain(result))
    return result


def _whole_cost(
    engine: Engine, containers: Crowd, contestants: Sequence[Contestant], options: Options
) -> tuple[list[Measurement], int]:
    """Every contestant in every round; beside it the most clients of others that were seen while nobody of ours was."""
    frame_bytes = engine.frame_bytes(containers.ids[0])
    foreign = 0
    measured = []
    for number, order in enumerate(rounds_of(contestants, options.rounds), start=1):
        for contestant in order:
            _say(f"round {number} of {options.rounds}: {contestant.title}")
            with running(contestant) as one:
                one.wait_until_all_followed(len(containers.ids))
                time.sleep(options.settle_s)
                if contestant.command is None:
                    foreign = max(foreign, engine.connections())
                measured.append(_measure(one, len(containers.ids), number, options.span_s, frame_bytes))
            time.sleep(COOL_DOWN_S)
    return measured, foreign


def _grown(agent: Contestant, containers: Crowd, size: int, options: Options) -> list[Measurement]:
    """An agent with `size` containers, measured as often as there are rounds."""
    _grow(containers, size, options)
    _say(f"growth: {agent.title}, {size} containers")
    with running(agent) as one:
        one.wait_until_all_followed(size)
        time.sleep(options.settle_s)
        return [_measure(one, size, number, options.span_s) for number in range(1, options.rounds + 1)]


def _grow(containers: Crowd, size: int, options: Options) -> None:
    missing = size - len(containers.ids)
    if missing > 0:
        _say(f"starting {missing} containers")
        containers.grow_to(size, spread=not options.quick)
        time.sleep(COOL_DOWN_S)


def _measure(one: Running, containers: int, number: int, span_s: float, frame_bytes: int = 0) -> Measurement:
    watcher, client = one.pids
    read_before = one.bytes_read() if one.contestant.reads_frames else 0
    span = Span(watcher, client)
    began_s = time.monotonic()
    time.sleep(span_s)
    usage = span.end()
    ended_s = time.monotonic()
    if one.contestant.reads_frames:
        figures_per_s: float | None = (one.bytes_read() - read_before) / frame_bytes / (ended_s - began_s)
    else:
        figures_per_s = one.tally.per_s(began_s, ended_s)
    return Measurement(
        contestant=one.contestant.key,
        containers=containers,
        round=number,
        usage=usage,
        figures_per_s=figures_per_s,
        ages=ages_of(one.tally.ages_s(began_s, ended_s)),
        interval_s=one.tally.interval_s(began_s, ended_s),
        memory=None if watcher is None else memory_of(watcher),
    )


def _announce(options: Options, contestants: int) -> None:
    expected_s = duration_s(
        contestants=contestants,
        rounds=options.rounds,
        span_s=options.span_s,
        settle_s=options.settle_s,
        most=max(options.containers, *options.sizes, 0),
        sizes=len(options.sizes),
    )
    _say(f"this takes about {expected_s / 60:.0f} minutes; Ctrl-C ends it and removes the containers")


def _say(sentence: str) -> None:
    print(f"{datetime.now(UTC):%H:%M:%S} {sentence}", file=sys.stderr, flush=True)
