"""Kernel files, read again and again: descriptors stay open from tick to tick, as far as the process may have any.

Opening, reading and closing a file costs several times what reading it again does (measured: 5.2 µs against 1.0 µs). A
process has only so many descriptors, and others need them more: over the budget a file is opened for each reading.
A file of /proc or of a cgroup is made anew by each reading from its start, so nothing is ever seeked.
Not here: which files there are (kernel_files), what they say (parse).
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager

from msgspec import Struct

_CHUNK = 16_384
# The kernel may give less than was asked for at the end of a record and have more, but never while half a page is free;
# as long as no record is longer than that, as in every file that is read at each tick.
_SURELY_ALL = 2048
_MOST_BYTES = 1 << 22  # no file of a cgroup comes near; bounds what a strange one can take

# The cgroup is gone (ENODEV from a file that is open), or the process (ESRCH), or its network as it ends (ENXIO); or
# the file never was there.
_GONE = frozenset({errno.ENOENT, errno.ENODEV, errno.ESRCH, errno.ENXIO})
# What a kernel that could count something and does not answers.
_NOT_COUNTED = frozenset({errno.EOPNOTSUPP})
NONE_LEFT = frozenset({errno.EMFILE, errno.ENFILE})
"""No descriptor is left, to the process or to the machine."""


class DescriptorLimits(Struct, frozen=True, kw_only=True):
    """How many of the process's descriptors may stay open for kernel files."""

    left_to_others: int = 256  # clients, the engine, the log: an agent needs some forty
    share: float = 0.75  # of what remains


class Descriptors:
    """The budget of descriptors; it counts, and opens nothing itself."""

    def __init__(self, most: int) -> None:
        self.most: int = most
        """How many may be open at once."""
        self.open: int = 0
        """How many are."""
        self.refused: bool = False
        """Whether a file had to do without since the start."""

    def take(self) -> bool:
        """Whether one more may be opened, which then counts as open."""
        if self.open >= self.most:
            self.refused = True
            return False
        self.open += 1
        return True

    def give_back(self) -> None:
        """One was closed."""
        self.open -= 1


def allowed_descriptors(limits: DescriptorLimits | None = None) -> int:
    """How many descriptors this process may keep for kernel files, by its soft limit (RLIMIT_NOFILE)."""
    import resource  # not on Windows, where a program that has this module in reach still has to start

    limits = limits or DescriptorLimits()
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)  # Linux has no infinity here
    return max(0, int((soft - limits.left_to_others) * limits.share))


class KeptFile:
    """One kernel file, read from its start each time."""

    __slots__ = ("_budget", "_descriptor", "_directory", "_name")

    def __init__(self, directory: str, name: str, budget: Descriptors) -> None:
        self._directory, self._name = directory, name  # apart: a container's files share the one, all files the other
        self._budget = budget
        self._descriptor = -1

    @property
    def path(self) -> str:
        """Where the file is."""
        return f"{self._directory}/{self._name}"

    def read(self, surely_all: int = _SURELY_ALL) -> bytes | None:
        """The whole text; None where there is no such file, or no longer, or the kernel does not count it.

        Args:
            surely_all: a first piece of at most so many bytes is all there is, and no second read is made to see that.

        Raises:
            OSError: the file is there and cannot be read.
        """
        try:
            if self._descriptor >= 0:
                text = os.pread(self._descriptor, _CHUNK, 0)
                return text if len(text) <= surely_all else text + _rest(self._descriptor, len(text))
            if self._budget.take():
                try:
                    self._descriptor = _open(self.path)
                except BaseException:
                    self._budget.give_back()
                    raise
                return _whole_text(self._descriptor, surely_all)
            with _opened(self.path) as descriptor:
                return _whole_text(descriptor, surely_all)
        except OSError as error:
            if error.errno in NONE_LEFT:  # somebody else took them: this reading is lost, the next one does without
                self._budget.most = self._budget.open
            if error.errno in _GONE or error.errno in _NOT_COUNTED:
                self.close()
                return None
            error.filename = self.path  # which only a failure to open tells by itself
            raise

    def close(self) -> None:
        """Give the descriptor back; a later reading opens the file again."""
        if self._descriptor >= 0:
            descriptor, self._descriptor = self._descriptor, -1
            self._budget.give_back()
            os.close(descriptor)


def read_text(path: str) -> bytes | None:
    """The whole text of a file that is read once, and may have lines of any length; None where there is no such file.

    Raises:
        OSError: the file is there and cannot be read.
    """
    return KeptFile(os.path.dirname(path), os.path.basename(path), Descriptors(0)).read(surely_all=0)


def _whole_text(descriptor: int, surely_all: int) -> bytes:
    text = os.pread(descriptor, _CHUNK, 0)
    return text if len(text) <= surely_all else text + _rest(descriptor, len(text))


def _rest(descriptor: int, size: int) -> bytes:
    chunks = []
    while size < _MOST_BYTES and (text := os.pread(descriptor, _CHUNK, size)):
        chunks.append(text)
        size += len(text)
    return b"".join(chunks)


def _open(path: str) -> int:
    return os.open(path, os.O_RDONLY | os.O_CLOEXEC)


@contextmanager
def _opened(path: str) -> Iterator[int]:
    descriptor = _open(path)
    try:
        yield descriptor
    finally:
        os.close(descriptor)
