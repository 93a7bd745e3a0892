"""One parser for each kind of value that an option may have: text in, typed value out.

A parser raises `ConfigurationError` with a sentence that says the value and what would be right; who gave it (flag or
variable) is put in front by program.settings. Not here: which option uses which parser (program.options).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal, TypeAlias, TypeVar, get_args

from dockstats_core.durations import format_duration, parse_duration
from dockstats_core.endpoints.agents import MAX_LABEL
from dockstats_core.endpoints.engine import resolve_endpoint
from dockstats_core.errors import ConfigurationError
from dockstats_core.messages.agent import MAX_CONTAINERS, MAX_LABEL_KEY, MAX_LABELS, SourceName
from dockstats_core.program.access import normal_host, normal_origin

LogLevel: TypeAlias = Literal["debug", "info", "warning", "error"]
SourceChoice: TypeAlias = Literal["auto"] | SourceName
"""What may be asked for."""

Filters: TypeAlias = Mapping[str, tuple[str, ...]]
"""Docker's filters: `label` and `name`, each with the values asked for."""

ChoiceT = TypeVar("ChoiceT", bound=str)

MIN_POLL_INTERVAL_NS = 50_000_000  # the cadence of the fastest source
MAX_POLL_INTERVAL_NS = 3_600_000_000_000  # past this nobody would call it live
MAX_WORKERS = 1024  # each may hold a connection and its buffers
MAX_FILTERS = 100
MAX_ORIGINS = 100
MAX_HOSTS = 100

_LEVELS: tuple[LogLevel, ...] = get_args(LogLevel)
_SOURCES: tuple[SourceChoice, ...] = ("auto", *get_args(SourceName))
_NO_ENVIRONMENT = {"HOME": "/"}
_SWITCH = {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False, "off": False}
_DIGITS = re.compile(r"[0-9]{1,9}\Z")
_BASE_PATH = re.compile(r"(/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)+\Z")
_MAX_SHOWN = 100


def docker_endpoint(text: str) -> str | None:
    """An engine's endpoint in a form that is spoken; None where it is blank, and the engine is to be found."""
    endpoint = text.strip()
    if not endpoint:
        return None
    resolve_endpoint(endpoint, _NO_ENVIRONMENT)  # raises what is wrong with its form
    return endpoint


def host_label(text: str) -> str | None:
    """A label of one line; None where it is blank."""
    label = text.strip()
    if len(label) > MAX_LABEL or not label.isprintable():
        raise _error(text, f"it should be one line of at most {MAX_LABEL} characters")
    return label or None


def poll_interval_s(text: str) -> float:
    """Seconds between two samples, from a duration as Go writes it."""
    interval_ns = parse_duration(text.strip())
    if not MIN_POLL_INTERVAL_NS <= interval_ns <= MAX_POLL_INTERVAL_NS:
        bounds = f"{format_duration(MIN_POLL_INTERVAL_NS)} to {format_duration(MAX_POLL_INTERVAL_NS)}"
        raise _error(text, f"it should be from {bounds}")
    return interval_ns / 1e9


def max_workers(text: str) -> int:
    """A count from 1 to 1024."""
    return _count(text, MAX_WORKERS)


def simulated_containers(text: str) -> int:
    """A count from 1 to what one batch may hold."""
    return _count(text, MAX_CONTAINERS)


def source(text: str) -> SourceChoice:
    """One of the sources' names, or auto."""
    return _choice(text, _SOURCES)


def directory(text: str) -> str:
    """An absolute path; empty where it is blank."""
    path = text.strip()
    if path and (not path.startswith("/") or not path.isprintable()):
        raise _error(text, "it should be an absolute path, like /host/proc")
    return path.rstrip("/") or path


def file(text: str) -> str:
    """A path; empty where it is blank."""
    path = text.strip()
    if not path.isprintable():
        raise _error(text, "it should be the path of a file")
    return path


def log_level(text: str) -> LogLevel:
    """One of the levels' names."""
    return _choice(text, _LEVELS)


def switch(text: str) -> bool:
    """On or off, in any of the usual words."""
    value = _SWITCH.get(text.strip().lower())
    if value is None:
        raise _error(text, "it should be on or off (or true, false, yes, no, 1, 0)")
    return value


def base_path(text: str) -> str:
    """Empty, or a path like `/a/b` without a slash at its end."""
    path = text.strip().rstrip("/")
    if path and not _BASE_PATH.match(path):
        raise _error(text, "it should be a path like /stats, of letters, digits and the signs - . _ ~")
    return path


def filters(text: str) -> Filters:
    """Docker's filters by name, from terms separated by semicolons."""
    found: dict[str, tuple[str, ...]] = {}
    terms = _split(text, MAX_FILTERS)
    for term in terms:
        name, _, value = (part.strip() for part in term.partition("="))
        if name not in {"label", "name"} or not value or value.startswith("=") or not value.isprintable():
            raise _error(term, "it should be label=KEY, label=KEY=VALUE or name=PATTERN")
        found[name] = (*found.get(name, ()), value)
    return found


def label_keys(text: str) -> tuple[str, ...]:
    """Keys of labels, each once, from texts separated by semicolons."""
    return checked_label_keys(_split(text, MAX_LABELS))


def checked_label_keys(keys: Iterable[str]) -> tuple[str, ...]:
    """The keys, each once: as many, and as long, as a message may hold.

    Raises:
        ConfigurationError: they are not.
    """
    found = tuple(dict.fromkeys(keys))
    if len(found) > MAX_LABELS:
        raise ConfigurationError(f"{len(found)} labels are too many: {MAX_LABELS} are the most")
    for key in found:
        if not key or "=" in key or not key.isprintable() or len(key) > MAX_LABEL_KEY:
            raise _error(key, f"it should be the key of a label, of at most {MAX_LABEL_KEY} characters")
    return found


def origins(text: str) -> tuple[str, ...]:
    """Origins as browsers send them, from texts separated by semicolons."""
    return tuple(_origin(part) for part in _split(text, MAX_ORIGINS))


def hosts(text: str) -> tuple[str, ...]:
    """Host names and addresses without ports, from texts separated by semicolons."""
    return tuple(_host(part) for part in _split(text, MAX_HOSTS))


def _host(text: str) -> str:
    host = normal_host(text)
    if host is None:
        raise _error(text, "it should be a host name or an address like stats.example or [::1], without a port")
    return host


def _origin(text: str) -> str:
    origin = normal_origin(text)
    if origin is None:
        raise _error(text, "it should be a site's origin like https://stats.example, without a path")
    return origin


def _split(text: str, most: int) -> list[str]:
    parts = [part for part in (part.strip() for part in text.split(";")) if part]
    if len(parts) > most:
        raise ConfigurationError(f"{len(parts)} values are too many: {most} are the most")
    return parts


def _count(text: str, most: int) -> int:
    number = text.strip()
    if not _DIGITS.match(number) or not 1 <= int(number) <= most:
        raise _error(text, f"it should be a whole number from 1 to {most}")
    return int(number)


def _choice(text: str, choices: Sequence[ChoiceT]) -> ChoiceT:
    wanted = text.strip().lower()
    for choice in choices:
        if choice == wanted:
            return choice
    raise _error(text, f"it should be one of {', '.join(choices)}")


def _error(text: str, should: str) -> ConfigurationError:
    return ConfigurationError(f"{text[:_MAX_SHOWN]!r} is not usable: {should}")
