"""Every option of both programs, as one table of data.

Flags, variables, precedence, error sentences, `--help` and `docs/configuration.md` all come from the two tuples at the
end. An option's default is text and goes through the option's own parser, so that documentation and behaviour cannot
differ. Not here: the parsers (program.values), the typed result (program.settings), argparse (program.command_line).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Generic, Literal, TypeAlias, TypeVar

from dockstats_core.endpoints.agents import AgentEndpoint, parse_agent_endpoints
from dockstats_core.errors import ConfigurationError
from dockstats_core.program import values
from dockstats_core.program.listen import ListenAddress, parse_listen_address
from dockstats_core.program.tokens import Token, parse_token, token_in_file
from dockstats_core.program.values import Filters, LogLevel, SourceChoice

ProgramName: TypeAlias = Literal["agent", "dashboard"]

T_co = TypeVar("T_co", covariant=True)

SECRETS = "/run/secrets"
"""Where Docker mounts a container's secrets; a token there needs no option."""


class OptionError(ConfigurationError):
    """A flag or variable holds an unusable value; one line names it, the value and what would be right."""


@dataclass(frozen=True, kw_only=True)
class Option(Generic[T_co]):
    """One option: its names, its default, its words for people and its parser.

    `default` is parsed like any given text; `shown_default` is what people read where that text says too little.
    A repeatable option takes several texts, in one variable or flag separated by semicolons. A switch is a flag
    without a value. A secret has no flag, which is empty then: arguments are shown to whoever lists processes.
    """

    flag: str
    variables: tuple[str, ...]  # in the order in which they are looked up
    metavar: str
    default: str
    shown_default: str = ""
    help: str
    parse: Callable[[str], T_co]
    repeatable: bool = False
    is_switch: bool = False

    @property
    def is_secret(self) -> bool:
        """Whether it is only ever given by a variable, and never shown."""
        return not self.flag

    @property
    def name(self) -> str:
        """What people call it: its flag, or its variable where it has none."""
        return self.flag or self.variables[0]

    @property
    def told_default(self) -> str:
        """The default as people read it."""
        return self.shown_default or self.default


