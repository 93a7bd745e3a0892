"""`dockstats-agent` as a person starts and ends it, in a process of its own."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import anyio
import pytest

from tests.running import program
from tests.websocket_client import Closed, WebSocketClient, websocket

COMMAND = str(Path(sys.executable).parent / "dockstats-agent")
SIMULATED = ("--source", "simulated", "--simulated-containers", "5", "--listen", "127.0.0.1:0")


@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_closes_clients_with_1001_and_ends_with_0_within_2_s(sign: signal.Signals) -> None:
    async with program("dockstats-agent", *SIMULATED) as agent, websocket(await agent.port()) as client:
        assert isinstance(client, WebSocketClient)
        assert isinstance(await client.receive(), str)
        async with anyio.create_task_group() as tasks:
            ends: list[str | Closed] = []

            async def read_to_the_end() -> None:
                while True:
                    message = await client.receive()
                    if isinstance(message, Closed):
                        ends.append(message)
                        return

            tasks.start_soon(read_to_the_end)
            asked_s = time.monotonic()
            assert await agent.stop(sign) == 0
            assert time.monotonic() - asked_s < 2.0
    assert ends == [Closed(1001, "the agent shuts down")]


async def test_a_client_that_does_not_read_cannot_hold_the_end_up() -> None:
    async with (
        program(
            "dockstats-agent",
            "--simulated-containers",
            "500",
            "--poll-interval",
            "50ms",
            *SIMULATED[:2],
            *SIMULATED[4:],
        ) as agent,
        websocket(await agent.port()),
    ):
        await anyio.sleep(0.2)
        asked_s = time.monotonic()
        assert await agent.stop() == 0
        assert time.monotonic() - asked_s < 3.0


async def test_without_an_engine_it_starts_and_says_what_is_missing(tmp_path: Path) -> None:
    endpoint = f"unix://{tmp_path}/docker.sock"
    async with program("dockstats-agent", "--docker-endpoint", endpoint, "--listen", "127.0.0.1:0") as agent:
        await agent.port()
        line = await agent.line_with(str(tmp_path))
        assert "--docker-endpoint" in line or "start Docker" in line
        assert await agent.stop() == 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--poll-interval", "500"], ["--poll-interval", "500"]),
        (["--pol-interval", "500ms"], ["--pol-interval", "--poll-interval"]),
        (["--source", "cgroups"], ["--source", "cgroups", "one-shot"]),
        (["--docker-endpoint", "ssh://host"], ["ssh://host"]),
        (["--listen", "nowhere"], ["--listen", "nowhere", ":8080"]),
    ],
    ids=["a duration without a unit", "a mistyped flag", "an unknown source", "an endpoint we do not speak", "no port"],
)
def test_a_wrong_start_is_one_line_that_names_it_and_exit_code_2(arguments: list[str], words: list[str]) -> None:
    ended = subprocess.run([COMMAND, *arguments], capture_output=True, text=True, timeout=30, check=False)
    assert ended.returncode == 2
    assert ended.stderr.count("\n") == 1, ended.stderr
    for word in words:
        assert word in ended.stderr


async def test_an_address_in_use_is_one_line(tmp_path: Path) -> None:
    async with program("dockstats-agent", *SIMULATED) as agent:
        listen = f"127.0.0.1:{await agent.port()}"
        ended = subprocess.run(
            [COMMAND, *SIMULATED[:4], "--listen", listen], capture_output=True, text=True, timeout=30, check=False
        )
    assert ended.returncode == 2
    assert ended.stderr.count("\n") == 1
    assert listen in ended.stderr
    assert "in use" in ended.stderr


def test_help_tells_every_flag_and_ends_with_0() -> None:
    ended = subprocess.run([COMMAND, "--help"], capture_output=True, text=True, timeout=30, check=False)
    assert ended.returncode == 0
    assert "--poll-interval" in ended.stdout
    assert "AGENT_POLL_INTERVAL" in ended.stdout
