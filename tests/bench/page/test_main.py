"""How a run of the page's bench ends. Not here: the bounds (test_table)."""

from __future__ import annotations

import pytest

from bench.page.__main__ import main, told
from tests.bench.page.measured import drawing, result


def test_run_within_its_bounds_ends_with_0(capsys: pytest.CaptureFixture[str]) -> None:
    assert told(result(drawing())) == 0
    assert "| over |" not in capsys.readouterr().out


def test_run_with_a_figure_over_its_bound_says_which_and_ends_with_3(capsys: pytest.CaptureFixture[str]) -> None:
    assert told(result(drawing(update_median_ms=6.5))) == 3
    assert "main thread per update, median | 6.00 ms | 6.50 ms | over |" in capsys.readouterr().out


def test_help_tells_the_exit_code(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("sys.argv", ["bench.page", "--help"])
    with pytest.raises(SystemExit):
        main()
    assert "exit code 3 if a figure is over its bound" in capsys.readouterr().out
