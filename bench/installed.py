"""dockstats as its image has it: the packages of uv.lock without the tools of development, byte code compiled.

The checkout's own environment also holds what tests and bench need, and Litestar imports some of that where it finds
it; nobody who runs an agent has it. Not here: the image itself (tools/build_images.py).
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from msgspec import structs

from bench.contestants.contestant import Contestant
from bench.running import BenchError
from tools.build_images import PRUNED

_ROOT = Path(__file__).parents[1]


@contextmanager
def installed() -> Iterator[Path]:
    """The directory of the programs of an environment that is removed with the block; made in some seconds.

    Raises:
        BenchError: uv cannot make it.
    """
    leave_out = [word for package in PRUNED for word in ("--no-install-package", package)]
    command = ["uv", "sync", "--quiet", "--locked", "--no-default-groups", "--no-editable", "--compile-bytecode"]
    with TemporaryDirectory(prefix="dockstats-installed-") as directory:
        try:
            subprocess.run(
                [*command, *leave_out],
                cwd=_ROOT,
                env={**os.environ, "UV_PROJECT_ENVIRONMENT": directory},
                check=True,
                stdin=subprocess.DEVNULL,
            )
        except (OSError, subprocess.CalledProcessError) as error:
            raise BenchError(f"dockstats cannot be installed beside the checkout: {error}") from error
        yield Path(directory) / "bin"


def as_installed(contestant: Contestant, programs: Path) -> Contestant:
    """The contestant, its program taken from there if it is one of ours."""
    if contestant.command is None or not contestant.serves:
        return contestant
    program = programs / Path(contestant.command[0]).name
    return structs.replace(contestant, command=[str(program), *contestant.command[1:]])
