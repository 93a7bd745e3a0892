"""Both programs in containers, on the real engine: what each mount gives, and how they start, are healthy and end.

The images are made without any registry (local_image), and every agent here runs as a stranger would run it in earnest:
as nobody in particular, without capabilities, its file system read-only. One observation for all tests of figures:
an agent outside, and agents with all mounts, with some and with none, all looking at the same containers at once.
Not here: whether the figures are true (test_figures), the images' base (local_image).
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import anyio
import httpx
import pytest

from dockstats_core import AgentFeed, AgentStatus, ContainerSample, ContainerStatsBatch, LocalFeed
from dockstats_core.feeds.events import Feed
from tests.engine.containers import BURN, HOST, Containers, containers
from tests.engine.local_image import Images, images, why_no_image
from tests.running import until
from tools.build_images import ROOT

pytestmark = [
    pytest.mark.engine,
    pytest.mark.time_limit(240),  # the first one builds the images
]

SOCKET = HOST.removeprefix("unix://")
HARDENED = ("--read-only", "--cap-drop", "ALL", "--security-opt", "no-new-privileges")
ENGINE = ("--volume", f"{SOCKET}:/var/run/docker.sock")
CGROUPS = ("--volume", "/sys/fs/cgroup:/sys/fs/cgroup:ro")
HOST_PIDS = ("--pid", "host")
PROC = ("--volume", "/proc:/host/proc:ro")

SPAN_S = 4.0
STOP_S = 5.0  # 2 s, and what a busy machine takes for a turn; one that hangs is killed after 10
CPU_TOLERANCE_PCT = 2.0  # points of one core
STOCK_BYTES = 64 * 4096 * (os.cpu_count() or 1)  # a core charges 64 pages at a time (the kernel's MEMCG_CHARGE_BATCH)
LOOKED_AT = ("burning", "talking")
AT_REST = (
    *("mem_bytes", "mem_usage_bytes", "mem_cache_bytes", "mem_limit_bytes", "mem_anon_bytes", "pids"),
    *("net_rx_bytes", "net_tx_bytes", "net_io_bytes", "block_read_bytes", "block_write_bytes"),
)
OF_NETWORK = ("net_rx_bytes", "net_tx_bytes", "net_io_bytes", "net_rx_bytes_per_sec", "net_tx_bytes_per_sec")
_REQUEST_S = 5.0


class Agent(NamedTuple):
    """How an agent's container is started."""

    mounts: Sequence[str]
    arguments: Sequence[str] = ()
    in_group: bool = True


AGENTS: Mapping[str, Agent] = {
    "host-pids": Agent((*ENGINE, *CGROUPS, *HOST_PIDS)),
    "proc-mounted": Agent(
        (*ENGINE, "--volume", "/sys/fs/cgroup:/host/cgroup:ro", *PROC),
        ("--proc-root", "/host/proc", "--cgroup-root", "/host/cgroup"),
    ),
    "no-proc": Agent((*ENGINE, *CGROUPS)),
    "no-cgroups": Agent(ENGINE),
    "no-group": Agent((*ENGINE, *CGROUPS), in_group=False),
}


class Heard:
    """Everything a feed said."""

    def __init__(self) -> None:
        self.statuses: list[AgentStatus] = []
        self.batches: list[ContainerStatsBatch] = []

    async def follow(self, feed: Feed) -> None:
        """Keep what the feed says, until cancelled."""
        async with feed:
            async for event in feed.events():
                if isinstance(event, AgentStatus):
                    self.statuses.append(event)
                elif isinstance(event, ContainerStatsBatch):
                    self.batches.append(event)

    def samples(self, name: str) -> list[ContainerSample]:
        """A container's figures, oldest first."""
        return [sample for batch in self.batches for sample in batch.containers if sample.name == name]

    def knows_cpu_of(self, names: Sequence[str]) -> bool:
        """Whether the newest batch has CPU figures of all of them."""
        newest = self.batches[-1].containers if self.batches else ()
        return set(names) <= {sample.name for sample in newest if sample.cpu_pct is not None}


class Observation(NamedTuple):
    """What everybody said of the same containers in the same span, and how the agents began and ended."""

    names: Mapping[str, str]  # of the containers looked at, by their short names
    from_s: float  # when everybody knew all figures: Unix seconds
    outside: Heard
    inside: Mapping[str, Heard]
    health: Mapping[str, Mapping[str, Any]]  # /healthz
    states: Mapping[str, str]  # what the engine made of the HEALTHCHECK
    logs: Mapping[str, str]
    stopped: Mapping[str, tuple[float, int]]  # seconds, exit code
    engine_s: float  # of those seconds, the engine's own on this machine now


