"""Searches for bytes that break a target's law, for so many seconds; what it finds is kept beside the target's corpus.

By atheris where it is installed (guided), else by Hypothesis, which knows no coverage and says so.
Not here: the command line (__main__), playing found inputs again (test_regressions).
"""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha1
from pathlib import Path

from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from tests.fuzz import json_trees
from tests.fuzz.target import CORPUS, Target, kept, load

ONE_INPUT_S = 20
"""An input that takes longer is a find, too; on a machine that does much else."""

MEMORY_MB = 1000
_ENDING_S = 60.0  # to load, and to end
_EXAMPLES_A_ROUND = 200
_COUNTED = re.compile(r"stat::number_of_executed_units:\s*(\d+)")


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What a search did: how, how many inputs it tried, and what it said where it found one."""

    way: str
    tried: int
    found: str | None


def has_atheris() -> bool:
    """Whether the search can be guided here."""
    return importlib.util.find_spec("atheris") is not None


def search(
    name: str,
    seconds: float,
    *,
    guided: bool | None = None,
    grown: Path | None = None,
    found_in: Path | None = None,
) -> Outcome:
    """Search for `seconds`.

    Args:
        name: of the target.
        seconds: how long, loading not counted.
        guided: by atheris, or by Hypothesis; by default atheris where it is.
        grown: a folder for inputs that reach lines not seen before (atheris).
        found_in: a folder for what is found; by default the target's corpus.
    """
    found_in = found_in or CORPUS / name
    found_in.mkdir(parents=True, exist_ok=True)
    if not (has_atheris() if guided is None else guided):
        return _by_hypothesis(name, seconds, found_in)
    with tempfile.TemporaryDirectory(prefix=f"fuzz-{name}-") as folder:
        return _by_atheris(name, seconds, Path(folder), grown, found_in)


def _by_atheris(name: str, seconds: float, folder: Path, grown: Path | None, found_in: Path) -> Outcome:
    target = load(name)
    seeds, words = folder / "seeds", folder / "words"
    seeds.mkdir()
    for number, data in enumerate(target.seeds):
        (seeds / str(number)).write_bytes(data)
    words.write_text("".join(f'"{_escaped(word)}"\n' for word in target.words))
    new = grown or folder / "new"
    new.mkdir(parents=True, exist_ok=True)
    flags = [
        *(f"-max_total_time={max(1, round(seconds))}", f"-timeout={ONE_INPUT_S}", f"-rss_limit_mb={MEMORY_MB}"),
        *(f"-artifact_prefix={found_in}/found-", "-len_control=0", "-print_final_stats=1"),
        "-keep_seed=1",  # what is decoded in C reaches no new lines, and would leave only the shortest input
        *([f"-dict={words}"] if target.words else []),
    ]
    folders = [str(new), str(seeds), *([str(CORPUS / name)] if kept(name) else [])]
    done = subprocess.run(
        [sys.executable, "-m", "tests.fuzz.guided", name, *flags, *folders],
        cwd=Path(__file__).parents[2],
        env={**os.environ, "TMPDIR": str(folder)},  # libFuzzer ends the process before it could clean up
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=seconds + _ENDING_S,
        check=False,
    )
    said = done.stdout.decode(errors="replace")
    counted = _COUNTED.search(said)
    tried = int(counted[1]) if counted else 0
    return Outcome(way="atheris", tried=tried, found=None if done.returncode == 0 and tried else said[-8000:])


def _escaped(word: bytes) -> str:
    return "".join(f"\\x{byte:02x}" for byte in word)


# --- Without atheris --------------------------------------------------------------------------------------------------


def _by_hypothesis(name: str, seconds: float, found_in: Path) -> Outcome:
    target = load(name)
    ends_s = time.monotonic() + seconds
    tried = 0
    last = b""

    def hold(data: bytes) -> None:
        nonlocal tried, last
        if time.monotonic() < ends_s:
            tried, last = tried + 1, data
            target.fuzz(data)

    try:
        while time.monotonic() < ends_s:
            _round(target, hold, tried)()
    except Exception as error:  # noqa: BLE001 - whatever a target raises is a find
        path = found_in / f"found-{sha1(last, usedforsecurity=False).hexdigest()}"
        path.write_bytes(last)
        return Outcome(way="Hypothesis", tried=tried, found=f"{path}: {type(error).__name__}: {error}")
    return Outcome(way="Hypothesis", tried=tried, found=None)


def _round(target: Target, hold: Callable[[bytes], None], number: int) -> Callable[[], None]:
    profile = settings(
        max_examples=_EXAMPLES_A_ROUND, database=None, deadline=None, suppress_health_check=list(HealthCheck)
    )
    return seed(number)(profile(given(inputs(target))(hold)))


def inputs(target: Target) -> st.SearchStrategy[bytes]:
    """Sound inputs with a part replaced, or with their JSON changed; and any bytes."""
    parts = st.one_of(st.binary(max_size=8), st.sampled_from([*target.words, b""]))
    replaced = st.builds(_with_part, st.sampled_from(target.seeds), st.floats(0, 1), st.integers(0, 20), parts)
    ways = [replaced, st.binary(max_size=min(300, target.longest))]
    if target.holds_json:
        ways.append(
            st.builds(_with_json, st.sampled_from(target.seeds), st.just(target.longest), st.integers(0, 2**31))
        )
    return st.one_of(ways)


def _with_part(data: bytes, share: float, length: int, part: bytes) -> bytes:
    start = int(share * len(data))
    return data[:start] + part + data[start + length :]


def _with_json(data: bytes, longest: int, number: int) -> bytes:
    return json_trees.changed(data, longest, number) or data
