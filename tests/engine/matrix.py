"""One engine's containers as everybody sees them at the same time: three sources of ours, the kernel, `docker stats`.

    python -m tests.engine.matrix --docker-host unix:///run/docker.sock --disk /disk --out seen.json

starts containers with steady loads, opens a `LocalFeed` a source, reads the kernel's counters past our code, follows
`docker stats`, and writes all of it as JSON. Needs the library, this checkout and the docker command, so that it runs
on any host; `test_matrix.py` runs it on several.
Not here: what must be equal (test_matrix), how it is laid out (side_by_side).
"""

from __future__ import annotations

import argparse
import os
import platform
import threading
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Literal, NamedTuple, TypeAlias

import anyio
import msgspec

from dockstats_core import ContainerSample, LocalFeed, Sampling
from tests.engine.containers import BURN, IDLE, Containers, containers, disk_below
from tests.engine.docker_stats import Row, follow_docker_stats
from tests.engine.kernel_reader import KernelLog, KernelReader, follow_kernel
from tests.engine.watching import Shown, Watch, watching

SourceName: TypeAlias = Literal["cgroup", "one-shot", "stream"]
SOURCES: Sequence[SourceName] = ("cgroup", "one-shot", "stream")
KNOWN_WITHIN_S = 90.0  # every figure by every source, on a slow machine
FIGURES_AT_LEAST = 2  # of each source, of each container
AFTER_S = 1.5  # what the kernel reader goes on for

HOLD = "(head -c {bytes} /dev/zero; sleep 600) | tail -c {bytes}"
SERVE = "mkdir /www; head -c 200000 /dev/urandom >/www/file; exec httpd -f -h /www -p 80"
FETCH = (
    "for i in 1 2 3 4 5; do until wget -q -O /dev/null http://{server}/file; do sleep 0.2; done; done; exec sleep 600"
)
WRITE = "dd if=/dev/zero of={file} bs=64k count=128 conv=fsync 2>/dev/null; cat {file} >/dev/null; exec sleep 600"


class Role(NamedTuple):
    """What a container does, with which options."""

    command: Sequence[str] = IDLE
    options: Sequence[str] = ()


def _sh(script: str) -> Sequence[str]:
    return ("sh", "-c", script)


ROLES: Mapping[str, Role] = {
    "holding": Role(_sh(HOLD.format(bytes=60_000_000)), ("--memory", "128m", "--pids-limit", "20")),
    "host-network": Role(_sh(HOLD.format(bytes=20_000_000)), ("--network", "host")),
    "served": Role(_sh(SERVE)),
}
# These two need another one's address, or a disk; and what burns comes last, so that starting is soon done.
FETCHED, WRITTEN = "fetched", "written"
BURNING: Mapping[str, Role] = {
    "burning": Role(BURN, ("--cpus", "0.3")),
    "burning-lightly": Role(BURN, ("--cpus", "0.1")),
}
ALL = (*ROLES, FETCHED, WRITTEN, *BURNING)


class Figures(NamedTuple):
    """One reading of ours: when it was taken (Unix seconds), and what was made of it."""

    at_s: float
    sample: ContainerSample


class Seen(msgspec.Struct, kw_only=True):
    """What everybody saw of one container, each oldest first."""

    kernel: KernelLog
    printed: list[Row]
    sources: dict[SourceName, list[Figures]]


class Observation(msgspec.Struct, kw_only=True):
    """What everybody saw of all containers in the same span of time (Unix seconds), and where that was."""

    engine: str
    kernel: str
    cgroup: str
    python: str
    counts_blocks: bool  # whether this kernel counts what the container on the disk wrote
    sampling: dict[SourceName, Sampling]
    containers: dict[str, Seen]


async def observe(
    host: str,
    *,
    disk: str | None,
    span_s: float,
    interval_s: float,
    leave: bool,
    sources: Sequence[SourceName] = SOURCES,
) -> Observation:
    """Start the containers, and watch for `span_s` or longer, until each source has given some figures of each."""
    async with containers(host, leave=leave) as made:
        ids, counts_blocks = await _start_all(made, disk)
        pids = (await made.docker("inspect", "--format", "{{.State.Pid}}", *map(ids.__getitem__, ALL))).split()
        readers = {short: KernelReader(ids[short], int(pid)) for short, pid in zip(ALL, pids, strict=True)}
        logs = {short: KernelLog([], []) for short in ALL}
        rows: dict[str, list[Row]] = {made.name(short): [] for short in ALL}
        watches: dict[SourceName, Watch] = {}
        async with beside(readers, logs, BURNING, host, rows), AsyncExitStack() as open_feeds:
            # One after the other: what all ask for at their start takes Podman a second of the guest's only core, which
            # it shares with the containers, and what was not answered in time would be asked for anew, by all of them.
            for source in sources:
                feed = LocalFeed(host, poll_interval_s=interval_s, filters=made.filters, source=source)
                watches[source] = await open_feeds.enter_async_context(watching(feed, made))
                await watches[source].until(
                    lambda shown: all(shown.cpu(short) is not None for short in ALL), within_s=KNOWN_WITHIN_S
                )
            await anyio.sleep(span_s)
            for watch in watches.values():
                await watch.until(partial(_has_enough, watch), within_s=KNOWN_WITHIN_S)
            await anyio.sleep(AFTER_S)
        await made.docker("kill", *ids.values())  # Podman's `rm --force` would give each 10 s to end by itself
        newest = {source: watch.shown[-1].batch for source, watch in watches.items()}
        engine = newest[sources[0]].engine
        return Observation(
            engine=f"{(engine.product or '?').title()} {engine.version}",
            kernel=platform.release(),
            cgroup="v1" if readers["burning"].is_v1 else "v2",
            python=platform.python_version(),
            counts_blocks=counts_blocks,
            sampling={source: batch.sampling for source, batch in newest.items()},
            containers={
                short: Seen(
                    kernel=logs[short],
                    printed=rows[made.name(short)],
                    sources={source: readings_of(watch, short) for source, watch in watches.items()},
                )
                for short in ALL
            },
        )


