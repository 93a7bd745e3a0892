"""Why a container is slow: a table of figures and what is to be said about them, and what must not be."""

from __future__ import annotations

from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dockstats_core.diagnosis import diagnose
from dockstats_core.messages.agent import MAX_LIMIT, ContainerFacts, ContainerSample, HostFigures, Pressure
from dockstats_core.messages.stream import Cause
from tests.builders import container_id
from tests.generated import any_of

MIB, GIB = 1024**2, 1024**3
CALM = {"cpu_pct": 240.0, "cores": 8, "mem_used_bytes": 10 * GIB, "mem_total_bytes": 32 * GIB}
WELL = {"cpu_pct": 30.0, "mem_bytes": 200 * MIB, "mem_usage_bytes": 260 * MIB, "mem_limit_bytes": 32 * GIB, "pids": 9}


def waiting(some_pct: float | None, *, lately_pct: float | None = None) -> Pressure:
    """Pressure that has been so for a while, unless told otherwise."""
    return Pressure(some_pct=some_pct, some_avg10_pct=some_pct if lately_pct is None else lately_pct)


def sample(**figures: Any) -> ContainerSample:
    """A container that is well, but for these figures."""
    return ContainerSample(id=container_id(1), name="web-1", **(WELL | figures))


def facts(**known: Any) -> ContainerFacts:
    """One that runs without limits, but for these facts."""
    return ContainerFacts(id=container_id(1), name="web-1", **({"state": "running"} | known))


def host(**figures: Any) -> HostFigures:
    """A host with room for more, but for these figures."""
    return HostFigures(**({"basis": "host"} | CALM | figures))


BUSY = host(cpu_pct=790.0)
FULL = host(mem_used_bytes=31 * GIB)
SUM_ONLY = {"basis": "containers"}
LIMITED = facts(cpu_limit_cores=2.5)
MEM_LIMITED = facts(mem_limit_bytes=512 * MIB)
THROTTLED: dict[str, Any] = {"cpu_pct": 248.0, "throttled_pct": 32.0, "throttled_time_pct": 45.0}
AT_MEM_LIMIT: dict[str, Any] = {
    "mem_bytes": 500 * MIB,
    "mem_usage_bytes": 511 * MIB,
    "mem_limit_bytes": 512 * MIB,
    "mem_limit_hits": 7,
}

# Sentences that several cases have.
LIMIT_ONLY = "wants at least 2.9 cores, may use 2.5: its own limit holds it back (32 % throttled)"
NOT_THE_HOST = "wants at least 2.9 cores, may use 2.5: its own limit holds it back, not the host (32 % throttled)"
FILLED = (
    "waits for memory 23 % of the time: with its cache it fills 511 MiB of the 512 "
    "MiB it may have, its own limit holds it back"
)
TAKEN = "waits for memory 15 % of the time: the host holds it back, 31 GiB of its 32 GiB are taken"
SHORT_OF_CORES = (
    "waits for a CPU 45 % of the time and gets 0.3 cores: the host holds it back, 99 % of its 8 cores are in use"
)