# --- The observation ------------------------------------------------------------------------------------------------


def _insist(missing: str | None) -> None:
    """Skip where something is missing; fail where an engine is required, and so all that goes with it."""
    if missing is not None:
        (pytest.fail if "engine" in os.environ.get("DOCKSTATS_TEST_REQUIRE", "") else pytest.skip)(missing)


@pytest.fixture(scope="module")
def built() -> Images:
    _insist(why_no_image())
    return images()


@pytest.fixture(scope="module")
def seen(built: Images) -> Observation:
    return anyio.run(_observe, built)


async def _observe(built: Images) -> Observation:
    async with containers() as made:
        await made.run("burning", BURN, "--cpus", "0.3")
        talk = f"ping -c 3 -w 3 {await _address(made, 'burning')} >/dev/null; exec sleep 600"
        await made.run("talking", ("sh", "-c", talk))
        names = {short: made.name(short) for short in LOOKED_AT}
        only = {"name": [f"^{name}$" for name in names.values()]}
        outside, inside = Heard(), {short: Heard() for short in AGENTS}
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(outside.follow, LocalFeed(HOST, filters=only))
            for short in AGENTS:
                await _start_agent(made, short, built, only["name"])
                address = await _address(made, short)
                tasks.start_soon(inside[short].follow, AgentFeed(f"ws://{address}:8080/ws"))
            telling = [outside, *(heard for short, heard in inside.items() if AGENTS[short].in_group)]
            await until(lambda: all(one.knows_cpu_of(list(names.values())) for one in telling), within_s=90)
            await until(lambda: bool(inside["no-group"].batches))
            from_s = time.time()
            await anyio.sleep(SPAN_S)
            health = {short: await _healthz(made, short) for short in AGENTS}
            states = {short: await _health_state(made, short) for short in AGENTS}
            tasks.cancel_scope.cancel()
        stopped = {short: await _stop(made, short) for short in AGENTS}
        logs = {short: await _logs(made, short) for short in AGENTS}
        return Observation(names, from_s, outside, inside, health, states, logs, stopped, await _engine_s(made))


async def _start_agent(made: Containers, short: str, built: Images, names: Sequence[str]) -> None:
    agent = AGENTS[short]
    group = ("--group-add", str(_socket_gid())) if agent.in_group else ()
    often = ("--health-interval", "1s", "--health-retries", "1")
    filters = [argument for name in names for argument in ("--filter", f"name={name}")]
    await _run(made, short, built.agent, *agent.mounts, *group, *often, arguments=(*agent.arguments, *filters))


async def _run(made: Containers, short: str, image: str, *options: str, arguments: Sequence[str] = ()) -> None:
    named = ("--name", made.name(short), "--label", made.label)
    await made.docker("run", "--detach", *named, *HARDENED, *options, image, *arguments)


async def _address(made: Containers, short: str) -> str:
    return await made.docker("inspect", "--format", "{{.NetworkSettings.IPAddress}}", made.name(short))


async def _healthz(made: Containers, short: str) -> Mapping[str, Any]:
    async with httpx.AsyncClient(trust_env=False, timeout=_REQUEST_S) as client:
        answer = await client.get(f"http://{await _address(made, short)}:8080/healthz")
    health: Mapping[str, Any] = answer.json()
    return health


async def _health_state(made: Containers, short: str) -> str:
    """What the engine thinks of the container, as soon as it thinks anything."""
    for _ in range(100):
        state = await made.docker("inspect", "--format", "{{.State.Health.Status}}", made.name(short))
        if state != "starting":
            return state
        await anyio.sleep(0.1)
    raise AssertionError(f"{short}: no health check has ended")


async def _stop(made: Containers, short: str) -> tuple[float, int]:
    """Seconds from the engine's signal to the end, as the engine tells them, and the exit code."""
    began_s = time.time()
    await made.docker("stop", made.name(short))
    signalled = await made.events(short, "kill", since_s=began_s)
    died = await made.events(short, "die", since_s=began_s)
    code = await made.docker("inspect", "--format", "{{.State.ExitCode}}", made.name(short))
    return died[-1] - signalled[0], int(code)


