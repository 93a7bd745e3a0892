"""`dockstats-agent` as a person starts and ends it, in a process of its own."""

from __future__ import annotations

import signal
import sys
import time
from pathlib import Path

import anyio
import httpx
import pytest

from dockstats_agent.cli import main
from tests.fake_engine import FakeEngine
from tests.faults import hang
from tests.running import Ended, ended, program, signals_as_they_were
from tests.websocket_client import Closed, WebSocketClient, websocket

AGENT = "dockstats-agent"
LISTEN = ("--listen", "127.0.0.1:0")
SIMULATED = ("--source", "simulated", "--simulated-containers", "5", *LISTEN)
END_S = 5.0  # 2 s, and what a busy machine takes for a turn; what hangs would take 10 and more


@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_closes_clients_with_1001_and_ends_with_0_within_2_s(sign: signal.Signals) -> None:
    async with program(AGENT, *SIMULATED) as agent, websocket(await agent.port()) as client:
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
            assert time.monotonic() - asked_s < END_S
    assert ends == [Closed(1001, "the agent shuts down")]
    assert "Traceback" not in "\n".join(agent.log)


async def test_a_client_that_does_not_read_cannot_hold_the_end_up() -> None:
    many = ("--source", "simulated", "--simulated-containers", "1000", "--poll-interval", "50ms")
    async with program(AGENT, *many, *LISTEN) as agent, websocket(await agent.port()):
        await anyio.sleep(0.2)  # frames pile up in the sockets' buffers
        asked_s = time.monotonic()
        assert await agent.stop() == 0
        assert time.monotonic() - asked_s < END_S
    assert "Traceback" not in "\n".join(agent.log)


@pytest.mark.parametrize("where", ["/_ping", "/info", "/containers/json", "/events", "/stats"])
async def test_an_engine_that_hangs_cannot_hold_the_end_up(where: str) -> None:
    async with FakeEngine(tick_s=0.1) as engine:
        engine.run("web")
        engine.fault(where, hang)
        async with program(AGENT, "--docker-endpoint", engine.host, *LISTEN) as agent:
            await agent.port()
            with anyio.fail_after(20):
                await engine.requested(where)
            asked_s = time.monotonic()
            assert await agent.stop() == 0
            assert time.monotonic() - asked_s < END_S


async def test_it_samples_an_engine_and_logs_the_source_with_its_reason() -> None:
    async with FakeEngine(tick_s=0.1) as engine:
        engine.run("web", cores=0.5)
        async with program(AGENT, "--docker-endpoint", engine.host, "--poll-interval", "100ms", *LISTEN) as agent:
            assert "engine answers one-shot calls at once" in await agent.line_with("source one-shot")
            async with websocket(await agent.port()) as client:
                assert isinstance(client, WebSocketClient)
                with anyio.fail_after(20):
                    while '"name":"web"' not in str(await client.receive()):
                        pass
            assert await agent.stop() == 0


async def test_without_an_engine_it_starts_and_says_what_is_missing(tmp_path: Path) -> None:
    endpoint = f"unix://{tmp_path}/docker.sock"
    async with program(AGENT, "--docker-endpoint", endpoint, *LISTEN) as agent:
        await agent.port()
        line = await agent.line_with(str(tmp_path))
        assert "--docker-endpoint" in line or "start Docker" in line
        assert await agent.stop() == 0


async def test_on_every_interface_it_warns_in_one_line_that_nobody_is_asked_for_a_password() -> None:
    async with program(AGENT, *SIMULATED[:4], "--listen", ":0") as agent:
        port = await agent.port()
        line = await agent.line_with("without a token")
        assert "WARNING" in line
        assert f"--listen 127.0.0.1:{port}" in line
        assert await agent.stop() == 0


async def test_debug_neither_floods_nor_tells_secrets(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("AGENT_LOG_LEVEL=debug\nDOCKER_HOST=ssh://ada:s3cret@heron\n")
    async with program(AGENT, *SIMULATED, directory=tmp_path) as agent:
        port = await agent.port()
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client:
            for _ in range(20):
                await client.get("/healthz?token=s3cret", headers={"Authorization": "Bearer s3cret"})
        async with websocket(port, "/ws?token=s3cret") as connected:
            assert isinstance(connected, WebSocketClient)
            await connected.receive()
        assert await agent.stop() == 0
    assert any(" DEBUG " in line for line in agent.log)
    assert len(agent.log) < 10
    assert "s3cret" not in "\n".join(agent.log)


@pytest.mark.parametrize(
    ("arguments", "environ", "words"),
    [
        (["--poll-interval", "500"], {}, ["--poll-interval: '500'", "unit is missing", "500ms"]),
        (["--pol-interval", "500ms"], {}, ["'--pol-interval'", "did you mean --poll-interval?"]),
        ([], {"DOCKER_HOST": "ssh://heron"}, ["DOCKER_HOST: ", "'ssh://heron'", "unix:///"]),
        ([], {"DOCKER_CONTEXT": "gone"}, ["'gone'", "DOCKER_CONTEXT", "docker context ls"]),
    ],
)
async def test_a_wrong_start_is_one_line_that_names_it_and_exit_code_2(
    arguments: list[str], environ: dict[str, str], words: list[str]
) -> None:
    done = await ended(AGENT, *arguments, environ=environ)
    assert done.code == 2
    assert done.error.startswith("dockstats-agent: ")
    assert done.error.count("\n") == 1, done.error
    for word in words:
        assert word in done.error


async def test_an_address_in_use_is_one_line_that_names_who_holds_it() -> None:
    async with program(AGENT, *SIMULATED) as agent:
        listen = f"127.0.0.1:{await agent.port()}"
        done = await ended(AGENT, *SIMULATED[:4], "--listen", listen)
        holder = agent.process.pid
    assert done.code == 2
    assert done.error.count("\n") == 1
    assert f"cannot listen on {listen}: the port is in use by " in done.error
    assert f"(pid {holder})" in done.error


async def test_help_goes_to_standard_output_and_ends_with_0() -> None:
    done = await ended(AGENT, "--help")
    assert (done.code, done.error) == (0, "")
    assert "--poll-interval" in done.out
    assert "AGENT_POLL_INTERVAL" in done.out


async def test_healthcheck_asks_the_agent_that_runs() -> None:
    async with program(AGENT, *SIMULATED) as agent:
        port = await agent.port()
        listen = f"127.0.0.1:{port}"
        async with websocket(port) as client:
            assert isinstance(client, WebSocketClient)
            with anyio.fail_after(20):
                while "container_stats_batch" not in str(await client.receive()):
                    pass
        by_flag = await ended(AGENT, "healthcheck", "--listen", listen)
        by_variable = await ended(AGENT, "healthcheck", environ={"AGENT_LISTEN_ADDR": listen})
        assert await agent.stop() == 0
    gone = await ended(AGENT, "healthcheck", "--listen", listen)
    assert by_flag == by_variable == Ended(0, "sampling\n", "")
    assert (gone.code, gone.out) == (1, "")
    assert gone.error.startswith(f"nobody answers at http://{listen}/healthz: ")


def test_main_hears_the_arguments_of_its_process(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["dockstats-agent", "--listen", "nowhere"])
    with signals_as_they_were(), pytest.raises(SystemExit) as left:
        main()
    assert left.value.code == 2
    assert capsys.readouterr().err.startswith("dockstats-agent: --listen: 'nowhere'")
