"""The options cannot lie: flags, variables, defaults, `--help`, docs/configuration.md and error sentences agree.

Not here: what each kind of value may be (tests/core/program/test_values.py).
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from dockstats_core.errors import ConfigurationError
from dockstats_core.program.command_line import help_text, parse
from dockstats_core.program.options import Option, ProgramName, flags_of, options_of
from tools.write_configuration import TARGET, configuration, main

ROOT = Path(__file__).parents[2]
NOWHERE = Path("/nonexistent")
PROGRAMS: list[ProgramName] = ["agent", "dashboard"]

# Other programs and people's files rely on these; they never change.
FIXED: dict[ProgramName, set[tuple[str, tuple[str, ...], str]]] = {
    "agent": {
        ("--docker-endpoint", ("AGENT_DOCKER_ENDPOINT", "DOCKER_HOST"), "unix:///var/run/docker.sock"),
        ("--listen", ("AGENT_LISTEN_ADDR",), ":8080"),
        ("--host-label", ("AGENT_HOST_LABEL",), "the host name"),
        ("--poll-interval", ("AGENT_POLL_INTERVAL",), "500ms"),
        ("--max-workers", ("AGENT_MAX_WORKERS",), "16"),
        ("--log-level", ("AGENT_LOG_LEVEL",), "info"),
        ("--source", ("AGENT_SOURCE",), "auto"),
    },
    "dashboard": {
        ("--agents", ("AGENT_ENDPOINTS",), "none (the embedded agent)"),
        ("--listen", ("DASHBOARD_LISTEN_ADDR",), "127.0.0.1:5173"),
        ("--demo", ("DASHBOARD_DEMO",), "off"),
        ("--log-level", ("DASHBOARD_LOG_LEVEL",), "info"),
        ("--base-path", ("DASHBOARD_BASE_PATH",), "the root"),
    },
}

# For each option, a value that it cannot have and words of what would be right.
WRONG: dict[str, tuple[str, str]] = {
    "--agents": ("http://heron/ws", "should start with ws:// or wss://"),
    "--allow-origin": ("stats.example", "a site's origin like https://stats.example"),
    "--allowed-host": ("stats.example:80", "without a port"),
    "--agent-ca-file": ("a\nb", "the path of a file"),
    "--agent-client-cert": ("a\nb", "the path of a file"),
    "--agent-client-key": ("a\nb", "the path of a file"),
    "--agent-token-file": ("/nonexistent/token", "a file that this user may read"),
    "--base-path": ("stats", "a path like /stats"),
    "--cgroup-root": ("sys/fs/cgroup", "an absolute path"),
    "--demo": ("maybe", "on or off"),
    "--docker-endpoint": ("ssh://heron", "unix:///path/to/docker.sock, tcp://host:2375 or http://host:2375"),
    "--filter": ("tier=web", "label=KEY, label=KEY=VALUE or name=PATTERN"),
    "--host-label": ("two\nlines", "one line of at most 200 characters"),
    "--label": ("tier=web", "the key of a label"),
    "--listen": ("8080", ":8080 for every interface"),
    "--log-level": ("loud", "one of debug, info, warning, error"),
    "--max-workers": ("none", "a whole number from 1 to 1024"),
    "--poll-interval": ("500", "500ms, 2s or 1m30s"),
    "--proc-root": ("./proc", "an absolute path"),
    "--simulated-containers": ("0", "a whole number from 1 to 10000"),
    "--tls-cert": ("a\nb", "the path of a file"),
    "--tls-client-ca": ("a\nb", "the path of a file"),
    "--tls-key": ("a\nb", "the path of a file"),
    "--token-file": ("/nonexistent/token", "a file that this user may read"),
    "AGENT_TOKEN": ("two words", "one word"),
    "DASHBOARD_TOKEN": ("two words", "one word"),
    "--source": ("cgroups", "one of auto, cgroup, one-shot, stream, simulated"),
}

# The dashboard's options that are about its agents.
ABOUT_AGENTS = {
    "AGENT_ENDPOINTS",
    "AGENT_TOKEN",
    "AGENT_TOKEN_FILE",
    "AGENT_CA_FILE",
    "AGENT_CLIENT_CERT",
    "AGENT_CLIENT_KEY",
}

EVERY = [(program, option) for program in PROGRAMS for option in options_of(program)]
IDS = [f"{program}-{option.variables[0]}" for program, option in EVERY]


def refusal(program: ProgramName, argv: list[str], environ: dict[str, str]) -> str:
    with pytest.raises(ConfigurationError) as refused:
        parse(program, argv, environ, NOWHERE, host_name="heron")
    return str(refused.value)


@pytest.mark.parametrize("program", PROGRAMS)
def test_fixed_names_and_defaults_stand(program: ProgramName) -> None:
    assert FIXED[program] <= {(one.flag, one.variables, one.told_default) for one in options_of(program)}


@pytest.mark.parametrize(("program", "option"), EVERY, ids=IDS)
def test_every_flag_has_a_variable_and_every_variable_but_a_secret_its_flag(
    program: ProgramName, option: Option[object]
) -> None:
    assert option.variables
    own = option.variables[0]
    assert re.fullmatch(r"--[a-z]+(-[a-z]+)*", option.flag) or own.endswith("_TOKEN")
    assert own in ABOUT_AGENTS or own.startswith(f"{program.upper()}_")


@pytest.mark.parametrize(("program", "option"), EVERY, ids=IDS)
def test_unusable_value_is_told_in_one_line_with_who_gave_it_the_value_and_what_is_right(
    program: ProgramName, option: Option[object]
) -> None:
    value, right = WRONG[option.name]
    followed = {"AGENT_ENDPOINTS": "ws://heron/ws"} if option.variables[0] in ABOUT_AGENTS else {}
    sentences = {name: refusal(program, [], {**followed, name: value}) for name in option.variables}
    if not option.is_switch and not option.is_secret:
        sentences[option.flag] = refusal(program, [f"{option.flag}={value}"], followed)
    for giver, sentence in sentences.items():
        assert sentence.startswith(f"{giver}: ")
        assert (repr(value) in sentence) is not option.is_secret
        assert right in sentence
        assert len(sentence.splitlines()) == 1


@pytest.mark.parametrize(("program", "option"), EVERY, ids=IDS)
def test_help_shows_the_option_with_its_variables_and_its_default(program: ProgramName, option: Option[object]) -> None:
    text = " ".join(help_text(program).split())
    head = f" {option.name} {option.metavar}".rstrip() + (" *" if option.repeatable else "")
    assert f"{head} {option.help} [{', then '.join(option.variables)}; default: {option.told_default}]" in text


@pytest.mark.parametrize("program", PROGRAMS)
def test_help_shows_no_flag_that_does_not_exist(program: ProgramName) -> None:
    known = {option.flag for option in flags_of(program)} | {"--help", "--version"}
    told = set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", help_text(program)))
    assert told - known <= {"--filter"}  # `docker ps --filter`, which the agent's own is like
    assert known <= told


def test_documentation_is_what_the_table_says() -> None:
    assert TARGET.read_text(encoding="utf-8") == configuration(), "run tools/write_configuration.py"


def test_documentation_that_is_out_of_date_is_found_and_written_anew(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "configuration.md"
    assert main(["--check"], page) == 1
    assert "configuration.md differs" in capsys.readouterr().err
    page.write_text("old")
    assert main(["--check"], page) == 1
    assert main([], page) == 0
    assert main(["--check"], page) == 0
    assert page.read_text(encoding="utf-8") == configuration()


@pytest.mark.parametrize(
    "document", ["README.md", *(f"docs/{name}.md" for name in ("architecture", "configuration", "protocol"))]
)
def test_documents_name_no_variable_and_no_flag_that_does_not_exist(document: str) -> None:
    text = (ROOT / document).read_text(encoding="utf-8")
    variables = {name for _, option in EVERY for name in option.variables}
    flags = {option.flag for _, option in EVERY if option.flag} | {"--help", "--version"}
    assert set(re.findall(r"\b(?:AGENT|DASHBOARD)_[A-Z_]+[A-Z]\b", text)) <= variables
    if document != "docs/architecture.md":  # which also speaks of other programs' flags
        assert set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", text)) <= flags


def test_every_option_has_a_wrong_value_here() -> None:
    assert WRONG.keys() == {option.name for _, option in EVERY}
