from __future__ import annotations

import os
import subprocess
import sys
import time

import pytest

from bench.processes import Group, Process, Span, group_of, memory_of, parse_machine, parse_stat

STAT = "4711 (a (odd) name) S 42 4711 4711 0 -1 4194560 1 0 0 0 7 9 0 0 20 0 3 0 98765 1048576 100 1 2"


def processes(*rows: tuple[int, int, str]) -> dict[int, Process]:
    return {pid: Process(pid=pid, parent=parent, name=name, started=pid) for pid, parent, name in rows}


def test_name_of_a_process_may_hold_blanks_and_brackets() -> None:
    assert parse_stat(STAT) == Process(pid=4711, parent=42, name="a (odd) name", started=98765)


def test_machine_counts_waiting_for_a_disk_as_idle() -> None:
    text = "cpu  100 0 50 800 40 0 3 20 0 0\ncpu0 1 2 3 4 5 6 7 8 9 10\nctxt 5\nprocesses 777\n"
    machine = parse_machine(text, 100)
    assert (machine.idle, machine.stolen, machine.forks) == (8.4, 0.2, 777)


TREE = processes(
    (1, 0, "systemd"),
    (2, 0, "kthreadd"),
    (3, 2, "kworker/0:1"),
    (10, 1, "dockerd"),
    (11, 10, "containerd"),
    (12, 10, "docker-proxy"),
    (20, 1, "containerd-shim"),
    (21, 20, "sleep"),
    (22, 21, "sh"),
    (23, 20, "runc"),
    (30, 1, "bash"),
    (31, 30, "python"),  # the bench
    (32, 31, "docker"),  # the watcher
    (33, 32, "docker-plugin"),
    (34, 31, "python"),  # its client
    (40, 1, "chromium"),
)


@pytest.mark.parametrize(
    ("group", "pids"),
    [
        ("watcher", {32, 33}),
        ("client", {34}),
        ("bench", {31}),
        ("engine", {10, 11, 12, 20, 23}),
        ("containers", {21, 22}),
        ("kernel", {2, 3}),
        ("others", {1, 30, 40}),
    ],
)
def test_every_process_is_in_the_group_of_its_nearest_ancestor(group: Group, pids: set[int]) -> None:
    groups = group_of(TREE, watcher=32, client=34, bench=31)
    assert {pid for pid, found in groups.items() if found == group} == pids


def test_process_whose_parents_are_out_of_sight_is_somebody_else_s() -> None:
    assert group_of(processes((50, 49, "cron")), None, None, bench=31) == {50: "others"}


def test_span_counts_the_cpu_of_the_watcher_alone_as_the_watcher_s() -> None:
    burn = "import time\nwhile time.process_time() < 30: pass"
    with subprocess.Popen([sys.executable, "-c", burn]) as watcher:
        try:
            span = Span(watcher.pid)
            spent_before_s = time.clock_gettime((~watcher.pid << 3) | 2)
            while time.clock_gettime((~watcher.pid << 3) | 2) < spent_before_s + 0.1:
                time.sleep(0.01)
            usage = span.end()
        finally:
            watcher.kill()
    assert 0.1 <= usage.by_group["watcher"] <= usage.seconds * 1.05 + 0.01
    assert usage.by_group["client"] == 0.0
    assert usage.seconds > 0


def test_memory_of_a_process_counts_shared_pages_once_in_pss() -> None:
    memory = memory_of(os.getpid())
    assert memory.processes >= 1
    assert 0 < memory.pss_bytes <= memory.rss_bytes
