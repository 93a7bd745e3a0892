"""A machine's /proc and cgroup trees as plain files in a directory, for the readers of the kernel's files.

    machine = Machine(tmp_path, "v2", place="system.slice/docker-{id}.scope")
    web = machine.run(container(1, pid=101), Counts(cpu_us=2_000_000))
    machine.write(web, "memory.current", "garbage")

Directories lie where a driver puts them (`place`); what the container's first process tells of them (`told`) may
differ, as where the reader is in a namespace.
Not here: files that vanish while they are open, which only a kernel can take away.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from dockstats_core.containers import Container
from dockstats_core.readings import PressureReading, Stall

Mode = Literal["v1", "v2", "hybrid"]

CONTROLLERS = ("cpuacct", "cpu", "memory", "blkio", "pids")
MIB = 1 << 20
NO_LIMIT = 2**64 - 1
V1_NO_LIMIT = 9223372036854771712


@dataclass(frozen=True)
class Counts:
    """What the kernel counted for one container, whatever files tell it. Limits: None = none."""

    cpu_us: int = 1_500_000
    user_us: int = 1_000_000  # whole ticks of 10 ms, which is all that v1 tells
    kernel_us: int = 400_000
    periods: int = 100
    throttled_periods: int = 7
    throttled_us: int = 350_000
    mem: int = 50 * MIB
    inactive_file: int = 8 * MIB
    anon: int = 30 * MIB
    file: int = 15 * MIB
    kernel: int = 2 * MIB
    swap: int = MIB
    mem_limit: int | None = 128 * MIB
    limit_hits: int = 3
    oom_kills: int = 1
    faults: int = 12_345
    major_faults: int = 67
    pids: int = 4
    pids_limit: int | None = 100
    read: int = 4096
    written: int = 8192
    reads: int = 1
    writes: int = 2
    received: int = 1000
    sent: int = 500
    stalled_us: int = 250_000

    def reading(self, mode: Mode) -> dict[str, Any]:
        """The fields of a Reading by these counts, on such a machine, everything in sight."""
        pressure = PressureReading(
            some=Stall(total_us=self.stalled_us, avg10_pct=1.5, avg60_pct=0.5, avg300_pct=0.25),
            full=Stall(total_us=self.stalled_us // 2, avg10_pct=0.5, avg60_pct=0.25, avg300_pct=0.0),
        )
        v2 = mode == "v2"
        fields = {
            "cpu_total_ns": self.cpu_us * 1000,
            "cpu_user_ns": self.user_us * 1000,
            "cpu_kernel_ns": self.kernel_us * 1000,
            "periods": self.periods,
            "throttled_periods": self.throttled_periods,
            "throttled_ns": self.throttled_us * 1000,
            "mem_usage_bytes": self.mem,
            ("mem_inactive_file_bytes" if v2 else "mem_total_inactive_file_bytes"): self.inactive_file,
            "mem_anon_bytes": self.anon,
            "mem_file_bytes": self.file,
            "mem_kernel_bytes": self.kernel,
            "mem_swap_bytes": self.swap,
            "mem_limit_bytes": self.mem_limit or (NO_LIMIT if v2 else V1_NO_LIMIT),
            "mem_limit_hits": self.limit_hits,
            "oom_kills": self.oom_kills,
            "page_faults": self.faults,
            "major_page_faults": self.major_faults,
            "pids": self.pids,
            "pids_limit": self.pids_limit or NO_LIMIT,
            "block_read_bytes": self.read,
            "block_write_bytes": self.written,
            "block_reads": self.reads,
            "block_writes": self.writes,
            "net_rx_bytes": self.received,
            "net_tx_bytes": self.sent,
        }
        return fields if mode == "v1" else fields | dict.fromkeys(PRESSURES, pressure)

    def files(self, mode: Mode) -> Iterator[tuple[str, str, str]]:
        """Controller ("unified" for the v2 tree), name and text of each file."""
        if mode == "v2":
            yield from (("unified", name, text) for name, text in self._v2().items())
        else:
            for controller, files in self._v1().items():
                yield from ((controller, name, text) for name, text in files.items())
        if mode != "v1":
            text = (
                f"some avg10=1.50 avg60=0.50 avg300=0.25 total={self.stalled_us}\n"
                f"full avg10=0.50 avg60=0.25 avg300=0.00 total={self.stalled_us // 2}\n"
            )
            yield from (("unified", f"{name}.pressure", text) for name in ("cpu", "memory", "io"))

    def _v2(self) -> Mapping[str, str]:
        return {
            "cpu.stat": f"usage_usec {self.cpu_us}\nuser_usec {self.user_us}\nsystem_usec {self.kernel_us}\n"
            f"nr_periods {self.periods}\nnr_throttled {self.throttled_periods}\nthrottled_usec {self.throttled_us}\n",
            "memory.current": f"{self.mem}\n",
            "memory.stat": f"anon {self.anon}\nfile {self.file}\nkernel {self.kernel}\ninactive_anon 4096\n"
            f"inactive_file {self.inactive_file}\npgfault {self.faults}\npgmajfault {self.major_faults}\n",
            "memory.events": f"low 0\nhigh 0\nmax {self.limit_hits}\noom 1\noom_kill {self.oom_kills}\n",
            "memory.swap.current": f"{self.swap}\n",
            "memory.max": f"{self.mem_limit or 'max'}\n",
            "pids.current": f"{self.pids}\n",
            "pids.max": f"{self.pids_limit or 'max'}\n",
            "io.stat": f"254:0 rbytes={self.read} wbytes={self.written} rios={self.reads} wios={self.writes} "
            "dbytes=0 dios=0\n",
        }

    def _v1(self) -> Mapping[str, Mapping[str, str]]:
        def device(reads: int, writes: int) -> str:
            return f"254:0 Read {reads}\n254:0 Write {writes}\n254:0 Total {reads + writes}\nTotal {reads + writes}\n"

        return {
            "cpuacct": {
                "cpuacct.usage": f"{self.cpu_us * 1000}\n",
                "cpuacct.stat": f"user {self.user_us // 10_000}\nsystem {self.kernel_us // 10_000}\n",
            },
            "cpu": {
                "cpu.stat": f"nr_periods {self.periods}\nnr_throttled {self.throttled_periods}\n"
                f"throttled_time {self.throttled_us * 1000}\n",
            },
            "memory": {
                "memory.usage_in_bytes": f"{self.mem}\n",
                "memory.stat": f"cache 0\nrss 0\ninactive_file 1\ntotal_cache {self.file}\ntotal_rss {self.anon}\n"
                f"total_swap {self.swap}\ntotal_pgfault {self.faults}\ntotal_pgmajfault {self.major_faults}\n"
                f"total_inactive_file {self.inactive_file}\n",
                "memory.failcnt": f"{self.limit_hits}\n",
                "memory.oom_control": f"oom_kill_disable 0\nunder_oom 0\noom_kill {self.oom_kills}\n",
                "memory.kmem.usage_in_bytes": f"{self.kernel}\n",
                "memory.limit_in_bytes": f"{self.mem_limit or V1_NO_LIMIT}\n",
            },
            "pids": {"pids.current": f"{self.pids}\n", "pids.max": f"{self.pids_limit or 'max'}\n"},
            "blkio": {
                "blkio.throttle.io_service_bytes_recursive": device(self.read, self.written),
                "blkio.throttle.io_service_bytes": device(0, 0),  # of the container's own level only
                "blkio.throttle.io_serviced_recursive": device(self.reads, self.writes),
                "blkio.throttle.io_serviced": device(0, 0),
            },
        }

    def net_dev(self) -> str:
        """`/proc/<pid>/net/dev` with two interfaces beside `lo`."""
        return net_dev(lo=(77, 77), eth0=(self.received - 1, self.sent - 1), eth1=(1, 1))


PRESSURES = ("cpu_pressure", "mem_pressure", "io_pressure")


def net_dev(**interfaces: tuple[int, int]) -> str:
    """The file with so many bytes received and sent on each interface."""
    head = "Inter-|   Receive                |  Transmit\n face |bytes    packets errs |bytes    packets errs\n"
    return head + "".join(
        f"{name:>6}: {received} 1 0 0 0 0 0 0 {sent} 1 0 0 0 0 0 0\n" for name, (received, sent) in interfaces.items()
    )


class Machine:
    """One machine.

    Args:
        directory: where its /proc and its cgroup trees are made.
        mode: which trees are mounted.
        place: the directory of a container below the point of each mounted tree; `{id}` stands for its id.
        root: the cgroup that the mounts show at their points, "/" on a host.
        told: the path that a container's first process tells; by default `place` below `root`.
        below: a cgroup of the container's own making in which its first process is, as "/init.scope".
        in_unified: whether, on a hybrid machine, the engine has its containers in the v2 tree too.
    """

    def __init__(
        self,
        directory: Path,
        mode: Mode = "v2",
        *,
        place: str = "docker/{id}",
        root: str = "/",
        told: str | None = None,
        below: str = "",
        in_unified: bool = True,
    ) -> None:
        self.mode = mode
        self.proc = directory / "proc"
        self.cgroup = directory / "cgroup"
        self._place = place
        self._told = told or f"{root.rstrip('/')}/{place}{below}"
        self._in_unified = in_unified
        (self.proc / "self").mkdir(parents=True)
        for point in self._points().values():
            point.mkdir(parents=True)
        self.mount(root)

    def mount(self, root: str = "/") -> None:
        """Mount the trees."""
        lines = ["24 18 0:5 / /proc rw - proc proc rw"]
        for number, (controller, point) in enumerate(self._points().items(), 30):
            kind = "cgroup2 cgroup2 rw" if controller == "unified" else f"cgroup cgroup rw,{controller}"
            lines.append(f"{number} 24 0:{number} {root} {_escaped(point)} ro,nosuid shared:4 - {kind}")
        (self.proc / "self" / "mountinfo").write_text("\n".join(lines) + "\n")

    def unmount(self) -> None:
        """Nothing is mounted."""
        (self.proc / "self" / "mountinfo").write_text("24 18 0:5 / /proc rw - proc proc rw\n")

    def run(self, container: Container, counts: Counts | None = None) -> Container:
        """Its directories and, where it has a pid, its first process."""
        self.count(container, counts or Counts())
        if container.pid is not None:
            self.process(container.pid, self._told.format(id=container.id), counts)
        return container

    def count(self, container: Container, counts: Counts) -> None:
        """The kernel has counted so much, from the next reading on."""
        for controller, name, text in counts.files(self.mode):
            if controller != "unified" or self.mode == "v2" or self._in_unified:
                directory = self.directory(container, controller)
                directory.mkdir(parents=True, exist_ok=True)
                (directory / name).write_text(text)
        if container.pid is not None and (net := self.proc / str(container.pid) / "net" / "dev").exists():
            net.write_text(counts.net_dev())

    def process(self, pid: int, path: str, counts: Counts | None = None) -> None:
        """A process that is in this cgroup, on each hierarchy."""
        net = self.proc / str(pid) / "net"
        net.mkdir(parents=True, exist_ok=True)
        (net / "dev").write_text((counts or Counts()).net_dev())
        lines = [] if self.mode == "v2" else [f"{number}:{name}:{path}" for number, name in enumerate(CONTROLLERS, 2)]
        lines.append(f"0::{path if self.mode == 'v2' or self._in_unified else '/'}")
        (self.proc / str(pid) / "cgroup").write_text("\n".join(lines) + "\n")

    def end(self, container: Container) -> None:
        """It has ended: its directories and its first process are gone."""
        for controller in self._points():
            shutil.rmtree(self.directory(container, controller), ignore_errors=True)
        if container.pid is not None:
            shutil.rmtree(self.proc / str(container.pid), ignore_errors=True)

    def directory(self, container: Container, controller: str) -> Path:
        """Its directory in one tree."""
        return self._points()[controller] / self._place.format(id=container.id)

    def directories(self, container: Container) -> dict[str, str]:
        """Its directories as a finder tells them."""
        names = ("unified",) if self.mode == "v2" else CONTROLLERS
        return {name: str(self.directory(container, name)) for name in names}

    def file(self, container: Container, name: str) -> Path:
        """One of its files, by the kernel's name of it."""
        if name == "net/dev":
            return self.proc / str(container.pid) / name
        controllers = [controller for controller, file, _ in Counts().files(self.mode) if file == name]
        return self.directory(container, controllers[0] if controllers else "unified") / name

    def write(self, container: Container, name: str, text: str | bytes) -> None:
        """Put this text into one of its files."""
        self.file(container, name).write_bytes(text.encode() if isinstance(text, str) else text)

    def forbid(self, container: Container, name: str) -> None:
        """Make the file one that even root cannot read."""
        file = self.file(container, name)
        file.unlink()
        file.symlink_to(file)  # a loop: ELOOP

    def _points(self) -> dict[str, Path]:
        if self.mode == "v2":
            return {"unified": self.cgroup}
        points = {name: self.cgroup / name for name in CONTROLLERS}
        return points if self.mode == "v1" else points | {"unified": self.cgroup / "unified"}


def _escaped(path: Path) -> str:
    return str(path).replace("\\", r"\134").replace(" ", r"\040")
