"""A host as it was at one instant: the newest points by then."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from dockstats_core.history.columns import CONTAINER_COLUMNS, HOST_COLUMNS
from dockstats_core.history.moments import Point, moment_of
from dockstats_core.history.series import Series


def series(*points: tuple[float, float | None], width: int = len(CONTAINER_COLUMNS)) -> Series:
    """One figure a point, in blocks of three."""
    made = Series(width)
    for at, figure in points:
        new_block = made.needs_block(at, block_s=60.0, block_points=3)
        made.append(at, (figure, *(None,) * (width - 1)), new_block=new_block)
    return made


def test_figures_are_told_as_in_an_answer() -> None:
    moment = moment_of(
        {None: series((1.0, 80.1), width=len(HOST_COLUMNS)), "c1": series((1.5, 12.3))}, at=2.0, within_s=3.0
    )
    assert moment.host is not None
    assert (moment.host.at, moment.host.figures) == (1.0, (80.1, *(None,) * (len(HOST_COLUMNS) - 1)))
    point = moment.containers["c1"]
    assert (point.at, point.figures) == (1.5, (12.3, *(None,) * (len(CONTAINER_COLUMNS) - 1)))


def test_container_whose_last_point_was_too_long_before_is_not_there() -> None:
    host: dict[str | None, Series] = {
        "stopped": series((1.0, 1.0)),
        "runs": series((1.0, 1.0), (7.5, 2.0)),
        "later": series((9.0, 1.0)),
    }
    assert set(moment_of(host, at=8.0, within_s=3.0).containers) == {"runs"}
    assert set(moment_of(host, at=8.0, within_s=7.0).containers) == {"runs", "stopped"}
    assert moment_of(host, at=8.0, within_s=7.0).host is None


times = st.sets(st.integers(0, 60)).map(sorted)


@given(st.dictionaries(st.none() | st.sampled_from(["c1", "c2", "c3"]), times), st.integers(-5, 70), st.integers(0, 30))
def test_moment_is_what_a_scan_of_all_points_finds(story: dict[str | None, list[int]], at: int, within_s: int) -> None:
    host = {
        container: series(
            *[(float(time), time * 2) for time in of_one],
            width=len(HOST_COLUMNS if container is None else CONTAINER_COLUMNS),
        )
        for container, of_one in story.items()
    }
    scanned = {
        container: max(near)
        for container, of_one in story.items()
        if (near := [time for time in of_one if at - within_s <= time <= at])
    }
    moment = moment_of(host, float(at), float(within_s))
    points: dict[str | None, Point] = {} if moment.host is None else {None: moment.host}
    points.update(moment.containers.items())
    assert {container: point.at for container, point in points.items()} == scanned
    assert all(point.figures[0] == point.at * 2 for point in points.values())
