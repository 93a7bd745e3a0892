"""What the whole product asks of an engine, and what of its answers ever leaves the host, seen from outside.

Both programs run, and every source, while containers come and go and every route is asked (tour); the engine's answers
are full of what must not leave (planted). Not here: single answers (tests/core/engine), a real proxy (tests/engine).
"""

from __future__ import annotations

from collections import Counter

import anyio
import pytest

from tests.documented_paths import PATHS, DocumentedPath
from tests.readonly.planted import MARK
from tests.readonly.tour import PROGRAMS, SPEAKERS, Tour, tour

AGENT_ROUTES = {"GET /healthz", "GET /api/stats"}
DASHBOARD_ROUTES = {"GET /healthz", "GET /api/agents", "GET /api/container", "GET /api/history", "GET /api/sparklines"}
pytestmark = pytest.mark.time_limit(120)  # two programs start, and the machine may be busy


@pytest.fixture(scope="module")
def seen() -> Tour:
    """The one tour of all tests here."""
    return anyio.run(tour)


def test_every_request_only_reads_and_stands_in_the_document(seen: Tour) -> None:
    asked = Counter(f"{request.method} {request.target}" for request in seen.asked)
    strange = {one: count for one, count in asked.items() if not any(row.covers(*one.split(" ")) for row in PATHS)}
    assert strange == {}


@pytest.mark.parametrize("row", PATHS, ids=lambda row: row.path)
def test_every_documented_path_and_query_is_asked_for(seen: Tour, row: DocumentedPath) -> None:
    fitting = [one for one in seen.asked if row.covers(one.method, one.target)]
    assert fitting
    assert {name for one in fitting for name in one.query} == row.query


def test_the_tour_saw_every_source_and_every_route(seen: Tour) -> None:
    for name, source in zip(SPEAKERS, ("one-shot", "stream", "cgroup"), strict=True):
        assert seen.shows(name, f'"source":"{source}"'), name
    for name, routes in seen.routes.items():
        expected = AGENT_ROUTES if "agent" in name else DASHBOARD_ROUTES
        assert expected <= {route for route, status in routes.items() if status == 200}, name
        assert [route for route, status in routes.items() if status >= 500] == [], name


def test_nothing_but_what_is_meant_to_be_told_leaves_the_host(seen: Tour) -> None:
    leaks = [text[max(0, text.index(MARK) - 200) :][:400] for text in seen.everything() if MARK in text]
    assert leaks == []


def test_a_label_leaves_only_where_the_agent_was_asked_to_show_it(seen: Tour) -> None:
    for name, told in PROGRAMS.items():
        assert seen.shows(name, '"labels":{"tier":"front"}') is ("AGENT_LABELS" in told), name
        assert seen.shows(name, '"compose_project":"shop"'), name
        assert not seen.shows(name, "none-has-it"), name
