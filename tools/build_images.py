"""Builds the images of both programs: first the wheels into build/wheels, then apps/*/Dockerfile over them.

Run by `make images`. The wheels are ours, built here, and those of the packages in uv.lock, checked by its hashes, for
the Python that the base image has; the package index is asked only when the lock or that Python changed. The images
themselves are built without any network, and with any base that is here or can be pulled:

    uv run python tools/build_images.py --base python:3.13-slim-bookworm

Needs docker and uv. Not here: what is in the images (apps/*/Dockerfile), how to run them (docs/containers.md).
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from dockstats_core.program.options import ProgramName

ROOT = Path(__file__).parents[1]
BASE = "python:3.13-slim-bookworm"
APPS: Sequence[ProgramName] = ("agent", "dashboard")
PACKAGES = ("dockstats-core", "dockstats-agent", "dockstats-dashboard")
GLIBC = range(17, 42)
"""Minor versions of glibc 2 whose wheels are taken: all that a base of today may have and run."""

PRUNED = ("polyfactory", "pygments", "rich-click")
"""What Litestar and httpx want for their own command lines and for made-up examples in documents: half of the size, and
3 MiB of an agent's memory, since httpx loads its command line wherever it can. The images' own build imports the
programs, and so fails where that changes."""

_ASK_PYTHON = "import sys; print('%d.%d' % sys.version_info[:2])"


def main(arguments: Sequence[str] | None = None) -> None:
    """Make the wheels and build both images, as `dockstats-agent` and `dockstats-dashboard`."""
    parser = argparse.ArgumentParser(description="Build the images of the agent and of the dashboard.")
    parser.add_argument("--base", default=BASE, help=f"image with Python 3.11 or newer and pip; default {BASE}")
    parser.add_argument("--tag", default="latest", help="of both images; default latest")
    given = parser.parse_args(arguments)
    make_wheels(ROOT / "build" / "wheels", python_of(given.base))
    for app in APPS:
        tag = f"dockstats-{app}:{given.tag}"
        build(app, tag, base=given.base)
        print(f"built {tag} on {given.base}")


def python_of(base: str) -> str:
    """The Python that an image has, like 3.13."""
    return _output("docker", "run", "--rm", "--network", "none", "--entrypoint", "python3", base, "-c", _ASK_PYTHON)


def make_wheels(folder: Path, python: str) -> None:
    """Fill `folder` with `locked/` (requirements.txt and a wheel of each package in it) and `own/` (our wheels)."""
    make_locked(folder / "locked", python)
    own = folder / "own"
    # Built beside, so that a wheel of an older version is gone, and an image's layers stay the same where ours did.
    with tempfile.TemporaryDirectory() as made:
        for package in PACKAGES:
            _run("uv", "build", "--quiet", "--wheel", "--package", package, "--out-dir", made)
        shutil.rmtree(own, ignore_errors=True)
        shutil.copytree(made, own, ignore=shutil.ignore_patterns(".gitignore"))


def make_locked(folder: Path, python: str) -> None:
    """The wheels that uv.lock names, for this Python and this machine's processor; nothing where they are there."""
    stamp = folder.parent / "made-for"
    asked = f"{python}\n{locked_requirements()}"
    if stamp.exists() and stamp.read_text() == asked:
        return
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    requirements = folder / "requirements.txt"
    requirements.write_text(asked.partition("\n")[2])
    machine = platform.machine()
    fitting = [f"--platform=manylinux_2_{minor}_{machine}" for minor in GLIBC] + [f"--platform=manylinux2014_{machine}"]
    _run(
        *("uv", "run", "--quiet", "--no-project", "--with", "pip", "python", "-m", "pip", "download", "--quiet"),
        *("--disable-pip-version-check", "--no-deps", "--only-binary=:all:", "--require-hashes"),
        *("--implementation=cp", f"--python-version={python}", *fitting),
        *("--dest", str(folder), "--requirement", str(requirements)),
    )
    stamp.write_text(asked)


def locked_requirements() -> str:
    """What both programs need of others, with the versions and hashes of uv.lock."""
    programs = [f"--package=dockstats-{app}" for app in APPS]
    return _output(
        *("uv", "export", "--quiet", "--locked", *programs, "--no-dev", "--no-emit-workspace"),
        *("--no-header", "--no-annotate", *(f"--prune={name}" for name in PRUNED)),
    )


def build(app: str, tag: str, *, base: str = BASE, context: Path = ROOT, stage: str = "") -> None:
    """Build one image, or only as far as a stage of it, from the wheels below `context`/build/wheels."""
    told = {
        "BASE": base,
        "VERSION": _output("uv", "version", "--short", "--package", f"dockstats-{app}"),
        "REVISION": _told_by_git("rev-parse", "HEAD"),
        "SOURCE": _told_by_git("config", "--get", "remote.origin.url"),
    }
    arguments = [f"--build-arg={name}={value}" for name, value in told.items()]
    if stage:
        arguments.append(f"--target={stage}")
    dockerfile = str(ROOT / "apps" / app / "Dockerfile")
    _run("docker", "build", "--quiet", "--network=none", *arguments, "--tag", tag, "--file", dockerfile, str(context))


def _told_by_git(*arguments: str) -> str:
    """What git prints; nothing where this is no clone, or one without that."""
    done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout.strip() if done.returncode == 0 else ""


def _output(*command: str) -> str:
    done = subprocess.run(command, cwd=ROOT, env=_environment(), stdout=subprocess.PIPE, text=True, check=True)
    return done.stdout.strip()


def _run(*command: str) -> None:
    done = subprocess.run(
        command, cwd=ROOT, env=_environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    if done.returncode != 0:
        sys.stderr.write(done.stdout)
        raise SystemExit(f"{' '.join(command[:3])} ... failed with exit code {done.returncode}; its words are above")


def _environment() -> dict[str, str]:
    """This process's, without the checkout's own virtual environment, which `uv run --no-project` would take."""
    return {name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"}


if __name__ == "__main__":
    main()
