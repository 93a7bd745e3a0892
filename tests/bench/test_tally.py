from __future__ import annotations

import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.tally import Report, Reporter, Tally, reports


def tally_of(*reported: tuple[float, int, float]) -> Tally:
    """When it was reported, how many figures there were, and when the last one had come."""
    tally = Tally()
    for at_s, figures, last_s in reported:
        tally.add(Report(at_s=at_s, figures=figures, last_s=last_s, containers=10))
    return tally


def test_rate_counts_from_delivery_to_delivery() -> None:
    tally = tally_of((0.0, 0, 0.0), (1.0, 50, 0.8), (2.0, 70, 1.9), (4.0, 110, 3.9), (9.0, 1000, 8.0))
    assert tally.per_s(0.5, 5.0) == pytest.approx((110 - 50) / (3.9 - 0.8))


@given(st.floats(min_value=0.0, max_value=3.0), st.floats(min_value=4.0, max_value=20.0))
def test_rate_of_bursts_does_not_depend_on_where_the_span_begins(began_s: float, span_s: float) -> None:
    reports_at = [number / 2 for number in range(60)]  # a burst of 20 at every full second
    tally = tally_of(*((at_s, 20 * int(at_s), float(int(at_s))) for at_s in reports_at))
    assert tally.per_s(began_s, began_s + span_s) == pytest.approx(20.0)


@pytest.mark.parametrize(
    "reported", [(), ((1.0, 10, 0.9),), ((1.0, 10, 0.9), (2.0, 10, 0.9)), ((0.0, 0, 0.0), (9.0, 5, 8.0))]
)
def test_rate_of_fewer_than_two_deliveries_in_the_span_is_unknown(
    reported: tuple[tuple[float, int, float], ...],
) -> None:
    assert tally_of(*reported).per_s(0.5, 5.0) is None


def test_ages_are_those_reported_in_the_span() -> None:
    tally = Tally()
    for at_s, ages in ((1.0, [0.1]), (2.0, [0.2, 0.3]), (3.0, [0.4])):
        tally.add(Report(at_s=at_s, figures=1, containers=1, ages_s=ages))
    assert tally.ages_s(1.5, 3.0) == [0.2, 0.3, 0.4]


def test_interval_is_the_median_of_what_was_told_in_the_span() -> None:
    tally = Tally()
    for at_s, interval_s in ((1.0, 9.0), (2.0, 0.5), (3.0, None), (4.0, 0.5), (5.0, 5.0)):
        tally.add(Report(at_s=at_s, figures=1, containers=1, interval_s=interval_s))
    assert tally.interval_s(1.5, 9.0) == 0.5
    assert tally.interval_s(2.5, 3.5) is None


def test_what_a_reporter_prints_is_what_a_tally_understands(capsys: pytest.CaptureFixture[str]) -> None:
    reporter = Reporter(every_s=0.0)
    reporter.delivered([0.1, 0.2])
    reporter.report(2, interval_s=1.0)
    reporter.delivered([0.3])
    reporter.report(3)
    tally, listen = Tally(), reports()
    for line in capsys.readouterr().out.splitlines():
        listen(line.encode(), tally)
    assert tally.per_s(0.0, float("inf")) is not None  # the second one came later
    assert tally.containers == 3
    assert tally.ages_s(0.0, float("inf")) == [0.1, 0.2, 0.3]


def test_reporter_stays_silent_until_its_time_has_come(capsys: pytest.CaptureFixture[str]) -> None:
    reporter = Reporter(every_s=3600.0)
    reporter.report(1)
    reporter.delivered([0.1])
    reporter.report(1)
    (line,) = capsys.readouterr().out.splitlines()
    assert json.loads(line)["figures"] == 0


def test_line_that_is_no_report_is_an_error() -> None:
    with pytest.raises(msgspec.DecodeError):
        reports()(b"Traceback (most recent call last):", Tally())
