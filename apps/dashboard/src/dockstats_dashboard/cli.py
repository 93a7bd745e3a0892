"""`dockstats-dashboard`, in the checkout `uv run dashboard`.

Not here: the options (`program.options`), the app (app).
"""

from __future__ import annotations

from dockstats_core.program.command_line import parse_or_exit
from dockstats_core.program.running import run
from dockstats_dashboard.app import serve


def main() -> None:
    """Run the dashboard until a signal; exit code 0, or 2 where something about the start is wrong, told in a line."""
    run("dashboard", parse_or_exit("dashboard"), serve)
