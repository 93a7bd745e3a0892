"""One made-up container's life: how busy it is, what that does to its counters, and when its state changes.

Demand is the role's CPU times the hour of the day, a slow wave and noise of its own, plus bursts; traffic and disk
follow the CPU that was really given. It waits for a CPU where its own limit stops it or the host is short of them, for
its disk by how much it reads and writes, and for memory near its limit. Counters are the sums of those rates over the
steps, and start from 0 at each start of the container. Seconds count from the simulation's beginning.
Not here: its memory (memory), other containers and the host they share (host).
"""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from random import Random

from msgspec import Struct, structs

from dockstats_core.containers import Container
from dockstats_core.readings import Reading
from dockstats_core.simulation.memory import SQUEEZED_READS_BYTES_PER_S, Memory
from dockstats_core.simulation.pressure import Waits
from dockstats_core.simulation.roles import KIB, MIB, Role

_PERIODS_PER_S = 10.0  # the kernel's CFS period is 100 ms
_HEALTH_AFTER_S = 5.0  # from a start to the first passed health check
_RESTART_TAKES_S = (1.5, 3.0)
_CRASHES_AFTER_S = (25.0, 70.0)
_CRASH_BACK_OFF_S = (6.0, 20.0)
_JOB_TAKES_S = (40.0, 180.0)
_NEXT_JOB_AFTER_S = (10.0, 40.0)
_HEALTHY_FOR_S = (60.0, 240.0)
_UNHEALTHY_FOR_S = (30.0, 90.0)
_FAILED_JOBS = 0.15
_PAGE_FAULTS_PER_CPU_S = 1500.0
_BLOCK_BYTES = 32 * KIB  # of one operation, on average
_DISK_BYTES_PER_S = 60 * MIB  # a container that moves as much as this waits for it half of the time
_DISK_BEHIND_CACHE_BYTES_PER_S = 256 * KIB  # and up to here nobody waits
_IDLE_CPU_WAIT = 0.004  # of the time that one core is used: being woken takes a moment on any host
_MOST_WAIT = 0.95
_SQUEEZED_MEM_WAIT, _SQUEEZED_IO_WAIT = 0.5, 0.35

DETAILS_NS = 900_000_000
"""How long the figures that tell why something is slow are repeated, as the kernel files' reader does."""


class Step(Struct, frozen=True):
    """What a step of the simulation is for everyone: its length, its end, and how busy this hour of the day is."""

    length_s: float
    end_s: float
    day: float
    noise_kept: float  # of the noise before the step
    noise_new: float


class Counters(Struct):
    """What a container used since it started: CPU in seconds, periods, bytes."""

    cpu_s: float = 0.0
    free_periods: float = 0.0  # those without throttling, so that each part only grows
    throttled_periods: float = 0.0
    throttled_s: float = 0.0
    rx_bytes: float = 0.0
    tx_bytes: float = 0.0
    read_bytes: float = 0.0
    write_bytes: float = 0.0


