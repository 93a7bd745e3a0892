"""`/api/agents`, `/api/history`, `/healthz`: what the dashboard knows, from memory and at once.

Not here: the live stream (stream); what is known (`dockstats_core.fleet`).
"""

from __future__ import annotations
