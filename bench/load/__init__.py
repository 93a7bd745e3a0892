"""What dockstats holds: a thousand browsers, a hundred agents, a hundred dashboards: `uv run python -m bench.load`."""
