from __future__ import annotations

from xml.etree import ElementTree

from bench.chart import chart
from tests.bench.measured import measurement, result, small_result

SVG = "{http://www.w3.org/2000/svg}"


def test_bars_are_as_long_as_what_they_stand_for() -> None:
    picture = ElementTree.fromstring(chart(small_result()))
    bars = [bar for bar in picture.iter(f"{SVG}rect") if float(bar.get("height", "0")) > 12]
    widths = [float(bar.get("width", "nan")) for bar in bars]
    docker_watcher, docker_engine, our_watcher, our_engine = widths
    assert abs(docker_engine / docker_watcher - 36.0 / 4.0) < 0.05
    assert abs(docker_watcher / our_watcher - 4.0 / 1.0) < 0.05
    assert our_engine == 0.0


def test_picture_follows_a_dark_theme_and_stays_small() -> None:
    text = chart(small_result())
    assert "prefers-color-scheme: dark" in text
    assert len(text) < 10_000
    assert "script" not in text


def test_cost_below_idle_has_an_empty_bar_and_its_true_number() -> None:
    text = chart(result(measurement("idle", engine=0.5), measurement("floor-500ms", watcher=0.1)))
    assert 'width="-' not in text
    assert "-4.00 %" in text


def test_run_that_measured_nothing_still_has_a_picture() -> None:
    ElementTree.fromstring(chart(result()))
