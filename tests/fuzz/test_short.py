"""A short search for bytes that break a law, anew in every run: each target has its seconds.

DOCKSTATS_FUZZ_SECONDS says how many (1 by default). What is found is kept with the target's corpus and in the report.
Not here: inputs that were found before (test_regressions), longer searches (docs/fuzzing.md).
"""

from __future__ import annotations

import os

import pytest

from tests.fuzz.searching import search
from tests.fuzz.target import NAMES

SECONDS = float(os.environ.get("DOCKSTATS_FUZZ_SECONDS", "1"))


@pytest.mark.time_limit(SECONDS + 100)
@pytest.mark.parametrize("name", NAMES)
def test_search_finds_nothing_that_breaks_the_law(name: str) -> None:
    outcome = search(name, SECONDS)
    assert outcome.tried > 0, outcome.found
    assert outcome.found is None, outcome.found