async def _engine_s(made: Containers) -> float:
    """Seconds from the engine's signal to the end, of a shell that ends at once: what a busy machine adds to any."""
    await made.run("shell", ("sh", "-c", "trap 'exit 0' TERM; while :; do sleep 0.05; done"))
    took_s, _ = await _stop(made, "shell")
    return took_s


async def _logs(made: Containers, short: str) -> str:
    done = await anyio.run_process(["docker", "--host", HOST, "logs", made.name(short)], stderr=subprocess.STDOUT)
    return done.stdout.decode()


def _socket_gid() -> int:
    return Path(SOCKET).stat().st_gid


# --- Figures --------------------------------------------------------------------------------------------------------


def _same_figure(seen: Observation, agent: str, short: str, field: str) -> bool:
    """Whether each of the agent's figures is one that the agent outside had, or lies between two of them.

    Two agents look at different moments, and memory moves with the kernel's stock of charged pages.
    """
    name = seen.names[short]
    theirs = [getattr(sample, field) for sample in seen.outside.samples(name)]
    known = [value for value in theirs if value is not None]
    ours = [value for sample in seen.inside[agent].samples(name) if (value := getattr(sample, field)) is not None]
    apart = STOCK_BYTES if field.startswith("mem_") else 0
    return bool(known and ours) and min(known) - apart <= min(ours) and max(ours) <= max(known) + apart


def _mean_cpu(seen: Observation, heard: Heard) -> float:
    """Of the burning container, over the span: each figure counts for the time since the batch before."""
    name = seen.names["burning"]
    span = [batch for batch in heard.batches if seen.from_s <= batch.sent_at.timestamp() <= seen.from_s + SPAN_S]
    assert len(span) > 4
    found, total_s = 0.0, 0.0
    for before, batch in pairwise(span):
        [cpu_pct] = [sample.cpu_pct for sample in batch.containers if sample.name == name]
        took_s = (batch.sent_at - before.sent_at).total_seconds()
        found += (cpu_pct or 0.0) * took_s
        total_s += took_s
    return found / total_s


@pytest.mark.parametrize("agent", ["host-pids", "proc-mounted", "no-proc"])
def test_agent_in_a_container_reads_the_kernels_own_counters(seen: Observation, agent: str) -> None:
    assert seen.inside[agent].batches[-1].sampling.source == seen.outside.batches[-1].sampling.source == "cgroup"
    assert "cgroup" in seen.inside[agent].statuses[-1].features


@pytest.mark.parametrize("agent", ["host-pids", "proc-mounted", "no-proc"])
def test_cpu_is_what_an_agent_outside_has(seen: Observation, agent: str) -> None:
    ours, theirs = (_mean_cpu(seen, heard) for heard in (seen.inside[agent], seen.outside))
    assert ours > 0.5, "else nothing is compared"
    assert abs(ours - theirs) <= CPU_TOLERANCE_PCT


@pytest.mark.parametrize("field", AT_REST)
@pytest.mark.parametrize("agent", ["host-pids", "proc-mounted"])
def test_memory_network_and_totals_are_what_an_agent_outside_has(seen: Observation, agent: str, field: str) -> None:
    assert _same_figure(seen, agent, "talking", field)


def test_containers_have_traffic_to_compare(seen: Observation) -> None:
    assert (seen.inside["host-pids"].samples(seen.names["talking"])[-1].net_rx_bytes or 0) > 200


@pytest.mark.parametrize("agent", ["host-pids", "proc-mounted"])
def test_with_all_mounts_nothing_is_missing(seen: Observation, agent: str) -> None:
    newest = seen.inside[agent].batches[-1]
    assert newest.sampling.limitations == seen.outside.batches[-1].sampling.limitations
    assert seen.inside[agent].statuses[-1].features == seen.outside.statuses[-1].features
    assert "figures.network" in seen.inside[agent].statuses[-1].features
    assert {str(sample.unknown) for sample in newest.containers} == {"{}"}


def test_without_the_hosts_processes_only_network_is_missing_and_everything_says_so(seen: Observation) -> None:
    heard = seen.inside["no-proc"]
    [limitation] = heard.batches[-1].sampling.limitations
    assert limitation.startswith("no network figures: ")
    assert "--pid host" in limitation
    assert "--proc-root" in limitation
    assert seen.health["no-proc"]["sampling"]["limitations"] == [limitation]
    assert set(seen.outside.statuses[-1].features) - set(heard.statuses[-1].features) == {
        "figures.network",
        "figures.network_rates",
    }
    for sample in heard.samples(seen.names["talking"]):
        assert [getattr(sample, field) for field in OF_NETWORK] == [None] * len(OF_NETWORK), "missing is not zero"
    newest = heard.samples(seen.names["talking"])[-1]
    assert newest.unknown == {"network": "source_cannot_tell", "network_rates": "source_cannot_tell"}
    assert all(_same_figure(seen, "no-proc", "talking", field) for field in AT_REST if field not in OF_NETWORK)


