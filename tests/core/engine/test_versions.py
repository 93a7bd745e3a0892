"""The API version that is spoken with an engine."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dockstats_core.engine.versions import NEWEST, OLDEST, negotiate
from dockstats_core.errors import ConfigurationError, EngineApiError


@pytest.mark.parametrize(
    ("engine", "newest", "oldest", "spoken"),
    [
        ("Docker 1.12", "1.24", None, "1.24"),
        ("Docker 20.10", "1.41", "1.12", "1.41"),
        ("Docker 29", "1.52", "1.44", NEWEST),
        ("Podman 4", "1.41", "1.24", "1.41"),
        ("one that tells nothing", "", None, OLDEST),
        ("one that tells nonsense", "latest", "x", OLDEST),
        ("one that tells only its oldest", "", "1.44", "1.44"),
        ("one that tells only an oldest before ours", "", "1.12", OLDEST),
        ("numbers, not text: 1.9 is before 1.10", "1.100", "1.9", NEWEST),
        ("digits of another script", "1.४४", None, OLDEST),
    ],
)
def test_newest_that_both_speak(engine: str, newest: str, oldest: str | None, spoken: str) -> None:
    assert negotiate(newest, oldest, None) == spoken


def test_engine_too_old_says_update_docker() -> None:
    with pytest.raises(EngineApiError, match=r"up to 1\.23, dockstats needs 1\.24; update Docker"):
        negotiate("1.23", "1.12", None)


def test_engine_too_new_says_update_dockstats() -> None:
    with pytest.raises(EngineApiError, match=r"from 1\.60 up, this dockstats only up to .*; update dockstats"):
        negotiate("1.70", "1.60", None)


@pytest.mark.parametrize("pinned", ["1.43", "v1.43", " 1.43 "])
def test_pinned_version_is_spoken(pinned: str) -> None:
    assert negotiate("1.47", "1.24", pinned) == "1.43"


def test_pinned_version_may_be_newer_than_ours_when_the_engine_speaks_it() -> None:
    assert negotiate("1.99", "1.44", "1.98") == "1.98"


def test_pinned_version_is_taken_on_trust_when_the_engine_tells_none() -> None:
    assert negotiate("", None, "1.40") == "1.40"


@pytest.mark.parametrize("pinned", ["newest", "1", "1.23", "1.43.1", "-1.43", "1.43\n2", "9" * 1000])
def test_pinned_version_that_is_none_or_too_old_is_refused_by_name(pinned: str) -> None:
    with pytest.raises(ConfigurationError, match=r"DOCKER_API_VERSION=.* is not usable: it should be 1\.24 or newer"):
        negotiate("1.47", "1.24", pinned)


@pytest.mark.parametrize("pinned", ["1.48", "1.43"])
def test_pinned_version_that_the_engine_does_not_speak_is_refused_with_what_it_speaks(pinned: str) -> None:
    with pytest.raises(ConfigurationError, match=r"not spoken by this engine, which speaks 1\.44 to 1\.47; unset it"):
        negotiate("1.47", "1.44", pinned)


versions = st.integers(20, 60).map(lambda minor: f"1.{minor}")


@given(versions, versions)
def test_what_is_chosen_is_always_spoken_by_both(one: str, other: str) -> None:
    oldest, newest = sorted((one, other), key=number)
    try:
        spoken = number(negotiate(newest, oldest, None))
    except EngineApiError:
        assert number(newest) < number(OLDEST) or number(oldest) > number(NEWEST)
    else:
        assert max(number(oldest), number(OLDEST)) <= spoken <= min(number(newest), number(NEWEST))


def number(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))
