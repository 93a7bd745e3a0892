"""`--demo`: a fleet of simulated hosts, so that a laptop without Docker shows the product too.

Every figure is made up, and says so: the source of each batch is `simulated`, and the page labels it.
Not here: how containers are made up (`dockstats_core.simulation`).
"""

from __future__ import annotations

from collections.abc import Mapping

from dockstats_core.feeds.local import LocalFeed
from dockstats_core.messages.stream import AgentEntry

HOSTS = {"atlas": 0, "borea": 29, "cirrus": 17}
"""With their seeds: on borea a container runs out of memory within the first minute, cirrus has too few cores."""

CONTAINERS = 40


def demo_fleet() -> tuple[list[AgentEntry], Mapping[str, LocalFeed]]:
    """The simulated hosts and their feeds."""
    entries = [AgentEntry(id=name, label=name, url="") for name in HOSTS]
    feeds = {
        name: LocalFeed(
            source="simulated",
            simulated_containers=CONTAINERS,
            simulation_seed=seed,
            host_label=name,
            agent_id=name,
        )
        for name, seed in HOSTS.items()
    }
    return entries, feeds
