"""From texts and who gave them to typed settings."""

from __future__ import annotations

from pathlib import Path

import pytest

from dockstats_core.program import options
from dockstats_core.program.dotenv import Variable
from dockstats_core.program.listen import ListenAddress
from dockstats_core.program.options import OptionError
from dockstats_core.program.settings import AgentSettings, Given, agent_settings, dashboard_settings
from dockstats_core.program.tls import AgentCertificates, ServerCertificate
from dockstats_core.program.tokens import Token


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


def secret(directory: Path, name: str, value: str) -> Path:
    (directory / name).write_text(f"{value}\n")
    return directory


def test_token_stands_in_a_variable_or_in_a_file(tmp_path: Path) -> None:
    file = str(secret(tmp_path, "token", "in-the-file") / "token")
    assert agent().token is None
    assert agent(AGENT_TOKEN="in-the-variable").token == Token("in-the-variable")
    assert agent(AGENT_TOKEN_FILE=file).token == Token("in-the-file")
    assert agent(flags={"--token-file": [file]}, AGENT_TOKEN="in-the-variable").token == Token("in-the-file")


def test_token_in_two_variables_is_refused_because_one_of_them_is_forgotten(tmp_path: Path) -> None:
    file = str(secret(tmp_path, "token", "in-the-file") / "token")
    with pytest.raises(OptionError, match=r"^AGENT_TOKEN and AGENT_TOKEN_FILE are both set"):
        agent(AGENT_TOKEN="in-the-variable", AGENT_TOKEN_FILE=file)


def test_secret_that_docker_mounts_is_used_where_nothing_else_is_given(tmp_path: Path) -> None:
    secrets = secret(tmp_path, "agent_token", "mounted")
    assert agent_settings(given(), host_name="heron", secrets=secrets).token == Token("mounted")
    assert agent_settings(given(AGENT_TOKEN="own"), host_name="heron", secrets=secrets).token == Token("own")
    followed = dashboard_settings(given(AGENT_ENDPOINTS="ws://a/ws"), host_name="heron", secrets=secrets)
    assert followed.token is None
    assert followed.agents[0].authorization == "Bearer mounted"


def test_secret_that_docker_mounts_and_that_is_empty_is_not_the_same_as_none(tmp_path: Path) -> None:
    secrets = secret(tmp_path, "agent_token", "")
    with pytest.raises(OptionError, match=r"^the secret agent_token: .* is empty"):
        agent_settings(given(), host_name="heron", secrets=secrets)


def test_agents_are_shown_their_own_token_or_the_one_for_all() -> None:
    settings = dashboard_settings(
        given(AGENT_TOKEN="for-all", AGENT_ENDPOINTS="ws://a/ws;ws://:its-own@b/ws;ws://ada:proxys@c/ws"),
        host_name="heron",
    )
    assert [one.authorization for one in settings.agents] == [
        "Bearer for-all",
        "Bearer its-own",
        "Basic YWRhOnByb3h5cw==",
    ]


def test_settings_show_no_secret() -> None:
    settings = dashboard_settings(
        given(DASHBOARD_TOKEN="s3cret-1", AGENT_TOKEN="s3cret-2", AGENT_ENDPOINTS="ws://:s3cret-3@b/ws;ws://a/ws"),
        host_name="heron",
    )
    assert "s3cret" not in repr(settings)
    assert "s3cret" not in repr(agent(AGENT_TOKEN="s3cret"))


def test_key_or_authority_without_a_certificate_is_a_mistake() -> None:
    with pytest.raises(OptionError, match=r"^--tls-key is given without --tls-cert"):
        agent(AGENT_TLS_KEY="/k.pem")
    with pytest.raises(OptionError, match=r"^--tls-client-ca is given without --tls-cert"):
        agent(flags={"--tls-client-ca": ["/ca.pem"]})
    with pytest.raises(OptionError, match=r"^--agent-client-key is given without --agent-client-cert"):
        dashboard_settings(given(AGENT_CLIENT_KEY="/k.pem"), host_name="heron")


def test_certificates_are_named_by_their_files() -> None:
    assert agent().tls is None
    settings = dashboard_settings(
        given(
            DASHBOARD_TLS_CERT="/c.pem",
            DASHBOARD_TLS_KEY="/k.pem",
            DASHBOARD_TLS_CLIENT_CA="/people.pem",
            AGENT_CA_FILE="/ca.pem",
            AGENT_CLIENT_CERT="/own.pem",
        ),
        host_name="heron",
    )
    assert settings.tls == ServerCertificate(certificate="/c.pem", key="/k.pem", client_ca="/people.pem")
    assert settings.agent_tls == AgentCertificates(ca="/ca.pem", certificate="/own.pem", key="")
