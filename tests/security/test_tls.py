"""Agent and dashboard over TLS, as programs of their own: who is verified, who is refused, and what renews itself.

Not here: the contexts (tests/core/program/test_tls.py).
"""

from __future__ import annotations

import os
import ssl
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
import trustme

from tests.running import Program, executable, program, until

SIMULATED = ("--source", "simulated", "--simulated-containers", "3", "--listen", "127.0.0.1:0")
AUTHORITY = trustme.CA()
YESTERDAY = datetime.now(UTC) - timedelta(days=1)


def written(directory: Path, name: str, certificate: trustme.LeafCert) -> str:
    """Certificate and key in one file."""
    path = directory / f"{name}.pem"
    certificate.private_key_and_cert_chain_pem.write_to_path(str(path))
    return str(path)


def authority(directory: Path, ca: trustme.CA = AUTHORITY) -> str:
    path = directory / "ca.pem"
    ca.cert_pem.write_to_path(str(path))
    return str(path)


@asynccontextmanager
async def agent(certificate: str, *arguments: str) -> AsyncIterator[tuple[Program, int]]:
    async with program("dockstats-agent", *SIMULATED, "--tls-cert", certificate, *arguments) as running:
        yield running, await running.port()


@asynccontextmanager
async def dashboard(agent_port: int, **environ: str) -> AsyncIterator[Program]:
    environ["AGENT_ENDPOINTS"] = f"wss://localhost:{agent_port}/ws"
    async with program("dockstats-dashboard", "--listen", "127.0.0.1:0", environ=environ) as running:
        yield running


async def test_agent_over_tls_is_followed_where_its_authority_is_known(tmp_path: Path) -> None:
    certificate = written(tmp_path, "agent", AUTHORITY.issue_cert("localhost"))
    async with agent(certificate) as (running, port):
        assert "wss://127.0.0.1" in await running.line_with("serving")
        async with dashboard(port, AGENT_CA_FILE=authority(tmp_path)) as following:
            await following.line_with("agent-1: connected")


async def test_agent_of_an_unknown_authority_is_not_and_the_reason_is_told(tmp_path: Path) -> None:
    certificate = written(tmp_path, "agent", AUTHORITY.issue_cert("localhost"))
    async with agent(certificate) as (_, port), dashboard(port) as following:
        assert "its certificate is not trusted" in await following.line_with("agent-1: error")


async def test_expired_certificate_is_told_and_its_renewal_needs_no_restart_on_either_side(tmp_path: Path) -> None:
    certificate = written(tmp_path, "agent", AUTHORITY.issue_cert("localhost", not_after=YESTERDAY))
    async with agent(certificate) as (serving, port), dashboard(port, AGENT_CA_FILE=authority(tmp_path)) as following:
        assert "certificate has expired" in await following.line_with("agent-1: error")
        fresh = written(tmp_path, "fresh", AUTHORITY.issue_cert("localhost"))
        os.replace(fresh, certificate)
        await serving.line_with("the certificate was renewed")
        await following.line_with("agent-1: connected")


async def test_agent_that_asks_for_certificates_takes_those_of_its_authority_and_no_others(tmp_path: Path) -> None:
    certificate = written(tmp_path, "agent", AUTHORITY.issue_cert("localhost"))
    ca = authority(tmp_path)
    own = written(tmp_path, "dashboard", AUTHORITY.issue_cert("dashboard.example"))
    async with agent(certificate, "--tls-client-ca", ca) as (_, port):
        async with dashboard(port, AGENT_CA_FILE=ca) as refused:
            await refused.line_with("agent-1: error")
        async with dashboard(port, AGENT_CA_FILE=ca, AGENT_CLIENT_CERT=own) as taken:
            await taken.line_with("agent-1: connected")


async def test_dashboard_over_tls_serves_its_page_and_a_cookie_that_stays_there(tmp_path: Path) -> None:
    certificate = written(tmp_path, "dashboard", AUTHORITY.issue_cert("localhost"))
    verify = ssl.create_default_context(cafile=authority(tmp_path))
    async with program(
        "dockstats-dashboard",
        *("--demo", "--listen", "127.0.0.1:0", "--tls-cert", certificate),
        environ={"DASHBOARD_TOKEN": "s3cret-s3cret-s3cret"},
    ) as running:
        url = f"https://localhost:{await running.port()}"
        async with httpx.AsyncClient(base_url=url, verify=verify, trust_env=False) as client:
            answer = await client.post("/sign-in", json={"token": "s3cret-s3cret-s3cret"}, headers={"Origin": url})
            assert "Secure" in answer.headers["set-cookie"]
            assert (await client.get("/")).text.startswith("<!doctype html>")
            async with client.stream("GET", "/stream/agents") as stream:
                assert await anext(stream.aiter_bytes())


async def test_health_check_asks_over_tls_where_the_program_speaks_it(tmp_path: Path) -> None:
    certificate = written(tmp_path, "agent", AUTHORITY.issue_cert("heron.example"))
    ca = authority(tmp_path)

    def check(port: int, **more: str) -> subprocess.CompletedProcess[str]:
        asked = [executable("dockstats-agent"), "healthcheck", "--listen", f"127.0.0.1:{port}"]
        environ = {**os.environ, "AGENT_TLS_CERT": certificate, **more}
        return subprocess.run(asked, env=environ, capture_output=True, text=True, timeout=20, check=False)

    async with agent(certificate) as (_, port):
        done = check(port)
        assert (done.returncode, done.stderr) == (0, "")
    async with agent(certificate, "--tls-client-ca", ca) as (_, port):
        done = check(port, AGENT_TLS_CLIENT_CA=ca)
        assert (done.returncode, done.stdout) == (0, "up; it asks for a certificate, so it is not asked for more\n")


async def test_plain_client_of_a_tls_server_is_dropped_and_the_others_notice_nothing(tmp_path: Path) -> None:
    certificate = written(tmp_path, "agent", AUTHORITY.issue_cert("localhost"))
    async with agent(certificate) as (running, port), dashboard(port, AGENT_CA_FILE=authority(tmp_path)) as following:
        await following.line_with("agent-1: connected")
        async with httpx.AsyncClient(trust_env=False) as client:
            with pytest.raises(httpx.TransportError):
                await client.get(f"http://127.0.0.1:{port}/healthz")
        assert running.process.returncode is None
        assert not [line for line in running.log if "Traceback" in line or "ERROR" in line]
        await until(lambda: following.process.returncode is None)


@pytest.mark.parametrize("arguments", [("--tls-cert", "/nowhere.pem"), ("--tls-key", "/nowhere.pem")])
async def test_certificate_that_cannot_be_used_ends_the_start_with_one_line(arguments: tuple[str, str]) -> None:
    async with program("dockstats-agent", *SIMULATED, *arguments) as running:
        assert await running.process.wait() == 2
        [line] = [line for line in running.log if line]
        assert line.startswith("dockstats-agent: ")
