"""The records of all containers, from what the engine says: lists, inspections and events in, `Container`s out. Pure.

A list tells who exists, an inspection tells the rest, an event tells a change at once. Each call gives the ids that are
to be inspected next; nothing is asked for here. Containers labelled `dockstats.hide=true` never enter. One that ended
and is removed at once (`docker run --rm`) stays until it was told how it ended. Of the labels only those enter that
were asked for, and compose's two.
Not here: asking the engine, and the order of its answers (watcher).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence

from msgspec import structs

from dockstats_core.containers import COUNTED, Container, bounded, is_container_id
from dockstats_core.engine.events import EngineEvent
from dockstats_core.engine.models import ContainerDetails, ContainerSummary, HostConfig
from dockstats_core.engine.timestamps import from_unix_ns, to_datetime
from dockstats_core.messages.agent import MAX_CONTAINERS

HIDE_LABEL = "dockstats.hide"
_PROJECT_LABEL = "com.docker.compose.project"
_SERVICE_LABEL = "com.docker.compose.service"
_DEFAULT_CPU_PERIOD_US = 100_000  # the kernel's, where an engine gives a quota alone
_SHARED_NETWORK = "container:"
_TOO_LARGE = 1 << 62  # no count or limit of a real container

# What an event says about the state, until an inspection says it better.
_STATES = {"start": "running", "unpause": "running", "pause": "paused", "die": "exited"}
_NEWS = {"create", "start", "die", "pause", "unpause", "rename", "update", "oom", "health_status"}


class Roster:
    """What is known of every container; `labels` are the keys of those labels that may be known."""

    def __init__(self, *, labels: Collection[str] = ()) -> None:
        self._label_keys = tuple(labels)
        self.left_out: int = 0
        """How many containers of the last list are not known, because there are more than a message can hold."""
        self._records: dict[str, Container] = {}
        self._leaving: dict[str, Container] = {}  # removed, and nobody was told yet how they ended
        self._untold: set[str] = set()  # what changed since `containers` was told
        self._version = 0
        self._shown: list[Container] | None = None
        self._counted: list[Container] | None = None

    @property
    def containers(self) -> Sequence[Container]:
        """Every container, by name."""
        if self._shown is None:
            records = [*self._records.values(), *self._leaving.values()][:MAX_CONTAINERS]
            names = {record.id: record.name for record in records}
            self._shown = sorted(
                (_with_network_of(record, names) for record in records),
                key=lambda record: (record.name, record.id),
            )
        return self._shown

    @property
    def counted(self) -> Sequence[Container]:
        """Those that have counters: running, paused and restarting ones."""
        if self._counted is None:
            self._counted = [record for record in self.containers if record.is_counted]
        return self._counted

    @property
    def version(self) -> int:
        """Grows with every change that shows."""
        return self._version

    def by_state(self) -> Mapping[str, int]:
        """How many containers are in each state."""
        return Counter(record.state or "unknown" for record in self.containers)

    def told(self) -> None:
        """Whoever is to know was told `containers` as they are now."""
        self._untold.clear()
        if self._leaving:
            self._leaving.clear()
            self._changed()

    def knows(self, container_id: str) -> bool:
        """Whether there is a record of this container."""
        return container_id in self._records

    # What the engine says. -------------------------------------------------------------------------------------------

    def apply_list(self, summaries: Iterable[ContainerSummary], *, except_for: Collection[str] = ()) -> list[str]:
        """These containers exist and no others; gives those that are new or not as they were.

        Of the containers `except_for` something newer than the list is known, so it tells nothing about them.
        """
        told = [summary for summary in summaries if is_container_id(summary.id) and not is_hidden(summary.labels)]
        self.left_out = max(0, len(told) - MAX_CONTAINERS)
        if self.left_out:  # those that stopped go first
            told = sorted(told, key=lambda summary: summary.state not in COUNTED)[:MAX_CONTAINERS]
        to_inspect: list[str] = []
        for gone in self._records.keys() - {summary.id for summary in told} - set(except_for):
            self.remove(gone)  # as with the event, which may come later
        for summary in told:
            if summary.id in except_for:
                continue
            known = self._records.get(summary.id)
            record = _from_summary(summary, known, self._label_keys)
            if record != known:
                to_inspect.append(summary.id)
            self._keep(record)
        return to_inspect

    def apply_inspection(self, details: ContainerDetails) -> None:
        """All that is to be known of one container."""
        if not is_container_id(details.id):
            return
        if is_hidden(details.config.labels):
            self._drop(details.id)
            return
        self._keep(_from_details(details, self._label_keys))

    def apply_event(self, event: EngineEvent) -> list[str]:
        """What an event says for certain shows at once; gives the container back where there is more to ask."""
        if event.action == "destroy":
            self.remove(event.id)
            return []
        if event.action not in _NEWS or is_hidden(event.attributes):
            return []
        known = self._records.get(event.id)
        if known is not None:
            self._keep(_after_event(known, event))
        return [event.id]

    def remove(self, container_id: str) -> None:
        """The container is gone; it is still shown until it was told how it ended."""
        record = self._records.get(container_id)
        if record is not None and record.exit_code is not None and container_id in self._untold:
            self._leaving[container_id] = record
            if len(self._leaving) > MAX_CONTAINERS:
                del self._leaving[next(iter(self._leaving))]
        self._drop(container_id)

    def _drop(self, container_id: str) -> None:
        self._untold.discard(container_id)
        if self._records.pop(container_id, None) is not None:
            self._changed()

    def _keep(self, record: Container) -> None:
        known = self._records.get(record.id)
        if known is None and len(self._records) >= MAX_CONTAINERS:
            return  # the next list decides which of them are shown
        if known != record:
            self._records[record.id] = record
            self._untold.add(record.id)
            self._changed()

    def _changed(self) -> None:
        self._version += 1
        self._shown = self._counted = None


def is_hidden(labels: Mapping[str, str] | None) -> bool:
    """Whether a container's labels ask not to be shown."""
    return labels is not None and labels.get(HIDE_LABEL, "").strip().lower() == "true"


