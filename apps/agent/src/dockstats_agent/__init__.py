"""Samples one Docker host and serves it over WebSocket."""
