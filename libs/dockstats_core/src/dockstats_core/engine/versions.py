"""Which API version is spoken with an engine: the newest that both know. Pure.

New engines refuse old versions (the minimum is 1.44 from Docker 29 on), old ones refuse new. What we read has been in
the API since 1.24, so everything from there up will do.
Not here: asking the engine (api).
"""

from __future__ import annotations

import re

from dockstats_core.errors import ConfigurationError, EngineApiError

OLDEST = "1.24"
NEWEST = "1.47"
"""The newest one we were written against; a newer engine speaks it as well."""

_VERSION = re.compile(r"(\d{1,3})\.(\d{1,4})\Z", re.ASCII)


def negotiate(newest: str, oldest: str | None, pinned: str | None) -> str:
    """The version to speak.

    Args:
        newest: the engine's newest.
        oldest: the engine's oldest; None where it does not tell.
        pinned: what DOCKER_API_VERSION asks for.

    Raises:
        ConfigurationError: the pinned version is none, or one that we or the engine do not speak.
        EngineApiError: there is no version that both speak.
    """
    engines_newest, engines_oldest = _parsed(newest), _parsed(oldest)
    if pinned:
        wanted = _parsed(pinned.strip().removeprefix("v"))
        if wanted is None or wanted < _number(OLDEST):
            raise ConfigurationError(
                f"DOCKER_API_VERSION={pinned[:50]!r} is not usable: it should be {OLDEST} or newer"
            )
        if (engines_newest and wanted > engines_newest) or (engines_oldest and wanted < engines_oldest):
            raise ConfigurationError(
                f"DOCKER_API_VERSION={pinned[:50]!r} is not spoken by this engine, which speaks "
                f"{oldest or OLDEST} to {newest}; unset it"
            )
        return _text(wanted)
    if engines_newest is None:
        return OLDEST if engines_oldest is None else _text(max(engines_oldest, _number(OLDEST)))
    if engines_newest < _number(OLDEST):
        raise EngineApiError(
            f"this engine speaks API versions up to {newest}, dockstats needs {OLDEST}; update Docker", answered=True
        )
    chosen = min(engines_newest, _number(NEWEST))
    if engines_oldest is not None and chosen < engines_oldest:
        raise EngineApiError(
            f"this engine speaks API versions from {oldest} up, this dockstats only up to {NEWEST}; update dockstats",
            answered=True,
        )
    return _text(chosen)


def _parsed(text: str | None) -> tuple[int, int] | None:
    match = _VERSION.match(text or "")
    return None if match is None else (int(match[1]), int(match[2]))


def _number(text: str) -> tuple[int, int]:
    major, minor = text.split(".")
    return int(major), int(minor)


def _text(version: tuple[int, int]) -> str:
    return f"{version[0]}.{version[1]}"
