"""Merges every agent into one live stream and serves the page that draws it."""
