"""docs/security.md as tests read it: the paths that the engine is asked for, and the proxy that lets only them through.

Not here: whether what it says is true (tests/readonly, tests/engine/test_proxy.py).
"""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from msgspec import Struct

DOCUMENT = Path(__file__).parents[1] / "docs" / "security.md"

_TEXT = DOCUMENT.read_text(encoding="utf-8")
_ROW = re.compile(r"^\| ([A-Z]+) \| `(/[^`]*)` \|([^|]*)\| [^|]+ \| [^|]+ \|$", re.MULTILINE)
_PLACEHOLDERS = {"{version}": r"\d+\.\d+", "{id}": "[0-9a-f]{64}"}


class DocumentedPath(Struct, frozen=True):
    """One row of the table; `query` holds the names that may stand behind the question mark."""

    method: str
    path: str
    query: frozenset[str]

    @property
    def pattern(self) -> str:
        """A regular expression that the paths of this row match, and no others."""
        pattern = re.escape(self.path)
        for placeholder, shape in _PLACEHOLDERS.items():
            pattern = pattern.replace(re.escape(placeholder), shape)
        return pattern

    def covers(self, method: str, target: str) -> bool:
        """Whether a request is of this row; a HEAD is a GET without its body."""
        url = urlsplit(target)
        names = {name for name, _ in parse_qsl(url.query, keep_blank_values=True)}
        same_method = method == self.method or (method == "HEAD" and self.method == "GET")
        return same_method and re.fullmatch(self.pattern, url.path) is not None and names <= self.query


PATHS = [
    DocumentedPath(method, path, frozenset(re.findall(r"`([^`]+)`", query)))
    for method, path, query in _ROW.findall(_TEXT)
]


def proxy_configuration() -> str:
    """The proxy's configuration as people copy it."""
    [block] = re.findall(r"^```nginx\n(.*?)^```$", _TEXT, re.MULTILINE | re.DOTALL)
    assert isinstance(block, str)
    return block
