"""`docker stats`: what people type first.

Called as they do, without arguments: every running container, the table painted anew twice a second. It keeps one stats
stream a container open. What it paints is not what it gets (it repeats figures), so figures are counted by the bytes
that it reads from the engine: `/proc/<pid>/io` counts them, over the size of one frame of the same engine.
"""

from __future__ import annotations

import re

from bench.contestants.contestant import Contestant
from bench.tally import Listener, Report, Tally

_ROW = re.compile(rb"([0-9a-f]{12})\s+\S+\s+(\d+\.\d+)%")


def painted() -> Listener:
    """Counts the containers that it shows with figures; their number of paintings is no figure of ours."""
    shown: set[bytes] = set()

    def listen(line: bytes, tally: Tally) -> None:
        row = _ROW.search(line)
        if row is not None and row[1] not in shown:
            shown.add(row[1])
            tally.add(Report(at_s=0.0, figures=0, containers=len(shown)))

    return listen


DOCKER_STATS = Contestant(
    key="docker-stats",
    title="docker stats",
    kind="others",
    command=["docker", "stats"],
    listener=painted,
    reads_frames=True,
)
