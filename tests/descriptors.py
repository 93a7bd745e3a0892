"""The descriptors of the test's own process: which are open, and what happens when there are no more.

Not here: what is opened.
"""

from __future__ import annotations

import os
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def open_files(below: Path) -> list[str]:
    """Which files below a directory this process has open."""
    found = []
    for descriptor in os.listdir("/proc/self/fd"):
        try:
            target = os.readlink(f"/proc/self/fd/{descriptor}")
        except OSError:  # the one that listed them
            continue
        if target.startswith(f"{below}/"):
            found.append(target.removeprefix(f"{below}/").removesuffix(" (deleted)"))
    return sorted(found)


def open_descriptors() -> int:
    """How many files this process has open."""
    return len(os.listdir("/proc/self/fd"))


@contextmanager
def soft_limit(descriptors: int) -> Iterator[None]:
    """The process may have so many files open."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (descriptors, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@contextmanager
def no_descriptor_left() -> Iterator[list[int]]:
    """Gives the descriptors that took the last places; closing one leaves a place."""
    taken: list[int] = []
    with soft_limit(max(map(int, os.listdir("/proc/self/fd"))) + 4):
        try:
            while True:
                try:
                    taken.append(os.open(os.devnull, os.O_RDONLY))
                except OSError:
                    break
            yield taken
        finally:
            for descriptor in taken:
                os.close(descriptor)
