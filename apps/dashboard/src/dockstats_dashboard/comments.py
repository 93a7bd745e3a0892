"""A module or style sheet without what is for who reads the source: indentation and comments.

Lines stay, so a line that a browser's console names is the same in both. A comment within a line of code goes only
where nothing before it in that line could be the beginning of a text or a regular expression. A text that runs over
several lines could hold lines that look like comments, or be indented: a file that seems to have one is left as it is.
Not here: which files there are, how they are sent (page_files).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_MARKS = {"js": ("//", "/*"), "css": ("/*",)}
"""What comments begin with, by the ending of the file's name."""
_BLOCK = re.compile(r"""^([^"'`/]*)/\*\*? (?:(?!\*/).)*\*/ ?""")
_BEHIND = re.compile(r"""^([^"'`/]*[^"'`/\s])\s+// .*$""")


def without_comments(name: str, body: bytes) -> bytes:
    """`body` of the file `name`, its comment lines empty, and no line indented."""
    marks = _MARKS.get(name.rpartition(".")[2])
    if marks is None:
        return body
    lines = list(_without(body.decode().split("\n"), marks))
    if any(line.count("`") % 2 or line.endswith("\\") for line in lines):
        return body
    if "//" in marks:
        lines = [_without_inner(line) for line in lines]
    return "\n".join(line.strip() for line in lines).encode()


def _without(lines: list[str], marks: tuple[str, ...]) -> Iterator[str]:
    in_block = False
    for line in lines:
        text = line.strip()
        if in_block:
            _, end, rest = line.partition("*/")
            in_block = not end
            yield rest
        elif text.startswith("/*") and "/*" in marks:
            _, end, rest = text[2:].partition("*/")
            in_block = not end
            yield line if rest else ""  # code stands behind it, as after a type in brackets
        elif text.startswith(marks):
            yield ""
        else:
            yield line


def _without_inner(line: str) -> str:
    while (shorter := _BLOCK.sub(r"\1", line)) != line:
        line = shorter
    return _BEHIND.sub(r"\1", line)