DOCKER_ENDPOINT: Option[str | None] = Option(
    flag="--docker-endpoint",
    variables=("AGENT_DOCKER_ENDPOINT", "DOCKER_HOST"),
    metavar="URL",
    default="",
    shown_default="unix:///var/run/docker.sock",
    help="The engine to read: unix://PATH, tcp://HOST:PORT, http://HOST:PORT or https://HOST:PORT. "
    "Without it the active Docker context is used where there is one.",
    parse=values.docker_endpoint,
)
AGENT_LISTEN: Option[ListenAddress] = Option(
    flag="--listen",
    variables=("AGENT_LISTEN_ADDR",),
    metavar="ADDRESS",
    default=":8080",
    help="Where the agent listens: :PORT for every interface, or HOST:PORT.",
    parse=parse_listen_address,
)
HOST_LABEL: Option[str | None] = Option(
    flag="--host-label",
    variables=("AGENT_HOST_LABEL",),
    metavar="TEXT",
    default="",
    shown_default="the host name",
    help="What this host is called on the page.",
    parse=values.host_label,
)
POLL_INTERVAL: Option[float] = Option(
    flag="--poll-interval",
    variables=("AGENT_POLL_INTERVAL",),
    metavar="DURATION",
    default="500ms",
    help="Time between two samples, from 50ms to 1h; write it like 500ms, 2s or 1m30s. "
    "A source that cannot give figures as often stretches it, and says so.",
    parse=values.poll_interval_s,
)
MAX_WORKERS: Option[int] = Option(
    flag="--max-workers",
    variables=("AGENT_MAX_WORKERS",),
    metavar="COUNT",
    default="16",
    help="Most one-shot calls for figures at one time, from 1 to 1024; streams are bounded by what they cost.",
    parse=values.max_workers,
)
SOURCE: Option[SourceChoice] = Option(
    flag="--source",
    variables=("AGENT_SOURCE",),
    metavar="auto|cgroup|one-shot|stream|simulated",
    default="auto",
    help="Where figures come from: cgroup reads the kernel's own counters, one-shot asks the engine once a sample, "
    "stream keeps a stream for each container, auto takes cgroup where the engine is on this machine, else what the "
    "engine does best, and says why; simulated invents containers.",
    parse=values.source,
)
PROC_ROOT: Option[str] = Option(
    flag="--proc-root",
    variables=("AGENT_PROC_ROOT",),
    metavar="PATH",
    default="/proc",
    help="Where the host's /proc is mounted: in a container, for instance /host/proc.",
    parse=values.directory,
)
CGROUP_ROOT: Option[str] = Option(
    flag="--cgroup-root",
    variables=("AGENT_CGROUP_ROOT",),
    metavar="PATH",
    default="",
    shown_default="wherever cgroup file systems are mounted",
    help="Look for the host's cgroup file systems only at this path and below.",
    parse=values.directory,
)
SIMULATED_CONTAINERS: Option[int] = Option(
    flag="--simulated-containers",
    variables=("AGENT_SIMULATED_CONTAINERS",),
    metavar="COUNT",
    default="40",
    help="How many containers the simulated source invents, from 1 to 10000.",
    parse=values.simulated_containers,
)
FILTER: Option[Filters] = Option(
    flag="--filter",
    variables=("AGENT_FILTER",),
    metavar="TERM",
    default="",
    shown_default="every container",
    help="Sample only containers that match: label=KEY, label=KEY=VALUE or name=PATTERN, as docker ps --filter takes "
    "them. Containers labelled dockstats.hide=true are left out in any case.",
    parse=values.filters,
    repeatable=True,
)
LABELS: Option[tuple[str, ...]] = Option(
    flag="--label",
    variables=("AGENT_LABELS",),
    metavar="KEY",
    default="",
    shown_default="none",
    help="Labels of containers that are shown, by their keys. Of all others only compose's project and service leave "
    "this host.",
    parse=values.label_keys,
    repeatable=True,
)
AGENT_TOKEN: Option[Token | None] = Option(
    flag="",
    variables=("AGENT_TOKEN",),
    metavar="",
    default="",
    shown_default="none",
    help="The token that clients have to show, as Authorization: Bearer TOKEN. It has no flag: arguments are shown to "
    "everyone who lists processes.",
    parse=parse_token,
)
AGENT_TOKEN_FILE: Option[Token | None] = Option(
    flag="--token-file",
    variables=("AGENT_TOKEN_FILE",),
    metavar="PATH",
    default="",
    shown_default=f"{SECRETS}/agent_token where that is",
    help="A file that holds the token.",
    parse=token_in_file,
)
AGENT_TLS_CERT: Option[str] = Option(
    flag="--tls-cert",
    variables=("AGENT_TLS_CERT",),
    metavar="PATH",
    default="",
    shown_default="no TLS",
    help="The server's certificate and those between it and its authority, in PEM: serves wss:// and https:// alone. "
    "A renewed file is used without a restart.",
    parse=values.file,
)
AGENT_TLS_KEY: Option[str] = Option(
    flag="--tls-key",
    variables=("AGENT_TLS_KEY",),
    metavar="PATH",
    default="",
    shown_default="in the certificate's file",
    help="The certificate's key, in PEM, without a password.",
    parse=values.file,
)
AGENT_TLS_CLIENT_CA: Option[str] = Option(
    flag="--tls-client-ca",
    variables=("AGENT_TLS_CLIENT_CA",),
    metavar="PATH",
    default="",
    shown_default="any client may connect",
    help="Authorities, in PEM: only clients with a certificate of theirs may connect.",
    parse=values.file,
)
AGENT_ALLOW_ORIGIN: Option[tuple[str, ...]] = Option(
    flag="--allow-origin",
    variables=("AGENT_ALLOW_ORIGIN",),
    metavar="ORIGIN",
    default="",
    shown_default="only its own",
    help="Pages of other sites that may connect from a browser, each like https://stats.example.",
    parse=values.origins,
    repeatable=True,
)
AGENT_ALLOWED_HOST: Option[tuple[str, ...]] = Option(
    flag="--allowed-host",
    variables=("AGENT_ALLOWED_HOST",),
    metavar="NAME",
    default="",
    shown_default="this machine's own names on a loopback address, every name on others",
    help="Names under which clients reach this server, without a port; others are refused, against DNS rebinding.",
    parse=values.hosts,
    repeatable=True,
)
AGENT_LOG_LEVEL: Option[LogLevel] = Option(
    flag="--log-level",
    variables=("AGENT_LOG_LEVEL",),
    metavar="debug|info|warning|error",
    default="info",
    help="Least level that is logged.",
    parse=values.log_level,
)

