"""The gate itself can fail: `conftest.py` is run on small tests that hang, or lack their engine, browser, guest.

Not here: whether an engine or browser is really there; that is `tests/requirements.py` on the machine at hand.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

TESTS = Path(__file__).parent.parent


class Checkout:
    """A directory with our conftest and one test file, and pytest run in it with nothing on the machine."""

    def __init__(self, root: Path) -> None:
        self.root = root
        (root / "tests" / "engine").mkdir(parents=True)
        for name in ("conftest.py", "requirements.py"):
            shutil.copy(TESTS / name, root / "tests" / name)
        shutil.copy(TESTS.parent / "pyproject.toml", root)
        self.put_engine_up("echo tests/engine/up: nothing to start here; exit 1")

    def put_engine_up(self, script: str) -> None:
        path = self.root / "tests" / "engine" / "up"
        path.write_text(f"#!/bin/sh\n: >'{self.root}/up-was-called'\n{script}\n")
        path.chmod(0o755)

    @property
    def up_was_called(self) -> bool:
        return (self.root / "up-was-called").exists()

    def run(self, test: str, *arguments: str, **environ: str) -> tuple[int, str]:
        (self.root / "tests" / "test_one.py").write_text("import pytest\n" + textwrap.dedent(test))
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-n", "0", "-rs", *arguments],
            cwd=self.root,
            env={
                "PATH": os.devnull,
                "DOCKER_HOST": f"unix://{self.root}/no.sock",
                "DOCKSTATS_TEST_CHROMIUM": "no-such-browser",
                **environ,
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=50,
            check=False,
        )
        return done.returncode, done.stdout


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    return Checkout(tmp_path)


NEEDS_ENGINE = """
    @pytest.mark.engine
    def test_engine():
        pass
"""
NEEDS_BROWSER = NEEDS_ENGINE.replace("engine", "browser")
NEEDS_GUEST = NEEDS_ENGINE.replace("engine", "guest")


@pytest.mark.parametrize(
    ("test", "reason"),
    [
        (NEEDS_ENGINE, "tests/engine/up starts one"),
        (NEEDS_BROWSER, "no chromium is installed"),
        (NEEDS_GUEST, "tests/engine/guest root builds it"),
    ],
    ids=["engine", "browser", "guest"],
)
def test_missing_engine_browser_or_guest_skips_with_the_reason(checkout: Checkout, test: str, reason: str) -> None:
    code, output = checkout.run(test)
    assert code == 0
    assert "1 skipped" in output
    assert reason in output
    assert not checkout.up_was_called


@pytest.mark.parametrize("test", [NEEDS_ENGINE, NEEDS_BROWSER, NEEDS_GUEST], ids=["engine", "browser", "guest"])
def test_required_engine_browser_or_guest_that_is_missing_fails(checkout: Checkout, test: str) -> None:
    code, output = checkout.run(test, DOCKSTATS_TEST_REQUIRE="engine,browser,guest")
    assert code == 1
    assert "is required and missing" in output
    assert checkout.up_was_called == (test is NEEDS_ENGINE)


def test_required_engine_that_no_chosen_test_needs_is_not_started(checkout: Checkout) -> None:
    both = NEEDS_ENGINE + "\n    def test_plain():\n        pass\n"
    code, output = checkout.run(both, "-m", "not engine", DOCKSTATS_TEST_REQUIRE="engine")
    assert code == 0, output
    assert not checkout.up_was_called


def test_last_words_of_the_engine_script_stand_in_the_report(checkout: Checkout) -> None:
    _, output = checkout.run(NEEDS_ENGINE, DOCKSTATS_TEST_REQUIRE="engine")
    assert "nothing to start here" in output


def test_unknown_requirement_stops_the_run(checkout: Checkout) -> None:
    code, output = checkout.run(NEEDS_ENGINE, DOCKSTATS_TEST_REQUIRE="engin")
    assert code == pytest.ExitCode.USAGE_ERROR
    assert "DOCKSTATS_TEST_REQUIRE=engin: only engine, browser, guest can be required" in output


def test_hanging_test_fails_with_its_stack_and_the_next_one_runs(checkout: Checkout) -> None:
    code, output = checkout.run("""
        import threading
        @pytest.mark.time_limit(0.5)
        def test_hangs():
            threading.Event().wait()
        def test_next():
            pass
    """)
    assert code == 1
    assert "took longer than 0.5 s" in output
    assert "test_one.py" in output[output.index("Captured stderr") :]
    assert "1 failed, 1 passed" in output


def test_hanging_async_test_fails_with_its_task_and_the_next_one_runs(checkout: Checkout) -> None:
    code, output = checkout.run("""
        import anyio
        @pytest.mark.time_limit(0.5)
        async def test_hangs():
            async with anyio.create_task_group() as group:
                group.start_soon(forgotten)
        async def forgotten():
            await anyio.sleep_forever()
        async def test_next():
            await anyio.sleep(0)
        @pytest.fixture
        def anyio_backend():
            return "asyncio"
    """)
    assert code == 1
    assert "took longer than 0.5 s" in output
    assert "in forgotten" in output[output.index("Captured stderr") :]
    assert "1 failed, 1 passed" in output


def test_test_that_swallows_every_exception_is_interrupted_again(checkout: Checkout) -> None:
    code, output = checkout.run("""
        import threading
        @pytest.mark.time_limit(0.5)
        def test_hangs():
            try:
                threading.Event().wait()
            except BaseException:
                threading.Event().wait()
    """)
    assert code == 1
    assert "took longer than 0.5 s" in output


def test_fixture_that_hangs_fails_its_test(checkout: Checkout) -> None:
    code, output = checkout.run("""
        import threading
        @pytest.fixture
        def slow():
            threading.Event().wait()
        @pytest.mark.time_limit(0.5)
        def test_slow(slow):
            pass
    """)
    assert code == 1
    assert "1 error" in output
    assert "took longer than 0.5 s" in output


def test_run_that_no_exception_can_end_ends_with_its_stacks(checkout: Checkout) -> None:
    conftest = checkout.root / "tests" / "conftest.py"
    conftest.write_text(conftest.read_text().replace("LAST_RESORT_S = 30.0", "LAST_RESORT_S = 2.0"))
    code, output = checkout.run("""
        import signal, threading
        @pytest.mark.time_limit(0.5)
        def test_hangs_deaf():
            signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGALRM})
            threading.Event().wait()
    """)
    assert code == 1
    assert "Timeout (0:00:02.500000)!" in output
    assert "in test_hangs_deaf" in output