class Life:
    """One container; `record` is what is known of it, `wanted_cores` what it would use if nobody else were there.

    Args:
        role: what it is like.
        number: which of the role's replicas it is, from 1.
        rng: its own source of chance.
        began_at: the wall clock at second 0.
        host_memory_bytes: what bounds it when it has no limit of its own.
    """

    def __init__(self, role: Role, number: int, rng: Random, began_at: datetime, host_memory_bytes: int) -> None:
        self._role = role
        self._number = number
        self._rng = rng
        self._began_at = began_at
        self._memory_bound = role.mem_limit_bytes or host_memory_bytes
        self._wave_period_s = rng.uniform(40.0, 240.0)
        self._wave_phase = rng.uniform(0.0, math.tau)
        self._noise = 0.0
        self._burst_until_s = 0.0
        self._burst_cores = 0.0
        self._kernel_share = rng.uniform(0.08, 0.35)  # of its CPU
        self._busy = 1.0  # CPU given, as a multiple of the role's ordinary use
        self._stopped = 0.0  # share of the step in which its own CPU limit held it
        self._lag_ns = int(rng.random() * DETAILS_NS)  # so that not everyone's details fall into one step
        self._turn_s: float | None = None  # when its fate acts next
        self._healthy_s: float | None = None  # when its health check passes
        self.wanted_cores: float = 0.0
        self.cpu_wait: float = 0.0
        """Share of the last step in which some task waited for a CPU; and so the other two."""
        self.mem_wait: float = 0.0
        self.io_wait: float = 0.0
        self.record: Container = self._first_record()
        self._begin_anew()
        self._begin()

    # How it came to be. ---------------------------------------------------------------------------------------------

    def _first_record(self) -> Container:
        role = self._role
        return Container(
            id=f"{self._rng.getrandbits(256):064x}",
            name=self._name(),
            image=role.image,
            state="running",
            health="healthy" if role.health_check else None,
            compose_project=role.project,
            compose_service=role.service if role.project else None,
            restart_count=0,
            oom_killed=False,
            cpu_limit_cores=role.cpu_limit_cores,
            mem_limit_bytes=role.mem_limit_bytes,
            pids_limit=role.pids_limit,
            network_mode=role.network or (f"{role.project}_default" if role.project else "bridge"),
        )

    def _name(self) -> str:
        role = self._role
        if role.project:
            return f"{role.project}-{role.service}-{self._number}"
        return role.service if self._number == 1 else f"{role.service}-{self._number}"

    def _begin(self) -> None:
        """It has been there for a while when the simulation begins."""
        rng, role = self._rng, self._role
        age_s = rng.uniform(600.0, 30 * 86_400.0)
        match role.fate:
            case "crashes":
                age_s, self._turn_s = rng.uniform(1.0, 20.0), rng.uniform(5.0, 40.0)
                self.record = structs.replace(self.record, restart_count=rng.randrange(20, 400))
            case "jobs":
                age_s, self._turn_s = rng.uniform(1.0, 30.0), rng.uniform(20.0, 90.0)
            case "ails":
                self._turn_s = rng.uniform(*_UNHEALTHY_FOR_S)
                self.record = structs.replace(self.record, health="unhealthy")
            case "paused":
                self.record = structs.replace(self.record, state="paused")
            case "stopped":
                finished_at = self._at(600 - age_s)
                self.record = structs.replace(self.record, state="exited", exit_code=0, finished_at=finished_at)
        self.record = structs.replace(self.record, started_at=self._at(-age_s))
        if not self.record.is_counted:
            return
        self._use(age_s, role.cores)
        self._memory.begin(age_s, rng)

    def _begin_anew(self) -> None:
        """Nothing has been used, held or waited for."""
        self._counters = Counters()
        self._memory = Memory(self._role, self._memory_bound)
        self._waits = (Waits(full_share=0.4), Waits(full_share=0.5), Waits(full_share=0.7))  # CPU, memory, I/O
        self._pressures = [waits.reading(0.0) for waits in self._waits]
        self._user_ns = self._kernel_ns = self._block_reads = self._block_writes = 0
        self._details_ns = self._details_due_ns = 0

    # One step. ------------------------------------------------------------------------------------------------------

    def want(self, step: Step) -> None:
        """Decide how much CPU it would like in this step, its own limit kept."""
        role, rng = self._role, self._rng
        if self.record.state != "running":
            self.wanted_cores = 0.0
            return
        self._noise = self._noise * step.noise_kept + rng.uniform(-1.0, 1.0) * step.noise_new
        wave = math.sin(self._wave_phase + step.end_s * math.tau / self._wave_period_s)
        cores = role.cores * step.day * max(0.05, 1.0 + 0.25 * wave + 0.5 * self._noise)
        bursting_s = self._burst_until_s - (step.end_s - step.length_s)
        if bursting_s > 0:
            cores += self._burst_cores * min(1.0, bursting_s / step.length_s)
        elif role.bursts_per_min and rng.random() < role.bursts_per_min * step.length_s / 60.0:
            self._burst_until_s = step.end_s + role.burst_s * rng.uniform(0.5, 1.5)
            self._burst_cores = role.burst_cores * rng.uniform(0.5, 1.2)
        limit = role.cpu_limit_cores
        self._stopped = 0.0
        if limit is not None:
            self._throttle(step.length_s, cores, limit)
            cores = min(cores, limit)
        self.wanted_cores = cores

    def _throttle(self, length_s: float, cores: float, limit: float) -> None:
        """Near its limit a container with uneven work is stopped in some periods already; beyond it in nearly all."""
        share = min(1.0, max(0.0, (cores / limit - 0.85) / 0.4))
        periods = length_s * _PERIODS_PER_S * min(1.0, 0.1 + 4.0 * cores)
        counters = self._counters
        counters.free_periods += periods * (1 - share)
        counters.throttled_periods += periods * share
        over = max(0.0, cores - limit)
        counters.throttled_s += length_s * (0.3 * share * limit + over)
        self._stopped = min(_MOST_WAIT, 0.3 * share + over / cores)

    def live(self, step: Step, share: float) -> bool:
        """Use `share` of the CPU it wanted, and act when its time has come; True when its record changed."""
        if self.record.state == "running":
            self._use(step.length_s, self.wanted_cores * share)
            self._memory.live(step.length_s, busy=self._busy, noise=self._noise)
            self._wait(step.length_s, share)
            if self._memory.is_full:
                self._die(step.end_s, exit_code=137, oom_killed=True)
                return True
        else:
            self.cpu_wait = self.mem_wait = self.io_wait = 0.0
        changed = False
        if self._healthy_s is not None and step.end_s >= self._healthy_s:
            self._healthy_s = None
            self.record = structs.replace(self.record, health="healthy")
            changed = True
        if self._turn_s is not None and step.end_s >= self._turn_s:
            self._turn(step.end_s)
            changed = True
        return changed

    def _use(self, length_s: float, cores: float) -> None:
        role, counters = self._role, self._counters
        self._busy = cores / role.cores
        amount = self._busy * length_s
        counters.cpu_s += cores * length_s
        counters.rx_bytes += role.rx_bytes_per_s * amount
        counters.tx_bytes += role.tx_bytes_per_s * amount
        counters.read_bytes += role.read_bytes_per_s * amount
        counters.write_bytes += role.write_bytes_per_s * amount

    def _wait(self, length_s: float, share: float) -> None:
        """What it could not do at once in this step."""
        role, squeezed = self._role, self._memory.squeezed
        of_cpu, of_memory, of_io = self._waits
        # What would take `wanted_cores` of a second is ready to run for longer than that, and waits in between.
        short = min(1 - share, self.wanted_cores * (1 - share) / share)
        ready = (1 - self._stopped) * (1 - short) * (1 - _IDLE_CPU_WAIT * min(1.0, self.wanted_cores))
        self.cpu_wait = min(_MOST_WAIT, 1 - ready)
        of_cpu.pending_s += self.cpu_wait * length_s
        moved = (role.read_bytes_per_s + role.write_bytes_per_s) * self._busy - _DISK_BEHIND_CACHE_BYTES_PER_S
        self.mem_wait = 0.0
        self.io_wait = moved / (moved + _DISK_BYTES_PER_S) if moved > 0 else 0.0
        if squeezed:
            self._counters.read_bytes += SQUEEZED_READS_BYTES_PER_S * squeezed * length_s
            self.mem_wait = _SQUEEZED_MEM_WAIT * squeezed
            self.io_wait = min(_MOST_WAIT, self.io_wait + _SQUEEZED_IO_WAIT * squeezed)
            of_memory.pending_s += self.mem_wait * length_s
        of_io.pending_s += self.io_wait * length_s

    # Its fate. ------------------------------------------------------------------------------------------------------

    def _turn(self, now_s: float) -> None:
        rng, record = self._rng, self.record
        if record.state == "restarting":
            self._start(now_s)
        elif record.state == "exited":
            self._number += 1
            self.record = structs.replace(record, id=f"{rng.getrandbits(256):064x}", name=self._name())
            self._start(now_s)
        elif self._role.fate == "jobs":
            self._die(now_s, exit_code=1 if rng.random() < _FAILED_JOBS else 0)
        elif self._role.fate == "crashes":
            self._die(now_s, exit_code=1)
        else:
            is_well = record.health == "healthy"
            self.record = structs.replace(record, health="unhealthy" if is_well else "healthy")
            self._turn_s = now_s + rng.uniform(*(_UNHEALTHY_FOR_S if is_well else _HEALTHY_FOR_S))

    def _die(self, now_s: float, *, exit_code: int, oom_killed: bool = False) -> None:
        """Its processes are gone, and its counters with them; a job is over, anything else will be started again."""
        rng, fate = self._rng, self._role.fate
        takes_s = {"jobs": _NEXT_JOB_AFTER_S, "crashes": _CRASH_BACK_OFF_S}.get(fate, _RESTART_TAKES_S)
        self.record = structs.replace(
            self.record,
            state="exited" if fate == "jobs" else "restarting",
            health=None,
            finished_at=self._at(now_s),
            exit_code=exit_code,
            oom_killed=oom_killed,
        )
        self._healthy_s = None
        self._turn_s = now_s + rng.uniform(*takes_s)
        self.wanted_cores = 0.0

    def _start(self, now_s: float) -> None:
        rng, role = self._rng, self._role
        is_job = role.fate == "jobs"
        self.record = structs.replace(
            self.record,
            state="running",
            health="starting" if role.health_check else None,
            started_at=self._at(now_s),
            finished_at=None if is_job else self.record.finished_at,
            restart_count=0 if is_job else (self.record.restart_count or 0) + 1,
            exit_code=None,
            oom_killed=False,
        )
        self._begin_anew()
        self._burst_until_s = 0.0
        self._healthy_s = now_s + _HEALTH_AFTER_S if role.health_check else None
        ends_s = {"jobs": _JOB_TAKES_S, "crashes": _CRASHES_AFTER_S}.get(role.fate)
        self._turn_s = None if ends_s is None else now_s + rng.uniform(*ends_s)

    def _at(self, second: float) -> datetime:
        return self._began_at + timedelta(seconds=second)

    # What is seen of it. --------------------------------------------------------------------------------------------

    @property
    def has_counters(self) -> bool:
        """Whether it has processes right now; one that waits to be started again has none."""
        return self.record.state in ("running", "paused")

    @property
    def usual_cores(self) -> float:
        """CPU it takes on an ordinary day, if it runs."""
        return self._role.cores if self.record.state == "running" else 0.0

    @property
    def mem_bytes(self) -> int:
        """Memory it takes from the host, cache included."""
        return self._memory.usage_bytes if self.has_counters else 0

    def reading(self, read_ns: int, cores: int, system_ns: int) -> Reading:
        """Its counters now, as kernel files on cgroup v2 would tell them; without own network where it has none."""
        role, counters, memory = self._role, self._counters, self._memory
        has_network, has_quota = role.network is None, role.cpu_limit_cores is not None
        if read_ns >= self._details_due_ns:
            self._look_at_details(read_ns)
        cpu_pressure, mem_pressure, io_pressure = self._pressures
        anon_bytes, file_bytes = int(memory.anon_bytes), int(memory.file_bytes)
        throttled_periods = int(counters.throttled_periods)
        return Reading(
            container_id=self.record.id,
            read_ns=read_ns,
            taken_ns=read_ns,
            cpu_total_ns=int(counters.cpu_s * 1e9),
            cpu_system_ns=system_ns,
            online_cpus=cores,
            periods=int(counters.free_periods) + throttled_periods if has_quota else 0,
            throttled_periods=throttled_periods,
            throttled_ns=int(counters.throttled_s * 1e9),
            mem_usage_bytes=anon_bytes + file_bytes + memory.kernel_bytes,
            mem_inactive_file_bytes=int(file_bytes * 0.65),
            mem_limit_bytes=self._memory_bound,
            mem_anon_bytes=anon_bytes,
            mem_file_bytes=file_bytes,
            mem_kernel_bytes=memory.kernel_bytes,
            mem_swap_bytes=memory.swap_bytes,
            mem_limit_hits=memory.limit_hits,
            oom_kills=memory.oom_kills,
            page_faults=int(counters.cpu_s * _PAGE_FAULTS_PER_CPU_S) + memory.major_faults,
            major_page_faults=memory.major_faults,
            net_rx_bytes=int(counters.rx_bytes) if has_network else None,
            net_tx_bytes=int(counters.tx_bytes) if has_network else None,
            block_read_bytes=int(counters.read_bytes),
            block_write_bytes=int(counters.write_bytes),
            pids=role.pids + int(role.pids * 0.1 * min(self._busy, 3.0)),
            pids_limit=role.pids_limit,
            details_ns=self._details_ns,
            cpu_user_ns=self._user_ns,
            cpu_kernel_ns=self._kernel_ns,
            block_reads=self._block_reads,
            block_writes=self._block_writes,
            cpu_pressure=cpu_pressure,
            mem_pressure=mem_pressure,
            io_pressure=io_pressure,
        )

    def _look_at_details(self, now_ns: int) -> None:
        counters = self._counters
        length_s = (now_ns - self._details_ns) / 1e9
        self._pressures = [waits.reading(length_s) for waits in self._waits]
        self._kernel_ns = int(counters.cpu_s * self._kernel_share * 1e9)
        self._user_ns = int(counters.cpu_s * (1 - self._kernel_share) * 1e9)
        self._block_reads = int(counters.read_bytes / _BLOCK_BYTES)
        self._block_writes = int(counters.write_bytes / _BLOCK_BYTES)
        lag_ns, self._lag_ns = self._lag_ns, 0
        self._details_ns, self._details_due_ns = now_ns, now_ns + DETAILS_NS - lag_ns
