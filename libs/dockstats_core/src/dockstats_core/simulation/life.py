"""One made-up container's life: how busy it is, what that does to its counters, and when its state changes.

Demand is the role's CPU times the hour of the day, a slow wave and noise of its own, plus bursts; traffic and disk
follow the CPU that was really given, memory follows its role's shape. Counters are the sums of those rates over the
steps, and start from 0 at each start of the container. Seconds count from the simulation's beginning.
Not here: other containers, the host they share (host).
"""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from random import Random

from msgspec import Struct, structs

from dockstats_core.containers import Container
from dockstats_core.readings import Reading
from dockstats_core.simulation.roles import KIB, Role

_PERIODS_PER_S = 10.0  # the kernel's CFS period is 100 ms
_HEALTH_AFTER_S = 5.0  # from a start to the first passed health check
_RESTART_TAKES_S = (1.5, 3.0)
_CRASHES_AFTER_S = (25.0, 70.0)
_CRASH_BACK_OFF_S = (6.0, 20.0)
_JOB_TAKES_S = (40.0, 180.0)
_NEXT_JOB_AFTER_S = (10.0, 40.0)
_HEALTHY_FOR_S = (60.0, 240.0)
_UNHEALTHY_FOR_S = (30.0, 90.0)
_FILE_CACHE_FILLS_IN_S = 60.0
_FAILED_JOBS = 0.15


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
        self._counters = Counters()
        self._heap_bytes = 0.0
        self._file_bytes = 0.0
        self._anon_bytes = 0.0
        self._busy = 1.0  # CPU given, as a multiple of the role's ordinary use
        self._turn_s: float | None = None  # when its fate acts next
        self._healthy_s: float | None = None  # when its health check passes
        self.wanted_cores: float = 0.0
        self.record: Container = self._first_record()
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
        if role.memory != "steady":
            self._heap_bytes = rng.uniform(0.0, 0.5) * role.anon_bytes
        self._file_bytes = min(1.0, age_s / _FILE_CACHE_FILLS_IN_S) * role.file_bytes
        self._use(age_s, role.cores)
        self._remember(0.0)  # a leak that grew for all that time would be killed in the first step

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
        if step.end_s < self._burst_until_s:
            cores += self._burst_cores
        elif role.bursts_per_min and rng.random() < role.bursts_per_min * step.length_s / 60.0:
            self._burst_until_s = step.end_s + role.burst_s * rng.uniform(0.5, 1.5)
            self._burst_cores = role.burst_cores * rng.uniform(0.5, 1.2)
        limit = role.cpu_limit_cores
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
        counters.throttled_s += length_s * (0.3 * share * limit + max(0.0, cores - limit))

    def live(self, step: Step, share: float) -> bool:
        """Use `share` of the CPU it wanted, and act when its time has come; True when its record changed."""
        if self.record.state == "running":
            self._use(step.length_s, self.wanted_cores * share)
            self._remember(step.length_s)
            if self._is_out_of_memory():
                self._die(step.end_s, exit_code=137, oom_killed=True)
                return True
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

    def _remember(self, length_s: float) -> None:
        """Memory after a step: what the program holds, then as much page cache as there is room for."""
        role = self._role
        level = 1.0
        if role.memory == "steady":
            level += 0.03 * self._noise
        else:
            level = 0.7
            self._heap_bytes += role.grows_bytes_per_s * min(self._busy, 3.0) * length_s
            if role.memory == "saw-tooth" and self._heap_bytes > 0.6 * role.anon_bytes:
                self._heap_bytes = 0.05 * role.anon_bytes
        room = self._memory_bound - self._kernel_bytes
        self._anon_bytes = min(room, role.anon_bytes * level + self._heap_bytes)
        towards = length_s / (length_s + _FILE_CACHE_FILLS_IN_S)
        self._file_bytes += (role.file_bytes - self._file_bytes) * towards
        self._file_bytes = min(self._file_bytes, room - self._anon_bytes)

    @property
    def _kernel_bytes(self) -> int:
        return (96 + 24 * self._role.pids) * KIB

    def _is_out_of_memory(self) -> bool:
        return self._role.memory == "leak" and self._anon_bytes + self._kernel_bytes >= self._memory_bound

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
        self._counters = Counters()
        self._heap_bytes = self._file_bytes = self._anon_bytes = 0.0
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
        return int(self._anon_bytes) + int(self._file_bytes) + self._kernel_bytes if self.has_counters else 0

    def reading(self, read_ns: int, cores: int, system_ns: int) -> Reading:
        """Its counters now, as an engine on cgroup v2 would tell them; without own network where it has none."""
        role, counters = self._role, self._counters
        has_network, has_quota = role.network is None, role.cpu_limit_cores is not None
        anon_bytes, file_bytes = int(self._anon_bytes), int(self._file_bytes)
        return Reading(
            container_id=self.record.id,
            read_ns=read_ns,
            taken_ns=read_ns,
            cpu_total_ns=int(counters.cpu_s * 1e9),
            cpu_system_ns=system_ns,
            online_cpus=cores,
            periods=int(counters.free_periods) + int(counters.throttled_periods) if has_quota else None,
            throttled_periods=int(counters.throttled_periods) if has_quota else None,
            throttled_ns=int(counters.throttled_s * 1e9) if has_quota else None,
            mem_usage_bytes=anon_bytes + file_bytes + self._kernel_bytes,
            mem_inactive_file_bytes=int(file_bytes * 0.65),
            mem_limit_bytes=self._memory_bound,
            mem_anon_bytes=anon_bytes,
            mem_file_bytes=file_bytes,
            mem_kernel_bytes=self._kernel_bytes,
            net_rx_bytes=int(counters.rx_bytes) if has_network else None,
            net_tx_bytes=int(counters.tx_bytes) if has_network else None,
            block_read_bytes=int(counters.read_bytes),
            block_write_bytes=int(counters.write_bytes),
            pids=role.pids + int(role.pids * 0.1 * min(self._busy, 3.0)),
            pids_limit=role.pids_limit,
        )
