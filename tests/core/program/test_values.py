"""One parser for each kind of value: what it takes, and the sentence for what it does not."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dockstats_core.errors import ConfigurationError
from dockstats_core.program import values

PARSERS: list[Callable[[str], object]] = [
    values.docker_endpoint,
    values.host_label,
    values.poll_interval_s,
    values.max_workers,
    values.simulated_containers,
    values.source,
    values.log_level,
    values.switch,
    values.base_path,
    values.filters,
    values.origins,
]


def refusal(parse: Callable[[str], object], text: str) -> str:
    with pytest.raises(ConfigurationError) as refused:
        parse(text)
    return str(refused.value)


@pytest.mark.parametrize("parse", PARSERS, ids=lambda parse: parse.__name__)
@given(text=st.text(max_size=40))
def test_any_text_is_a_value_or_a_configuration_error_of_one_line(parse: Callable[[str], object], text: str) -> None:
    sentence = ""
    try:
        parse(text)
    except ConfigurationError as error:
        sentence = str(error)
    assert len(sentence.splitlines()) <= 1


@pytest.mark.parametrize("text", ["unix:///run/docker.sock", "tcp://10.0.0.1:2376", " http://heron:2375 "])
def test_docker_endpoint_is_passed_on_without_its_blanks(text: str) -> None:
    assert values.docker_endpoint(text) == text.strip()


def test_blank_docker_endpoint_means_that_it_is_to_be_found() -> None:
    assert values.docker_endpoint("  ") is None


@pytest.mark.parametrize("text", ["ssh://heron", "npipe:////./pipe/docker_engine", "heron:2375"])
def test_docker_endpoint_in_a_form_that_is_not_spoken_is_refused_with_those_that_are(text: str) -> None:
    sentence = refusal(values.docker_endpoint, text)
    assert repr(text) in sentence
    assert "unix:///path/to/docker.sock, tcp://host:2375 or http://host:2375" in sentence


def test_host_label_is_one_line_without_blanks_round_it() -> None:
    assert values.host_label("  Rack 2, Küche ") == "Rack 2, Küche"
    assert values.host_label(" ") is None
    assert values.host_label("x" * 200) == "x" * 200


@pytest.mark.parametrize("text", ["x" * 201, "two\nlines", "bell\a"])
def test_host_label_that_does_not_fit_a_card_is_refused(text: str) -> None:
    assert "one line of at most 200 characters" in refusal(values.host_label, text)


@pytest.mark.parametrize(
    ("text", "seconds"), [("500ms", 0.5), (" 2s ", 2.0), ("1m30s", 90.0), ("50ms", 0.05), ("1h", 3600.0)]
)
def test_poll_interval_is_a_duration_as_go_writes_it(text: str, seconds: float) -> None:
    assert values.poll_interval_s(text) == seconds


@pytest.mark.parametrize("text", ["49ms", "0", "-1s", "1h1ns"])
def test_poll_interval_out_of_bounds_is_refused_with_the_bounds(text: str) -> None:
    assert refusal(values.poll_interval_s, text) == f"{text!r} is not usable: it should be from 50ms to 1h"


@pytest.mark.parametrize("text", ["500", "fast", "1 s"])
def test_poll_interval_that_is_no_duration_is_refused_with_examples(text: str) -> None:
    assert "write it like 500ms, 2s or 1m30s" in refusal(values.poll_interval_s, text)


@pytest.mark.parametrize(
    ("parse", "most"),
    [(values.max_workers, 1024), (values.simulated_containers, 10_000)],
    ids=["workers", "containers"],
)
def test_count_is_a_whole_number_from_1_to_its_bound(parse: Callable[[str], int], most: int) -> None:
    assert parse(" 1 ") == 1
    assert parse(str(most)) == most
    for text in ("0", str(most + 1), "-1", "1.5", "1e3", "٣", "many", "9" * 5000):
        assert refusal(parse, text) == f"{text[:100]!r} is not usable: it should be a whole number from 1 to {most}"


def test_source_and_level_are_words_in_any_case() -> None:
    assert values.source(" One-Shot ") == "one-shot"
    assert values.log_level("WARNING") == "warning"


def test_source_that_does_not_exist_is_refused_with_those_that_do() -> None:
    assert refusal(values.source, "cgroups").endswith("one of auto, cgroup, one-shot, stream, simulated")


@pytest.mark.parametrize(
    ("text", "path"), [("/host/proc", "/host/proc"), (" /host/proc/ ", "/host/proc"), ("/", "/"), ("", "")]
)
def test_directory_is_an_absolute_path_or_nothing(text: str, path: str) -> None:
    assert values.directory(text) == path


@pytest.mark.parametrize("text", ["proc", "../proc", "/proc\n", "~/proc"])
def test_directory_that_depends_on_where_one_stands_is_refused(text: str) -> None:
    assert refusal(values.directory, text + "x").endswith("it should be an absolute path, like /host/proc")


def test_unknown_level_is_refused_with_the_known_ones() -> None:
    assert refusal(values.log_level, "loud") == "'loud' is not usable: it should be one of debug, info, warning, error"


@pytest.mark.parametrize(
    ("text", "value"),
    [("1", True), ("TRUE", True), ("yes", True), (" on ", True), ("0", False), ("false", False), ("No", False)],
)
def test_switch_takes_the_usual_words(text: str, *, value: bool) -> None:
    assert values.switch(text) is value


def test_switch_takes_nothing_else() -> None:
    assert refusal(values.switch, "maybe") == (
        "'maybe' is not usable: it should be on or off (or true, false, yes, no, 1, 0)"
    )


@pytest.mark.parametrize(("text", "path"), [("/stats", "/stats"), ("/a/b-2_x.y/", "/a/b-2_x.y"), ("/", ""), ("", "")])
def test_base_path_has_no_slash_at_its_end(text: str, path: str) -> None:
    assert values.base_path(text) == path


@pytest.mark.parametrize(
    "text", ["stats", "//stats", "/a//b", "/../etc", "/.", "/a b", "/{x}", "/ä", "/a?b", "https://a/b"]
)
def test_base_path_that_is_no_plain_path_is_refused(text: str) -> None:
    assert "it should be a path like /stats" in refusal(values.base_path, text)


def test_filters_are_docker_terms_grouped_by_their_name() -> None:
    found = values.filters(" label=tier=web ;name=^shop;; label=keep")
    assert found == {"label": ("tier=web", "keep"), "name": ("^shop",)}
    assert values.filters(" ; ") == {}


@pytest.mark.parametrize("term", ["tier=web", "label", "label=", "label==x", "status=running", "name=a\tb", "=x"])
def test_term_that_docker_or_we_would_not_understand_is_refused_by_itself(term: str) -> None:
    sentence = refusal(values.filters, f"name=ok;{term}")
    assert sentence == f"{term!r} is not usable: it should be label=KEY, label=KEY=VALUE or name=PATTERN"


def test_label_keys_come_once_each() -> None:
    assert values.label_keys(" tier ; com.example.team;;tier") == ("tier", "com.example.team")
    assert values.label_keys("") == ()


@pytest.mark.parametrize("key", ["tier=web", "a\tb", "k" * 129])
def test_what_is_no_key_of_a_label_is_refused(key: str) -> None:
    assert "it should be the key of a label, of at most 128 characters" in refusal(values.label_keys, f"ok;{key}")


def test_no_more_labels_are_asked_for_than_a_message_holds() -> None:
    values.label_keys(";".join(map(str, range(16))))
    assert refusal(values.label_keys, ";".join(map(str, range(17)))) == "17 values are too many: 16 are the most"
    with pytest.raises(ConfigurationError, match="17 labels are too many: 16 are the most"):
        values.checked_label_keys(map(str, range(17)))


def test_origins_are_written_as_browsers_send_them() -> None:
    assert values.origins("https://Stats.Example:443/;http://heron:8000") == (
        "https://stats.example",
        "http://heron:8000",
    )
    assert values.origins("") == ()


@pytest.mark.parametrize("text", ["stats.example", "https://stats.example/page", "*", "null"])
def test_what_is_no_origin_is_refused_with_an_example(text: str) -> None:
    assert repr(text) in refusal(values.origins, text)
    assert "https://stats.example, without a path" in refusal(values.origins, text)


@pytest.mark.parametrize(("parse", "one"), [(values.filters, "name=a"), (values.origins, "http://a")])
def test_lists_are_bounded(parse: Callable[[str], object], one: str) -> None:
    parse(";".join([one] * 100))
    assert refusal(parse, ";".join([one] * 101)) == "101 values are too many: 100 are the most"


@pytest.mark.parametrize("parse", [values.host_label, values.source, values.base_path, values.switch, values.filters])
def test_sentence_shows_no_more_of_a_value_than_a_line_holds(parse: Callable[[str], object]) -> None:
    assert len(refusal(parse, "x y" * 5000)) < 250
