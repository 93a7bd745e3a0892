from __future__ import annotations

import pytest

from bench.chart import chart
from bench.findings import read
from bench.load import findings as load
from bench.options import RESULTS
from bench.page.findings import kept
from bench.performance_page import (
    BEGIN,
    BEGIN_LOAD,
    BEGIN_SOAK,
    END,
    PAGE,
    with_load_table,
    with_page_table,
    with_soak_table,
    with_tables,
)
from bench.soak import findings as soak
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


def test_page_shows_what_was_held_and_kept_in_the_runs_whose_figures_are_kept() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert with_load_table(page, load.kept()) == page
    assert with_soak_table(page, soak.kept()) == page


def test_page_has_a_place_for_what_is_held_and_kept() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert page.index(BEGIN_LOAD) < page.index(BEGIN_SOAK)
