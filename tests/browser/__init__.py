"""A real Chromium at the page. A package, so that what it shares lives until its last test (conftest)."""
