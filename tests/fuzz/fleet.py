"""What agents say, line after line, told to a fleet as the dashboard does, and all that it says of it.

A line's first letter is who speaks or what happens: `h` and `i` are two agents, and the rest of the line is a message;
`H` and `I` are changes of their connections; `+` is time that passes, in seconds, and `-` our own clock that is set
back. The law: whatever the messages, everything the dashboard says of them can be encoded, reads back as it was and is
JSON that a browser can read; no question about the past fails.
Not here: whether bytes are a message at all (messages), routes (the dashboard's own tests).
"""

from __future__ import annotations

from datetime import timedelta
from typing import get_args

import msgspec

from dockstats_core.errors import MessageError
from dockstats_core.fleet.agents import Fleet, UnknownContainerError
from dockstats_core.messages import agent, stream
from dockstats_core.messages.stream import AgentBatch, AgentEntry, ConnectionStatus, StreamMessage
from tests.builders import NOW
from tests.fuzz.messages import assert_browsers_can_read
from tests.fuzz.target import Target
from tests.fuzz.wholes import names, whole

_AGENTS = {"h": "heron", "i": "ibis"}
_STATUSES: tuple[ConnectionStatus, ...] = get_args(ConnectionStatus)
_MOST_STEPS = 30
_LONGEST_STEP_S = 10_000


class _Told:
    """A fleet of two agents, the time, and whoever believes nothing it says."""

    def __init__(self) -> None:
        self.now = NOW
        self._entries = [AgentEntry(id=name, label=name.title(), url="") for name in _AGENTS.values()]
        self.fleet = Fleet(self._entries, now=NOW)

    def take(self, line: bytes) -> None:
        """One thing that happens."""
        letter, rest = chr(line[0]), line[1:]
        if letter in "+-":
            seconds = int(rest) if rest.isdigit() and len(rest) < 5 else 1
            self.now += timedelta(seconds=seconds if letter == "+" else -seconds)
            return
        agent_id = _AGENTS.get(letter.lower(), "heron")
        if letter in "HI":
            status = _STATUSES[len(rest) % len(_STATUSES)]
            told = self.fleet.connection_changed(agent_id, status, "it broke", self.now, self.now)
        else:
            try:
                message = agent.codec.decode(rest)
            except MessageError:
                return
            told = self.fleet.message_received(agent_id, message, self.now)
        for said in told:
            self._check(said)

    def ask(self) -> None:
        """All that can be asked of it."""
        for said in self.fleet.snapshot(self.now):
            self._check(said)
        at = self.now.timestamp()
        for said in (*self.fleet.moment(at, self.now).messages, *self.fleet.moment(at - 60, self.now).messages):
            self._check(said)
        for entry in self._entries:
            assert_browsers_can_read(msgspec.json.encode(self.fleet.history(entry.id, now=self.now, step_s=5)))
            try:
                found = self.fleet.container(entry.id, "0c76ad1e7a7b")
            except UnknownContainerError:
                continue
            assert_browsers_can_read(msgspec.json.encode(found))
            history = self.fleet.history(entry.id, "0c76ad1e7a7b", now=self.now)
            assert_browsers_can_read(msgspec.json.encode(history))
        assert_browsers_can_read(msgspec.json.encode(self.fleet.sparklines(at)))
        assert_browsers_can_read(msgspec.json.encode([self.fleet.summaries(), self.fleet.health()]))

    def _check(self, said: StreamMessage) -> None:
        for form in (said, self.fleet.columns(said)) if isinstance(said, AgentBatch) else (said,):
            data = stream.codec.encode(form)
            assert stream.codec.decode(data) == form
            assert_browsers_can_read(data)


def fuzz(data: bytes) -> None:
    """See the module."""
    told = _Told()
    for line in data.split(b"\n")[:_MOST_STEPS]:
        if line:
            told.take(line)
    told.ask()


_BATCH, _INVENTORY = whole(agent.ContainerStatsBatch), whole(agent.ContainerInventory)
_STATUS = whole(agent.AgentStatus)

TARGET = Target(
    fuzz=fuzz,
    seeds=(
        b"H1\nh" + _INVENTORY + b"\nh" + _BATCH,
        b"H1\nh" + _BATCH + b"\n+1\nh" + _BATCH.replace(b'"sequence": 7', b'"sequence": 8') + b"\nh" + _STATUS,
        b"h" + _INVENTORY + b"\n+1\nh" + _INVENTORY.replace(b'"running"', b'"exited"').replace(b"12:00", b"12:01"),
        b"i" + _STATUS + b"\nh" + _STATUS + b"\nI22\n-100\ni" + _STATUS,
    ),
    words=names(agent.ContainerStatsBatch, agent.ContainerInventory, agent.AgentStatus),
    longest=24_000,
    holds_json=True,
)
