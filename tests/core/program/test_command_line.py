"""Arguments, environment and files in; settings, or one line, out."""

from __future__ import annotations

import os
import sys
from importlib import metadata
from pathlib import Path

import pytest

from dockstats_core.errors import ConfigurationError
from dockstats_core.program.command_line import command_of, help_text, parse, parse_or_exit
from dockstats_core.program.listen import ListenAddress
from dockstats_core.program.options import ProgramName
from dockstats_core.program.settings import AgentSettings, DashboardSettings
from dockstats_core.program.tls import AgentCertificates

PROGRAMS: list[ProgramName] = ["agent", "dashboard"]


def agent(*argv: str, environ: dict[str, str] | None = None, directory: Path = Path(os.devnull)) -> AgentSettings:
    return parse("agent", argv, environ or {}, directory, host_name="heron")


def dashboard(*argv: str, environ: dict[str, str] | None = None) -> DashboardSettings:
    return parse("dashboard", argv, environ or {}, Path(os.devnull), host_name="heron")


def refusal(program: ProgramName, *argv: str) -> str:
    with pytest.raises(ConfigurationError) as refused:
        parse(program, argv, {}, Path(os.devnull), host_name="heron")
    assert len(str(refused.value).splitlines()) == 1
    return str(refused.value)


def test_agent_told_nothing_has_the_documented_defaults() -> None:
    assert agent() == AgentSettings(
        docker_endpoint=None,
        docker_environment={},
        listen=ListenAddress("", 8080),
        host_label="heron",
        poll_interval_s=0.5,
        max_workers=16,
        source="auto",
        proc_root="/proc",
        cgroup_root="",
        simulated_containers=40,
        filters={},
        labels=(),
        token=None,
        tls=None,
        allowed_origins=(),
        allowed_hosts=(),
        log_level="info",
    )


def test_dashboard_told_nothing_has_the_documented_defaults() -> None:
    assert dashboard() == DashboardSettings(
        agents=(),
        agent_tls=AgentCertificates(),
        listen=ListenAddress("127.0.0.1", 5173),
        base_path="",
        demo=False,
        token=None,
        tls=None,
        allowed_origins=(),
        allowed_hosts=(),
        log_level="info",
        embedded=agent(),
    )


def test_every_flag_of_the_agent_is_heard() -> None:
    settings = agent(
        "--docker-endpoint=tcp://10.0.0.1:2375",
        "--listen=[::1]:9000",
        "--host-label=Rack 2",
        "--poll-interval=2s",
        "--max-workers=4",
        "--source=one-shot",
        "--proc-root=/host/proc",
        "--cgroup-root=/host/cgroup/",
        "--simulated-containers=7",
        "--filter=label=a",
        "--filter=name=b",
        "--label=tier",
        "--label=team;tier",
        "--allow-origin=https://a.example;https://b.example",
        "--log-level=debug",
    )
    assert settings == AgentSettings(
        docker_endpoint="tcp://10.0.0.1:2375",
        docker_environment={},
        listen=ListenAddress("::1", 9000),
        host_label="Rack 2",
        poll_interval_s=2.0,
        max_workers=4,
        source="one-shot",
        proc_root="/host/proc",
        cgroup_root="/host/cgroup",
        simulated_containers=7,
        filters={"label": ("a",), "name": ("b",)},
        labels=("tier", "team"),
        token=None,
        tls=None,
        allowed_origins=("https://a.example", "https://b.example"),
        allowed_hosts=(),
        log_level="debug",
    )


def test_every_flag_of_the_dashboard_is_heard() -> None:
    settings = dashboard(
        *("--agents", "ws://a/ws;db|Data base|wss://b/ws", "--agents", "ws://c/ws"),
        *("--listen", ":80", "--base-path", "/stats", "--demo", "--log-level", "error"),
        *("--allow-origin", "https://a.example"),
    )
    assert [(one.id, one.label, one.url) for one in settings.agents] == [
        ("agent-1", "Agent 1", "ws://a/ws"),
        ("db", "Data base", "wss://b/ws"),
        ("agent-3", "Agent 3", "ws://c/ws"),
    ]
    assert settings.listen == ListenAddress("", 80)
    assert settings.base_path == "/stats"
    assert settings.demo
    assert settings.log_level == "error"
    assert settings.allowed_origins == ("https://a.example",)


