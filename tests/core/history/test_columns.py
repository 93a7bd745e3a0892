"""Which figures of a batch become points, which batches say nothing new, and how figures are told."""

from __future__ import annotations

from math import inf, nan
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from dockstats_core.history.columns import (
    CONTAINER_COLUMNS,
    HOST_COLUMNS,
    Column,
    Row,
    UnknownColumnError,
    chosen,
    container_rows,
    host_row,
    shown,
    shown_row,
)
from dockstats_core.messages.agent import AgentMetrics, ContainerSample, ContainerStatsBatch, HostFigures, Pressure
from dockstats_core.messages.stream import ColumnName
from tests.builders import batch, container_id


def sample(number: int = 1, **figures: object) -> ContainerSample:
    return ContainerSample(id=container_id(number), name=f"web-{number}", **figures)  # type: ignore[arg-type]


def told(row: Row | None, columns: tuple[object, ...] = HOST_COLUMNS) -> dict[str, float | None]:
    """A row by its columns' names."""
    assert row is not None
    return dict(zip((getattr(column, "name", "") for column in columns), row, strict=True))


def host(stats: ContainerStatsBatch) -> dict[str, float | None] | None:
    row = host_row(stats, container_rows(stats))
    return None if row is None else told(row)


def test_columns_of_a_container_have_the_names_of_the_streams() -> None:
    """A page appends live batches to the history it fetched, by name."""
    assert {column.name for column in CONTAINER_COLUMNS} <= set(get_args(ColumnName))


def test_columns_of_a_host_are_a_containers_and_how_many_there_are() -> None:
    names = {column.name for column in HOST_COLUMNS}
    assert names - {column.name for column in CONTAINER_COLUMNS} == {"containers"}


def test_row_of_a_container_has_its_figures_and_none_for_what_is_not_known() -> None:
    figures = sample(
        cpu_pct=12.5,
        mem_bytes=2**30,
        mem_anon_bytes=2**29,
        net_rx_bytes_per_sec=1.5,
        pids=7,
        cpu_pressure=Pressure(some_pct=38.2, full_pct=1.0),
        io_pressure=Pressure(),
    )
    (row,) = container_rows(batch(containers=[figures])).values()
    known = {
        "cpu_pct": 12.5,
        "mem_bytes": 2**30,
        "mem_anon_bytes": 2**29,
        "net_rx_bytes_per_sec": 1.5,
        "pids": 7,
        "cpu_pressure_pct": 38.2,
    }
    assert told(row, CONTAINER_COLUMNS) == {column.name: known.get(column.name) for column in CONTAINER_COLUMNS}


@pytest.mark.parametrize("resource", ["cpu", "mem", "io"])
def test_each_pressure_has_its_own_column(resource: str) -> None:
    pressure: dict[str, Any] = {f"{resource}_pressure": Pressure(some_pct=5.0)}
    stats = structs.replace(
        batch(containers=[sample(**pressure)]), host=structs.replace(HostFigures(basis="host"), **pressure)
    )
    (row,) = container_rows(stats).values()
    for known in (told(row, CONTAINER_COLUMNS), told(host_row(stats, {}))):
        assert {name for name, figure in known.items() if figure is not None} == {f"{resource}_pressure_pct"}


def test_zero_is_a_figure() -> None:
    assert container_rows(batch(containers=[sample(cpu_pct=0.0)]))


def test_stale_sample_and_one_without_figures_are_no_points() -> None:
    stats = batch(containers=[sample(1, cpu_pct=1.0, stale=True), sample(2), sample(3, cpu_pct=3.0)])
    assert set(container_rows(stats)) == {container_id(3)}


def test_hosts_own_cpu_and_memory_come_before_its_containers_sum() -> None:
    stats = structs.replace(
        batch(containers=[sample(cpu_pct=1.0)]),
        host=HostFigures(basis="host", cpu_pct=80.0, mem_used_bytes=8),
        agent_metrics=AgentMetrics(cpu_pct=1.0, mem_bytes=2),
    )
    row = host(stats)
    assert row is not None
    assert (row["cpu_pct"], row["mem_bytes"], row["containers"]) == (80.0, 8, 1)


