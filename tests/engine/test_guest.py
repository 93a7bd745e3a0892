"""`tests/engine/guest` says what is missing, gives the command's status, and never leaves a guest running.

Not here: what is observed inside (test_matrix).
"""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
import pytest

from tests.engine.guest_visit import ALL_DONE, GUEST, visit
from tests.requirements import guest_root

PATIENCE_S = 20.0
LOOK_AGAIN_S = 0.05


def run(*arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [GUEST, *arguments], env={**os.environ, **environ}, capture_output=True, text=True, timeout=50, check=False
    )


def guests_of(pid: int) -> list[psutil.Process]:
    """The processes of the guest that a script has started: all that run User-mode Linux below it."""
    found = []
    for process in psutil.Process(pid).children(recursive=True):
        with suppress(psutil.NoSuchProcess):  # of the script's own small commands one may just have ended
            if "linux.uml" in process.name():
                found.append(process)
    return found


def heed_signals() -> None:
    """A shell cannot trap what was ignored when it began, as below nohup."""
    for number in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)


def jobs() -> set[Path]:
    return set(guest_root(os.environ).glob("job.*"))


@contextmanager
def started() -> Iterator[tuple[subprocess.Popen[bytes], list[psutil.Process]]]:
    """The script while its guest boots, and the guest's processes."""
    with subprocess.Popen(
        [GUEST, "run", "true"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, preexec_fn=heed_signals
    ) as script:
        try:
            end_s = time.monotonic() + PATIENCE_S
            while not (found := guests_of(script.pid)):
                assert time.monotonic() < end_s, "no guest was started"
                time.sleep(LOOK_AGAIN_S)
            yield script, found
        finally:
            script.kill()


def are_gone(processes: list[psutil.Process]) -> bool:
    return psutil.wait_procs(processes, timeout=PATIENCE_S)[1] == []


@pytest.mark.parametrize("arguments", [(), ("walk",), ("run",)])
def test_script_without_anything_to_do_explains_itself(arguments: tuple[str, ...]) -> None:
    done = run(*arguments)
    assert done.returncode == 2
    assert "tests/engine/guest run COMMAND" in done.stdout


def test_run_before_root_says_what_to_do(tmp_path: Path) -> None:
    done = run("run", "true", DOCKSTATS_GUEST_ROOT=str(tmp_path))
    assert done.returncode == 70
    assert f"nothing is built in {tmp_path}; tests/engine/guest root does" in done.stderr


def test_run_takes_nothing_half_built_for_a_guest(tmp_path: Path) -> None:
    """What an interrupted build leaves has another name than what a finished one gives."""
    (tmp_path / "unfinished").mkdir()
    (tmp_path / "unfinished" / "recipe").touch()
    assert "nothing is built" in run("run", "true", DOCKSTATS_GUEST_ROOT=str(tmp_path)).stderr


def test_root_in_a_directory_that_no_kernel_could_be_told_is_refused(tmp_path: Path) -> None:
    done = run("root", DOCKSTATS_GUEST_ROOT=str(tmp_path / "my guest"))
    assert done.returncode == 70
    assert "no path with a space" in done.stderr


@pytest.mark.guest
def test_root_that_is_built_is_left_alone() -> None:
    began_s = (guest_root(os.environ) / "root").stat().st_mtime
    done = run("root")
    assert done.returncode == 0, done.stderr
    assert "building" not in done.stdout
    assert (guest_root(os.environ) / "root").stat().st_mtime == began_s


@pytest.mark.guest
@pytest.mark.time_limit(600)
def test_status_and_output_of_the_command_come_out_and_both_engines_are_there() -> None:
    seen = visit()
    assert seen.status == ALL_DONE, seen.output
    assert "passed" in seen.output
    assert {name: seen.observed[name].engine.split(".")[0] for name in seen.observed} == {
        "docker": "Docker 26",
        "podman": "Podman 5",
    }
    assert {one.cgroup for one in seen.observed.values()} == {"v2"}
    assert all(one.python.startswith("3.13.") for one in seen.observed.values())


@pytest.mark.guest
@pytest.mark.time_limit(600)
def test_what_happens_to_a_container_shows_in_time_there_too() -> None:
    """A start with its limits, and an end for want of memory, which cgroup v2 tells in its own way."""
    assert visit().passed, visit().output


@pytest.mark.guest
def test_guest_that_takes_too_long_is_ended() -> None:
    before = jobs()
    done = run("run", "sleep 600", DOCKSTATS_GUEST_WAIT_S="1")
    assert done.returncode == 70
    assert "did not end within 1 s" in done.stderr
    assert jobs() == before


@pytest.mark.guest
@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 143)])
def test_guest_ends_with_the_script_that_is_interrupted(number: signal.Signals, status: int) -> None:
    before = jobs()
    with started() as (script, guest):
        script.send_signal(number)
        assert script.wait(PATIENCE_S) == status
        assert are_gone(guest)
    assert jobs() == before


@pytest.mark.guest
def test_guest_ends_with_the_script_that_is_killed() -> None:
    before = jobs()
    with started() as (script, guest):
        script.kill()
        assert are_gone(guest)
    for left in jobs() - before:  # a killed script can tidy nothing
        for file in left.iterdir():
            file.unlink()
        left.rmdir()
