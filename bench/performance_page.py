"""Puts the tables of the last runs into docs/performance.md, each between its two marks; `make bench` runs it.

The words around them are a person's: whether they still fit the figures is for a person to see.
Not here: the run, the chart (which the page shows from bench/results).
"""

from __future__ import annotations

from pathlib import Path

from bench.findings import Result, read
from bench.load import findings as load
from bench.load.table import markdown as load_markdown
from bench.options import RESULTS
from bench.page.findings import PageResult, kept
from bench.page.table import markdown as page_markdown
from bench.soak import findings as soak
from bench.soak.table import markdown as soak_markdown
from bench.table import markdown

PAGE = Path(__file__).parent.parent / "docs" / "performance.md"
BEGIN = "<!-- Written by bench/performance_page.py from bench/results/: run the bench instead of changing them. -->\n"
BEGIN_PAGE = "<!-- Written by bench/performance_page.py, too, from bench/results/page.json. -->\n"
BEGIN_LOAD = "<!-- Written by bench/performance_page.py, too, from bench/results/load.json. -->\n"
BEGIN_SOAK = "<!-- Written by bench/performance_page.py, too, from bench/results/soak.json. -->\n"
END = "<!-- The end of what is written. -->\n"


def with_tables(text: str, result: Result) -> str:
    """The text with the tables of this run in place of the old ones.

    Raises:
        ValueError: the text does not have both marks.
    """
    machine = (
        f"Taken on {result.began_at[:10]} on {result.engine.cores} cores ({result.cpu_model}), Linux "
        f"{result.engine.kernel}, Docker {result.engine.version}, cgroup v{result.engine.cgroup_version}, in "
        f"{result.seconds / 60:.0f} minutes."
    )
    return _between(text, BEGIN, f"{machine}\n\n{markdown(result)}")


def with_page_table(text: str, result: PageResult) -> str:
    """The text with the table of what the page costs in place of the old one.

    Raises:
        ValueError: the text does not have both marks.
    """
    return _between(text, BEGIN_PAGE, page_markdown(result))


def with_load_table(text: str, result: load.LoadResult) -> str:
    """The text with the table of what dockstats holds in place of the old one.

    Raises:
        ValueError: the text does not have both marks.
    """
    return _between(text, BEGIN_LOAD, load_markdown(result))


def with_soak_table(text: str, result: soak.SoakResult) -> str:
    """The text with the table of what dockstats keeps in place of the old one.

    Raises:
        ValueError: the text does not have both marks.
    """
    return _between(text, BEGIN_SOAK, soak_markdown(result))


def _between(text: str, begin: str, written: str) -> str:
    before, found, rest = text.partition(begin)
    _, found_too, after = rest.partition(END)
    if not (found and found_too):
        raise ValueError("the page has no place for the tables: both marks must stand in it, each in a line of its own")
    return f"{before}{begin}\n{written}\n{END}{after}"


def main() -> None:
    """Write the page."""
    text = with_tables(PAGE.read_text(encoding="utf-8"), read(RESULTS / "results.json"))
    text = with_page_table(text, kept())
    text = with_load_table(text, load.kept())
    PAGE.write_text(with_soak_table(text, soak.kept()), encoding="utf-8")


if __name__ == "__main__":
    main()