def test_without_the_cgroup_mount_the_engine_is_asked_and_the_reason_says_why(seen: Observation) -> None:
    heard = seen.inside["no-cgroups"]
    sampling = heard.batches[-1].sampling
    assert sampling.source in {"stream", "one-shot"}
    assert "the kernel's own counters cannot be read" in sampling.reason
    assert seen.health["no-cgroups"]["sampling"]["reason"] == sampling.reason
    assert "cgroup" not in heard.statuses[-1].features
    assert "figures.pressure" not in heard.statuses[-1].features
    newest = heard.samples(seen.names["talking"])[-1]
    assert newest.cpu_pressure is None
    assert newest.unknown["pressure"]
    assert all(_same_figure(seen, "no-cgroups", "talking", field) for field in ("mem_bytes", "net_rx_bytes"))


def test_without_the_sockets_group_the_error_names_it_and_how_to_give_it(seen: Observation) -> None:
    gid = _socket_gid()
    wanted = f"--group-add {gid} (in a compose file, group_add: [{gid}])"
    engine = seen.inside["no-group"].batches[-1].engine
    assert not engine.reachable
    assert engine.error is not None
    for told in (engine.error, seen.health["no-group"]["engine"]["error"], seen.logs["no-group"]):
        assert "permission denied" in told
        assert wanted in told


# --- Life -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("agent", AGENTS)
def test_agent_is_healthy_to_the_engine_and_ends_within_2_s_with_0(seen: Observation, agent: str) -> None:
    took_s, code = seen.stopped[agent]
    assert seen.states[agent] == "healthy"
    assert (code, took_s - seen.engine_s < STOP_S) == (0, True), f"exit code {code} after {took_s:.1f} s"
    assert "Traceback" not in seen.logs[agent]


def _heeds_sigterm(status: str) -> bool:
    """Whether a process has a handler for it, by its /proc/PID/status."""
    caught = next(line.split()[1] for line in status.splitlines() if line.startswith("SigCgt:"))
    return bool(int(caught, 16) >> (signal.SIGTERM - 1) & 1)


async def test_a_stop_while_the_program_still_loads_is_heard(built: Images) -> None:
    async with containers() as made:
        await _run(made, "young", built.dashboard, arguments=("--demo",))
        status = Path("/proc", await made.docker("inspect", "--format", "{{.State.Pid}}", made.name("young")), "status")
        await until(lambda: _heeds_sigterm(status.read_text()))  # before, the kernel keeps it from a process 1
        took_s, code = await _stop(made, "young")
        log = await _logs(made, "young")
        engine_s = await _engine_s(made)
    assert (code, took_s - engine_s < STOP_S) == (0, True), f"exit code {code} after {took_s:.1f} s; {log}"


async def test_dashboard_that_nothing_stops_from_writing_writes_nothing(built: Images) -> None:
    async with containers() as made:
        named = ("--name", made.name("demo"), "--label", made.label, "--health-interval", "1s")
        await made.docker("run", "--detach", *named, "--user", "0", built.dashboard, "--demo")
        assert await _health_state(made, "demo") == "healthy"
        assert await made.docker("diff", made.name("demo")) == ""


@pytest.mark.parametrize(("app", "port"), [("agent", "8080/tcp"), ("dashboard", "5173/tcp")])
async def test_image_says_what_it_is_and_starts_without_a_shell(built: Images, app: str, port: str) -> None:
    tag = getattr(built, app)
    async with containers() as made:
        config = json.loads(await made.docker("inspect", "--format", "{{json .Config}}", tag))
    assert config["Entrypoint"] == [f"dockstats-{app}"]
    assert config["Healthcheck"]["Test"] == ["CMD", f"dockstats-{app}", "healthcheck"]
    assert (config["User"], config["StopSignal"], config["ExposedPorts"]) == ("65532:65532", "SIGTERM", {port: {}})
    labels = {name.rpartition(".")[2]: value for name, value in config["Labels"].items()}
    assert labels["title"] == f"dockstats {app}"
    assert labels["licenses"] == "MIT"
    assert labels["description"]
    assert f"dockstats-{app} {labels['version']}" == await _printed(tag, "--version")


