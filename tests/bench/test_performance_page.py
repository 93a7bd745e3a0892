from __future__ import annotations

import pytest

from bench.chart import chart
from bench.findings import read
from bench.options import RESULTS
from bench.page.findings import kept
from bench.performance_page import BEGIN, END, PAGE, with_page_table, with_tables
from tests.bench.measured import small_result


def test_tables_of_a_run_stand_between_the_marks_and_the_rest_stays() -> None:
    once = with_tables(f"before\n{BEGIN}an earlier run\n{END}after\n", small_result())
    assert once.startswith(f"before\n{BEGIN}")
    assert once.endswith(f"{END}after\n")
    assert "an earlier run" not in once
    assert "| docker stats |" in once
    assert with_tables(once, small_result()) == once


@pytest.mark.parametrize("page", ["", BEGIN, END, END + BEGIN])
def test_page_without_a_place_for_the_tables_is_refused(page: str) -> None:
    with pytest.raises(ValueError, match="no place for the tables"):
        with_tables(page, small_result())


def test_page_and_chart_show_the_run_whose_figures_are_kept() -> None:
    result = read(RESULTS / "results.json")
    page = PAGE.read_text(encoding="utf-8")
    assert with_tables(page, result) == page
    assert with_page_table(page, kept()) == page
    assert (RESULTS / "chart.svg").read_text(encoding="utf-8") == chart(result)
