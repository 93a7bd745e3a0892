"""The engine's event stream, as far as it concerns containers: which one, what happened, when.

Not here: what follows from an event (inventory).
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from dockstats_core.containers import is_container_id
from dockstats_core.engine.models import EventBody


class EngineEvent(Struct, frozen=True, kw_only=True):
    """Something happened to a container.

    `action` is Docker's word, what follows its colon cut off (`exec_start: sh`, `health_status: healthy` keeps it in
    `detail`); `attributes` hold the name, the image, the labels and what the event adds (exitCode, oldName).
    """

    id: str
    action: str
    detail: str = ""
    attributes: Mapping[str, str]
    time_ns: int | None = None  # Unix nanoseconds


def container_event(body: EventBody) -> EngineEvent | None:
    """The event as it concerns a container; None where it concerns none that we could name."""
    if body.type != "container" or not is_container_id(body.actor.id):
        return None
    action, _, detail = body.action.partition(":")
    time_ns = body.time_ns
    if time_ns is None and body.time is not None:
        time_ns = body.time * 1_000_000_000
    return EngineEvent(
        id=body.actor.id,
        action=action.strip(),
        detail=detail.strip(),
        attributes=body.actor.attributes or {},
        time_ns=time_ns,
    )
