"""What holds for every test: it has a time limit, and where its engine, browser or guest is missing it says so.

A test marked `engine`, `browser` or `guest` is skipped with the reason where that is missing. With
`DOCKSTATS_TEST_REQUIRE=engine,browser,guest` it fails instead; a required engine is first asked of `tests/engine/up`.
A test that hangs fails after 60 s (`@pytest.mark.time_limit(seconds)` for another bound) with the stacks of all threads
and tasks. If even that cannot end it, because it hangs in C, the whole run ends 30 s later with the stacks.
Not here: fixtures. What a test needs stands in the test or in a builder it imports.
"""

from __future__ import annotations

import asyncio
import faulthandler
import os
import signal
import subprocess
import sys
from collections.abc import Generator, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType

import pytest
from hypothesis import HealthCheck, settings
from xdist.scheduler.loadscope import LoadScopeScheduling

from tests.requirements import MISSING, can_have_own_network

TIME_LIMIT_S = 60.0
AGAIN_S = 1.0  # code that swallowed the first failure is interrupted again
LAST_RESORT_S = 30.0  # beyond the limit: the process itself ends
ENGINE_UP = Path(__file__).parent / "engine" / "up"
ENGINE_UP_S = 600.0

UNMET = pytest.StashKey[dict[str, str]]()
REQUIRED = pytest.StashKey[frozenset[str]]()
REAL_STDERR = pytest.StashKey[int]()


def pytest_configure(config: pytest.Config) -> None:
    """Read what is required, and keep the real standard error for the last resort."""
    config.addinivalue_line("markers", f"time_limit(seconds): fail after so many seconds instead of {TIME_LIMIT_S:g}")
    required = frozenset(os.environ.get("DOCKSTATS_TEST_REQUIRE", "").replace(",", " ").split())
    if unknown := sorted(required - MISSING.keys()):
        raise pytest.UsageError(f"DOCKSTATS_TEST_REQUIRE={unknown[0]}: only {', '.join(MISSING)} can be required")
    config.stash[REQUIRED] = required
    config.stash[UNMET] = {}
    # How long an example takes says something about the machine and its other guests, not about the code.
    settings.register_profile(
        "shared_machine", parent=settings(), deadline=None, suppress_health_check=[HealthCheck.too_slow]
    )
    settings.load_profile("shared_machine")
    capture = config.pluginmanager.getplugin("capturemanager")
    with capture.global_and_fixture_disabled():
        config.stash[REAL_STDERR] = os.dup(2)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Give the descriptor back."""
    if REAL_STDERR in config.stash:
        os.close(config.stash[REAL_STDERR])


LONG = ("browser", "guests", "machine")
"""What a worker does for minutes, one test after the other, and so what is begun with; the longest first."""
TIMED = ("guests", "machine")
GUESTS_FIRST = 10
NICENESS = 5  # of all others, more than the run itself: of two that want a core, whose time is taken gets 3/4 of it
FLEET = "tests/fleet/"
SEARCHING = "tests/fuzz/test_short.py"
SEARCHING_NICENESS = 10  # a search has its seconds, whatever it finds time for in them


def _scope_of(nodeid: str) -> str:
    """What one worker does: a file, but for what is long.

    Whoever needs this machine's engine measures what the machine does; whoever needs guests, hosts of their own, waits
    for minutes. The fleet's three hosts come after this machine's engine, whose figures they would disturb. The
    browser's tests share what takes long to start. They have a network of their own, because an engine's bridges that
    come and go would disturb them; where that cannot be, they and the engine's come in turn.
    """
    of_guests = nodeid.startswith(("tests/engine/test_guest.py", "tests/engine/test_matrix.py"))
    if of_guests and "[machine" not in nodeid:
        return "guests"
    if nodeid.startswith(("tests/engine/", FLEET)):
        return "machine"
    if nodeid.startswith("tests/browser/"):
        return "browser" if can_have_own_network() else "machine"
    if nodeid.startswith(SEARCHING):
        return nodeid  # its tests need a core for seconds each, and nothing of one another
    return nodeid.partition("::")[0]


class _Apart(LoadScopeScheduling):  # type: ignore[misc]  # xdist has no types
    """Scopes to workers, what is long first."""

    def _split_scope(self, nodeid: str) -> str:
        return _scope_of(nodeid)

    def _assign_work_unit(self, node: object) -> None:
        longest = next((scope for scope in LONG if scope in self.workqueue), None)
        if longest is not None:
            self.workqueue.move_to_end(longest, last=False)
        super()._assign_work_unit(node)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """No lines are counted of a law's hundreds of cases, whose time that would double, nor of what drives a browser."""
    for item in items:
        is_law = isinstance(item, pytest.Function) and getattr(item.obj, "is_hypothesis_test", False)
        if is_law or item.nodeid.startswith("tests/browser/"):
            item.add_marker(pytest.mark.no_cover)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> _Apart:
    """How tests are spread over the workers."""
    return _Apart(config, log)