def _from_summary(summary: ContainerSummary, known: Container | None, label_keys: Sequence[str]) -> Container:
    """The record with what a list tells; what it does not tell stays."""
    record = known or Container(id=summary.id, name=summary.id[:12])
    labels = summary.labels or {}
    return structs.replace(
        record,
        name=_name(summary.names) or record.name,
        # A list gives an image's id once its tag has moved on, an inspection what the container was created from.
        image=record.image or _text(summary.image),
        state=_text(summary.state) or record.state,
        compose_project=_text(labels.get(_PROJECT_LABEL)),
        compose_service=_text(labels.get(_SERVICE_LABEL)),
        network_mode=record.network_mode or _text(summary.host_config.network_mode),
        labels=_chosen(labels, label_keys),
    )


def _from_details(details: ContainerDetails, label_keys: Sequence[str]) -> Container:
    state, limits = details.state, details.host_config
    labels = details.config.labels or {}
    health = state.health.status if state.health is not None else None
    word = _text(state.status)
    runs = word in {"running", "paused", "restarting"}
    return Container(
        id=details.id,
        name=_name([details.name]) or details.id[:12],
        image=_text(details.config.image),
        state=word,
        health=None if health in {None, "", "none"} else _text(health),
        compose_project=_text(labels.get(_PROJECT_LABEL)),
        compose_service=_text(labels.get(_SERVICE_LABEL)),
        started_at=to_datetime(state.started_at),
        finished_at=to_datetime(state.finished_at),
        restart_count=details.restart_count if 0 <= (details.restart_count or 0) < _TOO_LARGE else None,
        exit_code=None if runs or word == "created" else _exit_code(state.exit_code),
        oom_killed=state.oom_killed,
        cpu_limit_cores=_cpu_limit(limits),
        mem_limit_bytes=_limit(limits.memory),
        pids_limit=_limit(limits.pids_limit),
        network_mode=_text(limits.network_mode),
        pid=state.pid or None,
        cgroup_parent=_text(limits.cgroup_parent),
        labels=_chosen(labels, label_keys),
    )


def _after_event(record: Container, event: EngineEvent) -> Container:
    """The record with what the event itself says for certain."""
    at = None if event.time_ns is None else from_unix_ns(event.time_ns)
    state = _STATES.get(event.action)
    if state is not None:
        record = structs.replace(record, state=state)
    match event.action:
        case "start":
            return structs.replace(record, started_at=at or record.started_at, exit_code=None, health=None)
        case "die":
            return structs.replace(record, finished_at=at, exit_code=_int(event.attributes.get("exitCode")), pid=None)
        case "rename":
            return structs.replace(record, name=_name([event.attributes.get("name", "")]) or record.name)
        case "oom":
            return structs.replace(record, oom_killed=True)
        case "health_status" if event.detail:
            return structs.replace(record, health=_text(event.detail))
        case _:
            return record


def _with_network_of(record: Container, names: Mapping[str, str]) -> Container:
    """Names the container whose network this one shares."""
    mode = record.network_mode or ""
    if not mode.startswith(_SHARED_NETWORK):
        return record
    return structs.replace(record, network_of=names.get(mode.removeprefix(_SHARED_NETWORK)))


def _name(names: Sequence[str] | None) -> str | None:
    """The container's own name without its slash; old links add names with a second slash."""
    own = [name.removeprefix("/") for name in names or ()]
    return _text(next((name for name in own if name and "/" not in name), own[0] if own else None))


def _chosen(labels: Mapping[str, str], keys: Sequence[str]) -> dict[str, str]:
    return {key: bounded(labels[key]) for key in keys if key in labels}


def _text(text: str | None) -> str | None:
    return bounded(text) if text else None


def _cpu_limit(limits: HostConfig) -> float | None:
    nano_cpus, quota_us = _limit(limits.nano_cpus), _limit(limits.cpu_quota)
    if nano_cpus is not None:
        return nano_cpus / 1e9
    if quota_us is not None:
        return quota_us / (_limit(limits.cpu_period) or _DEFAULT_CPU_PERIOD_US)
    return None


def _limit(value: int | None) -> int | None:
    """The limit; 0, -1 and numbers past any machine's size all stand for none somewhere."""
    return value if value is not None and 0 < value < _TOO_LARGE else None


def _exit_code(code: int | None) -> int | None:
    """None for a number that no system has: it would make the whole inventory unreadable."""
    return code if code is not None and abs(code) < _TOO_LARGE else None


def _int(text: str | None) -> int | None:
    try:
        return None if text is None else int(text[:12])
    except ValueError:
        return None
