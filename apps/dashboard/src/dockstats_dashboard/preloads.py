"""Which modules a browser needs before the page can start, told to it at once in the page's head.

A browser finds a module's imports only when it has the module: a chain of eight would cost eight round trips. Modules
that are imported later, by a call, are left out: they come when they are first wanted.
Not here: the files (page_files).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

_STATIC = re.compile(r"""(?:\bfrom|^import)\s*"\./([^"]+)";""", re.MULTILINE)
_HEAD_END = "  </head>"


def imported(modules: Mapping[str, str], *roots: str) -> list[str]:
    """`roots` and all that they import, and so on, by name: nearest first, each once.

    Raises:
        KeyError: one that is imported is not among `modules`.
    """
    found = list(dict.fromkeys(roots))
    for name in found:  # grows meanwhile
        found.extend(other for other in _imports(modules[name]) if other not in found)
    return found


def with_preloads(index: str, names: list[str]) -> str:
    """`index` with a link in its head for each module of `page/`."""
    links = "".join(f'    <link rel="modulepreload" href="page/{name}">\n' for name in names)
    before, end, after = index.partition(_HEAD_END)
    return f"{before}{links}{end}{after}"


def _imports(module: str) -> Iterator[str]:
    yield from dict.fromkeys(_STATIC.findall(module))
