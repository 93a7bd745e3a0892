"""The command line of both programs: arguments, environment and files in, typed settings or one clear line out.

argparse splits the arguments, because everyone's fingers know its rules; what the options are, and all that people read
about them, comes from the table. Not here: the options (program.options), precedence (program.settings).
"""

from __future__ import annotations

import argparse
import difflib
import os
import platform
import sys
import textwrap
from collections.abc import Mapping, Sequence
from importlib import metadata
from pathlib import Path
from typing import Literal, NoReturn, overload

from dockstats_core.endpoints.agents import shown_url
from dockstats_core.errors import ConfigurationError
from dockstats_core.program.dotenv import read_environment
from dockstats_core.program.options import Option, OptionError, ProgramName, flags_of, options_of
from dockstats_core.program.settings import AgentSettings, DashboardSettings, Given, agent_settings, dashboard_settings

EXIT_USAGE = 2
"""What a program gives back that was started wrongly, as shells and argparse have it."""

HEALTHCHECK = "healthcheck"
"""First argument that makes a program ask the running one how it is, instead of running (program.healthcheck)."""

_WIDTH = 80
_ABOUT = {
    "agent": "Samples this Docker host's containers and serves their figures over WebSocket, at /ws.",
    "dashboard": "Shows the containers of every agent, live, on one page; without agents, this machine's own.",
}
_PRECEDENCE = (
    "A flag wins over its variable, a variable over the same one in .env.local, that over .env (both in the working "
    "directory), and all of them over the default. A flag marked * may be given more than once; its variable takes "
    "several values separated by semicolons."
)
_HEALTHCHECK = (
    f"With {HEALTHCHECK} as the first argument it asks the program that runs at the same --listen address how it is, "
    "prints one line and leaves with 0 or 1, as a container's HEALTHCHECK needs it."
)
_EMBEDDED = "The agent inside the dashboard takes the agent's variables, AGENT_...: see dockstats-agent --help."


@overload
def parse(
    program: Literal["agent"],
    argv: Sequence[str],
    environ: Mapping[str, str],
    directory: Path,
    *,
    host_name: str | None = None,
) -> AgentSettings: ...


@overload
def parse(
    program: Literal["dashboard"],
    argv: Sequence[str],
    environ: Mapping[str, str],
    directory: Path,
    *,
    host_name: str | None = None,
) -> DashboardSettings: ...


def parse(
    program: ProgramName,
    argv: Sequence[str],
    environ: Mapping[str, str],
    directory: Path,
    *,
    host_name: str | None = None,
) -> AgentSettings | DashboardSettings:
    """The settings for a start of `program` with the arguments `argv`, in `directory`.

    `host_name` is the label of a host that was given none; by default this machine's name. `--help` and `--version`
    print what they should and leave by SystemExit(0).

    Raises:
        ConfigurationError: an unknown flag, an unusable value (OptionError), an unreadable file.
    """
    given = given_on(program, argv, environ, directory)
    name = host_name or platform.node() or "localhost"
    if program == "agent":
        return agent_settings(given, host_name=name)
    return dashboard_settings(given, host_name=name)


def given_on(program: ProgramName, argv: Sequence[str], environ: Mapping[str, str], directory: Path) -> Given:
    """What a start of `program` was given, not looked at yet.

    Raises:
        ConfigurationError: an unknown flag, an unreadable file.
    """
    return Given(_flags(program, argv), read_environment(environ, directory))


@overload
def parse_or_exit(program: Literal["agent"], argv: Sequence[str] | None = None) -> AgentSettings: ...


@overload
def parse_or_exit(program: Literal["dashboard"], argv: Sequence[str] | None = None) -> DashboardSettings: ...


def parse_or_exit(program: ProgramName, argv: Sequence[str] | None = None) -> AgentSettings | DashboardSettings:
    """`parse` for this process: its arguments, environment and working directory.

    What is wrong goes to standard error as one line, and the program leaves with exit code 2.
    """
    try:
        return parse(program, sys.argv[1:] if argv is None else argv, os.environ, Path())
    except ConfigurationError as error:
        sys.stderr.write(f"{command_of(program)}: {error}\n")
        raise SystemExit(EXIT_USAGE) from None


def command_of(program: ProgramName) -> str:
    """The program's name as it is installed."""
    return f"dockstats-{program}"


def help_text(program: ProgramName) -> str:
    """What `--help` prints: 80 columns, every option with its variables and its default."""
    paragraphs = [
        f"usage: {command_of(program)} [{HEALTHCHECK}] [options]",
        textwrap.fill(_ABOUT[program], _WIDTH),
        "options:\n" + "\n".join(_told(option) for option in options_of(program)),
        "  --version\n      Print the version and leave.\n  --help, -h\n      Print this and leave.",
        textwrap.fill(_PRECEDENCE, _WIDTH),
        textwrap.fill(_HEALTHCHECK, _WIDTH),
    ]
    if program == "dashboard":
        paragraphs.append(textwrap.fill(_EMBEDDED, _WIDTH))
    return "\n\n".join(paragraphs) + "\n"


def _told(option: Option[object]) -> str:
    head = f"  {option.name} {option.metavar}".rstrip() + (" *" if option.repeatable else "")
    source = f"[{', then '.join(option.variables)}; default: {option.told_default}]"
    lines = [
        textwrap.fill(text, _WIDTH, initial_indent=" " * 6, subsequent_indent=" " * 6, break_on_hyphens=False)
        for text in (option.help, source)
    ]
    return "\n".join([head, *lines])


class _Parser(argparse.ArgumentParser):
    """argparse that prints our help, and raises what is wrong instead of printing it."""

    def __init__(self, program: ProgramName) -> None:
        super().__init__(prog=command_of(program), add_help=False, allow_abbrev=False)
        self._program: ProgramName = program
        self.add_argument("--help", "-h", action="help")
        self.add_argument("--version", action="version", version=f"%(prog)s {metadata.version('dockstats-core')}")
        for option in flags_of(program):
            if option.is_switch:
                self.add_argument(option.flag, dest=option.flag, action="append_const", const="on")
            else:
                self.add_argument(option.flag, dest=option.flag, action="append", metavar=option.metavar)

    def format_help(self) -> str:
        return help_text(self._program)

    def error(self, message: str) -> NoReturn:
        raise OptionError(f"{message.removeprefix('argument ')}; see {self.prog} --help")


def _flags(program: ProgramName, argv: Sequence[str]) -> dict[str, list[str]]:
    """The texts given for each flag, in their order; of one that is not repeatable, the last."""
    parser = _Parser(program)
    namespace, unknown = parser.parse_known_args(argv)
    if unknown:
        parser.error(_about_unknown(program, unknown[0]))
    given: dict[str, list[str] | None] = vars(namespace)
    flags: dict[str, list[str]] = {}
    for option in flags_of(program):
        texts = given[option.flag]
        if texts is not None:
            flags[option.flag] = texts if option.repeatable else texts[-1:]
    return flags


def _about_unknown(program: ProgramName, argument: str) -> str:
    # Not the whole argument: a mistyped --agents has the password of its URL behind the equals sign.
    name = argument.partition("=")[0]
    if not name.startswith("-"):
        return f"unexpected argument {shown_url(argument)!r}"
    flags = [option.flag for option in flags_of(program)]
    near = [flag for flag in flags if flag.startswith(name)] or difflib.get_close_matches(name, flags, n=1)
    return f"unknown flag {name!r}" + (f", did you mean {near[0]}?" if near else "")
