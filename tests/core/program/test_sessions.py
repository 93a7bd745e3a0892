"""A cookie holds for its time, for its dashboard and for its token, and for nobody who made one up."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dockstats_core.program.sessions import LIFETIME_S, Sessions
from dockstats_core.program.tokens import Token

NOW = 1_800_000_000.5
SESSIONS = Sessions(Token("secret"), "dockstats_5173")
COOKIE = SESSIONS.begin(NOW)


def test_it_holds_from_the_beginning_until_its_end_and_not_a_second_longer() -> None:
    until = int(NOW) + LIFETIME_S
    assert SESSIONS.holds_until(f"dockstats_5173={COOKIE}", NOW) == until
    assert SESSIONS.holds_until(f"dockstats_5173={COOKIE}", until - 1) == until
    assert SESSIONS.holds_until(f"dockstats_5173={COOKIE}", until) is None


def test_it_is_found_among_others_also_among_others_of_its_name() -> None:
    header = f"a=b; dockstats_5173=garbage; dockstats_5173={COOKIE};c"
    assert SESSIONS.holds_until(header, NOW) is not None


def test_restart_with_the_same_token_keeps_it_and_another_token_ends_it() -> None:
    header = f"dockstats_5173={COOKIE}"
    assert Sessions(Token("secret"), "dockstats_5173").holds_until(header, NOW) is not None
    assert Sessions(Token("another"), "dockstats_5173").holds_until(header, NOW) is None


def test_cookie_of_another_dashboard_with_the_same_token_does_not_hold() -> None:
    other = Sessions(Token("secret"), "dockstats_5174").begin(NOW)
    assert SESSIONS.holds_until(f"dockstats_5173={other}", NOW) is None


@pytest.mark.parametrize("header", [None, "", "=", ";;;", "dockstats_5173", "dockstats_5173=", "dockstats_5173=1.0"])
def test_what_is_none_does_not_hold(header: str | None) -> None:
    assert SESSIONS.holds_until(header, NOW) is None


@given(st.integers(0, len(COOKIE) - 1), st.characters(max_codepoint=0x7E))
def test_cookie_of_which_any_character_differs_does_not_hold(place: int, character: str) -> None:
    changed = COOKIE[:place] + character + COOKIE[place + 1 :]
    assert (SESSIONS.holds_until(f"dockstats_5173={changed}", NOW) is not None) is (changed == COOKIE)


@given(st.text())
def test_no_header_makes_it_fail(header: str) -> None:
    assert SESSIONS.holds_until(header, NOW) is None
