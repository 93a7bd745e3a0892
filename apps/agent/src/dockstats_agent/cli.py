"""`dockstats-agent`, in the checkout `uv run agent`.

Not here: the options (`program.options`), the app (app), the health check (`program.healthcheck`).
"""

from __future__ import annotations

import contextlib
import os
import signal


def main() -> None:
    """Run the agent until a signal; exit code 0, or 2 where something about the start is wrong, told in a line.

    With `healthcheck` as its first argument it asks the running one instead: 0 where it is well, else 1.
    """
    # First of all, as process 1 of a container has no default action: a stop while the rest is loaded would be lost.
    signal.signal(signal.SIGTERM, _leave)
    signal.signal(signal.SIGINT, _leave)
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # as nohup has it
        signal.signal(signal.SIGHUP, lambda *_: None)  # nothing is there yet that could be read again
    from dockstats_core.program.healthcheck import leave_if_asked

    leave_if_asked("agent")
    # After it, as the health check starts often and needs none of these.
    from dockstats_core.program.lean import leave_out_httpx_command_line

    leave_out_httpx_command_line()
    from dockstats_agent.app import serve
    from dockstats_core.program.command_line import parse_or_exit
    from dockstats_core.program.running import run

    run("agent", parse_or_exit("agent"), serve)


def _leave(*_: object) -> None:
    """There is nothing yet that would have to be ended, and an exception would hit what is half loaded."""
    with contextlib.suppress(OSError):
        os.write(2, b"dockstats-agent: stopped while it was loading\n")
    os._exit(0)
