"""Puts the tables of the last run into docs/performance.md, between its two marks; `make bench` runs it.

The words around them are a person's: whether they still fit the figures is for a person to see.
Not here: the run, the chart (which the page shows from bench/results).
"""

from __future__ import annotations

from pathlib import Path

from bench.findings import Result, read
from bench.options import RESULTS
from bench.table import markdown

PAGE = Path(__file__).parent.parent / "docs" / "performance.md"
BEGIN = "<!-- Written by bench/performance_page.py from bench/results/: run the bench instead of changing them. -->\n"
END = "<!-- The end of what is written. -->\n"


def with_tables(page: str, result: Result) -> str:
    """The page with the tables of this run in place of the old ones.

    Raises:
        ValueError: the page does not have both marks.
    """
    before, found, rest = page.partition(BEGIN)
    _, found_too, after = rest.partition(END)
    if not (found and found_too):
        raise ValueError("the page has no place for the tables: both marks must stand in it, each in a line of its own")
    machine = (
        f"Taken on {result.began_at[:10]} on {result.engine.cores} cores ({result.cpu_model}), Linux "
        f"{result.engine.kernel}, Docker {result.engine.version}, cgroup v{result.engine.cgroup_version}, in "
        f"{result.seconds / 60:.0f} minutes."
    )
    return f"{before}{BEGIN}\n{machine}\n\n{markdown(result)}\n{END}{after}"


def main() -> None:
    """Write the page."""
    page = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(with_tables(page, read(RESULTS / "results.json")), encoding="utf-8")


if __name__ == "__main__":
    main()