SAID: list[tuple[str, ContainerSample | None, ContainerFacts | None, HostFigures, str, str]] = [
    # --- Its own CPU limit ------------------------------------------------------------------------------------------
    (
        "throttled on a calm host", sample(**THROTTLED), LIMITED, host(),
        "cpu_limit", NOT_THE_HOST,
    ),
    (
        "throttled on a busy host", sample(**THROTTLED), LIMITED, BUSY,
        "cpu_limit", LIMIT_ONLY,
    ),
    (
        "throttled, and of the host only its containers are known", sample(**THROTTLED), LIMITED, host(**SUM_ONLY),
        "cpu_limit", LIMIT_ONLY,
    ),
    (
        "throttled, and nothing is known of the host", sample(**THROTTLED), LIMITED, HostFigures(),
        "cpu_limit", LIMIT_ONLY,
    ),
    (
        "throttled, and the limit is known from the share of it", sample(**THROTTLED, cpu_limit_pct=99.2), None, host(),
        "cpu_limit", NOT_THE_HOST,
    ),
    (
        "throttled by a limit that nobody told", sample(**THROTTLED), None, host(),
        "cpu_limit", "wants more CPU than it may use: its own limit stops it in 32 % of its periods",
    ),
    (
        "throttled, lost time unknown", sample(cpu_pct=248.0, throttled_pct=32.0), LIMITED, host(),
        "cpu_limit", "wants more than the 2.5 cores it may use: its own limit stops it in 32 % of its periods",
    ),
    (
        "throttled, use unknown", sample(cpu_pct=None, throttled_pct=40.0), facts(cpu_limit_cores=1.0), host(),
        "cpu_limit", "wants more than the 1 core it may use: its own limit stops it in 40 % of its periods",
    ),
    (
        "throttled a little above its limit", sample(**(THROTTLED | {"throttled_time_pct": 6.0})), LIMITED, host(),
        "cpu_limit", "wants more than the 2.5 cores it may use: its own limit stops it in 32 % of its periods",
    ),
    (
        "throttled in bursts", sample(cpu_pct=16.0, throttled_pct=40.0, throttled_time_pct=120.0),
        facts(cpu_limit_cores=1.0), host(),
        "cpu_limit",
        ("wants more than 1 core in bursts and uses 0.16 on average: its own limit stops it in 40 "
         "% of its periods"),
    ),
    (
        "a tenth of a core for a program that wants one",
        sample(cpu_pct=10.0, throttled_pct=100.0, throttled_time_pct=90.0), facts(cpu_limit_cores=0.1), host(),
        "cpu_limit!", "wants at least 1 core, may use 0.1: its own limit holds it back, not the host (100 % throttled)",
    ),
    (
        "more tasks stopped than the host has cores",
        sample(cpu_pct=400.0, throttled_pct=90.0, throttled_time_pct=2000.0), facts(cpu_limit_cores=4.0), host(),
        "cpu_limit!", "wants at least 8 cores, may use 4: its own limit holds it back, not the host (90 % throttled)",
    ),
    (
        "throttled tasks wait for a CPU as well", sample(**THROTTLED, cpu_pressure=waiting(70.0)), LIMITED, BUSY,
        "cpu_limit", LIMIT_ONLY,
    ),
    # --- The host's CPU ---------------------------------------------------------------------------------------------
    (
        "waits on a busy host", sample(cpu_pct=80.0, cpu_pressure=waiting(45.0)), facts(), BUSY,
        "host_cpu",
        ("waits for a CPU 45 % of the time and gets 0.8 cores: the host holds it back, 99 % of "
         "its 8 cores are in use"),
    ),
    (
        "gets next to nothing on a busy host", sample(cpu_pct=0.3, cpu_pressure=waiting(45.0)), facts(), BUSY,
        "host_cpu",
        (
            "waits for a CPU 45 % of the time and gets less than 0.01 cores: the host holds it back, "
            "99 % of its 8 cores are in use"
        ),
    ),
    (
        "uses a host of many cores up", sample(cpu_pct=5000.0, cpu_pressure=waiting(45.0)), facts(),
        host(cpu_pct=6300.0, cores=64),
        "host_cpu", "waits for a CPU 45 % of the time: it alone uses 50 of the host's 64 cores",
    ),
    (
        "waits on a busy host, use unknown", sample(cpu_pct=None, cpu_pressure=waiting(45.0)), facts(), BUSY,
        "host_cpu", "waits for a CPU 45 % of the time: the host holds it back, 99 % of its 8 cores are in use",
    ),
    (
        "waits below a limit that does not stop it",
        sample(cpu_pct=80.0, throttled_pct=0.0, cpu_pressure=waiting(65.0)), LIMITED, BUSY,
        "host_cpu!",
        ("waits for a CPU 65 % of the time and gets 0.8 cores: the host holds it back, 99 % of "
         "its 8 cores are in use"),
    ),
    (
        "waits on a host that is used much and waits too", sample(cpu_pressure=waiting(45.0)), facts(),
        host(cpu_pct=680.0, cpu_pressure=waiting(60.0)),
        "host_cpu",
        ("waits for a CPU 45 % of the time and gets 0.3 cores: the host holds it back, 85 % of "
         "its 8 cores are in use"),
    ),
    (
        "waits on a host whose containers alone use it up", sample(cpu_pressure=waiting(45.0)), None,
        host(cpu_pct=770.0, **SUM_ONLY),
        "host_cpu",
        ("waits for a CPU 45 % of the time and gets 0.3 cores: the host holds it back, 96 % of "
         "its 8 cores are in use by containers alone"),
    ),
    (
        "is what uses the host up", sample(cpu_pct=744.0, cpu_pressure=waiting(45.0)), facts(), BUSY,
        "host_cpu", "waits for a CPU 45 % of the time: it alone uses 7.4 of the host's 8 cores",
    ),
    (
        "no average of 10 s is told", sample(cpu_pressure=Pressure(some_pct=45.0)), facts(), BUSY,
        "host_cpu", SHORT_OF_CORES,
    ),
    # --- Its own memory limit ---------------------------------------------------------------------------------------
    (
        "waits for memory at its limit", sample(**AT_MEM_LIMIT, mem_pressure=waiting(23.0)), MEM_LIMITED, host(),
        "memory_limit", FILLED,
    ),
    (
        "a limit known from its figures only", sample(**AT_MEM_LIMIT, mem_pressure=waiting(34.0)), None, host(),
        "memory_limit!",
        ("waits for memory 34 % of the time: with its cache it fills 511 MiB of the 512 MiB it "
         "may have, its own limit holds it back"),
    ),
    (
        "a limit known from its facts only", sample(**AT_MEM_LIMIT, mem_pressure=waiting(23.0)), MEM_LIMITED,
        HostFigures(),
        "memory_limit", FILLED,
    ),
    (
        "at its limit on a full host", sample(**AT_MEM_LIMIT, mem_pressure=waiting(23.0)), MEM_LIMITED, FULL,
        "memory_limit",
        ("waits for memory 23 % of the time: with its cache it fills 511 MiB of the 512 MiB it "
         "may have, and the host's memory is full too"),
    ),
    (
        "cache that it needs is taken at the limit",
        sample(**(AT_MEM_LIMIT | {"mem_bytes": 90 * MIB}), mem_pressure=waiting(23.0)), MEM_LIMITED, host(),
        "memory_limit", FILLED,
    ),
    (
        "no pressure is known, but pages come back", sample(**AT_MEM_LIMIT, major_page_faults_per_sec=840.4),
        MEM_LIMITED, host(),
        "memory_limit",
        ("reads 840 pages a second back from the disk: with its cache it fills 511 MiB of the 512 "
         "MiB it may have, its own limit holds it back"),
    ),
    (
        "want of memory makes the disk busy",
        sample(**AT_MEM_LIMIT, mem_pressure=waiting(23.0), io_pressure=waiting(90.0)), MEM_LIMITED, host(),
        "memory_limit", FILLED,
    ),
    # --- The host's memory ------------------------------------------------------------------------------------------
    (
        "waits on a full host", sample(mem_pressure=waiting(15.0)), facts(), FULL,
        "host_memory", TAKEN,
    ),
    (
        "waits on a full host, far below its limit", sample(mem_pressure=waiting(15.0)), MEM_LIMITED, FULL,
        "host_memory", TAKEN,
    ),
    (
        "waits on a full host at a limit that was never met",
        sample(**(AT_MEM_LIMIT | {"mem_limit_hits": 0}), mem_pressure=waiting(15.0)), MEM_LIMITED, FULL,
        "host_memory", TAKEN,
    ),
    (
        "a limit above what the host has is none", sample(mem_usage_bytes=31 * GIB, mem_pressure=waiting(50.0)),
        facts(mem_limit_bytes=64 * GIB), FULL,
        "host_memory!", "waits for memory 50 % of the time: the host holds it back, 31 GiB of its 32 GiB are taken",
    ),
    (
        "no pressure is known, but it was moved to swap",
        sample(major_page_faults_per_sec=300.0, mem_swap_bytes=80 * MIB), facts(), FULL,
        "host_memory",
        ("reads 300 pages a second back from the disk: the host holds it back, 31 GiB of its 32 "
         "GiB are taken"),
    ),
    # --- Its disk ---------------------------------------------------------------------------------------------------
    (
        "waits for its disk",
        sample(io_pressure=waiting(45.0), block_read_bytes_per_sec=3.1e6, block_write_bytes_per_sec=210e3),
        facts(), host(),
        "disk",
        ("waits for its disk 45 % of the time while it reads 3.1 MB/s and writes 210 kB/s: the "
         "disk does not keep up"),
    ),
    (
        "waits for its disk, rates unknown", sample(io_pressure=waiting(112.0)), None, HostFigures(),
        "disk!", "waits for its disk 100 % of the time: the disk does not keep up",
    ),
    # --- Killed, and kept from starting -----------------------------------------------------------------------------
    (
        "killed at a limit and started again", sample(), facts(state="restarting", oom_killed=True,
        mem_limit_bytes=512 * MIB), host(),
        "out_of_memory!",
        ("wanted more memory than it got: the kernel killed it (its own limit is 512 MiB), and it "
         "is started again"),
    ),
    (
        "killed without a limit and over", sample(stale=True), facts(state="exited", oom_killed=True), host(),
        "out_of_memory!", "wanted more memory than it got: the kernel killed it (it has no limit of its own)",
    ),
    (
        "killed and over, without figures", None,
        facts(state="exited", oom_killed=True, exit_code=137, mem_limit_bytes=512 * MIB), host(),
        "out_of_memory!", "wanted more memory than it got: the kernel killed it (its own limit is 512 MiB)",
    ),
    (
        "ended by itself after one of its processes was killed", None,
        facts(state="exited", oom_killed=True, exit_code=1, mem_limit_bytes=512 * MIB), host(),
        "out_of_memory!",
        ("wanted more memory than it got: the kernel killed one of its processes (its own limit is 512 MiB), and it "
         "ended with exit code 1"),
    ),
    (
        "near its limit of processes", sample(pids=196), facts(pids_limit=200), host(),
        "pids_limit", "has 196 of the 200 processes and threads it may have: its own limit leaves room for 4",
    ),
    (
        "at its limit of processes", sample(pids=200), facts(pids_limit=200), host(),
        "pids_limit!", "has 200 of the 200 processes and threads it may have: its own limit lets it start no other",
    ),
    # --- Several at a time ------------------------------------------------------------------------------------------
    (
        "memory comes before CPU", sample(**AT_MEM_LIMIT, **THROTTLED, mem_pressure=waiting(23.0)),
        facts(cpu_limit_cores=2.5, mem_limit_bytes=512 * MIB), host(),
        "memory_limit", FILLED,
    ),
    (
        "what is severe comes before what is not",
        sample(**AT_MEM_LIMIT, **(THROTTLED | {"throttled_pct": 100.0}), mem_pressure=waiting(12.0)),
        facts(cpu_limit_cores=2.5, mem_limit_bytes=512 * MIB), host(),
        "cpu_limit!",
        ("wants at least 2.9 cores, may use 2.5: its own limit holds it back, not the host (100 % "
         "throttled)"),
    ),
    (
        "CPU comes before a disk", sample(**THROTTLED, io_pressure=waiting(45.0)), LIMITED, host(),
        "cpu_limit", NOT_THE_HOST,
    ),
]  # fmt: skip

