"""Who shows the token or a session's cookie passes; who guesses is slowed down, and nobody else is."""

from __future__ import annotations

import pytest

from dockstats_core.program.credentials import Credentials, Verdict
from dockstats_core.program.sessions import Sessions
from dockstats_core.program.throttle import Throttle, ThrottleLimits
from dockstats_core.program.tokens import Token

NOW = 1_800_000_000.0
TOKEN = Token("secret")
HERE, THERE = "10.0.0.7", "10.0.0.8"


def asking(*, failures: int = 2) -> Credentials:
    throttle = Throttle(ThrottleLimits(failures=failures))
    return Credentials(TOKEN, sessions=Sessions(TOKEN, "d"), throttle=throttle)


@pytest.mark.parametrize(
    ("authorization", "verdict"),
    [
        ("Bearer secret", "passed"),
        ("bearer  secret ", "passed"),
        ("Bearer Secret", "wrong"),
        ("Bearer", "wrong"),
        ("Basic c2VjcmV0", "missing"),
        ("secret", "missing"),
        ("", "missing"),
        (None, "missing"),
    ],
)
def test_token_is_taken_as_a_bearers(authorization: str | None, verdict: Verdict) -> None:
    assert asking().of_request(authorization, None, HERE, NOW).verdict == verdict


def test_where_no_token_is_asked_for_everyone_passes() -> None:
    assert Credentials(None).of_request(None, None, HERE, NOW).verdict == "passed"
    assert Credentials(None).of_token("whatever", HERE, NOW).verdict == "passed"


def test_cookie_of_a_session_is_as_good_as_the_token() -> None:
    cookie = f"d={Sessions(TOKEN, 'd').begin(NOW)}"
    assert asking().of_request(None, cookie, HERE, NOW).verdict == "passed"
    assert Credentials(TOKEN).of_request(None, cookie, HERE, NOW).verdict == "missing"


def test_after_too_many_wrong_ones_not_even_the_right_one_passes_from_there() -> None:
    credentials = asking()
    for _ in range(2):
        assert credentials.of_request("Bearer guess", None, HERE, NOW).verdict == "wrong"
    held_up = credentials.of_request("Bearer secret", None, HERE, NOW)
    assert (held_up.verdict, held_up.wait_s) == ("throttled", 5)
    assert credentials.of_request("Bearer secret", None, THERE, NOW).verdict == "passed"
    assert credentials.of_request("Bearer secret", None, HERE, NOW + 5).verdict == "passed"


def test_who_is_signed_in_goes_on_while_others_guess_from_the_same_address() -> None:
    credentials = asking()
    cookie = f"d={Sessions(TOKEN, 'd').begin(NOW)}"
    for _ in range(5):
        credentials.of_token("guess", HERE, NOW)
    assert credentials.of_request(None, cookie, HERE, NOW).verdict == "passed"


def test_who_shows_nothing_is_not_counted_as_guessing() -> None:
    credentials = asking()
    for _ in range(50):
        credentials.of_request(None, None, HERE, NOW)
    assert credentials.of_request("Bearer secret", None, HERE, NOW).verdict == "passed"


def test_of_many_guesses_few_are_worth_telling() -> None:
    credentials = asking(failures=4)
    told = [credentials.of_token("guess", HERE, NOW).worth_telling for _ in range(20)]
    assert told.count(True) == 2