AGENTS: Option[tuple[AgentEndpoint, ...]] = Option(
    flag="--agents",
    variables=("AGENT_ENDPOINTS",),
    metavar="LIST",
    default="",
    shown_default="none (the embedded agent)",
    help="The agents to follow, separated by semicolons: ws://HOST:8080/ws or wss://HOST/ws each, or ID|LABEL|URL. "
    "Without any, the dashboard samples this machine's engine itself. A URL with a token belongs into the variable: "
    "arguments are shown to everyone who lists processes.",
    parse=parse_agent_endpoints,
    repeatable=True,
)
DASHBOARD_LISTEN: Option[ListenAddress] = Option(
    flag="--listen",
    variables=("DASHBOARD_LISTEN_ADDR",),
    metavar="ADDRESS",
    default="127.0.0.1:5173",
    help="Where the dashboard listens: HOST:PORT, or :PORT for every interface.",
    parse=parse_listen_address,
)
BASE_PATH: Option[str] = Option(
    flag="--base-path",
    variables=("DASHBOARD_BASE_PATH",),
    metavar="PATH",
    default="",
    shown_default="the root",
    help="Serve everything below this path, like /stats, as a reverse proxy may need it.",
    parse=values.base_path,
)
DEMO: Option[bool] = Option(
    flag="--demo",
    variables=("DASHBOARD_DEMO",),
    metavar="",
    default="off",
    help="Show a simulated fleet, labelled so, whatever agents are configured; needs no Docker.",
    parse=values.switch,
    is_switch=True,
)
DASHBOARD_TOKEN: Option[Token | None] = Option(
    flag="",
    variables=("DASHBOARD_TOKEN",),
    metavar="",
    default="",
    shown_default="none",
    help="The token that people sign in with, and that programs show as Authorization: Bearer TOKEN. It has no flag: "
    "arguments are shown to everyone who lists processes.",
    parse=parse_token,
)
DASHBOARD_TOKEN_FILE: Option[Token | None] = replace(
    AGENT_TOKEN_FILE, variables=("DASHBOARD_TOKEN_FILE",), shown_default=f"{SECRETS}/dashboard_token where that is"
)
DASHBOARD_TLS_CERT: Option[str] = replace(
    AGENT_TLS_CERT,
    variables=("DASHBOARD_TLS_CERT",),
    help="The server's certificate and those between it and its authority, in PEM: serves https:// alone. A renewed "
    "file is used without a restart.",
)
DASHBOARD_TLS_KEY: Option[str] = replace(AGENT_TLS_KEY, variables=("DASHBOARD_TLS_KEY",))
DASHBOARD_TLS_CLIENT_CA: Option[str] = replace(AGENT_TLS_CLIENT_CA, variables=("DASHBOARD_TLS_CLIENT_CA",))
TOKEN_FOR_AGENTS: Option[Token | None] = Option(
    flag="",
    variables=("AGENT_TOKEN",),
    metavar="",
    default="",
    shown_default="none",
    help="The token shown to agents; one whose URL has its own, as in wss://:TOKEN@HOST/ws, is shown that.",
    parse=parse_token,
)
TOKEN_FILE_FOR_AGENTS: Option[Token | None] = replace(
    AGENT_TOKEN_FILE, flag="--agent-token-file", help="A file that holds the token shown to agents."
)
AGENT_CA_FILE: Option[str] = Option(
    flag="--agent-ca-file",
    variables=("AGENT_CA_FILE",),
    metavar="PATH",
    default="",
    shown_default="the system's authorities",
    help="Authorities that agents' certificates are verified with, in PEM, in place of the system's.",
    parse=values.file,
)
AGENT_CLIENT_CERT: Option[str] = Option(
    flag="--agent-client-cert",
    variables=("AGENT_CLIENT_CERT",),
    metavar="PATH",
    default="",
    shown_default="none",
    help="The dashboard's own certificate, in PEM, for agents that ask for one (their --tls-client-ca).",
    parse=values.file,
)
AGENT_CLIENT_KEY: Option[str] = Option(
    flag="--agent-client-key",
    variables=("AGENT_CLIENT_KEY",),
    metavar="PATH",
    default="",
    shown_default="in the certificate's file",
    help="Its key, in PEM, without a password.",
    parse=values.file,
)
DASHBOARD_ALLOW_ORIGIN: Option[tuple[str, ...]] = replace(
    AGENT_ALLOW_ORIGIN,
    variables=("DASHBOARD_ALLOW_ORIGIN",),
    help="Addresses under which browsers reach the dashboard through a proxy, each like https://stats.example.",
)
DASHBOARD_ALLOWED_HOST: Option[tuple[str, ...]] = replace(AGENT_ALLOWED_HOST, variables=("DASHBOARD_ALLOWED_HOST",))
DASHBOARD_LOG_LEVEL: Option[LogLevel] = Option(
    flag="--log-level",
    variables=("DASHBOARD_LOG_LEVEL",),
    metavar="debug|info|warning|error",
    default="info",
    help="Least level that is logged.",
    parse=values.log_level,
)

