"""A search finds what is there to be found, whichever way it goes, keeps it, and changes JSON into other JSON.

Not here: the laws of the product.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fuzz import broken, json_trees
from tests.fuzz.pieces import Pieces, in_chunks
from tests.fuzz.searching import has_atheris, search

WAYS = [
    pytest.param(True, id="atheris", marks=pytest.mark.skipif(not has_atheris(), reason="atheris is not installed")),
    pytest.param(False, id="Hypothesis"),
]


@pytest.mark.parametrize("guided", WAYS)
def test_law_that_does_not_hold_is_found_and_the_input_kept(tmp_path: Path, guided: bool) -> None:
    outcome = search("broken", 20, guided=guided, found_in=tmp_path)
    assert outcome.found is not None
    assert "above 1000" in outcome.found
    [kept] = tmp_path.iterdir()
    assert kept.name.startswith("found-")
    with pytest.raises(AssertionError, match="above 1000"):
        broken.fuzz(kept.read_bytes())


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=40)
@given(root=st.dictionaries(st.text(max_size=3), _json, min_size=1), number=st.integers(0, 2**32))
def test_json_changes_to_json_within_its_bound_and_what_stands_before_it_stays(root: object, number: int) -> None:
    data = b"h" + json.dumps(root).encode()
    changed = json_trees.changed(data, 10_000, number)
    assert changed == json_trees.changed(data, 10_000, number)
    if changed is not None:
        assert len(changed) <= 10_000
        for line in changed.split(b"\n"):
            assert line[:1] == b"h"
            json.loads(line[1:])


@pytest.mark.parametrize("data", [b"", b"no JSON", b"{", b"[" * 100_000])
def test_what_holds_no_json_is_left_to_changes_of_bytes(data: bytes) -> None:
    assert json_trees.changed(data, 10_000, 1) is None


@given(data=st.binary(), width=st.integers(0, 20))
def test_chunks_are_the_data(data: bytes, width: int) -> None:
    chunks = list(in_chunks(data, width))
    assert b"".join(chunks) == data
    assert all(chunks)


@given(data=st.binary(), count=st.integers(0, 20))
def test_pieces_are_the_data_and_what_is_missing_is_nothing(data: bytes, count: int) -> None:
    pieces = Pieces(data)
    first, some, rest = pieces.number(), pieces.taken(count), pieces.rest()
    assert (bytes([first]) + some + rest)[: len(data)] == data
    assert not pieces
    assert (pieces.number(), pieces.rest()) == (0, b"")
