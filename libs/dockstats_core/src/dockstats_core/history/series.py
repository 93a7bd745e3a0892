"""The points of one container or host: a queue of blocks, each a minute or so of compact rows.

New points go into the newest block; memory is given back a block at a time, oldest first, so a series is a ring that
is as long as its points are wide: one that lived for ten seconds holds ten seconds' worth of bytes. A point is a
64-bit time and a row of 32-bit floats: 68 bytes for fifteen columns.
Not here: when a block has to go (`store`), what the columns mean (`columns`).
"""

from __future__ import annotations

import struct
from array import array
from bisect import bisect_left, bisect_right
from collections import deque
from collections.abc import Sequence
from itertools import islice
from math import nan

from dockstats_core.history.columns import Row

_TIME_BYTES, _FIGURE_BYTES = 8, 4

# What is held is counted, not measured; the figures below are a little above what tracemalloc shows (tests hold them).
BLOCK_OVERHEAD_BYTES = 340
"""What a block costs beside its points: the block, two arrays, its place in two queues (about 290)."""

SERIES_OVERHEAD_BYTES = 1_100
"""What a series costs beside its blocks: itself, a queue, its place in the store (about 1,050)."""


class _Block:
    """Consecutive points. `at` are their times, ascending; `figures` holds row after row."""

    __slots__ = ("at", "figures")

    def __init__(self) -> None:
        self.at = array("d")
        self.figures = array("f")


class Series:
    """Points of `width` figures each, in ascending time."""

    def __init__(self, width: int) -> None:
        self._width = width
        self._row = struct.Struct(f"{width}f")
        self._blocks: deque[_Block] = deque()

    @property
    def bytes_a_point(self) -> int:
        """What one point adds to memory; arrays grow by a sixteenth more than is needed."""
        return (_TIME_BYTES + self._width * _FIGURE_BYTES) * 17 // 16

    @property
    def bytes_held(self) -> int:
        """What the series takes in memory, itself included."""
        blocks = sum(BLOCK_OVERHEAD_BYTES + len(block.at) * self.bytes_a_point for block in self._blocks)
        return SERIES_OVERHEAD_BYTES + blocks

    @property
    def is_empty(self) -> bool:
        """Whether there is no point."""
        return not self._blocks

    def oldest_block_ended(self) -> float:
        """The time of the oldest block's last point; the series must not be empty."""
        return self._blocks[0].at[-1]

    def needs_block(self, at: float, *, block_s: float, block_points: int) -> bool:
        """Whether a point at `at` begins a new block, when one covers `block_s` seconds or `block_points` points."""
        if not self._blocks:
            return True
        times = self._blocks[-1].at
        return at - times[0] >= block_s or len(times) >= block_points

    def append(self, at: float, row: Row, *, new_block: bool) -> None:
        """Adds a point, later than all others, to the newest block or as the first of a new one."""
        if new_block:
            self._blocks.append(_Block())
        block = self._blocks[-1]
        block.at.append(at)
        figures = [nan if figure is None else figure for figure in row]
        block.figures.frombytes(self._row.pack(*figures))  # a third of what array.extend() takes for eight: 0.14 us

    def drop_oldest_block(self) -> int:
        """Forgets the oldest block; tells how many points it had."""
        return len(self._blocks.popleft().at)

    def oldest(self) -> float:
        """The time of the oldest point; the series must not be empty."""
        return self._blocks[0].at[0]

    def newest(self, at: float) -> tuple[float, array[float]] | None:
        """The newest point not later than `at`: its time and figures; None where there is none. NaN = unknown."""
        if (number := self._block_begun_by(at)) < 0:
            return None
        block = self._blocks[number]
        place = bisect_right(block.at, at) - 1
        return block.at[place], block.figures[place * self._width : (place + 1) * self._width]

    def between(
        self, first: float, end: float, places: Sequence[int], *, include_end: bool = False
    ) -> tuple[Sequence[float], list[Sequence[float]]]:
        """The points from `first` up to `end`: their times, and the figures of each of the columns at `places`.

        A figure that is not known is NaN; one past 3.4e38, the end of a 32-bit float, is an infinity: a stranger may
        send any number.
        """
        bisect_end = bisect_right if include_end else bisect_left
        times = array("d")
        columns = [array("f") for _ in places]
        for block in islice(self._blocks, max(0, self._block_begun_by(first)), None):
            if block.at[0] > end:
                break
            begin, stop = bisect_left(block.at, first), bisect_end(block.at, end)
            times.extend(block.at[begin:stop])
            for place, column in zip(places, columns, strict=True):
                column.extend(block.figures[begin * self._width + place : stop * self._width : self._width])
        return times, [*columns]

    def _block_begun_by(self, at: float) -> int:
        """The place of the newest block that does not begin after `at`; -1 where there is none."""
        return bisect_right(self._blocks, at, key=_begin) - 1


def _begin(block: _Block) -> float:
    return block.at[0]