NOT_SAID: list[tuple[str, ContainerSample | None, ContainerFacts | None, HostFigures]] = [
    ("all is well", sample(), facts(), host()),
    ("all is well on a host that is full and busy", sample(), facts(), host(cpu_pct=800.0, mem_used_bytes=32 * GIB)),
    ("nothing is known", ContainerSample(id=container_id(1), name="web-1"), None, HostFigures()),
    ("nothing but the facts", ContainerSample(id=container_id(1), name="web-1"), LIMITED, host()),
    # --- Use alone, however much, is no waiting ---------------------------------------------------------------------
    ("CPU at its limit", sample(cpu_pct=250.0, cpu_limit_pct=100.0, throttled_pct=0.0), LIMITED, host()),
    ("CPU of the whole host", sample(cpu_pct=800.0), facts(), BUSY),
    ("memory at its limit", sample(**AT_MEM_LIMIT), MEM_LIMITED, host()),
    ("memory at its limit with hits and kills", sample(**AT_MEM_LIMIT, oom_kills=3), MEM_LIMITED, host()),
    ("much disk", sample(block_read_bytes_per_sec=9e9, block_write_bytes_per_sec=9e9), facts(), host()),
    ("much swap", sample(mem_swap_bytes=4 * GIB), facts(), FULL),
    ("many processes without a limit", sample(pids=40_000), facts(), host()),
    ("a limit of processes that is none", sample(pids=40_000), facts(pids_limit=0), host()),
    ("processes well below their limit", sample(pids=180), facts(pids_limit=200), host()),
    ("kills since the start", sample(oom_kills=12, mem_limit_hits=9000), facts(oom_killed=True), host()),
    # --- A little waiting is life -----------------------------------------------------------------------------------
    ("one period of five", sample(throttled_pct=20.0, throttled_time_pct=9.0), LIMITED, host()),
    ("many periods, little time", sample(throttled_pct=60.0, throttled_time_pct=2.0), LIMITED, host()),
    ("waits for a CPU a little", sample(cpu_pressure=waiting(20.0)), facts(), BUSY),
    ("waits for memory a little", sample(**AT_MEM_LIMIT, mem_pressure=waiting(8.0)), MEM_LIMITED, host()),
    ("waits for a disk a little", sample(io_pressure=waiting(25.0)), facts(), host()),
    ("waits for a disk this moment", sample(io_pressure=waiting(90.0, lately_pct=9.0)), facts(), host()),
    ("waited for a disk before", sample(io_pressure=waiting(0.0, lately_pct=60.0)), facts(), host()),
    ("averages of a first sample", sample(io_pressure=waiting(None, lately_pct=60.0)), facts(), host()),
    ("pages read as a program starts", sample(major_page_faults_per_sec=60.0, **AT_MEM_LIMIT), MEM_LIMITED, host()),
    (
        "pressure is known, so faults alone say nothing",
        sample(**AT_MEM_LIMIT, major_page_faults_per_sec=900.0, mem_pressure=waiting(2.0)), MEM_LIMITED, host(),
    ),
    # --- Who it is cannot be told -----------------------------------------------------------------------------------
    ("waits for a CPU on a calm host", sample(cpu_pressure=waiting(60.0)), facts(), host()),
    ("waits on a host that is used", sample(cpu_pressure=waiting(60.0)), facts(), host(cpu_pct=680.0)),
    ("waits on an unknown host", sample(cpu_pressure=waiting(60.0)), facts(), HostFigures()),
    ("waits on a host of unknown cores", sample(cpu_pressure=waiting(60.0)), facts(), host(cpu_pct=790.0, cores=None)),
    ("waits on a host of no cores", sample(cpu_pressure=waiting(60.0)), facts(), host(cpu_pct=790.0, cores=0)),
    ("waits on a host in its first second", sample(cpu_pressure=waiting(60.0)), facts(), host(cpu_pct=None)),
    ("waits, throttled a little", sample(throttled_pct=15.0, cpu_pressure=waiting(60.0)), LIMITED, BUSY),
    (
        "waits a second after it was throttled, on a host in use",
        sample(throttled_pct=0.0, cpu_pressure=waiting(60.0)), LIMITED, host(cpu_pct=680.0, cpu_pressure=waiting(70.0)),
    ),
    ("waits, throttling unknown", sample(cpu_pressure=waiting(60.0)), LIMITED, BUSY),
    (
        "waits, throttling and limit unknown",
        sample(cpu_pressure=waiting(60.0), unknown={"throttling": "source_cannot_tell"}), None, BUSY,
    ),
    ("waits, limited, throttling unknown", sample(cpu_pressure=waiting(60.0), cpu_limit_pct=90.0), None, BUSY),
    ("waits for memory with room everywhere", sample(mem_pressure=waiting(40.0)), facts(), host()),
    ("waits for memory on an unknown host", sample(mem_pressure=waiting(40.0)), facts(), HostFigures()),
    (
        "waits for memory, and only containers' sum is known",
        sample(mem_pressure=waiting(40.0)), facts(), host(mem_used_bytes=32 * GIB, **SUM_ONLY),
    ),
    (
        "waits for memory, its use unknown",
        sample(mem_bytes=None, mem_usage_bytes=None, mem_pressure=waiting(40.0)), MEM_LIMITED, FULL,
    ),
    (
        "waits for memory on a full host, near its limit but not at it",
        sample(**(AT_MEM_LIMIT | {"mem_usage_bytes": 474 * MIB}), mem_pressure=waiting(40.0)), MEM_LIMITED, FULL,
    ),
    (
        "waits for memory on a full host, its limit unknown",
        sample(mem_limit_bytes=None, mem_pressure=waiting(40.0)), None, FULL,
    ),
    (
        "the limit in effect may be the host's own memory",
        sample(**AT_MEM_LIMIT, mem_pressure=waiting(40.0)), None, HostFigures(),
    ),
    (
        "a limit that was never met",
        sample(**(AT_MEM_LIMIT | {"mem_limit_hits": 0}), mem_pressure=waiting(40.0)), MEM_LIMITED, host(),
    ),
    (
        "cache up to the limit, and reads of what was never in it",
        sample(**(AT_MEM_LIMIT | {"mem_bytes": 90 * MIB}), major_page_faults_per_sec=900.0), MEM_LIMITED, host(),
    ),
    (
        "pages read on a full host, nothing in swap",
        sample(major_page_faults_per_sec=900.0, mem_swap_bytes=0), facts(), FULL,
    ),
    (
        "a disk that is busy for want of memory whose end cannot be told",
        sample(mem_pressure=waiting(40.0), io_pressure=waiting(90.0)), facts(), host(),
    ),
    ("a limit of processes, their number unknown", sample(pids=None), facts(pids_limit=200), host()),
    # --- Figures that are not of now --------------------------------------------------------------------------------
    ("stale", sample(**THROTTLED, stale=True), LIMITED, host()),
    ("paused", sample(**THROTTLED), facts(state="paused", cpu_limit_cores=2.5), host()),
    ("paused after a kill", sample(), facts(state="paused", oom_killed=True), host()),
    ("started again after a crash", sample(**THROTTLED), facts(state="restarting", oom_killed=False), host()),
    ("over", sample(io_pressure=waiting(90.0)), facts(state="exited"), host()),
    ("killed, and nobody says for want of memory", None, facts(state="exited", exit_code=137), host()),
    ("runs, and has no figures yet", None, facts(state="running", oom_killed=True), host()),
    ("without figures or facts", None, None, host()),
]  # fmt: skip

