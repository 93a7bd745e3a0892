"""The table of options is sound: defaults that parse, names that follow one pattern, nothing twice."""

from __future__ import annotations

import re

import pytest

from dockstats_core.program.options import (
    AGENT_OPTIONS,
    DASHBOARD_OPTIONS,
    DEMO,
    DOCKER_ENDPOINT,
    Option,
    ProgramName,
    options_of,
)

PROGRAMS: list[tuple[ProgramName, str]] = [("agent", "AGENT_"), ("dashboard", "DASHBOARD_")]
SHARED = {"AGENT_TOKEN", "AGENT_TOKEN_FILE"}
EVERY = [*AGENT_OPTIONS, *DASHBOARD_OPTIONS]


@pytest.mark.parametrize("option", EVERY, ids=lambda option: option.variables[0])
def test_default_goes_through_the_options_own_parser(option: Option[object]) -> None:
    option.parse(option.default)
    assert option.told_default


@pytest.mark.parametrize("option", EVERY, ids=lambda option: option.variables[0])
def test_option_is_told_in_a_sentence(option: Option[object]) -> None:
    assert re.fullmatch(r"[A-Z].*\.", option.help)
    assert bool(option.metavar) != (option.is_switch or option.is_secret)


@pytest.mark.parametrize(("program", "prefix"), PROGRAMS)
def test_no_flag_and_no_variable_stands_twice(program: ProgramName, prefix: str) -> None:
    options = options_of(program)
    variables = [name for option in options for name in option.variables]
    assert len({option.name for option in options}) == len(options)
    assert len(set(variables)) == len(variables)
    about_agents = {"AGENT_ENDPOINTS", "AGENT_CA_FILE", "AGENT_CLIENT_CERT", "AGENT_CLIENT_KEY", *SHARED}
    assert {name for name in variables if not name.startswith(prefix)} <= {"DOCKER_HOST", *about_agents}


def test_programs_share_no_variable_but_the_token_that_one_asks_for_and_the_other_shows() -> None:
    names = [{name for option in options_of(program) for name in option.variables} for program, _ in PROGRAMS]
    assert names[0] & names[1] == SHARED


def test_own_variable_of_the_endpoint_comes_before_dockers() -> None:
    assert DOCKER_ENDPOINT.variables == ("AGENT_DOCKER_ENDPOINT", "DOCKER_HOST")


def test_only_the_demo_is_a_flag_without_a_value() -> None:
    assert [option for option in EVERY if option.is_switch] == [DEMO]
