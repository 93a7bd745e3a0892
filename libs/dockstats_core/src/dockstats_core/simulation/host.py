"""A made-up host: as many containers as asked for, sharing its cores and memory, one step at a time.

One host in three was bought too small: at times its containers want more CPU than it has, and each gets its part.
Everything follows from the seed and the times of the steps: two simulations with the same ones are equal.
Not here: the clock that drives it (sources.simulated), the page that says it is made up.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from random import Random

from msgspec import structs

from dockstats_core.containers import Container
from dockstats_core.messages.agent import HostFigures, Pressure
from dockstats_core.readings import Reading
from dockstats_core.simulation.life import Life, Step
from dockstats_core.simulation.roles import GIB, MUST_HAVE, OTHERS, Role

_NOISE_FADES_IN_S = 4.0
_BUSIEST_HOUR, _DAY_SWING = 15.0, 0.4  # UTC; at night a host does about half as much as by day
_SYSTEM_SHARE = 0.02  # of the cores, for the engine and the kernel
_SYSTEM_BYTES = GIB
_LOAD_AVERAGED_OVER_S = 60.0
_PRESSURE_AVERAGED_OVER_S = 10.0
_SMALL_HOSTS = 1 / 3
_FULL_SHARE = 0.3  # of the time that some task of the host waits for memory or I/O, how much do all


class Simulation:
    """The host; also the inventory of its containers (`containers`, `counted`, `version`, `by_state`, `told`).

    Args:
        count: containers, stopped ones included.
        seed: which host this is: another seed gives other services with other lives.
        now_ns: the monotonic clock at the beginning.
        began_at: the wall clock at that moment, for start times and the hour of the day.
    """

    def __init__(self, count: int, *, seed: int, now_ns: int, began_at: datetime) -> None:
        rng = Random(seed)  # noqa: S311 (nothing here is secret)
        cast = _cast(count, rng)
        self._began_ns = self._now_ns = now_ns
        self._began_at = began_at
        enough = _enough(sum(2.0 * role.cores + 0.3 * role.burst_cores for role, _ in cast), at_least=4)
        self.is_small: bool = rng.random() < _SMALL_HOSTS
        """Whether it has half the cores that its containers would need at their busiest, if it has more than 4."""
        self.cores: int = max(4, enough // 2) if self.is_small else enough
        self.mem_total_bytes: int = GIB * _enough(sum(_most_bytes(role) for role, _ in cast) / GIB + 2, at_least=8)
        self._lives = [
            Life(role, number, Random(rng.getrandbits(64)), began_at, self.mem_total_bytes)  # noqa: S311 (as above)
            for role, number in cast
        ]
        self._join_networks()
        self._version = 1
        self._load = sum(life.usual_cores for life in self._lives)
        self._averages = [0.0, 0.0, 0.0]  # of the host's waits: CPU, memory, I/O
        self._readings: dict[str, Reading] = self._read()
        self._figures = self._measure(None, None)

    def _join_networks(self) -> None:
        """Point those that share a container's network at it, by id as the engine does."""
        by_service = {life.record.compose_service: life.record for life in reversed(self._lives)}
        for life in self._lives:
            kind, _, service = (life.record.network_mode or "").partition(":")
            if kind == "container":
                owner = by_service[service]  # comes before it in every cast
                life.record = structs.replace(life.record, network_mode=f"container:{owner.id}", network_of=owner.name)

    # The inventory. -------------------------------------------------------------------------------------------------

    @property
    def containers(self) -> Sequence[Container]:
        """All of them."""
        return [life.record for life in self._lives]

    @property
    def counted(self) -> Sequence[Container]:
        """Those that run, are paused, or are being started again."""
        return [life.record for life in self._lives if life.record.is_counted]

    @property
    def version(self) -> int:
        """Grows with every change of a record."""
        return self._version

    def by_state(self) -> Mapping[str, int]:
        """How many containers are in each state."""
        return Counter(life.record.state or "unknown" for life in self._lives)

    def told(self) -> None:
        """Nothing follows from it: no container is ever removed."""

    # Time. ----------------------------------------------------------------------------------------------------------

    def advance(self, now_ns: int) -> Mapping[str, Reading]:
        """Everyone's counters at `now_ns`, by container id; a time that is not later changes nothing.

        100 containers take 1.0 ms (measured).
        """
        length_s = (now_ns - self._now_ns) / 1e9
        if length_s > 0:
            self._now_ns = now_ns
            self._take(self._step(length_s))
        return self._readings

    def _step(self, length_s: float) -> Step:
        end_s = (self._now_ns - self._began_ns) / 1e9
        at = self._began_at + timedelta(seconds=end_s)
        hour = at.hour + at.minute / 60 + at.second / 3600
        faded = length_s / (length_s + _NOISE_FADES_IN_S)
        return Step(
            length_s=length_s,
            end_s=end_s,
            day=1.0 + _DAY_SWING * math.cos((hour - _BUSIEST_HOUR) * math.tau / 24),
            noise_kept=1 - faded,
            noise_new=math.sqrt(faded * (2 - faded)),  # keeps the noise as strong whatever the step's length
        )

    def _take(self, step: Step) -> None:
        for life in self._lives:
            life.want(step)
        wanted = sum(life.wanted_cores for life in self._lives)
        share = min(1.0, self.cores * (1 - _SYSTEM_SHARE) / wanted) if wanted else 1.0
        changes = sum([life.live(step, share) for life in self._lives])
        self._version += changes
        waiting_for_io = sum([life.io_wait for life in self._lives])  # what waits for a disk counts into the load
        self._load += (wanted + waiting_for_io - self._load) * step.length_s / (step.length_s + _LOAD_AVERAGED_OVER_S)
        self._readings = self._read()
        self._figures = self._measure(wanted * share, self._wait(step.length_s))

    def _wait(self, length_s: float) -> list[Pressure]:
        """Some task of the host waits unless none does in any container."""
        ready = [1.0, 1.0, 1.0]
        for life in self._lives:
            ready[0] *= 1 - life.cpu_wait
            if life.mem_wait:
                ready[1] *= 1 - life.mem_wait
            if life.io_wait:
                ready[2] *= 1 - life.io_wait
        pressures = []
        for resource, full_share in enumerate((0.0, _FULL_SHARE, _FULL_SHARE)):  # all of a host never wait for a CPU
            pct = 100.0 * (1 - ready[resource])
            average = self._averages[resource]
            average += (pct - average) * length_s / (length_s + _PRESSURE_AVERAGED_OVER_S)
            self._averages[resource] = average
            pressures.append(
                Pressure(
                    some_pct=pct,
                    full_pct=pct * full_share,
                    some_avg10_pct=average,
                    full_avg10_pct=average * full_share,
                )
            )
        return pressures

    def _read(self) -> dict[str, Reading]:
        system_ns = (self._now_ns - self._began_ns) * self.cores
        return {
            life.record.id: life.reading(self._now_ns, self.cores, system_ns)
            for life in self._lives
            if life.has_counters
        }

    # The host below. ------------------------------------------------------------------------------------------------

    def _measure(self, used_cores: float | None, pressures: list[Pressure] | None) -> HostFigures:
        cpu, memory, io = pressures or (None, None, None)
        used_bytes = sum(life.mem_bytes for life in self._lives) + _SYSTEM_BYTES
        return HostFigures(
            basis="host",
            cpu_pct=None if used_cores is None else 100.0 * (used_cores + _SYSTEM_SHARE * self.cores),
            cores=self.cores,
            mem_used_bytes=min(used_bytes, self.mem_total_bytes),
            mem_total_bytes=self.mem_total_bytes,
            load_1m=round(self._load, 2),
            cpu_pressure=cpu,
            mem_pressure=memory,
            io_pressure=io,
        )

    def host_figures(self) -> HostFigures:
        """The host's figures in the last step: its containers' sum, and a little for the engine and the kernel.

        CPU and pressure are None until the first step, as on any host.
        """
        return self._figures


def _cast(count: int, rng: Random) -> list[tuple[Role, int]]:
    """Who plays, as which replica: first one of each thing to be seen, then projects in an order of the host's own."""
    projects = [list(roles) for _, roles in groupby(OTHERS, key=lambda role: role.project)]
    rng.shuffle(projects)
    further = [role for roles in projects for role in roles]
    cast = [(role, 1) for role in MUST_HAVE]
    number = 1
    while len(cast) < count:
        cast += [(role, number) for role in further]
        number += 1
    return cast[:count]


def _most_bytes(role: Role) -> int:
    return role.mem_limit_bytes or 2 * role.anon_bytes + role.file_bytes


def _enough(amount: float, *, at_least: int) -> int:
    """The smallest power of two that is enough: what machines come with."""
    return max(at_least, 1 << math.ceil(math.log2(max(1.0, amount))))
