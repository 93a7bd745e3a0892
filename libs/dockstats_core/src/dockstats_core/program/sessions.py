"""Cookies that stand for a token: a browser shows one with every request, and can neither read nor make one.

A cookie says until when it holds, signed with a key made from the token. So nothing is kept here, a restart signs
nobody out, and another token signs everybody out. Pure: the time is an argument.
Not here: who gets one (program.credentials), the answer that sets it (the dashboard's sign-in).
"""

from __future__ import annotations

import hmac
import re

from dockstats_core.program.tokens import Token

LIFETIME_S = 30 * 86_400
"""Seconds from sign-in until a person has to sign in again: a page on a wall stays for weeks."""

_COOKIE = re.compile(r"([0-9]{1,12})\.([0-9a-f]{64})\Z")


class Sessions:
    """Makes and checks them; `name` tells the cookies of several dashboards of one host apart, as ports do not."""

    def __init__(self, token: Token, name: str, *, lifetime_s: int = LIFETIME_S) -> None:
        self.name = name
        self.lifetime_s = lifetime_s
        self._key = token.key_for(b"session " + name.encode())

    def begin(self, now: float) -> str:
        """Value of a cookie that holds from `now` on (Unix seconds)."""
        until = str(int(now) + self.lifetime_s)
        return f"{until}.{self._signature(until)}"

    def holds_until(self, cookies: str | None, now: float) -> int | None:
        """Unix seconds; None where the Cookie header has none of ours that holds at `now`."""
        for cookie in (cookies or "").split(";"):
            name, _, value = cookie.strip().partition("=")
            found = _COOKIE.match(value) if name == self.name else None
            if found is None or not hmac.compare_digest(found[2], self._signature(found[1])):
                continue
            if now < int(found[1]):
                return int(found[1])
        return None

    def _signature(self, until: str) -> str:
        return hmac.digest(self._key, until.encode(), "sha256").hex()
