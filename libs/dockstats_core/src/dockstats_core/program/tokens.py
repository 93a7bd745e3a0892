"""A shared secret: known to a server and to whoever may ask it, and shown to nobody.

Not here: where it is configured (program.settings), who has to show it (program.credentials).
"""

from __future__ import annotations

import hmac
import re
from pathlib import Path

from dockstats_core.errors import ConfigurationError

MAX_TOKEN = 512
"""Longest token, in characters."""

SHORT_TOKEN = 16
"""Shorter ones can be guessed, which is told; `openssl rand -hex 32` makes a good one."""

_TOKEN = re.compile(r"[!-~]+\Z")  # what an HTTP header can carry as it is, without blanks
_MAX_FILE_BYTES = 4096


class Token:
    """One secret. Neither its repr nor any encoder shows it; equal where the secrets are."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def matches(self, offered: str) -> bool:
        """Whether `offered` is it, in a time that does not depend on how much of it is right."""
        return hmac.compare_digest(self._value.encode(), offered.encode("utf-8", "surrogateescape"))

    @property
    def authorization(self) -> str:
        """Value of the Authorization header that shows it (RFC 6750)."""
        return f"Bearer {self._value}"

    @property
    def is_short(self) -> bool:
        """Whether it could be guessed."""
        return len(self._value) < SHORT_TOKEN

    def key_for(self, purpose: bytes) -> bytes:
        """32 bytes that only who knows the token can make, others for each purpose."""
        return hmac.digest(self._value.encode(), b"dockstats " + purpose, "sha256")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Token) and self.matches(other._value)

    def __hash__(self) -> int:
        return hash(self.key_for(b"hash"))

    def __repr__(self) -> str:
        return "Token(…)"


def parse_token(text: str) -> Token | None:
    """The token that `text` is; None where it is blank.

    Raises:
        ConfigurationError: it cannot be one. The sentence does not repeat it.
    """
    value = text.strip()
    if not value:
        return None
    if len(value) > MAX_TOKEN or not _TOKEN.match(value):
        raise ConfigurationError(
            f"this token (not shown) is not usable: it should be one word of at most {MAX_TOKEN} letters, digits and "
            "signs of ASCII, as `openssl rand -hex 32` prints it"
        )
    return Token(value)


def token_in_file(path: str) -> Token | None:
    """The token that a file holds, blanks and ends of lines round it left out; None for a blank path.

    Raises:
        ConfigurationError: there is no such file, it cannot be read, or it holds no token.
    """
    name = path.strip()
    if not name:
        return None
    try:
        with Path(name).open("rb") as file:
            held = file.read(_MAX_FILE_BYTES + 1)
    except OSError as error:
        why = (error.strerror or type(error).__name__).lower()
        raise ConfigurationError(
            f"cannot read the token in {name!r}: {why}; it should be a file that this user may read"
        ) from error
    token = parse_token(held.decode("latin-1")) if len(held) <= _MAX_FILE_BYTES else None
    if token is None:
        what = "is empty" if len(held) <= _MAX_FILE_BYTES else f"has more than {_MAX_FILE_BYTES} bytes"
        raise ConfigurationError(f"the token file {name!r} {what}; it should hold the token and nothing else")
    return token