LONGEST = 200
NUMBERS = (
    *("cpu_pct", "cpu_limit_pct", "throttled_pct", "throttled_time_pct", "mem_bytes", "mem_usage_bytes"),
    *("mem_limit_bytes", "mem_swap_bytes", "mem_limit_hits", "major_page_faults_per_sec", "pids"),
    *("block_read_bytes_per_sec", "block_write_bytes_per_sec"),
)
PRESSURES = ("cpu_pressure", "mem_pressure", "io_pressure")

# Any number at all, as only a script could put into a message.
absurd = st.none() | st.floats() | st.integers(-(2**80), 2**80) | st.sampled_from([0, 1, 99.9, 10**6, 2**63])
absurd_limit = absurd.filter(lambda number: number is None or not number > MAX_LIMIT)  # the messages' own bound
absurd_pressure = st.none() | st.builds(Pressure, some_pct=absurd, some_avg10_pct=absurd)
absurd_samples = st.fixed_dictionaries(
    dict.fromkeys(NUMBERS, absurd) | dict.fromkeys(PRESSURES, absurd_pressure) | {"mem_limit_bytes": absurd_limit}
).map(lambda figures: sample(**figures))
absurd_facts = st.none() | st.builds(
    facts,
    cpu_limit_cores=absurd,
    mem_limit_bytes=absurd_limit,
    pids_limit=absurd,
    state=st.sampled_from(["running", "exited"]),
)
absurd_hosts = st.builds(
    host,
    basis=st.sampled_from(["host", "containers"]),
    cpu_pct=absurd,
    cores=absurd,
    mem_used_bytes=absurd,
    mem_total_bytes=absurd,
    cpu_pressure=absurd_pressure,
)


