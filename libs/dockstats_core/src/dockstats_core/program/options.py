"""Every option of both programs, as one table of data.

Flags, variables, precedence, error sentences, `--help` and `docs/configuration.md` all come from the two tuples at the
end. An option's default is text and goes through the option's own parser, so that documentation and behaviour cannot
differ. Not here: the parsers (program.values), the typed result (program.settings), argparse (program.command_line).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, Literal, TypeAlias, TypeVar

from dockstats_core.endpoints.agents import AgentEndpoint, parse_agent_endpoints
from dockstats_core.errors import ConfigurationError
from dockstats_core.program import values
from dockstats_core.program.listen import ListenAddress, parse_listen_address
from dockstats_core.program.values import Filters, LogLevel, SourceChoice

ProgramName: TypeAlias = Literal["agent", "dashboard"]

T_co = TypeVar("T_co", covariant=True)


class OptionError(ConfigurationError):
    """A flag or variable holds an unusable value; one line names it, the value and what would be right."""


@dataclass(frozen=True, kw_only=True)
class Option(Generic[T_co]):
    """One option: its names, its default, its words for people and its parser.

    `default` is parsed like any given text; `shown_default` is what people read where that text says too little.
    A repeatable option takes several texts, in one variable or flag separated by semicolons. A switch is a flag
    without a value.
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
AGENT_ALLOWED_ORIGINS: Option[tuple[str, ...]] = Option(
    flag="--allowed-origins",
    variables=("AGENT_ALLOWED_ORIGINS",),
    metavar="ORIGIN",
    default="",
    shown_default="only its own",
    help="Pages of other sites that may connect from a browser, each like https://stats.example.",
    parse=values.origins,
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
    "Without any, the dashboard samples this machine's engine itself.",
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
DASHBOARD_ALLOWED_ORIGINS: Option[tuple[str, ...]] = Option(
    flag="--allowed-origins",
    variables=("DASHBOARD_ALLOWED_ORIGINS",),
    metavar="ORIGIN",
    default="",
    shown_default="only its own",
    help="Addresses under which browsers reach the dashboard through a proxy, each like https://stats.example.",
    parse=values.origins,
    repeatable=True,
)
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
    AGENT_ALLOWED_ORIGINS,
    AGENT_LOG_LEVEL,
)
DASHBOARD_OPTIONS: tuple[Option[object], ...] = (
    AGENTS,
    DASHBOARD_LISTEN,
    BASE_PATH,
    DEMO,
    DASHBOARD_ALLOWED_ORIGINS,
    DASHBOARD_LOG_LEVEL,
)


def options_of(program: ProgramName) -> tuple[Option[object], ...]:
    """The program's flags, in the order in which people read them."""
    return AGENT_OPTIONS if program == "agent" else DASHBOARD_OPTIONS
