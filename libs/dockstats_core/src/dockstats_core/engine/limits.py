"""How much an engine may send and how long it may take. Not here: what happens then (transport, api)."""

from __future__ import annotations

from msgspec import Struct


class EngineLimits(Struct, frozen=True, kw_only=True):
    """Bounds on calls to the engine; what passes them is an error of that call, never of the program."""

    connect_s: float = 3.0  # a local socket answers at once, a remote host within a few round trips
    silence_s: float = 10.0  # between two pieces of an answer
    call_s: float = 15.0  # a whole call, however slowly its pieces drip
    stream_silence_s: float = 15.0  # between two frames of a stats stream: Podman sends one every 5 s
    kept_s: float = 5.0  # an idle connection, for the next call: an engine need not hold for long what a burst opened
    calls: int = 64  # at a time; streams have their own connections beside these
    body_bytes: int = 1 << 20  # a stats answer has 2 to 6 KB, an inspect answer rarely 100
    list_bytes: int = 32 << 20  # a list answer: about 1 KB a container, more with many labels
    line_bytes: int = 1 << 20  # one frame or event
    head_bytes: int = 64 << 10  # until an answer's headers are whole, whatever comes before them
    crumbs: int = 1000  # pieces of an answer, before they have to have `crumb_bytes` on average: each costs 20 us
    crumb_bytes: int = 16  # engines send a frame or an event as one piece, and lists as pieces of some KB
    lines_per_s: float = 200.0  # of one stream: a container's has one, events come in tens
    lines_at_once: int = 2000  # of them, as when a whole host's containers start
