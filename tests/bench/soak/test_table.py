"""What was kept beside what may be. Not here: looking (test_kept)."""

from __future__ import annotations

from pathlib import Path

from msgspec import structs

from bench.soak.findings import SoakResult, grown_bytes, keep, kept
from bench.soak.kept import Kept
from bench.soak.table import markdown, rows

MB = 1_000_000


def looks(*rss_mb: float, descriptors: int = 20, tasks: int = 15) -> list[Kept]:
    """One a minute, from the first on."""
    return [
        Kept(at_s=60.0 * minute, rss_bytes=round(size * MB), descriptors=descriptors, threads=2, tasks=tasks)
        for minute, size in enumerate(rss_mb, start=1)
    ]


def result(dashboard: list[Kept], *, troubles: tuple[str, ...] = (), unclean_ends: int = 0) -> SoakResult:
    return SoakResult(
        began_at="2026-11-26T01:00:00+00:00",
        cpu_model="a CPU",
        python="3.11.7",
        seconds=1800.0,
        warm_s=300.0,
        visits=9000,
        restarts=60,
        unclean_ends=unclean_ends,
        changes=3600,
        absences=15,
        kept={"dashboard": dashboard, "agent": looks(*[60] * 12)},
        troubles=list(troubles),
    )


def over(found: SoakResult) -> list[str]:
    return [what for what, _, _, holds in rows(found) if not holds]


def test_programs_that_grow_only_while_they_warm_up_hold_everything() -> None:
    found = result(looks(50, 70, 75, 79, 80, 81, 80, 82, 81, 82, 82, 82))
    assert over(found) == []
    assert "| over |" not in markdown(found)


def test_growth_is_from_the_first_looks_to_the_last_and_one_odd_look_is_none() -> None:
    assert grown_bytes(looks(80, 80, 80, 90, 80, 84, 84, 84)) == 4 * MB
    assert grown_bytes(looks(80, 80, 80, 80, 80, 80, 95, 80)) == 0


def test_program_that_goes_on_growing_is_over() -> None:
    found = result(looks(50, 70, 75, 79, 80, 80, 81, 82, 83, 84, 84, 84))
    assert over(found) == ["dashboard: memory grown, from 80.0 MB to 84.0 MB"]


def test_descriptors_and_tasks_that_stay_open_are_over() -> None:
    before, after = looks(*[80] * 11), looks(*[80] * 12, descriptors=23, tasks=18)[-1:]
    assert over(result(before + after)) == ["dashboard: descriptors", "dashboard: tasks"]


def test_trouble_that_nobody_caused_is_over_and_shown() -> None:
    found = result(looks(*[80] * 12), troubles=("a traceback",), unclean_ends=1)
    assert over(found) == ["log lines of trouble that nobody caused", "restarted agents that did not end well"]
    assert "    a traceback\n" in markdown(found)


def test_run_that_ended_before_it_was_warm_says_nothing() -> None:
    assert over(result(looks(50, 60))) == ["dashboard: looks after warming up"]


def test_result_is_kept_as_it_was(tmp_path: Path) -> None:
    found = structs.replace(result(looks(50, 60)), absences=3)
    keep(found, tmp_path / "soak.json")
    assert kept(tmp_path / "soak.json") == found