def test_hosts_own_figure_that_could_not_be_read_is_not_replaced_by_the_sum() -> None:
    stats = structs.replace(
        batch(containers=[sample(cpu_pct=1.0)]),
        host=HostFigures(basis="host"),
        agent_metrics=AgentMetrics(cpu_pct=1.0, mem_bytes=2),
    )
    row = host(stats)
    assert row is not None
    assert (row["cpu_pct"], row["mem_bytes"], row["containers"]) == (None, None, 1)


def test_remote_hosts_cpu_and_memory_are_its_containers_sum() -> None:
    stats = structs.replace(
        batch(containers=[sample(cpu_pct=1.0)]), agent_metrics=AgentMetrics(cpu_pct=1.0, mem_bytes=2)
    )
    row = host(stats)
    assert row is not None
    assert (row["cpu_pct"], row["mem_bytes"]) == (1.0, 2)


def test_rates_of_a_host_are_summed_over_those_that_are_known() -> None:
    stats = batch(
        containers=[
            sample(1, net_rx_bytes_per_sec=1.0),
            sample(2, net_rx_bytes_per_sec=2.0, block_read_bytes_per_sec=0.0),
            sample(3, net_rx_bytes_per_sec=100.0, stale=True),
        ]
    )
    row = host(stats)
    assert row is not None
    assert (row["net_rx_bytes_per_sec"], row["net_tx_bytes_per_sec"]) == (3.0, None)
    assert (row["block_read_bytes_per_sec"], row["containers"]) == (0.0, 3)


def test_host_without_containers_has_none_and_that_is_known() -> None:
    row = host(batch())
    assert row is not None
    assert row["containers"] == 0


def test_host_of_which_nothing_new_is_known_has_no_point() -> None:
    assert host(batch(containers=[sample(cpu_pct=1.0, stale=True)])) is None


def test_host_measured_while_its_engine_is_silent_has_its_own_figures_only() -> None:
    stats = structs.replace(
        batch(containers=[sample(cpu_pct=1.0, stale=True)]), host=HostFigures(basis="host", cpu_pct=5.0)
    )
    row = host(stats)
    assert row is not None
    assert (row["cpu_pct"], row["containers"]) == (5.0, None)


# --- Telling --------------------------------------------------------------------------------------------------------


def test_columns_are_chosen_by_name_in_the_order_asked_for() -> None:
    columns = (Column("a"), Column("b"), Column("c"))
    assert list(chosen(columns, ["c", "a", "c"]).items()) == [(2, Column("c")), (0, Column("a"))]
    assert list(chosen(columns, None).values()) == list(columns)
    assert chosen(columns, []) == {}


def test_name_that_is_no_columns_is_refused_with_those_that_are() -> None:
    with pytest.raises(UnknownColumnError, match="no column is called 'cpu'; there are cpu_pct, mem_bytes, "):
        chosen(CONTAINER_COLUMNS, ["mem_bytes", "cpu"])
    with pytest.raises(UnknownColumnError) as refused:
        chosen(HOST_COLUMNS, ["x" * 100_000])
    assert len(str(refused.value)) < 500


@given(st.sampled_from([0, 1, 3]), st.lists(st.floats(0, 2**40, width=32)))
def test_figures_are_told_with_their_columns_decimals(decimals: int, figures: list[float]) -> None:
    told_figures = [figure for figure in shown(Column("some", decimals), figures) if figure is not None]
    assert told_figures == pytest.approx(figures, abs=0.51 * 10**-decimals)
    assert all(isinstance(figure, int if decimals == 0 else float) for figure in told_figures)
    assert all(float(f"{figure:.{decimals}f}") == figure for figure in told_figures)


@given(st.sampled_from([0, 1, 3]), st.lists(st.floats(0, 2**40, width=32) | st.sampled_from([nan, inf, -inf])))
def test_figures_are_told_alike_alone_in_a_row_and_beside_unknown_ones(decimals: int, figures: list[float]) -> None:
    column = Column("some", decimals)
    alone = [shown(column, [figure])[0] for figure in figures]
    assert shown(column, figures) == list(shown_row([column] * len(figures), figures)) == alone
    assert alone.count(None) == sum(figure - figure != 0 for figure in figures)
