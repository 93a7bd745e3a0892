from __future__ import annotations

import pytest

from dockstats_core.connection import machine
from dockstats_core.connection.states import TABLE, ImpossibleStepError, State, Step, after
from tools.draw_states import diagram

STATES = list(TABLE)
STEPS: set[Step] = {step for steps in TABLE.values() for step in steps}


@pytest.mark.parametrize("state", [state for state in STATES if state != "closed"])
def test_every_state_but_closed_ends_by_itself_and_can_be_stopped(state: State) -> None:
    assert "deadline" in TABLE[state]
    assert TABLE[state]["stop"] == "closed"


def test_nothing_leaves_closed() -> None:
    assert TABLE["closed"] == {}


def test_every_state_can_be_reached_from_the_first() -> None:
    reached: set[State] = {"waiting"}
    for _ in STATES:
        reached |= {following for state in reached for following in TABLE[state].values()}
    assert reached == set(STATES)


@pytest.mark.parametrize("state", ["connecting", "opening", "open", "closing"])
def test_with_a_transport_a_failure_leads_back_to_waiting(state: State) -> None:
    assert after(state, "failed") == "waiting"


def test_there_is_a_new_attempt_only_after_waiting() -> None:
    assert [state for state in STATES if "connecting" in TABLE[state].values()] == ["waiting"]


def test_a_step_that_the_table_does_not_have_is_a_named_error() -> None:
    impossible = [(state, step) for state in STATES for step in STEPS if step not in TABLE[state]]
    assert impossible
    for state, step in impossible:
        with pytest.raises(ImpossibleStepError, match=f"'{step}' cannot happen while '{state}'"):
            after(state, step)


def test_the_machine_shows_the_diagram_of_the_table() -> None:
    assert machine.__doc__ is not None
    assert diagram(TABLE) in machine.__doc__, "run tools/draw_states.py --write"
    assert machine.__doc__.count("-->") == sum(map(len, TABLE.values())), "and nothing beside it"
