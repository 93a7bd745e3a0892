"""`steadiness`: nothing for what is steady, and less the more figures there are."""

from __future__ import annotations

import pytest

from tests.engine.steadiness import uncertainty


def test_steady_figures_leave_no_room() -> None:
    assert uncertainty([40.0, 40.0, 40.0]) == 0
    assert uncertainty([40.0]) == uncertainty([None]) == 0


def test_room_is_twice_the_standard_error() -> None:
    assert uncertainty([20.0, 40.0]) == pytest.approx(20.0)
    assert uncertainty([20.0, None, 40.0] * 50) == pytest.approx(2.0, rel=0.01)
