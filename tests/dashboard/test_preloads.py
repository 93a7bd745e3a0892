"""What a browser is told to load at once: all that the page needs to start, and nothing that comes later."""

from __future__ import annotations

import pytest

from dockstats_dashboard.preloads import imported, with_preloads

MODULES = {
    "boot.js": 'await import("./main.js");',
    "main.js": 'import { a } from "./a.js";\nimport {\n  b,\n  c,\n} from "./b.js";\nimport "./side.js";\n',
    "a.js": 'import { b } from "./b.js";\nconst later = () => import("./later.js");\n',
    "b.js": 'import { a } from "./a.js";\nexport { d } from "./d.js";\n',
    "d.js": "",
    "side.js": "",
    "later.js": "",
}


def test_every_static_import_is_found_once_and_nearest_first() -> None:
    assert imported(MODULES, "boot.js", "main.js") == ["boot.js", "main.js", "a.js", "b.js", "side.js", "d.js"]


def test_what_is_imported_by_a_call_is_left_out() -> None:
    assert imported(MODULES, "boot.js") == ["boot.js"]
    assert "later.js" not in imported(MODULES, "main.js")


def test_a_module_that_is_not_there_is_an_error() -> None:
    with pytest.raises(KeyError, match="gone"):
        imported({"main.js": 'import { a } from "./gone.js";'}, "main.js")


def test_links_stand_at_the_end_of_the_head() -> None:
    index = "<html>\n  <head>\n    <title>a</title>\n  </head>\n  <body></body>\n</html>\n"
    link = '    <link rel="modulepreload" href="page/a.js">\n'
    assert with_preloads(index, ["a.js"]) == index.replace("  </head>", f"{link}  </head>")
    assert with_preloads(index, []) == index
