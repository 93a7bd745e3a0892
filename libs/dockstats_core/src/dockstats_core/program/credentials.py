"""Whether a request has shown what a server asks for: a token as `Authorization: Bearer`, or a session's cookie.

Wrong tokens are throttled by address, also right ones of an address that guessed too often: a throttle that let the
right one pass would let it be guessed. A cookie cannot be guessed, and is always looked at.
Not here: the answers (program.gate), how a browser comes by its cookie (the dashboard's sign-in).
"""

from __future__ import annotations

import math
from typing import Literal, TypeAlias

from msgspec import Struct

from dockstats_core.program.sessions import Sessions
from dockstats_core.program.throttle import Throttle
from dockstats_core.program.tokens import Token

Verdict: TypeAlias = Literal["passed", "missing", "wrong", "throttled"]

_SCHEME = "bearer"


class Shown(Struct, frozen=True, kw_only=True):
    """What came of looking at a request; `wait_s` says when a throttled one may come again."""

    verdict: Verdict
    wait_s: int = 0
    worth_telling: bool = False  # in the log: not each of a thousand guesses


class Credentials:
    """Asks for one token, or for none.

    Args:
        token: None where whoever asks gets in.
        sessions: cookies that are as good as the token; None where there are no browsers to sign in.
        throttle: how often an address may be wrong.
    """

    def __init__(
        self, token: Token | None, *, sessions: Sessions | None = None, throttle: Throttle | None = None
    ) -> None:
        self.token = token
        self.sessions = sessions
        self._throttle = throttle or Throttle()

    def of_request(self, authorization: str | None, cookies: str | None, client: str, now: float) -> Shown:
        """The verdict about a request's headers; `client` is its address, `now` in Unix seconds."""
        if self.token is None:
            return Shown(verdict="passed")
        if self.sessions is not None and self.sessions.holds_until(cookies, now) is not None:
            return Shown(verdict="passed")
        scheme, _, offered = (authorization or "").partition(" ")
        if scheme.lower() != _SCHEME:
            return Shown(verdict="missing")
        return self.of_token(offered.strip(), client, now)

    def of_token(self, offered: str, client: str, now: float) -> Shown:
        """The verdict about a token that somebody at `client` says."""
        if self.token is None:
            return Shown(verdict="passed")
        wait_s = self._throttle.wait_s(client, now)
        if wait_s > 0:
            return Shown(verdict="throttled", wait_s=math.ceil(wait_s))
        if self.token.matches(offered):
            return Shown(verdict="passed")
        return Shown(verdict="wrong", worth_telling=self._throttle.fail(client, now))
