"""What is lost, and how long something was under way. Not here: who reports it."""

from __future__ import annotations

from bench.load.frames import Batch
from bench.load.watch import Delays, Report, Watch, delays, line_of, reports_in


def came(watch: Watch, *sequences: int, reader: int = 1, agent: str = "atlas", late_s: float = 0.0101) -> None:
    for sequence in sequences:
        watch.came(reader, Batch(agent, sequence, 100.0), 100.0 + late_s)


def watching(*readers: int) -> Watch:
    watch = Watch()
    for reader in readers:
        watch.joined(reader)
    return watch


def test_batch_that_was_left_out_is_lost_and_each_of_several_counts() -> None:
    watch = watching(1)
    came(watch, 5, 6, 8, 11)
    assert watch.report(1.0).lost == 3


def test_what_was_sent_before_a_reader_came_is_not_lost_to_it() -> None:
    watch = watching(1)
    came(watch, 500, 501)
    assert watch.report(1.0).lost == 0


def test_agent_that_begins_anew_loses_nothing() -> None:
    watch = watching(1)
    came(watch, 500, 1, 2)
    assert watch.report(1.0).lost == 0


def test_every_reader_and_every_agent_has_numbers_of_its_own() -> None:
    watch = watching(1, 2)
    came(watch, 1, 2, reader=1)
    came(watch, 7, 8, reader=1, agent="borea")
    came(watch, 1, 3, reader=2)
    report = watch.report(1.0)
    assert (report.batches, report.lost, report.readers) == (6, 1, 2)


def test_reader_that_left_is_none_and_the_next_report_begins_at_nothing() -> None:
    watch = watching(1, 2)
    came(watch, 1, 3, reader=2)
    watch.left(2)
    watch.report(1.0)
    assert watch.report(2.0) == Report(at_s=2.0, readers=1, batches=0, lost=0, delays_ms={})


def test_percentiles_are_of_all_that_came_in_milliseconds_rounded_up() -> None:
    watch = watching(1)
    came(watch, *range(98), late_s=0.0101)
    came(watch, 98, 99, late_s=0.5)
    first = watch.report(1.0)
    came(watch, *range(100, 200), late_s=0.0101)
    assert first.delays_ms == {11: 98, 500: 2}
    assert delays([first]) == Delays(median_ms=11, p99_ms=500, longest_ms=500)
    assert delays([first, watch.report(2.0)]) == Delays(median_ms=11, p99_ms=11, longest_ms=500)
    assert delays([]) is None


def test_report_comes_through_a_log_among_other_lines() -> None:
    watch = watching(1)
    came(watch, 1)
    report = watch.report(1.5)
    assert reports_in(["something else", line_of(report), ""]) == [report]
