"""Glances: the monitor that many have on their machines already, here its containers plugin alone.

Called with its own default refresh of 2 s. All other plugins are off, and it prints instead of drawing, so it costs
less than in a terminal. It keeps one stats stream a container open, each in a thread, and asks for the list and every
container's record at each refresh. What it prints at a refresh counts as delivered, once a container with figures;
half of what the streams bring it throws away.
"""

from __future__ import annotations

import re
import time

from bench.contestants.contestant import Contestant, program
from bench.tally import Listener, Report, Tally

_WITH_FIGURES = re.compile(rb"'memory_usage': \d")


def printed() -> Listener:
    """Counts the containers with figures on each line, which is one refresh."""
    figures = 0

    def listen(line: bytes, tally: Tally) -> None:
        nonlocal figures
        if line.startswith(b"containers: "):
            containers = len(_WITH_FIGURES.findall(line))
            figures += containers
            now_s = time.monotonic()
            tally.add(Report(at_s=now_s, figures=figures, last_s=now_s, containers=containers))

    return listen


GLANCES = Contestant(
    key="glances",
    title="Glances, containers only",
    kind="others",
    needs=("glances", "docker", "dateutil"),
    command=[
        program("glances"),
        *("--disable-check-update", "--disable-plugin", "all", "--enable-plugin", "containers"),
        *("--stdout", "containers"),
    ],
    listener=printed,
)
