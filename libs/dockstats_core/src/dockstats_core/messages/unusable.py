"""How much came from an agent that is none of its messages, or more than is read: counts since the start.

Not here: what is counted as which (`connection.machine`), who is told (`fleet`, the dashboard's log).
"""

from __future__ import annotations

from msgspec import Struct


class Unusable(Struct, frozen=True, kw_only=True, tag="unusable"):
    """How much came, since the start, that could not be used."""

    unknown_types: int = 0  # messages of types that a newer agent may send
    malformed: int = 0  # messages that are none of the protocol's
    binary: int = 0  # messages that are no text
    broken: int = 0  # connections ended because the other side broke the protocol or a bound
    held_back: int = 0  # times that reading waited, because more came than is read

    @property
    def total(self) -> int:
        """All of it but what only had to wait."""
        return self.unknown_types + self.malformed + self.binary + self.broken

    def newly(self, before: Unusable) -> list[str]:
        """What there is more of than `before`, as a newer agent's honest messages are not: ends a sentence."""
        return [
            what
            for what, count, known in (
                ("messages that are none of the protocol's", self.malformed, before.malformed),
                ("messages that are no text", self.binary, before.binary),
                ("more at a time than is read, so it has to wait", self.held_back, before.held_back),
            )
            if count > known
        ]
