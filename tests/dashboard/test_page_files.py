"""The page's files: complete, strict, below any path, and nothing else."""

from __future__ import annotations

import gzip
import re

import httpx
import pytest

from dockstats_dashboard.page_files import MEDIA_TYPES, read_page
from dockstats_dashboard.preloads import imported
from tests.dashboard.serving import running_dashboard

PAGE = read_page()


def test_the_page_is_there_and_every_file_is_of_a_known_kind() -> None:
    assert "index.html" in PAGE
    assert "main.js" in PAGE
    assert {name.rpartition(".")[2] for name in PAGE} <= MEDIA_TYPES.keys()


@pytest.mark.parametrize("name", sorted(PAGE))
def test_no_file_names_an_absolute_url_or_an_inline_script(name: str) -> None:
    text = PAGE[name].body.decode()
    assert not re.search(r"""(?:src|href|from|fetch\()\s*=?\s*["'(](?:https?:)?/""", text)
    if name.endswith(".html"):
        assert not re.search(r"<script(?![^>]*\bsrc=)", text)
        assert " style=" not in text
        assert "<style" not in text
    if name.endswith(".js"):
        assert "innerHTML" not in text
        assert "insertAdjacentHTML" not in text


MODULES = {name: file.body.decode() for name, file in PAGE.items() if name.endswith(".js")}
START = {"index.html", *re.findall(r'href="page/([^"]+\.(?:css|js))"', PAGE["index.html"].body.decode())}
"""What has to be there before the first figures, but for the worker that all tabs share."""

FIRST_FIGURES = {*START, *imported(MODULES, "stream-hub.js")}
SHEETS = set(re.findall(r'"(\w+\.css)"', MODULES["main.js"]))
FIRST_VISIT = {*FIRST_FIGURES, *imported(MODULES, "rest.js"), *SHEETS}
"""With the rest, which follows by itself."""


# The first bound is what may be spent; the others are ceilings, to be lowered whenever the page has become smaller.
@pytest.mark.parametrize(
    ("names", "plain_kb", "gzipped_kb"),
    [
        pytest.param(FIRST_FIGURES, 150, 45, id="until first figures"),
        pytest.param(FIRST_VISIT, 264, 98, id="first visit"),
        pytest.param(set(PAGE), 445, 168, id="all"),
    ],
)
def test_the_page_is_no_larger_than_it_may_be(names: set[str], plain_kb: int, gzipped_kb: int) -> None:
    assert sum(len(PAGE[name].body) for name in names) < plain_kb * 1000
    assert sum(len(PAGE[name].gzipped) for name in names) < gzipped_kb * 1000


def test_first_figures_wait_for_nothing_that_they_do_not_need() -> None:
    assert {"head.css", "fleet.css", "time.css"} == SHEETS
    assert not {"rest.js", "page-head.js", "filter-terms.js", "groups.js", "spark-columns.js", *SHEETS} & FIRST_FIGURES


def test_all_modules_that_the_page_starts_with_are_told_at_once() -> None:
    index = PAGE["index.html"].body.decode()
    told = re.findall(r'<link rel="modulepreload" href="page/([^"]+)">', index)
    assert told[:2] == ["boot.js", "main.js"]
    assert "container-table.js" in told
    assert not {"detail-drawer.js", "settings-dialog.js", "stream-hub.js"} & set(told)  # they come later, or elsewhere


@pytest.mark.parametrize("name", sorted(PAGE))
def test_no_file_is_sent_with_what_is_for_who_reads_the_source(name: str) -> None:
    if name.endswith((".js", ".css")):
        text = PAGE[name].body.decode()
        assert not re.search(r"^\s*(//|/\*\*$)", text, re.MULTILINE)
        assert not re.search(r"^[ \t]", text, re.MULTILINE)


@pytest.mark.parametrize("name", sorted(PAGE))
def test_a_file_is_the_same_in_both_forms(name: str) -> None:
    assert gzip.decompress(PAGE[name].gzipped) == PAGE[name].body


async def test_every_file_is_served_with_its_kind_and_the_strict_policy() -> None:
    async with running_dashboard({}) as dashboard:
        index = await dashboard.client.get("/")
        assert index.status_code == 200
        assert index.headers["content-type"] == "text/html; charset=utf-8"
        for name, file in PAGE.items():
            answer = await dashboard.client.get(f"/page/{name}")
            assert answer.status_code == 200
            assert answer.content == file.body
            assert answer.headers["vary"] == "Accept-Encoding"
            is_text = file.media_type.startswith("text/")
            assert answer.headers["content-type"] == file.media_type + ("; charset=utf-8" if is_text else "")
            assert answer.headers["content-security-policy"] == (
                "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
            )
            assert answer.headers["x-content-type-options"] == "nosniff"
            assert answer.headers["referrer-policy"] == "no-referrer"
            assert answer.headers["cache-control"] == "no-cache"


@pytest.mark.parametrize("encoding", ["gzip", "identity"])
async def test_who_takes_gzip_gets_it_and_who_does_not_gets_the_file(encoding: str) -> None:
    async with (
        running_dashboard({}) as dashboard,
        dashboard.client.stream("GET", "/page/main.js", headers={"Accept-Encoding": encoding}) as answer,
    ):
        sent = b"".join([chunk async for chunk in answer.aiter_raw()])
    file = PAGE["main.js"]
    assert answer.headers.get("content-encoding", "identity") == encoding
    assert sent == (file.gzipped if encoding == "gzip" else file.body)
    assert int(answer.headers["content-length"]) == len(sent)


@pytest.mark.parametrize(("encoding", "other"), [("gzip", "identity"), ("identity", "gzip")])
async def test_an_unchanged_file_is_not_sent_again_in_the_form_that_is_there(encoding: str, other: str) -> None:
    async with running_dashboard({}) as dashboard:

        async def ask(encoding: str, etag: str = '"other"') -> httpx.Response:
            headers = {"Accept-Encoding": encoding, "If-None-Match": etag}
            return await dashboard.client.get("/page/main.js", headers=headers)

        first = await ask(encoding)
        again = await ask(encoding, first.headers["etag"])
        in_another = await ask(other, first.headers["etag"])
    assert first.status_code == 200
    assert again.status_code == 304
    assert again.content == b""
    assert again.headers["etag"] == first.headers["etag"]
    assert again.headers["vary"] == "Accept-Encoding"
    assert in_another.status_code == 200


@pytest.mark.parametrize(
    "path", ["/page/nothing.js", "/page/../app.py", "/page/%2e%2e/app.py", "/page//etc/passwd", "/page/", "/app.py"]
)
async def test_nothing_else_is_served(path: str) -> None:
    async with running_dashboard({}) as dashboard:
        assert (await dashboard.client.get(path)).status_code == 404


async def test_a_base_path_moves_everything_below_it() -> None:
    async with running_dashboard({}, base_path="/ops/stats") as dashboard:
        for path in ("/", "/page/main.js", "/healthz", "/api/agents", "/schema/openapi.json"):
            assert (await dashboard.client.get(path)).status_code == 200, path
        below = await dashboard.client.get(f"http://127.0.0.1:{dashboard.port}/ops/stats")
        outside = await dashboard.client.get(f"http://127.0.0.1:{dashboard.port}/healthz")
    assert below.status_code == 307
    assert below.headers["location"] == "stats/"
    assert outside.status_code == 404
