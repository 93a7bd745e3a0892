from __future__ import annotations

import subprocess
import sys


def answer(script: str) -> list[str]:
    """What an interpreter of its own prints."""
    return subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout.split()


def test_httpx_comes_without_what_only_its_command_line_needs() -> None:
    script = (
        "import sys; from dockstats_core.program.lean import leave_out_httpx_command_line; "
        "leave_out_httpx_command_line(); import httpx; httpx.AsyncClient(); "
        "print(*{'click', 'rich', 'pygments'} & sys.modules.keys())"
    )
    assert answer(script) == []


def test_httpx_that_is_loaded_already_stays_as_it_is() -> None:
    script = (
        "import httpx, sys; before = sys.modules.get('httpx._main'); "
        "from dockstats_core.program.lean import leave_out_httpx_command_line; leave_out_httpx_command_line(); "
        "print(before is not None and sys.modules['httpx._main'] is before)"
    )
    assert answer(script) == ["True"]
