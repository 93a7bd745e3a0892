"""Writes docs/configuration.md from the options' table; with --check only says whether it is up to date."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from dockstats_core.program.options import AGENT_OPTIONS, DASHBOARD_OPTIONS, Option

TARGET = Path(__file__).resolve().parent.parent / "docs" / "configuration.md"

_INTRODUCTION = """\
# Configuration

<!-- Written by tools/write_configuration.py from the table in dockstats_core/program/options.py: change that. -->

Every option is a flag and an environment variable; only a token has no flag. What counts, first to last:

1. the flag,
2. the variable in the environment,
3. the same variable in `.env.local` in the working directory,
4. the same variable in `.env` there,
5. the default.

Where an option has two variables, the first that is set counts, wherever it is set. A flag or variable that is given
but blank means the default, and hides what comes after it in this list. Values in the files are taken as they stand:
`$NAME` is not replaced.

A wrong value stops the start with exit code 2 and one line that names the flag or the variable, the value and what
would be right. `--help` tells the same as this page, `--version` the version.
"""

_AGENT = """\
## Agent

`uv run agent` in a checkout, `dockstats-agent` where it is installed.
"""

_DASHBOARD = """\
## Dashboard

`uv run dashboard` in a checkout, `dockstats-dashboard` where it is installed.
"""

_EMBEDDED = """\
Without agents and without `--demo` the dashboard runs an agent inside itself, on this machine's engine. That agent
takes the agent's variables (all above that start with `AGENT_`, and `DOCKER_HOST`), not its flags;
`AGENT_LISTEN_ADDR`, `AGENT_LOG_LEVEL` and all about who may come in (`AGENT_TOKEN`, `AGENT_TLS_CERT` and so on) have
nothing to do there.
"""

_VALUES = """\
## Values

**Durations** are Go's: a number and a unit, or several (`500ms`, `1.5s`, `1m30s`); the units are `ns`, `us`, `ms`, `s`,
`m`, `h`.

**Addresses** to listen on: `:8080` is every interface, IPv4 and IPv6; `127.0.0.1:8080` or `[::1]:8080` only this
machine. A server that only this machine can reach also checks the name in the browser's address (against DNS
rebinding); behind a reverse proxy that passes its own name on, allow that name with `--allow-origin`, which has its
scheme too, or with `--allowed-host`.

**Tokens** are one word of ASCII, at most 512 characters; `openssl rand -hex 32` makes a good one. A file holds the
token and nothing else. Without a variable or a flag, a Docker secret named `agent_token` or `dashboard_token` is used
where it is mounted, in `/run/secrets`. A file's flag wins over the variable that holds the token; both variables at
once are a mistake, and refused.

**Agents**: entries separated by semicolons, each a WebSocket URL or `id|label|url`. An empty id becomes `agent-N`, an
empty label `Agent N`, N being the entry's place; no two entries may have the same id.

    AGENT_ENDPOINTS='ws://10.0.0.7:8080/ws;db|Data base|wss://db.example/ws'

A URL may hold the agent's own token, as in `wss://:TOKEN@db.example/ws`, or `user:password@` for a proxy in front of
the agent; it is never shown, neither on the page nor in the log. Agents without one are shown `AGENT_TOKEN`, if that is
set.

**Filters** are Docker's own terms: `label=KEY`, `label=KEY=VALUE`, `name=PATTERN`. Terms of one kind are joined as
Docker joins them: every label must fit, any name may.

    dockstats-agent --filter label=tier=web --filter name=shop
    AGENT_FILTER='label=tier=web;name=shop' dockstats-agent

**The engine's own variables** `DOCKER_CONTEXT`, `DOCKER_CONFIG`, `DOCKER_TLS_VERIFY`, `DOCKER_CERT_PATH` and
`DOCKER_API_VERSION` mean what they mean to the `docker` command.
"""


def configuration() -> str:
    """The whole page."""
    parts = (_INTRODUCTION, _AGENT, table(AGENT_OPTIONS), _DASHBOARD, table(DASHBOARD_OPTIONS), _EMBEDDED, _VALUES)
    return "\n".join(parts)


def table(options: Iterable[Option[object]]) -> str:
    """The options as a Markdown table."""
    lines = ["| flag | environment | default | |", "|---|---|---|---|"]
    lines += ["| " + " | ".join(cell.replace("|", "\\|") for cell in row(option)) + " |" for option in options]
    return "\n".join(lines) + "\n"


def row(option: Option[object]) -> tuple[str, str, str, str]:
    """One option's cells: flag, variables, default, what it does."""
    default = option.told_default
    return (
        f"`{f'{option.flag} {option.metavar}'.strip()}`" + (", repeatable" if option.repeatable else "")
        if option.flag
        else "none",
        ", then ".join(f"`{name}`" for name in option.variables),
        default if " " in default else f"`{default}`",
        option.help,
    )


def main(argv: Sequence[str], target: Path = TARGET) -> int:
    """Write the page, or compare it; 1 where it is out of date."""
    wanted = configuration()
    if "--check" in argv:
        if target.exists() and target.read_text(encoding="utf-8") == wanted:
            return 0
        print(f"{target.name} differs from the table of options: run tools/write_configuration.py", file=sys.stderr)
        return 1
    target.write_text(wanted, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
