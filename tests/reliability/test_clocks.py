"""Clocks that jump under both programs: the machine's time is set, or all of it was suspended for a minute.

libfaketime gives each program clocks of its own, which a test sets while it runs. A suspended machine looks to its
programs like one moment in which the clocks went on; that is what SIGSTOP and SIGCONT of all of them look like, too.
Not here: times in history and on the page (tests/core/fleet/test_history.py, tests/page/clock-watch.test.js).
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import anyio
import httpx
import pytest

from dockstats_core.messages.stream import AgentBatch, StreamMessage
from tests.dashboard.serving import messages_of
from tests.running import program

LIBRARY = next(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"), None)
LISTEN = ("--listen", "127.0.0.1:0")
NEAR = timedelta(seconds=30)
BATCHES = 3  # in a row, all with fresh figures

pytestmark = pytest.mark.skipif(
    LIBRARY is None, reason="libfaketime is not installed; on Debian: apt-get install libfaketime"
)


class Clock:
    """The clocks of one program."""

    def __init__(self, file: Path, *, wall_only: bool) -> None:
        self._file = file
        self._wall_only = wall_only
        self.jump(0)

    def jump(self, seconds: int) -> None:
        """From now on they are so far from this machine's."""
        fresh = self._file.with_suffix(".new")
        fresh.write_text(f"{seconds:+}\n")
        fresh.replace(self._file)

    @property
    def environ(self) -> dict[str, str]:
        """What the program has to be started with."""
        return {
            "LD_PRELOAD": str(LIBRARY),
            "FAKETIME_TIMESTAMP_FILE": str(self._file),
            "FAKETIME_NO_CACHE": "1",
            **({"FAKETIME_DONT_FAKE_MONOTONIC": "1"} if self._wall_only else {}),
        }


async def until_live(stream: AsyncIterator[StreamMessage], *, about: datetime) -> AgentBatch:
    """Read on until some batches of about that time, by both clocks, have fresh figures; gives the last of them."""
    with anyio.fail_after(20):
        in_a_row = 0
        async for message in stream:
            if isinstance(message, AgentBatch) and _is_about(message, about):
                figures = message.payload.containers
                live = bool(figures) and not any(one.stale or one.cpu_pct is None for one in figures)
                in_a_row = in_a_row + 1 if live else 0
                if in_a_row == BATCHES:
                    return message
    raise AssertionError("the stream ended")


def _is_about(message: AgentBatch, time: datetime) -> bool:
    return all(abs(told - time) < NEAR for told in (message.received_at, message.payload.sent_at))


@pytest.mark.parametrize(
    ("wall_only", "jumps_s"),
    [
        pytest.param(True, [3600, -3600], id="time set an hour on and an hour back"),
        pytest.param(False, [60], id="suspended for a minute"),
    ],
)
async def test_figures_go_on_by_themselves_after_clocks_jumped(
    tmp_path: Path, *, wall_only: bool, jumps_s: list[int]
) -> None:
    of_agent = Clock(tmp_path / "agent", wall_only=wall_only)
    of_dashboard = Clock(tmp_path / "dashboard", wall_only=wall_only)
    simulated = ("--source", "simulated", "--simulated-containers", "3", "--poll-interval", "100ms", *LISTEN)
    async with program("dockstats-agent", *simulated, environ=of_agent.environ) as agent:
        follows = ("--agents", f"ws://127.0.0.1:{await agent.port()}/ws", *LISTEN)
        async with program("dockstats-dashboard", *follows, environ=of_dashboard.environ) as dashboard:
            url = f"http://127.0.0.1:{await dashboard.port()}"
            async with (
                httpx.AsyncClient(base_url=url, trust_env=False, timeout=20) as browser,
                browser.stream("GET", "/stream/agents") as answer,
            ):
                stream = messages_of(answer)
                before = await until_live(stream, about=datetime.now(UTC))
                for jump_s in jumps_s:
                    of_agent.jump(jump_s)
                    of_dashboard.jump(jump_s)
                    after = await until_live(stream, about=datetime.now(UTC) + timedelta(seconds=jump_s))
                assert (after.payload.sequence - before.payload.sequence) < 600, (
                    "ticks that were missed are not made up"
                )
            assert await dashboard.stop() == 0
        assert await agent.stop() == 0
    for line in (*agent.log, *dashboard.log):
        assert "Traceback" not in line
        assert " ERROR " not in line
