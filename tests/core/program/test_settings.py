"""From texts and who gave them to typed settings."""

from __future__ import annotations

import pytest

from dockstats_core.program import options
from dockstats_core.program.dotenv import Variable
from dockstats_core.program.listen import ListenAddress
from dockstats_core.program.options import OptionError
from dockstats_core.program.settings import AgentSettings, Given, agent_settings, dashboard_settings


def given(*, flags: dict[str, list[str]] | None = None, **variables: str) -> Given:
    return Given(flags or {}, {name: Variable(value) for name, value in variables.items()})


def agent(*, flags: dict[str, list[str]] | None = None, **variables: str) -> AgentSettings:
    return agent_settings(given(flags=flags, **variables), host_name="heron")


def test_flag_wins_over_its_variable_and_that_over_the_default() -> None:
    assert agent().max_workers == 16
    assert agent(AGENT_MAX_WORKERS="5").max_workers == 5
    assert agent(flags={"--max-workers": ["7"]}, AGENT_MAX_WORKERS="5").max_workers == 7


@pytest.mark.parametrize("blank", ["", "  "])
def test_blank_means_the_default(blank: str) -> None:
    assert agent(AGENT_MAX_WORKERS=blank, AGENT_HOST_LABEL=blank).max_workers == 16
    settings = agent(flags={"--max-workers": [blank]}, AGENT_MAX_WORKERS="5")
    assert settings.max_workers == 16
    assert settings.host_label == "heron"


def test_texts_of_a_repeated_flag_count_together() -> None:
    assert agent(flags={"--filter": ["name=a", "name=b;label=c"]}).filters == {"name": ("a", "b"), "label": ("c",)}


def test_first_variable_that_is_not_blank_counts() -> None:
    own, dockers = "unix:///own.sock", "unix:///dockers.sock"
    assert agent(AGENT_DOCKER_ENDPOINT=own, DOCKER_HOST=dockers).docker_endpoint == own
    assert agent(AGENT_DOCKER_ENDPOINT=" ", DOCKER_HOST=dockers).docker_endpoint == dockers
    assert agent().docker_endpoint is None


def test_dockers_own_variables_are_passed_on_without_blanks() -> None:
    settings = agent(DOCKER_CONTEXT="desk", DOCKER_HOST="  ", DOCKER_TLS_VERIFY="1", HOME="/h", AGENT_SOURCE="auto")
    assert settings.docker_environment == {"DOCKER_CONTEXT": "desk", "DOCKER_HOST": "", "DOCKER_TLS_VERIFY": "1"}


@pytest.mark.parametrize(
    ("flags", "variables", "giver"),
    [
        ({"--max-workers": ["0"]}, {}, "--max-workers"),
        ({}, {"AGENT_MAX_WORKERS": Variable("0")}, "AGENT_MAX_WORKERS"),
        ({}, {"AGENT_MAX_WORKERS": Variable("0", ".env.local")}, "AGENT_MAX_WORKERS in .env.local"),
    ],
    ids=["flag", "variable", "file"],
)
def test_unusable_value_names_who_gave_it_the_value_and_what_is_right(
    flags: dict[str, list[str]], variables: dict[str, Variable], giver: str
) -> None:
    with pytest.raises(OptionError) as refused:
        agent_settings(Given(flags, variables), host_name="heron")
    assert str(refused.value) == f"{giver}: '0' is not usable: it should be a whole number from 1 to 1024"


def test_second_variable_is_named_where_it_is_the_wrong_one() -> None:
    with pytest.raises(OptionError, match=r"^DOCKER_HOST: .*'ssh://heron'"):
        agent(DOCKER_HOST="ssh://heron")


def test_simulated_source_needs_no_usable_engine() -> None:
    settings = agent(DOCKER_HOST="ssh://heron", AGENT_SOURCE="simulated")
    assert settings.docker_endpoint is None
    assert settings.source == "simulated"


def test_dashboard_alone_runs_an_agent_by_the_agents_variables_and_not_by_its_own_flags() -> None:
    settings = dashboard_settings(
        given(
            flags={"--listen": [":80"], "--log-level": ["debug"]}, AGENT_POLL_INTERVAL="2s", AGENT_LISTEN_ADDR=":9000"
        ),
        host_name="heron",
    )
    assert settings.listen == ListenAddress("", 80)
    assert settings.log_level == "debug"
    assert settings.embedded is not None
    assert settings.embedded.poll_interval_s == 2.0
    assert settings.embedded.host_label == "heron"
    assert settings.embedded.log_level == "info"


def test_dashboard_alone_refuses_an_unusable_variable_of_its_agent() -> None:
    with pytest.raises(OptionError, match=r"^AGENT_SOURCE: 'cgroups' is not usable"):
        dashboard_settings(given(AGENT_SOURCE="cgroups"), host_name="heron")


def test_dashboard_that_runs_no_agent_asks_nothing_of_an_agents_variables() -> None:
    follows = given(DOCKER_HOST="ssh://heron", AGENT_ENDPOINTS="ws://a/ws")
    invents = given(DOCKER_HOST="ssh://heron", DASHBOARD_DEMO="on")
    assert dashboard_settings(follows, host_name="heron").embedded is None
    assert dashboard_settings(invents, host_name="heron").embedded is None


def test_environment_alone_is_left_without_the_flags() -> None:
    both = given(flags={"--max-workers": ["7"]}, AGENT_MAX_WORKERS="5")
    assert both.value(options.MAX_WORKERS) == 7
    assert both.without_flags().value(options.MAX_WORKERS) == 5
