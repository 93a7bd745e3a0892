"""The dockstats agent as it runs, with one client in a process of its own.

The process that is measured is `dockstats-agent`, started as anybody would; its client (`bench.client`) is told apart
and not counted, as the terminal of `docker stats` is not. A source that may not ask as often as told (the duty budget)
says which interval it uses instead; that stands in the table. Not here: which agents take part; each source has a file.
"""

from __future__ import annotations

from bench.contestants.contestant import Contestant, program


def agent(source: str, interval: str) -> Contestant:
    """The agent with this source, asked to sample every `interval`."""
    return Contestant(
        key=f"agent-{source}-{interval}",
        title=f"dockstats, {source} at {interval}",
        kind="ours",
        serves=True,
        command=[
            program("dockstats-agent"),
            *("--listen", "127.0.0.1:0", "--source", source, "--poll-interval", interval),
        ],
    )
