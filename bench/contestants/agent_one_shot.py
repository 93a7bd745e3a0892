"""Our agent on the engine's one-shot calls: what it does with newer engines that are not on this machine.

Engines before 25 (and 23.0.8, 24.0.7) answer such a call at their own pace of a second or two.
"""

from __future__ import annotations

from bench.contestants.agent import agent

ONE_SHOT = agent("one-shot", "500ms")
