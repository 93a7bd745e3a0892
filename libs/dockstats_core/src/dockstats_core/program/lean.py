"""What a program leaves out of a library that it loads.

Where rich, click and pygments are installed, as they are with Litestar, httpx loads them for a command line of its own:
an eighth of the time in which a program starts, and 3 MiB of its memory (measured).
Not here: a script's own httpx, which is left as it is.
"""

from __future__ import annotations

import sys

COMMAND_LINE = "httpx._main"
"""httpx does without it, as where click is not installed."""


def leave_out_httpx_command_line() -> None:
    """Import httpx without its command line, where it is not imported yet."""
    sys.modules.setdefault(COMMAND_LINE, None)  # type: ignore[arg-type]  # None: importing it is an ImportError
