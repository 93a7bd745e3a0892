"""What a program holds, and which lines of its log are trouble. Not here: programs of ours (test_soak)."""

from __future__ import annotations

import os
import re

import pytest
from msgspec import structs

from bench.soak.kept import kept_by, least, line_of, tasks_in, troubles
from tests.descriptors import open_descriptors


def test_process_that_runs_is_read_from_the_kernel_and_its_log() -> None:
    kept = kept_by(os.getpid(), ["a line", line_of(7), line_of(9), "another"], 12.5, history_bytes=100)
    assert kept.rss_bytes > 10_000_000
    assert abs(kept.descriptors - open_descriptors()) <= 1
    assert kept.threads >= 1
    assert (kept.at_s, kept.tasks, kept.history_bytes) == (12.5, 7, 100)


def test_what_is_open_only_now_and_then_is_not_kept() -> None:
    looks = [kept_by(os.getpid(), [], at_s) for at_s in (1.0, 2.0)]
    first = structs.replace(looks[0], descriptors=5)
    assert least([first, looks[1]]) == structs.replace(looks[1], descriptors=5)


def test_program_that_told_nothing_has_no_tasks() -> None:
    assert tasks_in(["a line"]) == 0


@pytest.mark.parametrize(
    "line",
    [
        "2026-11-26T01:00:00.000Z WARNING dockstats_core.feeds.local no engine: it is away",
        "2026-11-26T01:00:00.000Z ERROR uvicorn Exception in ASGI application",
        "Traceback (most recent call last):",
        "    Traceback (most recent call last):",
        "ValueError: too many",
    ],
)
def test_warning_error_and_traceback_are_trouble_unless_they_were_injected(line: str) -> None:
    assert troubles(["tasks 7", line], []) == [line]
    assert troubles([line], [re.compile(re.escape(line))]) == []


def test_what_a_program_tells_of_its_work_is_no_trouble() -> None:
    log = ["tasks 12", "2026-11-26T01:00:00.000Z INFO dockstats_dashboard.gathering agent agent-1: error, Errors: none"]
    assert troubles(log, []) == []
