"""Whether a trouble is worth a line in the log: the first one is, and of those that follow one a minute, with how many.

A hostile peer causes the same trouble thousands of times a second; whoever reads the log has to learn of it, and of
everything else. Times are arguments, in seconds of one monotonic clock. What is remembered is bounded: the trouble told
longest ago is forgotten first, and is told again when it comes again.
Not here: what a trouble is, and counting them for good (whoever complains).
"""

from __future__ import annotations

import logging
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable

from msgspec import Struct


class ComplaintLimits(Struct, frozen=True, kw_only=True):
    """How often one trouble is told."""

    at_once: int = 1  # of one kind, before it has to wait
    again_after_s: float = 60.0  # one more
    kinds: int = 1024  # remembered


class _Told(Struct):
    """One kind of trouble."""

    next_s: float  # when the bucket of lines is empty again
    silent: int = 0  # times it was not told since the last line


class Complaints:
    """What was complained about, and how often since it was last told."""

    def __init__(self, limits: ComplaintLimits | None = None) -> None:
        self._limits = limits or ComplaintLimits()
        self._told: OrderedDict[Hashable, _Told] = OrderedDict()

    def line(self, kind: Hashable, sentence: str, now_s: float) -> str | None:
        """The line to log about a trouble that came `now_s`, with how often it came untold; None: nothing now."""
        told = self._told.pop(kind, None) or _Told(next_s=now_s)
        self._told[kind] = told
        if len(self._told) > self._limits.kinds:
            self._told.popitem(last=False)
        begin_s = max(told.next_s, now_s)
        if begin_s - now_s > (self._limits.at_once - 1) * self._limits.again_after_s:
            told.silent += 1
            return None
        told.next_s = begin_s + self._limits.again_after_s
        silent, told.silent = told.silent, 0
        return sentence if not silent else f"{sentence} (and {silent} times more since this was last told)"


class Damped(logging.Filter):
    """Keeps another library's logger to one line a minute of each kind: the text before its values are filled in."""

    def __init__(self, clock_s: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._clock_s = clock_s
        self._complaints = Complaints()

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether `record` is logged; one that speaks for others says for how many."""
        text = str(record.msg)
        line = self._complaints.line((record.name, text.partition("\n")[0][:100]), text, self._clock_s())
        if line is not None:
            record.msg = line
        return line is not None
