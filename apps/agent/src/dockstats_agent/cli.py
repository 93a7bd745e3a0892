"""`dockstats-agent`, in the checkout `uv run agent`.

Not here: the options (`program.options`), the app (app).
"""

from __future__ import annotations

from dockstats_agent.app import serve
from dockstats_core.program.command_line import parse_or_exit
from dockstats_core.program.running import run


def main() -> None:
    """Run the agent until a signal; exit code 0, or 2 where something about the start is wrong, told in a line."""
    run("agent", parse_or_exit("agent"), serve)
