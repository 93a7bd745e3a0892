"""How long each state of a connection may last, and how much an agent may send.

Not here: what happens then (machine).
"""

from __future__ import annotations

from msgspec import Struct


class ConnectionLimits(Struct, frozen=True, kw_only=True):
    """Bounds of one agent's connection; what passes them ends the connection, and it is tried again.

    Only the pace of reading is kept without that: what comes faster waits.
    """

    connect_s: float = 5.0  # until TCP, and TLS, stand
    handshake_s: float = 5.0  # until the other side has accepted the WebSocket
    ping_after_s: float = 5.0  # of silence: an agent speaks at every tick, so this is rare
    silence_s: float = 15.0  # without a single byte the peer is taken for gone; longer than `ping_after_s`
    message_s: float = 60.0  # from the first to the last byte of one message: one that drips for ever tells nothing
    closing_s: float = 2.0  # for the other side to end the connection after a close frame
    proved_after_s: float = 10.0  # heard for this long: the next failure starts with a short wait again
    handshake_bytes: int = 16 << 10  # of the answer to the handshake
    message_bytes: int = 16 << 20  # of one message, over all its fragments: 10 000 containers have about 13 MB
    message_objects: int = 50_100  # of one message: five a container, of 10 000; decoding takes 2 us for each
    frames_at_once: int = 200  # in one read of at most 64 KB: each costs 15 us, however little it holds
    frames_per_s: float = 75.0  # an agent says at most 60: a batch every 50 ms, and changes between them
    bytes_per_s: int = 4 << 20  # some 5 000 containers a second, which take a tenth of a core
    objects_per_s: float = 100_000.0  # of messages: twice a second those of 10 000 containers
    burst_s: float = 2.0  # so much of the pace may be taken at once, as after a pause