@asynccontextmanager
async def beside(
    readers: Mapping[str, KernelReader],
    logs: Mapping[str, KernelLog],
    closely: Collection[str],
    host: str,
    rows: Mapping[str, list[Row]],
) -> AsyncIterator[None]:
    """Follow the kernel and `docker stats` while the block runs."""
    stop = threading.Event()
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(anyio.to_thread.run_sync, follow_kernel, readers, logs, closely, stop)
        tasks.start_soon(follow_docker_stats, host, rows)
        try:
            yield
        finally:
            stop.set()
            tasks.cancel_scope.cancel()


async def _start_all(made: Containers, disk: str | None) -> tuple[Mapping[str, str], bool]:
    """Start every container; gives their ids, and whether the kernel counts what is written to the disk."""
    ids: dict[str, str] = {}
    at_a_time = anyio.CapacityLimiter(os.cpu_count() or 1)

    async def start(short: str, role: Role) -> None:
        async with at_a_time:
            ids[short] = await made.run(short, role.command, *role.options)

    async with anyio.create_task_group() as tasks:
        for short, role in ROLES.items():
            tasks.start_soon(start, short, role)
    address = "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}"
    server = await made.docker("inspect", "--format", address, made.name("served"))
    written, counts_blocks = await _written(made, disk)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(start, FETCHED, Role(_sh(FETCH.format(server=server))))
        tasks.start_soon(start, WRITTEN, written)
    async with anyio.create_task_group() as tasks:
        for short, role in BURNING.items():
            tasks.start_soon(start, short, role)
    return ids, counts_blocks


async def _written(made: Containers, disk: str | None) -> tuple[Role, bool]:
    """Writes to the directory `disk`, or to its own files where none is given."""
    alone = ("--network", "none")
    if disk is not None:
        return Role(_sh(WRITE.format(file=f"/disk/{made.name('file')}")), (*alone, "--volume", f"{disk}:/disk")), True
    below = disk_below(Path(await made.docker("info", "--format", "{{.DockerRootDir}}")))
    # cgroup v1 counts a device's bytes only for those who have a limit on it; these are never reached.
    counted = ("--device-write-bps", f"{below}:100gb", "--device-read-bps", f"{below}:100gb") if below else ()
    return Role(_sh(WRITE.format(file="/file")), (*alone, *counted)), below is not None


def _has_enough(watch: Watch, _: Shown) -> bool:
    return all(
        sum(one.sample.cpu_pct is not None for one in readings_of(watch, short)) >= FIGURES_AT_LEAST for short in ALL
    )


def readings_of(watch: Watch, short: str) -> list[Figures]:
    """Each reading once, by its time: a batch between two readings repeats the last one."""
    found: list[Figures] = []
    for shown in watch.shown:
        sample = shown.sample(short)
        if sample is None or sample.age_secs is None:
            continue
        at_s = shown.batch.sent_at.timestamp() - sample.age_secs
        if not found or at_s - found[-1].at_s > 0.1:
            found.append(Figures(at_s, sample))
    return found


def main() -> None:
    """Observe one engine and write what was seen."""
    parser = argparse.ArgumentParser(prog="python -m tests.engine.matrix", description=observe.__doc__)
    parser.add_argument("--docker-host", required=True, metavar="HOST", help="unix:///…")
    parser.add_argument("--disk", metavar="DIRECTORY", help="where blocks are written; default: the container itself")
    parser.add_argument("--span", type=float, default=6.0, metavar="SECONDS", help="how long to watch")
    parser.add_argument("--interval", type=float, default=0.5, metavar="SECONDS", help="between two batches of ours")
    parser.add_argument("--sources", default=",".join(SOURCES), help="those to compare; default all")
    parser.add_argument("--leave", action="store_true", help="only stop the containers: their host ends with them")
    parser.add_argument("--out", required=True, metavar="FILE")
    given = parser.parse_args()
    seen = anyio.run(
        partial(
            observe,
            given.docker_host,
            disk=given.disk,
            span_s=given.span,
            interval_s=given.interval,
            leave=given.leave,
            sources=given.sources.split(","),
        )
    )
    Path(given.out).write_bytes(msgspec.json.encode(seen))


if __name__ == "__main__":
    main()
