"""What the page costs the browser that shows it, in a real Chromium: `uv run python -m bench.page`."""
