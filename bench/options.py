"""What a person may ask of the bench. Not here: what is done with it (run)."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from msgspec import Struct

from bench.lineup import ALL

RESULTS = Path(__file__).parent / "results"

_DESCRIPTION = """\
What it costs to watch containers: `docker stats`, Glances, docker-py, aiodocker and dockstats, side by side.

Needs a Docker Engine of this machine. Starts containers of its own that do nothing, lets one watcher after the other
follow them, and measures the CPU that the watcher and the engine use over idle. The order changes with every round.
Takes about 25 minutes; --quick gives an idea in three. Leave the machine alone meanwhile: the bench looks whether
something else runs, and says so in its result. Ctrl-C ends it and removes its containers.
"""


class Options(Struct, frozen=True, kw_only=True):
    """One run."""

    containers: int
    rounds: int
    span_s: float
    settle_s: float
    sizes: tuple[int, ...]  # of the growth part; none leaves it out
    only: tuple[str, ...]  # keys of contestants; none means all
    image: str
    directory: Path
    quick: bool


def parse(arguments: Sequence[str]) -> Options:
    """The options that `arguments` give; ends the program with a sentence where they are wrong."""
    parser = argparse.ArgumentParser(
        prog="bench", description=_DESCRIPTION, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add = parser.add_argument
    add("--containers", type=_whole, metavar="N", help="containers for the whole cost; default 100, quick 20")
    add("--rounds", type=_whole, metavar="N", help="rounds of all contestants; default 3, quick 1")
    add("--span", type=_seconds, metavar="SECONDS", help="how long each one is measured; default 12, quick 5")
    add("--settle", type=_seconds, metavar="SECONDS", help="after it follows all containers; default 3, quick 1")
    add(
        "--sizes",
        type=_sizes,
        metavar="N,N,...",
        help="containers for growth and memory; default 10,50,100,250,500, quick 10,20; 0 leaves that part out",
    )
    add("--only", action="append", default=[], metavar="NAME", help="measure this contestant only; may be repeated")
    add("--list", action="store_true", help="print the contestants' names and end")
    add(
        "--image",
        default="dockstats-test:latest",
        help="of the containers; has `sleep`; tests/engine/up makes %(default)s",
    )
    add("--out", type=Path, default=RESULTS, metavar="DIRECTORY", help="where results go; default bench/results")
    add("--quick", action="store_true", help="fewer containers, one round, short spans: shows that it works")
    given = parser.parse_args(arguments)
    return _options(parser, given)


def _options(parser: argparse.ArgumentParser, given: argparse.Namespace) -> Options:
    if given.list:
        width = max(len(one.key) for one in ALL)
        print("".join(f"{one.key:{width}}  {one.title}\n" for one in ALL), end="")
        parser.exit()
    unknown = sorted(set(given.only) - {one.key for one in ALL})
    if unknown:
        parser.error(f"--only {unknown[0]}: no contestant has this name; bench --list prints them")
    quick: bool = given.quick
    sizes = given.sizes if given.sizes is not None else (10, 20) if quick else (10, 50, 100, 250, 500)
    return Options(
        containers=given.containers or (20 if quick else 100),
        rounds=given.rounds or (1 if quick else 3),
        span_s=given.span or (5.0 if quick else 12.0),
        settle_s=given.settle or (1.0 if quick else 3.0),
        sizes=tuple(sorted(set(sizes) - {0})),
        only=tuple(given.only),
        image=given.image,
        directory=given.out,
        quick=quick,
    )


def _whole(text: str) -> int:
    number = int(text) if text.isascii() and text.isdigit() else 0
    if not 1 <= number <= 1000:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 1 to 1000")
    return number


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0.5 <= seconds <= 600:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of seconds from 0.5 to 600")
    return seconds


def _sizes(text: str) -> tuple[int, ...]:
    return () if text == "0" else tuple(_whole(one) for one in text.split(","))
