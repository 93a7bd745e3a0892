"""What every error says to a person: one line of bounded length.

Not here: which error it should be.
"""

from __future__ import annotations


def assert_is_a_sentence(error: Exception, *, most: int, hides: str | None = None) -> None:
    """One printable line of fewer than `most` characters, without what it has to hide."""
    said = str(error)
    assert len(said) < most, said
    assert said.isprintable(), said
    assert hides is None or hides not in said, said
