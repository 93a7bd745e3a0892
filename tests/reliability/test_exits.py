"""Every way in which a program ends by itself, or does not even start: an exit code and a sentence.

Not here: signals (test_signals), a fault of ours (tests/core/program/test_running.py), which flags and values are wrong
(tests/core/program, tests/agent/test_cli.py, tests/dashboard/test_cli.py).
"""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec import Struct

from tests.running import ended

AGENT, DASHBOARD = "dockstats-agent", "dockstats-dashboard"
NOBODY = "127.0.0.1:1"


class Way(Struct, frozen=True):
    """One way to end: what is asked of which program, and what it says."""

    program: str
    arguments: tuple[str, ...]
    code: int
    says: tuple[str, ...]
    file: str | None = None  # contents of .env in its working directory


WAYS = {
    "asked for its version": Way(AGENT, ("--version",), 0, ("dockstats-agent ",)),
    "a value that makes no sense": Way(DASHBOARD, ("--listen", "nowhere"), 2, ("--listen: 'nowhere'", ":8080")),
    "a variable that makes no sense": Way(
        AGENT, (), 2, ("AGENT_POLL_INTERVAL", ".env", "'soon'"), file="AGENT_POLL_INTERVAL=soon\n"
    ),
    "a file that cannot be used": Way(DASHBOARD, (), 2, ("cannot read .env", "UTF-8"), file="\udcff"),
    "an address of another machine": Way(
        AGENT, ("--source", "simulated", "--listen", "192.0.2.1:80"), 2, ("cannot listen on 192.0.2.1:80", "--listen")
    ),
    "a name that means nothing": Way(
        DASHBOARD, ("--demo", "--listen", "nowhere.invalid:80"), 2, ("nowhere.invalid cannot be resolved",)
    ),
    "two agents of one id": Way(
        DASHBOARD,
        ("--agents", "rack||ws://a/ws;rack||ws://b/ws", "--listen", NOBODY),
        2,
        ("--agents: entry 2", "the id rack is taken"),
    ),
    "a certificate that is not there": Way(
        AGENT, ("--source", "simulated", "--tls-cert", "/no/cert", "--tls-key", "/no/key"), 2, ("/no/cert",)
    ),
    "a health check where nobody answers": Way(AGENT, ("healthcheck", "--listen", NOBODY), 1, ("nobody answers at",)),
}


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS.keys())
async def test_program_ends_with_a_code_and_a_sentence(way: Way, tmp_path: Path) -> None:
    if way.file is not None:
        (tmp_path / ".env").write_bytes(way.file.encode("utf-8", "surrogateescape"))
    done = await ended(way.program, *way.arguments, directory=tmp_path)
    said, other = (done.out, done.error) if way.code == 0 else (done.error, done.out)
    assert done.code == way.code, said
    assert other == ""
    assert "Traceback" not in said
    for words in way.says:
        assert words in said
    if way.code:
        assert said.count("\n") == 1, "one line"
