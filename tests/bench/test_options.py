from __future__ import annotations

import pytest

from bench.lineup import ALL
from bench.options import RESULTS, parse


def test_without_arguments_everybody_is_measured_three_times_with_a_hundred_containers() -> None:
    options = parse([])
    assert (options.containers, options.rounds, options.only) == (100, 3, ())
    assert options.sizes == (10, 50, 100, 250, 500)
    assert options.directory == RESULTS


def test_quick_makes_less_of_everything_and_what_is_given_counts_more() -> None:
    quick = parse(["--quick", "--rounds", "2"])
    assert (quick.containers, quick.rounds, quick.sizes) == (20, 2, (10, 20))


@pytest.mark.parametrize(("text", "sizes"), [("0", ()), ("50,10,50", (10, 50))])
def test_sizes_stand_in_order_and_zero_leaves_growth_out(text: str, sizes: tuple[int, ...]) -> None:
    assert parse(["--sizes", text]).sizes == sizes


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--containers", "0"], "'0' is not a whole number from 1 to 1000"),
        (["--rounds", "many"], "'many' is not a whole number"),
        (["--span", "soon"], "'soon' is not a number of seconds from 0.5 to 600"),
        (["--sizes", "10,-1"], "'-1' is not a whole number"),
        (["--only", "cadvisor"], "--only cadvisor: no contestant has this name"),
    ],
)
def test_wrong_option_stops_with_a_sentence(
    arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stopped:
        parse(arguments)
    assert stopped.value.code == 2
    assert words in capsys.readouterr().err


def test_list_names_every_contestant(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        parse(["--list"])
    assert stopped.value.code == 0
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == [one.key for one in ALL]


def test_help_tells_every_default(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parse(["--help"])
    told = capsys.readouterr().out
    assert "Ctrl-C" in told
    assert told.count("default ") >= 5