def test_flag_over_variable_over_local_file_over_shared_file_over_default(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("AGENT_MAX_WORKERS=2\nAGENT_POLL_INTERVAL=2s\nAGENT_HOST_LABEL=shared\n")
    (tmp_path / ".env.local").write_text("AGENT_MAX_WORKERS=3\nAGENT_POLL_INTERVAL=3s\n")
    environ = {"AGENT_MAX_WORKERS": "4"}
    settings = agent(environ=environ, directory=tmp_path)
    assert (settings.max_workers, settings.poll_interval_s, settings.host_label) == (4, 3.0, "shared")
    assert settings.simulated_containers == 40
    assert agent("--max-workers", "5", environ=environ, directory=tmp_path).max_workers == 5


def test_of_a_flag_given_twice_the_last_counts() -> None:
    assert agent("--max-workers", "2", "--max-workers", "3").max_workers == 3


def test_demo_can_be_turned_on_by_its_variable() -> None:
    assert dashboard(environ={"DASHBOARD_DEMO": "yes"}).demo
    assert not dashboard(environ={"DASHBOARD_DEMO": "off"}).demo


def test_host_without_a_given_name_has_one() -> None:
    assert parse("agent", [], {}, Path(os.devnull)).host_label


@pytest.mark.parametrize(
    ("program", "argv", "words"),
    [
        ("agent", ["--pol-interval", "1s"], "unknown flag '--pol-interval', did you mean --poll-interval?"),
        ("agent", ["--poll", "1s"], "unknown flag '--poll', did you mean --poll-interval?"),
        ("agent", ["-x"], "unknown flag '-x'"),
        ("agent", ["--xyzzy=1"], "unknown flag '--xyzzy'"),
        ("agent", ["run"], "unexpected argument 'run'"),
        ("agent", ["--listen"], "--listen: expected one argument"),
        ("dashboard", ["--demo=on"], "--demo: ignored explicit argument 'on'"),
        ("dashboard", ["two\nlines"], r"unexpected argument 'two\nlines'"),
    ],
)
def test_arguments_nobody_understands_are_named_with_the_way_to_the_help(
    program: ProgramName, argv: list[str], words: str
) -> None:
    assert refusal(program, *argv) == f"{words}; see {command_of(program)} --help"


@pytest.mark.parametrize(
    "argv", [["--agent=ws://ada:s3cret@a/ws"], ["ws://ada:s3cret@a/ws"], ["--agents", "ada:s3cret@a"]]
)
def test_password_in_a_mistyped_argument_is_not_repeated(argv: list[str]) -> None:
    assert "s3cret" not in refusal("dashboard", *argv)


def test_file_that_cannot_be_used_stops_the_start(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"\xff")
    with pytest.raises(ConfigurationError, match=r"\.env"):
        agent(directory=tmp_path)


@pytest.mark.parametrize("program", PROGRAMS)
def test_help_fits_a_narrow_terminal(program: ProgramName) -> None:
    assert max(len(line) for line in help_text(program).splitlines()) <= 80


@pytest.mark.parametrize("program", PROGRAMS)
def test_help_tells_of_the_health_check(program: ProgramName) -> None:
    text = " ".join(help_text(program).split())
    assert f"usage: {command_of(program)} [healthcheck] [options]" in text
    assert "With healthcheck as the first argument it asks the program that runs at the same --listen address" in text


@pytest.fixture
def directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """This process in an empty directory, with none of our variables."""
    for name in list(os.environ):
        if name.startswith(("AGENT_", "DOCKER_")):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_process_takes_its_own_arguments_environment_and_directory(
    directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (directory / ".env").write_text("AGENT_HOST_LABEL=from the file\n")
    assert parse_or_exit("agent", []).host_label == "from the file"
    monkeypatch.setenv("AGENT_HOST_LABEL", "from outside")
    assert parse_or_exit("agent", []).host_label == "from outside"
    monkeypatch.setattr(sys, "argv", ["dockstats-agent", "--host-label", "by flag"])
    assert parse_or_exit("agent").host_label == "by flag"


@pytest.mark.usefixtures("directory")
def test_process_started_wrongly_says_one_line_and_leaves_with_2(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        parse_or_exit("agent", ["--max-workers", "0"])
    assert left.value.code == 2
    assert capsys.readouterr() == (
        "",
        "dockstats-agent: --max-workers: '0' is not usable: it should be a whole number from 1 to 1024\n",
    )


def test_wrong_value_in_a_file_names_the_file(directory: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (directory / ".env.local").write_text("AGENT_LISTEN_ADDR=8080\n")
    with pytest.raises(SystemExit):
        parse_or_exit("agent", [])
    told = capsys.readouterr().err
    assert told.startswith("dockstats-agent: AGENT_LISTEN_ADDR in .env.local: '8080' is no address")
    assert "did you mean :8080?" in told


@pytest.mark.parametrize("flag", ["--help", "-h"])
def test_help_is_printed_and_ends_with_0(flag: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        agent("--max-workers", "nonsense", flag)
    assert left.value.code == 0
    assert capsys.readouterr().out == help_text("agent")


def test_version_is_printed_and_ends_with_0(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        dashboard("--version")
    assert left.value.code == 0
    assert capsys.readouterr().out == f"dockstats-dashboard {metadata.version('dockstats-core')}\n"