@pytest.mark.parametrize(
    ("shown", "known", "below", "cause", "sentence"),
    [pytest.param(*case[1:], id=case[0]) for case in SAID],
)
def test_sentence_tells_what_it_wants_and_who_holds_it_back(
    shown: ContainerSample | None, known: ContainerFacts | None, below: HostFigures, cause: str, sentence: str
) -> None:
    diagnosis = diagnose(shown, known, below)
    assert diagnosis is not None
    assert (diagnosis.sentence, diagnosis.cause, diagnosis.severe) == (
        sentence,
        cause.removesuffix("!"),
        cause.endswith("!"),
    )
    assert diagnosis.rule


@pytest.mark.parametrize(("shown", "known", "below"), [pytest.param(*case[1:], id=case[0]) for case in NOT_SAID])
def test_nothing_is_said(shown: ContainerSample | None, known: ContainerFacts | None, below: HostFigures) -> None:
    assert diagnose(shown, known, below) is None


def test_table_has_every_cause_and_no_case_twice() -> None:
    assert {case[4].removesuffix("!") for case in SAID} == set(get_args(Cause))
    names = [case[0] for case in (*SAID, *NOT_SAID)]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize(
    ("shown", "known", "below", "rule"),
    [
        (
            sample(**THROTTLED), LIMITED, host(),
            "throttled in 32 % of the periods (from 25 %), 45 % of a core's time lost (from 5 %)",
        ),
        (
            sample(cpu_pressure=waiting(45.0)), facts(), host(cpu_pct=680.0, cpu_pressure=waiting(60.0)),
            "CPU pressure 45 % (from 25 %), not throttled; host's CPU at 85 % (from 80 %, as its own pressure is high)",
        ),
        (
            sample(**AT_MEM_LIMIT, mem_pressure=waiting(23.0)), MEM_LIMITED, host(),
            "memory pressure 23 % (from 10 %); memory with cache at 100 % of its limit (from 95 %)",
        ),
        (
            sample(major_page_faults_per_sec=300.0, mem_swap_bytes=80 * MIB), facts(), FULL,
            "300 major page faults a second (from 100); host's memory at 97 % (from 92 %), not near a limit of its own",
        ),
        (
            sample(io_pressure=waiting(45.0)), facts(), host(),
            "I/O pressure 45 % (from 30 %), not for want of memory",
        ),
        (sample(pids=196), facts(pids_limit=200), host(), "pids at 98 % of their limit (from 95 %)"),
    ],
)  # fmt: skip
def test_rule_tells_the_figures_and_from_where_on_they_count(
    shown: ContainerSample, known: ContainerFacts, below: HostFigures, rule: str
) -> None:
    diagnosis = diagnose(shown, known, below)
    assert diagnosis is not None
    assert diagnosis.rule == rule


