"""The health check's one line and exit code, against peers that answer as told."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from dockstats_core.errors import ConfigurationError
from dockstats_core.program.healthcheck import MAX_ANSWER_BYTES, Target, Unhealthy, check, leave_if_asked, target_of
from dockstats_core.program.options import ProgramName

HEAVY = {"anyio.to_thread", "asyncio", "httpcore", "httpx", "litestar", "psutil", "uvicorn", "wsproto"}


@contextmanager
def peer(answer: bytes | None, *, asked: list[bytes] | None = None) -> Iterator[str]:
    """URL of something that answers one request with these bytes, or never (None)."""
    done = threading.Event()

    def serve() -> None:
        connection, _ = listener.accept()
        with connection:
            request = connection.recv(4096)
            if asked is not None:
                asked.append(request)
            if answer is None:
                done.wait(10)
            else:
                connection.sendall(answer)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}/healthz"
        finally:
            done.set()
            thread.join()


def http(status: int, body: str) -> bytes:
    return f"HTTP/1.1 {status} Whatever\r\nContent-Length: {len(body.encode())}\r\n\r\n{body}".encode()


def sentence(answer: bytes | None, *, time_out_s: float = 5.0) -> str:
    """Why the peer that answers so is unhealthy, with its address taken out."""
    with peer(answer) as url:
        with pytest.raises(Unhealthy) as unhealthy:
            check(Target(url), time_out_s=time_out_s)
        return str(unhealthy.value).replace(url, "URL")


@pytest.mark.parametrize(
    ("body", "line"),
    [
        ('{"ok":true,"detail":"sampling","clients":2}', "sampling"),
        ('{"ok":true,"detail":"two\\nlines"}', "two lines"),
        ('{"ok":true,"browsers":0}', "well"),
    ],
)
def test_program_that_is_well_is_told_in_one_line(body: str, line: str) -> None:
    with peer(http(200, body)) as url:
        assert check(Target(url)) == line


def test_path_and_host_are_asked_for_as_they_stand_in_the_url() -> None:
    asked: list[bytes] = []
    with peer(http(200, '{"ok":true}'), asked=asked) as url:
        check(Target(url.replace("/healthz", "/stats/healthz")))
    head = asked[0].decode().splitlines()
    assert head[0] == "GET /stats/healthz HTTP/1.1"
    assert f"Host: {url.split('/')[2]}" in head


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (http(503, '{"ok":false,"detail":"sampling has stopped"}'), "URL answered 503: sampling has stopped"),
        (http(503, '{"ok":false}'), "URL answered 503: not well"),
        (http(200, '{"ok":false,"detail":"odd"}'), "URL answered 200: odd"),
        (http(500, '{"ok":true,"detail":"odd"}'), "URL answered 500: odd"),
        (
            http(404, '{"status_code":404,\n"detail":"Not Found"}'),
            'URL answered 404: {"status_code":404, "detail":"Not',
        ),
        (http(200, "<html>"), "URL answered 200: <html>"),
        (http(200, "\x1b]0;a\x07"), "URL answered 200: \N{REPLACEMENT CHARACTER}]0;a\N{REPLACEMENT CHARACTER}"),
        (b"SSH-2.0-OpenSSH\r\n", "no answer from URL: SSH-2.0-OpenSSH"),
        (b"", "no answer from URL: Remote end closed connection without response"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{", "URL answered 200: {"),
    ],
)
def test_program_that_is_not_well_is_told_in_one_line(answer: bytes, told: str) -> None:
    line = sentence(answer)
    assert line.startswith(told)
    assert len(line.splitlines()) == 1


def test_program_that_does_not_answer_is_given_up_in_time() -> None:
    assert sentence(None, time_out_s=0.1) == "no answer from URL within 0.1 s"


def test_program_that_is_not_there_is_told_with_where_the_address_comes_from() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/healthz"
    with pytest.raises(Unhealthy, match=f"nobody answers at {url}: .* as a flag must be given here too"):
        check(Target(url))


def test_answer_without_end_is_read_to_its_bound() -> None:
    assert len(sentence(http(200, "x" * 2 * MAX_ANSWER_BYTES))) < 300


@pytest.mark.parametrize(
    ("program", "argv", "url"),
    [
        ("agent", [], "http://127.0.0.1:8080/healthz"),
        ("agent", ["--listen", ":9000"], "http://127.0.0.1:9000/healthz"),
        ("agent", ["--listen", "0.0.0.0:80"], "http://127.0.0.1/healthz"),
        ("agent", ["--listen", "[::1]:9000"], "http://[::1]:9000/healthz"),
        ("agent", ["--listen", "[::]:9000"], "http://[::1]:9000/healthz"),
        ("agent", ["--listen", "heron:9000", "--poll-interval", "nonsense"], "http://heron:9000/healthz"),
        ("dashboard", [], "http://127.0.0.1:5173/healthz"),
        ("dashboard", ["--base-path", "/stats", "--listen", ":80"], "http://127.0.0.1/stats/healthz"),
    ],
)
def test_address_is_the_one_that_such_a_program_listens_on(program: ProgramName, argv: list[str], url: str) -> None:
    assert target_of(program, argv, {}, Path("/nonexistent")) == Target(url)


def test_address_comes_from_variables_and_files_too(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("DASHBOARD_BASE_PATH=/stats\nDASHBOARD_LISTEN_ADDR=:1\n")
    environ = {"DASHBOARD_LISTEN_ADDR": "127.0.0.1:81"}
    assert target_of("dashboard", [], environ, tmp_path) == Target("http://127.0.0.1:81/stats/healthz")


def test_port_that_the_system_chooses_cannot_be_found() -> None:
    with pytest.raises(ConfigurationError, match=r"give a fixed one with --listen or AGENT_LISTEN_ADDR"):
        target_of("agent", ["--listen", ":0"], {}, Path("/nonexistent"))


@pytest.mark.parametrize("argv", [[], ["--listen", ":8080"], ["--listen", "healthcheck"]])
def test_other_arguments_are_none_of_its_business(argv: list[str]) -> None:
    leave_if_asked("agent", argv)


def test_program_that_is_well_leaves_with_0(capsys: pytest.CaptureFixture[str]) -> None:
    with peer(http(200, '{"ok":true,"detail":"sampling"}')) as url, pytest.raises(SystemExit) as left:
        leave_if_asked("agent", ["healthcheck", "--listen", url.split("/")[2]])
    assert left.value.code == 0
    assert capsys.readouterr() == ("sampling\n", "")


@pytest.mark.parametrize(
    ("argv", "line"),
    [
        (["--listen", ":0"], ":0 lets the system choose"),
        (["--listen", "8080"], "--listen: '8080' is no address to listen on"),
        (["--lisen", ":1"], "unknown flag '--lisen', did you mean --listen?"),
    ],
)
def test_what_cannot_be_asked_leaves_with_1_and_one_line(
    argv: list[str], line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as left:
        leave_if_asked("agent", ["healthcheck", *argv])
    assert left.value.code == 1, "2 is Docker's own"
    out, error = capsys.readouterr()
    assert (out, error.count("\n")) == ("", 1)
    assert error.startswith(line)


def test_health_check_ends_by_itself_whatever_it_waits_for() -> None:
    """Who answers a byte at a time is never silent for long."""
    asked = threading.Event()

    def drip() -> None:
        connection, _ = listener.accept()
        with connection, suppress(OSError):
            while not asked.wait(0.05):
                connection.sendall(b"H")

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=drip)
        thread.start()
        where = f"127.0.0.1:{listener.getsockname()[1]}"
        script = (
            "from dockstats_core.program.healthcheck import leave_if_asked; "
            f"leave_if_asked('agent', ['healthcheck', '--listen', '{where}'], life_s=1.0)"
        )
        done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=False, timeout=50)
        asked.set()
        thread.join()
    assert done.returncode == -signal.SIGALRM


@pytest.mark.parametrize("program", ["agent", "dashboard"])
def test_health_check_loads_neither_web_framework_nor_engine_client(program: ProgramName) -> None:
    """It runs as long as the program does, every few seconds: what it loads is what health costs."""
    script = (
        f"import sys; sys.argv[1:] = ['healthcheck', '--listen', ':0']; import atexit, dockstats_{program}.cli as cli; "
        f"atexit.register(lambda: print(*{HEAVY} & sys.modules.keys())); cli.main()"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert "lets the system choose a port" in done.stderr
    assert done.stdout.split() == []
