"""What a person asked for, as typed values: every option of a program, read from where it was given.

A flag wins over its variables, these (the first that is not blank) over the default; a blank flag means the default.
The files' place among the variables is dotenv's matter. Here the name of who gave the value gets in front of a
parser's sentence.
Not here: the options themselves (program.options), the command line (program.command_line).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeVar

from msgspec import Struct

from dockstats_core.endpoints.agents import AgentEndpoint
from dockstats_core.errors import ConfigurationError
from dockstats_core.program import options
from dockstats_core.program.dotenv import Variable
from dockstats_core.program.listen import ListenAddress
from dockstats_core.program.options import Option, OptionError
from dockstats_core.program.values import Filters, LogLevel, SourceChoice

T = TypeVar("T")


class AgentSettings(Struct, frozen=True, kw_only=True):
    """Everything an agent can be told. `docker_endpoint` is None where the engine is to be found by itself."""

    docker_endpoint: str | None
    docker_environment: Mapping[str, str]  # the variables DOCKER_*, for TLS, the context and a pinned API version
    listen: ListenAddress
    host_label: str
    poll_interval_s: float
    max_workers: int
    source: SourceChoice
    proc_root: str
    cgroup_root: str  # empty: wherever cgroup file systems are mounted
    simulated_containers: int
    filters: Filters
    allowed_origins: tuple[str, ...]
    log_level: LogLevel


class DashboardSettings(Struct, frozen=True, kw_only=True):
    """Everything a dashboard can be told.

    `embedded` is for the agent it runs itself, from the agent's variables (its listen, allowed_origins and log_level
    mean nothing here). It is None where other agents or the demo are shown: then nobody needs a usable DOCKER_HOST.
    """

    agents: tuple[AgentEndpoint, ...]
    listen: ListenAddress
    base_path: str  # empty, or like /stats
    demo: bool
    allowed_origins: tuple[str, ...]
    log_level: LogLevel
    embedded: AgentSettings | None


class Given:
    """What was given on one start: texts by flag, and the environment."""

    def __init__(self, flags: Mapping[str, Sequence[str]], environment: Mapping[str, Variable]) -> None:
        self._flags = flags
        self._environment = environment

    def value(self, option: Option[T]) -> T:
        """The option's value.

        Raises:
            OptionError: it is unusable.
        """
        text, giver = self._text(option)
        try:
            return option.parse(text)
        except ConfigurationError as error:
            raise OptionError(f"{giver}: {error}") from error

    def docker_environment(self) -> dict[str, str]:
        """The variables that Docker's own programs read."""
        return {name: found.value.strip() for name, found in self._environment.items() if name.startswith("DOCKER_")}

    def without_flags(self) -> Given:
        """The same start, as far as the environment tells it."""
        return Given({}, self._environment)

    def _text(self, option: Option[object]) -> tuple[str, str]:
        texts = self._flags.get(option.flag)
        if texts is not None:
            text = ";".join(texts)
            return text if text.strip() else option.default, option.flag
        for name in option.variables:
            found = self._environment.get(name)
            if found is not None and found.value.strip():
                return found.value, name if found.file is None else f"{name} in {found.file}"
        return option.default, f"the default of {option.flag}"


def agent_settings(given: Given, *, host_name: str) -> AgentSettings:
    """The agent's settings.

    Raises:
        OptionError: a value is unusable.
    """
    source = given.value(options.SOURCE)
    return AgentSettings(
        # Simulated containers need no engine, so nobody's DOCKER_HOST can be wrong for them.
        docker_endpoint=None if source == "simulated" else given.value(options.DOCKER_ENDPOINT),
        docker_environment=given.docker_environment(),
        listen=given.value(options.AGENT_LISTEN),
        host_label=given.value(options.HOST_LABEL) or host_name,
        poll_interval_s=given.value(options.POLL_INTERVAL),
        max_workers=given.value(options.MAX_WORKERS),
        source=source,
        proc_root=given.value(options.PROC_ROOT),
        cgroup_root=given.value(options.CGROUP_ROOT),
        simulated_containers=given.value(options.SIMULATED_CONTAINERS),
        filters=given.value(options.FILTER),
        allowed_origins=given.value(options.AGENT_ALLOWED_ORIGINS),
        log_level=given.value(options.AGENT_LOG_LEVEL),
    )


def dashboard_settings(given: Given, *, host_name: str) -> DashboardSettings:
    """The dashboard's settings; its flags have nothing to do with the agent inside it, whatever their names.

    Raises:
        OptionError: a value is unusable, also one of the embedded agent where there is one.
    """
    agents, demo = given.value(options.AGENTS), given.value(options.DEMO)
    alone = not agents and not demo
    return DashboardSettings(
        agents=agents,
        listen=given.value(options.DASHBOARD_LISTEN),
        base_path=given.value(options.BASE_PATH),
        demo=demo,
        allowed_origins=given.value(options.DASHBOARD_ALLOWED_ORIGINS),
        log_level=given.value(options.DASHBOARD_LOG_LEVEL),
        embedded=agent_settings(given.without_flags(), host_name=host_name) if alone else None,
    )
