"""Comments with lines of their own go, and indentation, and nothing else does."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dockstats_dashboard.comments import without_comments


def js(text: str) -> str:
    return without_comments("main.js", text.encode()).decode()


def css(text: str) -> str:
    return without_comments("style.css", text.encode()).decode()


def test_lines_of_comments_are_empty_and_the_others_where_they_were() -> None:
    text = "// why\n/** what\n * it is.\n */\nexport const a = 1;\n  // more\n  b();\n"
    assert js(text) == "\n\n\n\nexport const a = 1;\n\nb();\n"


def test_block_of_one_line_goes_and_code_behind_it_stays() -> None:
    assert js("/** @type {number} */\nlet a;") == "\nlet a;"
    assert js("/** @type {Row} */ (found).draw();") == "(found).draw();"


@pytest.mark.parametrize(
    ("line", "left"),
    [
        ("a(); // why", "a();"),
        ("const a = /** @type {A} */ (b[0] ?? /** @type {B} */ (c));", "const a = (b[0] ?? (c));"),
        ("const f = (/** @type {number} */ n) => n; // why", "const f = (n) => n;"),
        ("case 1: // why", "case 1:"),
    ],
)
def test_comment_within_a_line_goes_where_no_text_can_have_begun(line: str, left: str) -> None:
    assert js(line) == left


def test_code_behind_the_end_of_a_block_stays() -> None:
    assert js("/* a\n b */ c();") == "\nc();"


def test_line_inside_a_block_ends_it_whatever_it_begins_with() -> None:
    assert js("/* a\n// b */\nc();") == "\n\nc();"


@pytest.mark.parametrize(
    "line",
    [
        'const url = "http://a";',
        "const url = 'a // b'; // why",
        'a("/* b */");',
        "a = `// ${b}`;",
        "a = b / c / d;",
        "a = /[/* b */]/;",
        r"a = /\/\/ /;",
        "a = b //c",
        "* 2;",
    ],
)
def test_what_stands_in_code_stays(line: str) -> None:
    assert js(line) == line


@pytest.mark.parametrize("text", ["a = `\n  // no comment\n`;", "a = 'b\\\n  // no comment';"])
def test_file_with_a_text_over_several_lines_is_left_as_it_is(text: str) -> None:
    assert js(f"// why\n{text}") == f"// why\n{text}"


def test_text_in_backticks_on_one_line_is_no_reason_to_leave_a_file() -> None:
    assert js("// why\na = `${b}`;") == "\na = `${b}`;"


def test_no_line_is_indented_and_spaces_within_one_stay() -> None:
    assert js("if (a) {\n  b('  ');  \n}") == "if (a) {\nb('  ');\n}"
    assert css("a {\n  b: c  d;\n}") == "a {\nb: c  d;\n}"


def test_style_sheets_have_blocks_only() -> None:
    assert css("/* why\n   so */\na { b: c; }\n// not a comment\n") == "\n\na { b: c; }\n// not a comment\n"


@pytest.mark.parametrize("name", ["index.html", "icon.svg", "icon.png", "none"])
def test_files_of_other_kinds_are_left_as_they_are(name: str) -> None:
    assert without_comments(name, b"// \xff\n/* */") == b"// \xff\n/* */"


@given(
    st.lists(st.sampled_from(["// a", "/* a", "a */", "/* a */", "b();", "`", "/* a */ b();", "", "\\"]), max_size=8)
)
def test_lines_stay_and_what_is_left_is_part_of_what_was_there(lines: list[str]) -> None:
    left = js("\n".join(lines)).split("\n")
    assert len(left) == max(len(lines), 1)
    assert all(one in line or one in line.replace("/* a */ ", "") for one, line in zip(left, lines, strict=False))
