"""`dockstats-agent healthcheck`, `dockstats-dashboard healthcheck`: asks the running program how it is.

For a container's HEALTHCHECK, which starts a process every so often and reads its exit code and what it printed. It
asks `/healthz` at the address that the program listens on, found as the program itself finds it: by flag, variable or
.env file. A flag that only the program was given is not known here, so in a container the address is a variable.
As it starts again and again for as long as the program runs, it loads no more than it needs.
Not here: what being healthy means (the apps' /healthz).
"""

from __future__ import annotations

import http.client
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal
from urllib.parse import SplitResult, urlsplit

import msgspec

from dockstats_core.errors import ConfigurationError
from dockstats_core.program import options
from dockstats_core.program.command_line import HEALTHCHECK, given_on
from dockstats_core.program.options import ProgramName

TIME_OUT_S = 2.0
"""For the connection, and for each pause in the answer."""

LIFE_S = 10.0
"""After so long the process ends, whatever it waits for. On a machine that cannot keep up, a supervisor starts the next
one before the last one is done, and some engines give those up without ending them."""

MAX_ANSWER_BYTES = 64 << 10
_MAX_SHOWN = 200


class Unhealthy(Exception):  # noqa: N818 - it is an answer
    """The program is not well, or nobody can tell; the message is one sentence."""


class Target(msgspec.Struct, frozen=True):
    """What is asked: the URL of a /healthz, and whether whoever asks there needs a certificate."""

    url: str
    asks_certificate: bool = False


class _Health(msgspec.Struct):
    """What both programs' answers have of it; only the agent's has a sentence."""

    ok: bool
    detail: str = ""


def leave_if_asked(program: ProgramName, argv: Sequence[str] | None = None, *, life_s: float = LIFE_S) -> None:
    """Where the arguments begin with `healthcheck`: print one line and leave the process with 0 or 1. Else return.

    1 stands for everything that is wrong, wrong arguments included: Docker keeps 2 for itself.
    """
    argv = sys.argv[1:] if argv is None else argv
    if list(argv[:1]) != [HEALTHCHECK]:
        return
    signal.setitimer(signal.ITIMER_REAL, life_s)  # which nobody handles, so it ends the process wherever it is
    try:
        line = check(target_of(program, argv[1:], os.environ, Path()))
    except (Unhealthy, ConfigurationError) as error:
        sys.stderr.write(f"{error}\n")
        raise SystemExit(1) from None
    sys.stdout.write(f"{line}\n")
    raise SystemExit(0)


def target_of(program: ProgramName, argv: Sequence[str], environ: Mapping[str, str], directory: Path) -> Target:
    """The /healthz of a program that was started with these arguments, in this environment and directory.

    Raises:
        ConfigurationError: the arguments, the listen address or the base path is unusable.
    """
    given = given_on(program, argv, environ, directory)
    option = options.AGENT_LISTEN if program == "agent" else options.DASHBOARD_LISTEN
    listen = given.value(option)
    if listen.port == 0:
        raise ConfigurationError(
            f"{listen} lets the system choose a port, which nobody else can know: give a fixed one with {option.flag} "
            f"or {option.variables[0]}"
        )
    base_path = "" if program == "agent" else given.value(options.BASE_PATH)
    certificate, client_ca = (
        (options.AGENT_TLS_CERT, options.AGENT_TLS_CLIENT_CA)
        if program == "agent"
        else (options.DASHBOARD_TLS_CERT, options.DASHBOARD_TLS_CLIENT_CA)
    )
    scheme: Literal["http", "https"] = "https" if given.value(certificate) else "http"
    return Target(f"{listen.url_over(scheme)}{base_path}/healthz", bool(given.value(client_ca)))


def check(target: Target, *, time_out_s: float = TIME_OUT_S) -> str:
    """One sentence about a program that is well.

    Over TLS its certificate is not verified: it is for a name that others use, and whoever could stand between a
    program and this machine's own loopback address has no need to. Where a certificate of ours is asked for, which we
    have none of, a handshake has to do.

    Raises:
        Unhealthy: it is not, it does not answer, or it is not one of our programs.
    """
    url = target.url
    parts = urlsplit(url)
    connection = _connection(parts, time_out_s)
    try:
        connection.connect()
        if target.asks_certificate:
            return "up; it asks for a certificate, so it is not asked for more"
        connection.request("GET", parts.path)
        answer = connection.getresponse()
        body = answer.read(MAX_ANSWER_BYTES)
    except TimeoutError:
        raise Unhealthy(f"no answer from {url} within {time_out_s:g} s") from None
    except ConnectionRefusedError:
        raise Unhealthy(
            f"nobody answers at {url}: the program is not up, or listens elsewhere; "
            "an address given to it as a flag must be given here too, one in a variable is found"
        ) from None
    except (OSError, http.client.HTTPException) as error:
        raise Unhealthy(f"no answer from {url}: {_line(str(error) or type(error).__name__)}") from None
    finally:
        connection.close()
    return _judged(url, answer.status, body)


def _connection(parts: SplitResult, time_out_s: float) -> http.client.HTTPConnection:
    host = parts.hostname or ""
    if parts.scheme == "http":
        return http.client.HTTPConnection(host, parts.port, timeout=time_out_s)
    import ssl  # takes longer than all the rest

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return http.client.HTTPSConnection(host, parts.port, timeout=time_out_s, context=context)


def _judged(url: str, status: int, body: bytes) -> str:
    try:
        health = msgspec.json.decode(body, type=_Health)
    except msgspec.DecodeError:
        raise Unhealthy(f"{url} answered {status}: {_line(body.decode(errors='replace'))}") from None
    detail = _line(health.detail)
    if status != http.client.OK or not health.ok:
        raise Unhealthy(f"{url} answered {status}: {detail or 'not well'}")
    return detail or "well"


def _line(text: str) -> str:
    """One line of text that others wrote, with nothing in it that a terminal obeys."""
    shown = " ".join(text.split())[:_MAX_SHOWN]
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in shown)
