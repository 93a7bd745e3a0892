"""The names of counters: each is a field of a Reading, so that a Reading is made of them as they are."""

from __future__ import annotations

from typing import get_args

from dockstats_core.readings import Reading
from dockstats_core.sources.cgroup.counters import Counters, Number, Pressure


def test_counters_are_fields_of_a_reading() -> None:
    assert set(Counters.__annotations__) <= set(Reading.__struct_fields__)


def test_counters_are_all_the_numbers_and_pressures() -> None:
    assert set(Counters.__annotations__) == set(get_args(Number)) | set(get_args(Pressure))
