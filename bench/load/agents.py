"""Many agents in one process: `python -m bench.load.agents COUNT CONTAINERS INTERVAL_S`.

Each listens on a port of its own and says to whoever connects what a real one would: status, inventory, then a batch
each interval; it answers pings. The agents' moments are spread over the interval, as those of machines that know
nothing of each other are. Prints the endpoints as AGENT_ENDPOINTS has them.
Not here: what they say (recorded).
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterable

import anyio
from wsproto import ConnectionType, WSConnection
from wsproto.events import AcceptConnection, Event, Ping, Request, TextMessage

from bench.load.recorded import Recording, record


class Agent:
    """One agent, and who is connected to it."""

    def __init__(self, agent_id: str, recording: Recording, first: int) -> None:
        self.agent_id = agent_id
        self.listeners: set[Listener] = set()
        self._recording = recording
        self._first = first
        self._sequence = 0

    def introduction(self) -> Iterable[str]:
        """What a new listener hears."""
        return self._recording.introduction(self.agent_id)

    def tick(self) -> None:
        """Say the next batch: encoded once, whoever listens."""
        self._sequence += 1
        if self.listeners:
            text = self._recording.batch(self.agent_id, self._first + self._sequence, self._sequence)
            for listener in self.listeners:
                listener.say(TextMessage(data=text))


class Listener(asyncio.Protocol):
    """One dashboard's connection."""

    def __init__(self, agent: Agent) -> None:
        self._agent = agent
        self._protocol = WSConnection(ConnectionType.SERVER)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """It has connected."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Its handshake, its pings."""
        self._protocol.receive_data(data)
        for event in self._protocol.events():
            if isinstance(event, Request):
                self.say(AcceptConnection(), *(TextMessage(data=text) for text in self._agent.introduction()))
                self._agent.listeners.add(self)
            elif isinstance(event, Ping):
                self.say(event.response())

    def say(self, *events: Event) -> None:
        """Send these."""
        for event in events:
            self._transport.write(self._protocol.send(event))

    def connection_lost(self, _: Exception | None) -> None:
        """It is gone."""
        self._agent.listeners.discard(self)


async def main(count: int, containers: int, interval_s: float) -> None:
    """Be all of them, until ended."""
    recording = await record(containers)
    loop = asyncio.get_running_loop()
    agents = [Agent(f"host-{number:03d}", recording, first=number) for number in range(1, count + 1)]
    endpoints = []
    for agent in agents:
        server = await loop.create_server(lambda agent=agent: Listener(agent), "127.0.0.1", 0)  # type: ignore[misc]
        port = server.sockets[0].getsockname()[1]
        endpoints.append(f"{agent.agent_id}|{agent.agent_id}|ws://127.0.0.1:{port}/ws")
    print("endpoints " + ";".join(endpoints), file=sys.stderr, flush=True)
    async with anyio.create_task_group() as tasks:
        for number, agent in enumerate(agents):
            tasks.start_soon(_tick, agent, interval_s, loop.time() + interval_s * number / count)


async def _tick(agent: Agent, interval_s: float, at_s: float) -> None:
    while True:
        await anyio.sleep_until(at_s)
        agent.tick()
        at_s += interval_s


if __name__ == "__main__":
    anyio.run(main, int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]))
