"""What can be done to a program from outside, as a machine does it: no descriptor left, fewer rights, other files.

Not here: the programs (tests/running.py), what they promise.
"""

from __future__ import annotations

import os
import resource
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import count

import pytest

from tests.running import Program


@contextmanager
def no_descriptor_left(program: Program) -> Iterator[None]:
    """While the block runs, the program can open no file and take no connection; what it has it keeps."""
    pid = program.process.pid
    taken = set(map(int, os.listdir(f"/proc/{pid}/fd")))
    before = resource.prlimit(pid, resource.RLIMIT_NOFILE)
    lowest_free = next(number for number in count() if number not in taken)
    resource.prlimit(pid, resource.RLIMIT_NOFILE, (lowest_free, before[1]))
    try:
        yield
    finally:
        resource.prlimit(pid, resource.RLIMIT_NOFILE, before)


def as_ordinary_user() -> Sequence[str]:
    """Words before a command that take root's right to open everything; none for a user who has no such right."""
    if os.geteuid() != 0:
        return ()
    return ("setpriv", "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-dac_override,-dac_read_search")


def with_own_mounts(script: str, *words: str) -> Sequence[str]:
    """A command that runs `script`, which may mount what it likes for itself alone, and then becomes `words`."""
    if not shutil.which("unshare"):
        pytest.skip("unshare is not installed here")
    user = () if os.geteuid() == 0 else ("--user", "--map-root-user")
    return ("unshare", *user, "--mount", "sh", "-euc", f'{script}\nexec "$@"', "sh", *words)
