"""Both programs killed and started again, while ten browsers look: nobody has to do anything, and nothing is wrong.

Not here: programs that end in good order (tests/dashboard/test_cli.py), what a page shows meanwhile
(tests/browser/test_states.py), hosts that lose their power (tests/fleet).
"""

from __future__ import annotations

import signal

import anyio
import httpx
import pytest
from anyio.abc import TaskStatus

from dockstats_core.backoff import LONGEST_S
from dockstats_core.messages.stream import AgentBatch, AgentConnection
from tests.dashboard.serving import messages_of
from tests.running import Program, program, until

BROWSERS = 10
BACK_S = LONGEST_S + 10.0
SIMULATED = ("--source", "simulated", "--simulated-containers", "3", "--poll-interval", "100ms")


class Browser:
    """One that opens its stream again when it is lost, and remembers what it last heard."""

    def __init__(self) -> None:
        self.status = ""
        self.batches = 0  # since its stream was opened, or the agent was lost

    async def look(self, url: str, *, task_status: TaskStatus[None]) -> None:
        """Read for ever."""
        task_status.started()
        async with httpx.AsyncClient(base_url=url, trust_env=False, timeout=20) as client:
            while True:
                try:
                    async with client.stream("GET", "/stream/agents") as answer:
                        async for message in messages_of(answer):
                            if isinstance(message, AgentConnection):
                                self.status, self.batches = message.status, 0
                            elif isinstance(message, AgentBatch):
                                self.batches += 1
                except httpx.TransportError:
                    pass
                self.status, self.batches = "no dashboard", 0
                await anyio.sleep(0.05)


async def killed(running: Program) -> None:
    """End it as no program can notice."""
    running.process.send_signal(signal.SIGKILL)
    await running.process.wait()


@pytest.mark.time_limit(150)
async def test_agent_and_dashboard_that_are_killed_are_as_before_once_they_are_started_again() -> None:
    browsers = [Browser() for _ in range(BROWSERS)]

    async def until_all_live() -> None:
        await until(lambda: all(one.status == "connected" and one.batches > 1 for one in browsers), within_s=BACK_S)

    async with program("dockstats-agent", *SIMULATED, "--listen", "127.0.0.1:0") as agent:
        there = f"127.0.0.1:{await agent.port()}"
        follows = ("--agents", f"ws://{there}/ws")
        async with (
            program("dockstats-dashboard", *follows, "--listen", "127.0.0.1:0") as dashboard,
            anyio.create_task_group() as tasks,
        ):
            here = f"127.0.0.1:{await dashboard.port()}"
            for browser in browsers:
                await tasks.start(browser.look, f"http://{here}")
            await until_all_live()
            await killed(agent)
            await until(lambda: all(one.status == "error" for one in browsers))
            async with program("dockstats-agent", *SIMULATED, "--listen", there) as again:
                await until_all_live()
                await killed(dashboard)
                await until(lambda: all(one.status == "no dashboard" for one in browsers))
                async with program("dockstats-dashboard", *follows, "--listen", here) as anew:
                    await until_all_live()
                    tasks.cancel_scope.cancel()
                    assert await anew.stop() == 0
                assert await again.stop() == 0
