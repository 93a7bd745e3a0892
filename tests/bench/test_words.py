from __future__ import annotations

import pytest

from bench.statistics import Spread
from bench.words import mebibytes, milliseconds, number, times, with_ends


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, "-"), (0.0, "0.00"), (1.234, "1.23"), (43.21, "43.2"), (1234.5, "1,234"), (-0.051, "-0.05")],
)
def test_numbers_have_few_digits(value: float | None, text: str) -> None:
    assert number(value) == text


def test_one_value_has_no_ends() -> None:
    assert with_ends(Spread(1.0, 1.0, 1.0, 1)) == "1.00"
    assert with_ends(Spread(1.0, 0.5, 2.0, 3)) == "1.00 (0.50-2.00)"
    assert with_ends(None) == "-"


@pytest.mark.parametrize(("seconds", "text"), [(None, "-"), (0.0042, "4.2 ms"), (0.25, "250 ms"), (1.5, "1,500 ms")])
def test_milliseconds(seconds: float | None, text: str) -> None:
    assert milliseconds(seconds) == text


def test_mebibytes() -> None:
    assert mebibytes(50 * 2**20) == "50.0 MiB"
    assert mebibytes(None) == "-"


@pytest.mark.parametrize(
    ("value", "of", "text"), [(80, 40, "2.0 times"), (1, 40, "1/40"), (10, 40, "1/4.0"), (0, 40, "-"), (1, 0, "-")]
)
def test_ratio_is_told_the_way_that_reads_better(value: float, of: float, text: str) -> None:
    assert times(value, of) == text
