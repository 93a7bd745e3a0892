"""A bad day in the life of a fleet: every fault of its network and hosts, once, and all that its dashboards said.

Three hosts boot, two dashboards follow them, and then things happen, as many at a time as leave one host in peace. With
DOCKSTATS_TEST_LONG=1 a cable stays out, and a line bad, for a minute; else for as long as it takes to be noticed, or to
see figures come. A slow line stays, in any case, until it was too slow.
Not here: what is promised (test_fleet). Nothing is judged during the day: what does not happen in time is waited for no
longer, and the chronicle shows it.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from functools import partial

import anyio
import httpx
import msgspec

from tests.fleet import lines, network
from tests.fleet.chronicle import Chronicle, Fault
from tests.fleet.hosts import Host, Kind, hosts
from tests.fleet.listening import Dashboard, ask, dashboard

IS_LONG = os.environ.get("DOCKSTATS_TEST_LONG") == "1"
PULLED_S = 60.0 if IS_LONG else 0.0  # in any case until it was noticed
BAD_LINE_S = 60.0 if IS_LONG else 12.0
QUIET_S = 3.0
NOTICED_WITHIN_S = 30.0  # twice what is promised; then the day goes on
BACK_WITHIN_S = 45.0  # the longest wait between two attempts, and more

OAK = Kind("oak", "docker", ("--poll-interval", "1s", "--source", "cgroup"))
ELM = Kind("elm", "podman", ("--poll-interval", "1s", "--source", "cgroup"))
ASH = Kind("ash", "docker", ("--poll-interval", "1s", "--source", "one-shot"), crowd=12)
CROWD = "crowd"
"""The second agent on ash, whose made-up containers are more than a slow line carries."""
AGENTS = (OAK.label, ELM.label, ASH.label, CROWD)

FIRST, SECOND = "first", "second"


class Day:
    """What is there during the day."""

    def __init__(self, oak: Host, elm: Host, ash: Host, first: Dashboard, second: Dashboard) -> None:
        self.oak, self.elm, self.ash = oak, elm, ash
        self.first, self.second = first, second
        now_s = time.monotonic()
        self.chronicle = Chronicle(
            wall_minus_monotonic_s=time.time() - now_s,
            faults={},
            quiet=Fault(agent="", from_s=now_s),
            heard={FIRST: first.heard, SECOND: second.heard},
            clients_while_stuck=0,
        )

    async def pass_by(self) -> None:
        """From the first quiet moment to the last fault's end."""
        await anyio.sleep(QUIET_S)
        self.chronicle.quiet.to_s = time.monotonic()
        async with anyio.create_task_group() as happening:
            happening.start_soon(self._power_cut, self.oak)
            happening.start_soon(self._stuck_dashboard)
            await self._stopped_agent(self.elm)
            happening.start_soon(self._bad_line, "late and lossy line", self.elm, lines.LATE_AND_LOSSY)
            happening.start_soon(self._bad_line, "slow line", self.ash, lines.SLOW, self._has_left_out)
        async with anyio.create_task_group() as happening:
            happening.start_soon(self._half_open, self.elm)
            happening.start_soon(self._pulled_cable, self.ash)
        await self._until_all_connected()

    def has_figures(self, by: str) -> bool:
        """Whether a dashboard has told batches of every agent."""
        return all(len(self.chronicle.batches(agent, by=by)) > 1 for agent in AGENTS)

    # Faults. ---------------------------------------------------------------------------------------------------------

    async def _power_cut(self, host: Host) -> None:
        fault = self._begin("power cut", host)
        await host.cut_power()
        await self._noticed(fault)
        await host.boot()
        await self._until_answering(host)
        await self._back(fault)

    async def _stopped_agent(self, host: Host) -> None:
        fault = self._begin("stopped agent", host)
        await host.order("kill -STOP $agent")
        await self._noticed(fault)
        await host.order("kill -CONT $agent")
        await self._back(fault)

    async def _half_open(self, host: Host) -> None:
        fault = self._begin("half-open", host)
        await host.order(lines.SILENT)
        await self._noticed(fault)
        await host.order(lines.GOOD)
        await self._back(fault)

    async def _pulled_cable(self, host: Host) -> None:
        fault = self._begin("pulled cable", host)
        host.cable.pull()
        await self._noticed(fault)
        await anyio.sleep(max(0.0, fault.from_s + PULLED_S - time.monotonic()))
        host.cable.plug_in()
        await self._back(fault)

    async def _bad_line(
        self, name: str, host: Host, line: str, is_felt: Callable[[Fault], bool] = lambda _: True
    ) -> None:
        await host.order(line)
        fault = self._begin(name, host)
        await anyio.sleep(BAD_LINE_S)
        await self.first.until(partial(is_felt, fault), within_s=BACK_WITHIN_S)
        fault.to_s = time.monotonic()
        await host.order(lines.GOOD)

    async def _stuck_dashboard(self) -> None:
        fault = self._begin("stuck dashboard", self.ash)
        self.second.program.process.send_signal(signal.SIGSTOP)
        with anyio.move_on_after(NOTICED_WITHIN_S):
            while (clients := await self._clients(self.ash)) > 1:
                self.chronicle.clients_while_stuck = clients
                await anyio.sleep(0.2)
            self.chronicle.clients_while_stuck = clients
        self.second.program.process.send_signal(signal.SIGCONT)
        await self._back(fault, self.second)

    # Waiting. --------------------------------------------------------------------------------------------------------

    def _has_left_out(self, fault: Fault) -> bool:
        """Whether the line was too slow: a host that boots beside it may leave its agent little to say."""
        return self.chronicle.left_out(CROWD, from_s=fault.from_s, by=FIRST) > 1

    def _begin(self, name: str, host: Host) -> Fault:
        fault = self.chronicle.faults[name] = Fault(agent=host.kind.label, from_s=time.monotonic())
        return fault

    async def _noticed(self, fault: Fault) -> None:
        def noticed() -> bool:
            return self.chronicle.noticed_s(fault, by=FIRST) < time.monotonic()

        await self.first.until(noticed, within_s=NOTICED_WITHIN_S)
        fault.answered = next(one for one in await self.first.agents() if one.id == fault.agent)

    async def _back(self, fault: Fault, seen_by: Dashboard | None = None) -> None:
        """The fault is over: wait until figures come again."""
        fault.to_s = time.monotonic()
        by = FIRST if seen_by is None else SECOND

        def figures() -> bool:
            back_s = self.chronicle.back_s(fault, by=by)
            return len(self.chronicle.batches(fault.agent, from_s=back_s, by=by)) > 1

        await (seen_by or self.first).until(figures, within_s=BACK_WITHIN_S)

    async def _clients(self, host: Host) -> int:
        answer = await ask(f"http://{host.cable.address}:8080/healthz")
        return int(msgspec.json.decode(answer)["clients"])

    async def _until_answering(self, host: Host) -> None:
        """An agent that serves may still be busy with its start, on a host that is busy with its own."""
        with anyio.move_on_after(BACK_WITHIN_S):
            while True:
                with suppress(httpx.HTTPError):
                    await self._clients(host)
                    return
                await anyio.sleep(0.1)

    async def _until_all_connected(self) -> None:
        for one, by in ((self.first, FIRST), (self.second, SECOND)):
            await one.until(partial(self._are_connected, by), within_s=BACK_WITHIN_S)

    def _are_connected(self, by: str) -> bool:
        return self.chronicle.connected(by=by) >= set(AGENTS)


@asynccontextmanager
async def morning() -> AsyncIterator[Day]:
    """The fleet with all connected and nothing wrong."""
    network.enter()
    kinds = (OAK, ELM, ASH)
    cables = [network.lay_cable(number) for number, _ in enumerate(kinds, start=11)]
    async with hosts(list(zip(kinds, cables, strict=True))) as (oak, elm, ash):
        for host in (elm, ash):
            await host.order(lines.PREPARE)
        urls = [
            f"{host.kind.label}|{host.kind.label.title()}|ws://{host.cable.address}:8080/ws" for host in (oak, elm, ash)
        ]
        agents = ";".join([*urls, f"{CROWD}|Crowd|ws://{ash.cable.address}:8081/ws"])
        async with dashboard(agents) as first, dashboard(agents) as second:
            day = Day(oak, elm, ash, first, second)
            for one, by in ((first, FIRST), (second, SECOND)):
                assert await one.until(partial(day.has_figures, by), within_s=BACK_WITHIN_S), one.program.log
            day.chronicle.quiet.from_s = time.monotonic()
            yield day


async def whole_day() -> Chronicle:
    """All of it. The thread of the loop in which this runs is in a network of its own from here on."""
    async with morning() as day:
        await day.pass_by()
        return day.chronicle
