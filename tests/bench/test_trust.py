from __future__ import annotations

import pytest

from bench.trust import Before, Measured, doubts
from tests.bench.measured import before, usage


def test_quiet_machine_leaves_no_doubt() -> None:
    quiet = Measured(what="docker stats, round 1", usage=usage(others=0.2, engine=40.0, kernel=1.0))
    assert doubts(before(), [quiet]) == []


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (before(running_containers=3), "3 other containers"),
        (before(engine_connections=2), "2 other clients"),
        (
            before(usage=usage(seconds=3.0, others=0.6)),
            "before the run: other programs took 20.0 % of a core, chromium",
        ),
        (before(usage=usage(seconds=3.0, stolen=0.3)), "before the run: the host below took 10.0 %"),
        (before(absent=("Glances, containers only",)), "Glances, containers only was not measured"),
    ],
)
def test_what_is_wrong_before_the_run_is_told(found: Before, words: str) -> None:
    (sentence,) = doubts(found, [])
    assert words in sentence


@pytest.mark.parametrize(
    ("disturbed", "words"),
    [
        (usage(others=2.0), "aiodocker, round 2: other programs took 20.0 % of a core, chromium the most"),
        (
            usage(busy=6.0, engine=3.5, kernel=0.5),
            "aiodocker, round 2: 20.0 % of a core went to programs that started and ended meanwhile, or to interrupts",
        ),
        (usage(stolen=1.0), "aiodocker, round 2: the host below took 10.0 % of a core away (steal)"),
    ],
)
def test_span_that_was_disturbed_is_named(disturbed: object, words: str) -> None:
    span = Measured(what="aiodocker, round 2", usage=disturbed)  # type: ignore[arg-type]
    assert doubts(before(), [span]) == [words]


def test_clients_of_others_during_the_run_are_told() -> None:
    assert doubts(before(), [], foreign_connections=4) == [
        "4 other clients were connected to the engine during the run"
    ]
