"""The tables of kernel files: each figure has one file, and a fall-back its better one."""

from __future__ import annotations

import pytest

from dockstats_core.sources.cgroup.kernel_files import PRESSURE_FILES, V1_FILES, V2_FILES, KernelFile
from dockstats_core.sources.cgroup.layout import V1_CONTROLLERS


@pytest.mark.parametrize("files", [V1_FILES, V2_FILES, PRESSURE_FILES])
def test_table_of_files_names_each_once(files: tuple[KernelFile, ...]) -> None:
    names = [(file.controller, file.name) for file in files]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("files", [V1_FILES, V2_FILES, PRESSURE_FILES])
def test_fall_back_follows_a_file_of_the_same_controller_and_parser(files: tuple[KernelFile, ...]) -> None:
    seen: dict[str, KernelFile] = {}
    for file in files:
        if file.instead_of is not None:
            better = seen[file.instead_of]
            assert (better.controller, better.parse) == (file.controller, file.parse)
        seen[file.name] = file


def test_v1_has_files_of_every_controller_and_v2_of_the_unified_tree_only() -> None:
    assert {file.controller for file in V1_FILES} == set(V1_CONTROLLERS)
    assert {file.controller for file in (*V2_FILES, *PRESSURE_FILES)} == {"unified"}


def test_only_limits_are_read_seldom() -> None:
    seldom = {file.name for file in (*V1_FILES, *V2_FILES, *PRESSURE_FILES) if file.pace == "seldom"}
    assert seldom == {"memory.max", "memory.limit_in_bytes", "pids.max"}
