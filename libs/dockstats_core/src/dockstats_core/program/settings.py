"""What a person asked for, as typed values: every option of a program, read from where it was given.

A flag wins over its variables, these (the first that is not blank) over the default; a blank flag means the default.
The files' place among the variables is dotenv's matter. Here the name of who gave the value gets in front of a
parser's sentence.
Not here: the options themselves (program.options), the command line (program.command_line).
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TypeVar

import msgspec
from msgspec import Struct

from dockstats_core.endpoints.agents import AgentEndpoint
from dockstats_core.errors import ConfigurationError
from dockstats_core.program import options
from dockstats_core.program.dotenv import Variable
from dockstats_core.program.listen import ListenAddress
from dockstats_core.program.options import Option, OptionError
from dockstats_core.program.tls import AgentCertificates, ServerCertificate
from dockstats_core.program.tokens import Token, token_in_file
from dockstats_core.program.values import Filters, LogLevel, SourceChoice

T = TypeVar("T")

SECRETS = Path(options.SECRETS)


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
    labels: tuple[str, ...]  # keys of those that are shown
    token: Token | None
    tls: ServerCertificate | None
    allowed_origins: tuple[str, ...]
    allowed_hosts: tuple[str, ...]
    log_level: LogLevel


class DashboardSettings(Struct, frozen=True, kw_only=True):
    """Everything a dashboard can be told.

    `agents` have the token they are to be shown. `embedded` is for the agent it runs itself, from the agent's variables
    (its listen, token, tls, allowed_origins, allowed_hosts and log_level mean nothing here). It is None where other
    agents or the demo are shown: then nobody needs a usable DOCKER_HOST.
    """

    agents: tuple[AgentEndpoint, ...]
    agent_tls: AgentCertificates
    listen: ListenAddress
    base_path: str  # empty, or like /stats
    demo: bool
    token: Token | None
    tls: ServerCertificate | None
    allowed_origins: tuple[str, ...]
    allowed_hosts: tuple[str, ...]
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

    def has(self, option: Option[object]) -> bool:
        """Whether it was given at all, by a flag or a variable that is not blank."""
        text, giver = self._text(option)
        return bool(text.strip()) and giver != _default_of(option)

    def has_flag(self, option: Option[object]) -> bool:
        """Whether it was given on the command line."""
        return bool("".join(self._flags.get(option.flag, ())).strip())

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
        return option.default, _default_of(option)


def _default_of(option: Option[object]) -> str:
    return f"the default of {option.name}"


def agent_settings(given: Given, *, host_name: str, secrets: Path = SECRETS) -> AgentSettings:
    """The agent's settings; `secrets` is where Docker mounts a container's.

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
        labels=given.value(options.LABELS),
        token=_token(given, options.AGENT_TOKEN, options.AGENT_TOKEN_FILE, secrets),
        tls=_server_tls(given, options.AGENT_TLS_CERT, options.AGENT_TLS_KEY, options.AGENT_TLS_CLIENT_CA),
        allowed_origins=given.value(options.AGENT_ALLOW_ORIGIN),
        allowed_hosts=given.value(options.AGENT_ALLOWED_HOST),
        log_level=given.value(options.AGENT_LOG_LEVEL),
    )


def dashboard_settings(given: Given, *, host_name: str, secrets: Path = SECRETS) -> DashboardSettings:
    """The dashboard's settings; its flags have nothing to do with the agent inside it, whatever their names.

    `secrets` is where Docker mounts a container's.

    Raises:
        OptionError: a value is unusable, also one of the embedded agent where there is one.
    """
    agents, demo = given.value(options.AGENTS), given.value(options.DEMO)
    alone = not agents and not demo
    token = _token(given, options.TOKEN_FOR_AGENTS, options.TOKEN_FILE_FOR_AGENTS, secrets) if agents else None
    return DashboardSettings(
        agents=tuple(_with_token(agent, token) for agent in agents),
        agent_tls=_agent_tls(given),
        listen=given.value(options.DASHBOARD_LISTEN),
        base_path=given.value(options.BASE_PATH),
        demo=demo,
        token=_token(given, options.DASHBOARD_TOKEN, options.DASHBOARD_TOKEN_FILE, secrets),
        tls=_server_tls(given, options.DASHBOARD_TLS_CERT, options.DASHBOARD_TLS_KEY, options.DASHBOARD_TLS_CLIENT_CA),
        allowed_origins=given.value(options.DASHBOARD_ALLOW_ORIGIN),
        allowed_hosts=given.value(options.DASHBOARD_ALLOWED_HOST),
        log_level=given.value(options.DASHBOARD_LOG_LEVEL),
        embedded=agent_settings(given.without_flags(), host_name=host_name, secrets=secrets) if alone else None,
    )


def _token(given: Given, value: Option[Token | None], file: Option[Token | None], secrets: Path) -> Token | None:
    """By the file's flag, else by either variable, else Docker's secret of the variable's name."""
    if given.has(value) and not given.has_flag(file):
        if given.has(file):
            raise OptionError(f"{value.name} and {file.variables[0]} are both set; keep one of them")
        return given.value(value)
    if given.has(file):
        return given.value(file)
    secret = secrets / value.name.lower()
    try:
        return token_in_file(str(secret)) if os.path.exists(secret) else None
    except ConfigurationError as error:
        raise OptionError(f"the secret {value.name.lower()}: {error}") from error


def _with_token(agent: AgentEndpoint, token: Token | None) -> AgentEndpoint:
    if token is None or agent.authorization is not None:
        return agent
    return msgspec.structs.replace(agent, authorization=token.authorization)


def _server_tls(
    given: Given, certificate: Option[str], key: Option[str], client_ca: Option[str]
) -> ServerCertificate | None:
    files = [given.value(option) for option in (certificate, key, client_ca)]
    if files[0]:
        return ServerCertificate(certificate=files[0], key=files[1], client_ca=files[2])
    _need_certificate(given, certificate, key, client_ca)
    return None


def _agent_tls(given: Given) -> AgentCertificates:
    all_files = (options.AGENT_CA_FILE, options.AGENT_CLIENT_CERT, options.AGENT_CLIENT_KEY)
    ca, certificate, key = (given.value(option) for option in all_files)
    if not certificate:
        _need_certificate(given, options.AGENT_CLIENT_CERT, options.AGENT_CLIENT_KEY)
    return AgentCertificates(ca=ca, certificate=certificate, key=key)


def _need_certificate(given: Given, certificate: Option[str], *others: Option[str]) -> None:
    for option in others:
        if given.has(option):
            raise OptionError(f"{option.name} is given without {certificate.name}; it needs the certificate, too")