@pytest.mark.parametrize(("app", "arguments"), [("agent", ("--source", "simulated")), ("dashboard", ("--demo",))])
async def test_no_module_is_compiled_at_a_start(built: Images, app: str, arguments: Sequence[str]) -> None:
    async with containers() as made:
        options = ("--env", "PYTHONVERBOSE=1", "--health-interval", "1s")
        await _run(made, app, getattr(built, app), *options, arguments=arguments)
        assert await _health_state(made, app) == "healthy"
        log = await _logs(made, app)
    loaded = [line for line in log.splitlines() if line.startswith("# code object from")]
    assert len(loaded) > 300
    assert [line for line in loaded if line.endswith(".py'")] == []


async def _printed(tag: str, *arguments: str) -> str:
    command = ["docker", "--host", HOST, "run", "--rm", "--network", "none", *HARDENED, tag, *arguments]
    return (await anyio.run_process(command, stderr=subprocess.STDOUT)).stdout.decode().strip()


# --- Compose --------------------------------------------------------------------------------------------------------


def _compose() -> Sequence[str] | None:
    """The command that there is: Debian's own package, or the plugin."""
    if shutil.which("docker-compose"):
        return ["docker-compose"]
    plugin = ["docker", "compose"]
    return plugin if subprocess.run([*plugin, "version"], capture_output=True, check=False).returncode == 0 else None


async def test_one_compose_up_brings_a_dashboard_that_shows_the_agents_host(built: Images) -> None:
    _insist(None if _compose() else "compose is not installed; tests/engine/up installs it on Debian")
    async with _composed(built) as dashboard, httpx.AsyncClient(base_url=dashboard, trust_env=False) as client:
        with anyio.fail_after(30):
            [agent] = await _connected_agents(client)
            events = [event async for event in _events(client, "container_stats_batch")]
    assert (agent["id"], agent["label"], agent["url"]) == ("agent-1", "Agent 1", "ws://agent:8080/ws")
    assert events[-1]["payload"]["agent_label"] == "Rack 2", "which the page shows where nobody chose a label"
    assert events[-1]["payload"]["sampling"]["source"] == "cgroup"
    assert any("dashboard" in container["name"] for container in events[-1]["payload"]["containers"])


@asynccontextmanager
async def _composed(built: Images) -> AsyncIterator[str]:
    """URL of the dashboard that compose.yaml brings up, with the tests' images."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    settings = {
        "DOCKER_HOST": HOST,
        "DOCKER_GID": str(_socket_gid()),
        "DOCKSTATS_AGENT_IMAGE": built.agent,
        "DOCKSTATS_DASHBOARD_IMAGE": built.dashboard,
        "DOCKSTATS_PORT": str(port),
        "AGENT_HOST_LABEL": "Rack 2",
    }

    async def compose(*arguments: str) -> None:
        where = ("--project-name", "dockstats-test", "--file", str(ROOT / "compose.yaml"))
        done = await anyio.run_process(
            [*(_compose() or ()), *where, *arguments], env={**os.environ, **settings}, check=False
        )
        assert done.returncode == 0, done.stderr.decode()

    await compose("down")  # what a crashed run left
    try:
        await compose("up", "--detach", "--no-build")
        yield f"http://127.0.0.1:{port}"
    finally:
        with anyio.CancelScope(shield=True):
            await compose("down")


async def _connected_agents(client: httpx.AsyncClient) -> Sequence[Mapping[str, Any]]:
    """What /api/agents says, once it says that all are connected."""
    while True:
        try:
            agents: Sequence[Mapping[str, Any]] = (await client.get("/api/agents")).json()
        except httpx.TransportError:
            agents = []
        if agents and all(agent["connection"]["status"] == "connected" for agent in agents):
            return agents
        await anyio.sleep(0.1)


async def _events(client: httpx.AsyncClient, kind: str) -> AsyncIterator[Mapping[str, Any]]:
    """The stream's messages up to the first of a kind with containers in it."""
    async with client.stream("GET", "/stream/agents") as answer:
        async for line in answer.aiter_lines():
            if line.startswith("data:"):
                message: Mapping[str, Any] = json.loads(line.removeprefix("data:"))
                yield message
                if message["type"] == kind and message["payload"]["containers"]:
                    return
