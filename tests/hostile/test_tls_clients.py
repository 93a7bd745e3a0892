"""Clients of a TLS server that never come as far as a request: each is let go in time, and others are served meanwhile.

Not here: what comes after a handshake (test_requests), certificates (tests/security/test_tls.py).
"""

from __future__ import annotations

import ssl
from pathlib import Path
from typing import TypeAlias

import httpx
import pytest
import trustme
from litestar.types import Receive, Scope, Send

import dockstats_agent.server
import dockstats_dashboard.server
from dockstats_core.program.clients import ClientLimits, Clients, ClientTally
from dockstats_core.program.tls import ServerCertificate, ServerTls
from tests.hostile.strangers import stranger
from tests.running import served

Server: TypeAlias = type[dockstats_agent.server.Server] | type[dockstats_dashboard.server.Server]
SERVERS = [dockstats_agent.server.Server, dockstats_dashboard.server.Server]

HELLO_BEGINS = b"\x16\x03\x01\x02\x00\x01"
"""The first bytes of a handshake whose rest never comes."""


async def answers(_: Scope, __: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"0")]})
    await send({"type": "http.response.body", "body": b"", "more_body": False})


@pytest.mark.parametrize("says", [b"", HELLO_BEGINS], ids=["nothing", "a part"])
@pytest.mark.parametrize("server", SERVERS, ids=["agent", "dashboard"])
async def test_a_handshake_that_stalls_is_given_up_and_others_are_served(
    server: Server, says: bytes, tmp_path: Path
) -> None:
    authority, file = trustme.CA(), tmp_path / "server.pem"
    authority.issue_cert("127.0.0.1").private_key_and_cert_chain_pem.write_to_path(str(file))
    tls = ServerTls(ServerCertificate(certificate=str(file), key=""))
    trusting = ssl.create_default_context()
    authority.configure_trust(trusting)
    clients = Clients(ClientLimits(handshake_s=1.5), ClientTally())
    async with (
        served(lambda started: server(answers, started=started, tls=tls, clients=clients)) as port,
        stranger(port) as one,
    ):
        await one.say(says)
        async with httpx.AsyncClient(verify=trusting, trust_env=False) as honest:
            assert (await honest.get(f"https://127.0.0.1:{port}/")).status_code == 200
        assert await one.hear_out() == b""
