"""Each load really runs, in small and for a moment: that it measures, not how fast anything is."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from bench.load.__main__ import LOADS, main
from bench.load.findings import Held, kept
from bench.load.scenarios import Size

SMALL = Size(
    browsers=12,
    silent=2,
    agents=1,
    many_agents=3,
    dashboards=4,
    containers=5,
    few_browsers=2,
    settle_s=0.0,
    span_s=1.5,
    filling_s=0.0,
)


@pytest.mark.parametrize(("name", "readers"), [("browsers", 10), ("agents", 2), ("dashboards", 4)])
async def test_load_comes_to_every_reader_and_is_measured(name: str, readers: int) -> None:
    load: Callable[[Size], Awaitable[Held]] = LOADS[name]
    found = await load(SMALL)
    assert found.key == name
    assert not found.full
    assert found.readers == found.readers_wanted == readers
    assert found.batches >= readers
    assert found.delays is not None
    assert 0 < found.delays.median_ms <= found.delays.p99_ms <= found.delays.longest_ms
    assert found.cpu_pct > 0
    assert found.peak_rss_bytes > 10_000_000
    assert found.seconds >= 1.5
    if name == "agents":
        assert found.history_bytes is not None
        assert 0 < found.history_bytes < (found.history_may_be_bytes or 0)
    if name == "browsers":
        assert found.silent == found.silent_left == 2  # a minute has not passed


def test_help_tells_the_exit_code(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    assert "exit code 3 if a figure is over its bound" in capsys.readouterr().out


def test_load_that_is_none_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--only", "everything", "--out", str(tmp_path / "load.json")])
    assert "invalid choice" in capsys.readouterr().err
    with pytest.raises(FileNotFoundError):
        kept(tmp_path / "load.json")
