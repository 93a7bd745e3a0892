"""What a watcher delivered, and when: figures counted as they come, ages, and how many containers it follows.

A figure is one container's reading that was not delivered before; the same reading shown again is none.
Not here: where the lines come from (running), what they cost (processes).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from typing import TypeAlias

import msgspec
from msgspec import Struct

from bench.statistics import median


class Report(Struct, frozen=True, kw_only=True):
    """What our own contestants and the agent's client say about once a second, one line of JSON each."""

    at_s: float  # CLOCK_MONOTONIC, which all processes of a machine share
    figures: int  # since it started
    last_s: float = 0.0  # when the last of them came
    containers: int  # with figures, at present
    ages_s: list[float] = msgspec.field(default_factory=list)  # of the figures since the last report, when they came
    interval_s: float | None = None  # between two readings, as the watcher says it


class Tally:
    """Grows while a watcher runs."""

    def __init__(self) -> None:
        self.containers = 0
        self._reports: list[Report] = []

    def add(self, report: Report) -> None:
        """A report came."""
        self.containers = report.containers
        self._reports.append(report)

    def per_s(self, began_s: float, ended_s: float) -> float | None:
        """Figures a second, from a delivery at the span's begin to the last one in it; None with fewer than two.

        From delivery to delivery, not from report to report: watchers deliver in bursts, and a span that happens to
        hold one burst more than its length is worth would tell too much.
        """
        inside = self._within(began_s, ended_s)
        if not inside or inside[-1].last_s <= inside[0].last_s:
            return None
        return (inside[-1].figures - inside[0].figures) / (inside[-1].last_s - inside[0].last_s)

    def ages_s(self, began_s: float, ended_s: float) -> list[float]:
        """Ages that were reported in the span."""
        return [age for report in self._within(began_s, ended_s) for age in report.ages_s]

    def interval_s(self, began_s: float, ended_s: float) -> float | None:
        """The interval that the watcher told in the span: their median, since a budget may change it."""
        told = [report.interval_s for report in self._within(began_s, ended_s) if report.interval_s is not None]
        return median(told) if told else None

    def _within(self, began_s: float, ended_s: float) -> list[Report]:
        return [report for report in self._reports if began_s <= report.at_s <= ended_s]


Listener: TypeAlias = Callable[[bytes, Tally], None]
"""Understands what one watcher prints, line by line."""

MakeListener: TypeAlias = Callable[[], Listener]

_decoder = msgspec.json.Decoder(Report)
_encoder = msgspec.json.Encoder()


def reports() -> Listener:
    """For watchers that print reports."""

    def listen(line: bytes, tally: Tally) -> None:
        tally.add(_decoder.decode(line))

    return listen


class Reporter:
    """The other end: counts in a watcher of ours, and prints a report about twice a second."""

    def __init__(self, every_s: float = 0.5) -> None:
        self._every_s = every_s
        self._due_s = 0.0
        self._figures = 0
        self._ages: list[float] = []
        self._last_s = 0.0

    def delivered(self, ages_s: Collection[float]) -> None:
        """New figures came, one for each age. May be called from any thread."""
        if ages_s:
            self._ages.extend(ages_s)
            self._last_s = time.monotonic()

    def report(self, containers: int, interval_s: float | None = None) -> None:
        """Print a report if it is time."""
        now_s = time.monotonic()
        if now_s < self._due_s:
            return
        self._due_s = now_s + self._every_s
        last_s, ages_s = self._last_s, self._ages.copy()
        del self._ages[: len(ages_s)]  # what came meanwhile stays
        self._figures += len(ages_s)
        report = Report(
            at_s=now_s,
            figures=self._figures,
            last_s=last_s,
            containers=containers,
            ages_s=ages_s,
            interval_s=interval_s,
        )
        print(_encoder.encode(report).decode(), flush=True)
