"""How long each state of a connection may last, and how much an agent may send.

Not here: what happens then (machine).
"""

from __future__ import annotations

from msgspec import Struct


class ConnectionLimits(Struct, frozen=True, kw_only=True):
    """Bounds of one agent's connection; what passes them ends the connection, and it is tried again."""

    connect_s: float = 5.0  # until TCP, and TLS, stand
    handshake_s: float = 5.0  # until the other side has accepted the WebSocket
    ping_after_s: float = 5.0  # of silence: an agent speaks at every tick, so this is rare
    silence_s: float = 15.0  # without a single byte the peer is taken for gone; longer than `ping_after_s`
    message_s: float = 60.0  # from the first to the last byte of one message: one that drips for ever tells nothing
    closing_s: float = 2.0  # for the other side to end the connection after a close frame
    proved_after_s: float = 10.0  # heard for this long: the next failure starts with a short wait again
    handshake_bytes: int = 16 << 10  # of the answer to the handshake
    message_bytes: int = 16 << 20  # of one message, over all its fragments: 10 000 containers have about 13 MB
