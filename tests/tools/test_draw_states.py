from __future__ import annotations

from pathlib import Path

import pytest

from dockstats_core.connection.states import TABLE
from tools.draw_states import TARGET, diagram, drawn_into, main

DOOR = {"open": {"shut": "closed"}, "closed": {"open": "open", "lock": "locked"}, "locked": {}}
DRAWN = """\
    open   -- shut --> closed
    closed -- open --> open
           -- lock --> locked
"""


def test_a_diagram_has_one_line_a_step_and_none_for_an_end() -> None:
    assert diagram(DOOR) == DRAWN


def test_shorter_steps_get_longer_arrows() -> None:
    assert diagram({"a": {"stop": "b"}, "long": {"go": "a"}}) == "    a    -- stop --> b\n    long -- go ----> a\n"


def test_drawing_into_a_source_replaces_its_diagram_and_nothing_else() -> None:
    source = f'"""A door.\n\n{DRAWN}\nNot here: windows.\n"""\n\nx = 1\n'
    door = {**DOOR, "locked": {"unlock": "closed"}}
    assert drawn_into(source, door) == source.replace(DRAWN, diagram(door))


def test_a_source_without_a_place_for_the_diagram_is_refused() -> None:
    with pytest.raises(ValueError, match="exactly one diagram"):
        drawn_into('"""No diagram."""\n', DOOR)


def test_write_puts_the_diagram_into_the_file_it_is_given(tmp_path: Path) -> None:
    copy = tmp_path / "machine.py"
    copy.write_text(f'"""The machine:\n\n{DRAWN}"""\n')
    assert main(["--write"], copy) == 0
    assert diagram(TABLE) in copy.read_text()


def test_without_write_it_prints_and_changes_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    before = TARGET.read_bytes()
    assert main([]) == 0
    assert capsys.readouterr().out == diagram(TABLE)
    assert TARGET.read_bytes() == before
