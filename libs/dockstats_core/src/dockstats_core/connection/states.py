"""The states of a connection to an agent, and every step between them, as one table.

The theory. A connection is in exactly one state, and there is at most one transport: in `connecting`, `opening`,
`open` and `closing`, and never in `waiting` and `closed`. **No state without an armed deadline**, at which something
happens by itself, whatever the other side does or fails to do; only `closed`, which nothing leaves, has none. That one
rule is what most live views break: a peer that vanishes without a word (a pulled cable, a suspended machine, a firewall
that drops) produces no event at all, so whoever waits for one waits for ever.

What happens at each deadline: `waiting`: try again. `connecting`, `opening`: give the attempt up. `open`: after some
silence ask for a sign of life, and after more silence take the peer for gone; a message that has begun must also end,
for a peer that drips one byte a second is alive and tells nothing (that is a `fault`). `closing`: stop waiting for the
other side to end it, whatever it still says.

Steps that the table does not have are impossible; the machine raises ImpossibleStepError rather than going on with a
wrong idea of the world.
Not here: what is done at each step (machine).
"""

from __future__ import annotations

from typing import Literal, TypeAlias

State: TypeAlias = Literal["waiting", "connecting", "opening", "open", "closing", "closed"]
Step: TypeAlias = Literal[
    "deadline",  # the state's time is over
    "opened",  # the transport stands
    "failed",  # the transport could not be opened, or broke
    "accepted",  # the other side accepted the WebSocket
    "refused",  # it answered something else
    "goodbye",  # it sent a close frame
    "fault",  # it broke the protocol or a bound
    "stop",  # our owner is done
]

TABLE: dict[State, dict[Step, State]] = {
    "waiting": {"deadline": "connecting", "stop": "closed"},
    "connecting": {"opened": "opening", "failed": "waiting", "deadline": "waiting", "stop": "closed"},
    "opening": {
        "accepted": "open",
        "refused": "waiting",
        "failed": "waiting",
        "deadline": "waiting",
        "stop": "closed",
    },
    "open": {"goodbye": "closing", "fault": "closing", "failed": "waiting", "deadline": "waiting", "stop": "closed"},
    "closing": {"failed": "waiting", "deadline": "waiting", "stop": "closed"},
    "closed": {},
}


class ImpossibleStepError(AssertionError):
    """A step that the table does not have: a fault of ours, not of the other side."""


def after(state: State, step: Step) -> State:
    """The state that `step` leads to.

    Raises:
        ImpossibleStepError: the table has no such step.
    """
    try:
        return TABLE[state][step]
    except KeyError:
        raise ImpossibleStepError(f"{step!r} cannot happen while {state!r}") from None
