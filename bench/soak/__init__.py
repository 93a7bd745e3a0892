"""What dockstats keeps when it runs for long: `uv run python -m bench.soak`."""