@given(st.none() | any_of(ContainerSample), st.none() | any_of(ContainerFacts), any_of(HostFigures))
def test_whatever_a_message_says_there_is_one_short_sentence_or_none(
    shown: ContainerSample | None, known: ContainerFacts | None, below: HostFigures
) -> None:
    diagnosis = diagnose(shown, known, below)
    if diagnosis is not None:
        assert 0 < len(diagnosis.sentence) <= LONGEST
        assert 0 < len(diagnosis.rule) <= LONGEST
        assert diagnosis.cause in get_args(Cause)


@settings(max_examples=200)
@given(absurd_samples, absurd_facts, absurd_hosts)
def test_no_number_is_too_absurd(shown: ContainerSample, known: ContainerFacts | None, below: HostFigures) -> None:
    diagnosis = diagnose(shown, known, below)
    if diagnosis is not None:
        assert 0 < len(diagnosis.sentence) <= LONGEST


@given(st.none() | any_of(ContainerFacts), any_of(HostFigures))
def test_nothing_is_said_of_a_running_container_without_figures(
    known: ContainerFacts | None, below: HostFigures
) -> None:
    shown = ContainerSample(id=container_id(1), name="web-1")
    if known is None or known.state in (None, "running"):
        assert diagnose(shown, known, below) is None


@given(absurd_samples, absurd_hosts)
def test_more_than_its_limit_is_wanted_wherever_both_are_told(shown: ContainerSample, below: HostFigures) -> None:
    diagnosis = diagnose(shown, facts(cpu_limit_cores=1.5), below)
    if diagnosis is not None and diagnosis.sentence.startswith("wants at least"):
        wants = float(diagnosis.sentence.removeprefix("wants at least ").split()[0])
        assert wants > 1.5
