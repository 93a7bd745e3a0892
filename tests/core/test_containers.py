"""What an id must look like before it enters a path, and how much of a stranger's text is kept."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dockstats_core.containers import MAX_TEXT, bounded, is_container_id
from dockstats_core.messages.agent import ContainerFacts, codec
from dockstats_core.messages.agent import ContainerInventory as Inventory
from tests.builders import NOW, container, container_id


@pytest.mark.parametrize("text", ["0123456789ab", "a" * 64, "0" * 12, container_id(7)])
def test_short_and_full_ids_are_ids(text: str) -> None:
    assert is_container_id(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a" * 11,
        "a" * 65,
        "A" * 64,
        "g" * 64,
        "a" * 63 + "\n",
        "a" * 64 + "\n",
        "\n" + "a" * 64,
        " " + "a" * 64,
        "../" + "a" * 61,
        "a" * 31 + "/" + "a" * 32,
        "a" * 31 + "\0" + "a" * 32,
        "a" * 12 + "/json",
        "a" * 12 + "?all=1",
        "a" * 12 + "%2f",
        "٠" * 12,
        "ａ" * 12,
        "web-1",
    ],
)
def test_anything_that_could_lead_elsewhere_in_a_path_is_no_id(text: str) -> None:
    assert not is_container_id(text)


@given(st.text(max_size=70))
def test_what_is_an_id_is_hex_digits_only(text: str) -> None:
    if is_container_id(text):
        assert 12 <= len(text) <= 64
        assert set(text) <= set("0123456789abcdef")


def test_text_up_to_the_bound_is_kept_as_it_is() -> None:
    assert bounded("") == ""
    assert bounded("x" * MAX_TEXT) == "x" * MAX_TEXT


@pytest.mark.parametrize("length", [MAX_TEXT + 1, 10_000_000])
def test_longer_text_is_cut_and_shows_that_it_was(length: int) -> None:
    cut = bounded("x" * length)
    assert cut == "x" * (MAX_TEXT - 1) + "…"
    assert len(cut) == MAX_TEXT


@given(st.text(max_size=3 * MAX_TEXT))
def test_bounded_text_begins_like_the_text_and_cutting_again_changes_nothing(text: str) -> None:
    cut = bounded(text)
    assert len(cut) <= MAX_TEXT
    assert text.startswith(cut.removesuffix("…"))
    assert bounded(cut) == cut


@pytest.mark.parametrize("char", ["x", "ü", "🐳", "\0", "\n", '"', "\u2028"])
def test_bounded_text_fits_a_message(char: str) -> None:
    text = bounded(char * 2 * MAX_TEXT)
    facts = ContainerFacts(id=container_id(1), name=text, image=text)
    message = Inventory(agent_id="heron", sent_at=NOW, containers=[facts])
    assert codec.decode(codec.encode(message)) == message


@pytest.mark.parametrize(
    ("state", "counted"),
    [
        ("running", True),
        ("paused", True),
        ("restarting", True),
        ("created", False),
        ("removing", False),
        ("exited", False),
        ("dead", False),
        ("a state of a newer engine", False),
    ],
)
def test_container_is_counted_while_it_can_have_processes(state: str, counted: bool) -> None:
    assert container(state=state).is_counted is counted