AGENT_OPTIONS: tuple[Option[object], ...] = (
    DOCKER_ENDPOINT,
    AGENT_LISTEN,
    HOST_LABEL,
    POLL_INTERVAL,
    MAX_WORKERS,
    SOURCE,
    PROC_ROOT,
    CGROUP_ROOT,
    SIMULATED_CONTAINERS,
    FILTER,
    LABELS,
    AGENT_TOKEN,
    AGENT_TOKEN_FILE,
    AGENT_TLS_CERT,
    AGENT_TLS_KEY,
    AGENT_TLS_CLIENT_CA,
    AGENT_ALLOW_ORIGIN,
    AGENT_ALLOWED_HOST,
    AGENT_LOG_LEVEL,
)
DASHBOARD_OPTIONS: tuple[Option[object], ...] = (
    AGENTS,
    DASHBOARD_LISTEN,
    BASE_PATH,
    DEMO,
    DASHBOARD_TOKEN,
    DASHBOARD_TOKEN_FILE,
    DASHBOARD_TLS_CERT,
    DASHBOARD_TLS_KEY,
    DASHBOARD_TLS_CLIENT_CA,
    TOKEN_FOR_AGENTS,
    TOKEN_FILE_FOR_AGENTS,
    AGENT_CA_FILE,
    AGENT_CLIENT_CERT,
    AGENT_CLIENT_KEY,
    DASHBOARD_ALLOW_ORIGIN,
    DASHBOARD_ALLOWED_HOST,
    DASHBOARD_LOG_LEVEL,
)


def options_of(program: ProgramName) -> tuple[Option[object], ...]:
    """The program's options, in the order in which people read them."""
    return AGENT_OPTIONS if program == "agent" else DASHBOARD_OPTIONS


def flags_of(program: ProgramName) -> tuple[Option[object], ...]:
    """Those of them that can be given on the command line."""
    return tuple(option for option in options_of(program) if not option.is_secret)
