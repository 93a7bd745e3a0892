"""Nobody watches: what the engine and its containers take anyway. All costs are told over this."""

from __future__ import annotations

from bench.contestants.contestant import Contestant

IDLE = Contestant(key="idle", title="nobody watches", kind="idle")