def _give_way(nodeid: str) -> None:
    """This worker, and what it starts, are nice to others whose time is taken; as root, who alone can stop being so.

    Guests come before all: one is a whole machine on one core, in which an engine answers in a second at best.
    """
    if "PYTEST_XDIST_WORKER" in os.environ and os.geteuid() == 0:
        own = os.getpriority(os.PRIO_PROCESS, os.getppid())
        scope = _scope_of(nodeid)
        nice = 0 if scope in TIMED else SEARCHING_NICENESS if scope.startswith(SEARCHING) else NICENESS
        with suppress(PermissionError):  # root of a container may not be less nice than it was
            os.setpriority(os.PRIO_PROCESS, 0, min(own + nice, 19))
            if scope == "guests" or nodeid.startswith(FLEET):
                os.setpriority(os.PRIO_PROCESS, 0, own - GUESTS_FIRST)


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> None:
    """Before the first test, outside every time limit: see what is missing of what the chosen tests need."""
    if session.config.option.collectonly:
        return
    for name, missing in MISSING.items():
        if any(item.get_closest_marker(name) for item in session.items) and (reason := missing()):
            if name == "engine" and name in session.config.stash[REQUIRED]:
                reason = _start_engine() or missing()
            if reason:
                session.config.stash[UNMET][name] = reason


def _start_engine() -> str | None:
    """None when `tests/engine/up` succeeded; else its last words."""
    done = subprocess.run(
        [ENGINE_UP], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=ENGINE_UP_S, check=False
    )
    return None if done.returncode == 0 else "\n".join(done.stdout.splitlines()[-20:])


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup(item: pytest.Item) -> Generator[None, None, None]:
    """Skip or fail where something is missing, before any fixture runs."""
    for name, reason in item.config.stash[UNMET].items():
        if item.get_closest_marker(name):
            if name in item.config.stash[REQUIRED]:
                pytest.fail(f"{name} is required and missing: {reason}", pytrace=False)
            pytest.skip(reason)
    _give_way(item.nodeid)
    with _limited(item):
        yield


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, None, None]:
    """The test itself has the limit."""
    with _limited(item):
        yield


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item) -> Generator[None, None, None]:
    """What ends it has the limit again."""
    with _limited(item):
        yield


@contextmanager
def _limited(item: pytest.Item) -> Iterator[None]:
    marker = item.get_closest_marker("time_limit")
    limit_s = float(marker.args[0]) if marker else TIME_LIMIT_S
    if item.config.option.usepdb:  # a person who looks around needs longer
        yield
        return

    def on_alarm(signum: int, frame: FrameType | None) -> None:
        faulthandler.dump_traceback(file=2, all_threads=True)  # captured, so that it stands in this test's report
        _print_tasks()
        pytest.fail(f"took longer than {limit_s:g} s")

    before = signal.signal(signal.SIGALRM, on_alarm)
    faulthandler.dump_traceback_later(limit_s + LAST_RESORT_S, exit=True, file=item.config.stash[REAL_STDERR])
    signal.setitimer(signal.ITIMER_REAL, limit_s, AGAIN_S)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        faulthandler.cancel_dump_traceback_later()
        signal.signal(signal.SIGALRM, before)


def _print_tasks() -> None:
    """Where each task waits, down to the innermost await; asyncio's own `print_stack` shows only the outermost."""
    try:
        tasks = asyncio.all_tasks()
    except RuntimeError:  # no loop runs
        return
    for task in tasks:
        print(f"\nTask {task.get_name()} (innermost await last):", file=sys.stderr)
        awaited: object = task.get_coro()
        while (frame := getattr(awaited, "cr_frame", None) or getattr(awaited, "gi_frame", None)) is not None:
            code = frame.f_code
            print(f'  File "{code.co_filename}", line {frame.f_lineno} in {code.co_qualname}', file=sys.stderr)
            awaited = getattr(awaited, "cr_await", None) or getattr(awaited, "gi_yieldfrom", None)
