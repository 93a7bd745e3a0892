"""A program asks for as many open files as it may have."""

from __future__ import annotations

import resource
import subprocess
import sys

from dockstats_core.program.open_files import raise_limit

# In a process of its own: a limit that was lowered here would hold for every other test.
LOWERED = """
import resource
from dockstats_core.program.open_files import raise_limit
_, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (64, hard))
print(raise_limit() == hard, resource.getrlimit(resource.RLIMIT_NOFILE) == (hard, hard))
"""


def test_the_soft_limit_becomes_the_hard_one() -> None:
    done = subprocess.run([sys.executable, "-c", LOWERED], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["True", "True"]


def test_the_limit_that_holds_is_told() -> None:
    assert raise_limit() == resource.getrlimit(resource.RLIMIT_NOFILE)[0]
