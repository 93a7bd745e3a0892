"""What everybody costs, as one picture: horizontal bars, watcher and engine apart, in an SVG of a few kilobytes. Pure.

Written by hand: bars and words need no library, and this way the picture follows the reader's light or dark theme by
its own style sheet, which what plotting libraries write does not. Not here: the figures (findings).
"""

from __future__ import annotations

from xml.sax.saxutils import escape

from bench.findings import Result, Summary, summaries
from bench.table import TITLES
from bench.words import number

WIDTH = 860
_LABELS = 220  # pixels for the names
_VALUES = 150  # and for the figures behind the bars
_ROW = 30
_TOP = 74

_STYLE = """
  :root { color-scheme: light dark }
  text { font: 13px system-ui, sans-serif; fill: #1f2328 }
  .title { font-size: 16px; font-weight: 600 }
  .quiet { fill: #59636e; font-size: 12px }
  .watcher { fill: #0969da } .engine { fill: #bc4c00 }
  .ends { stroke: #1f2328; stroke-width: 1.5 }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3 } .quiet { fill: #9198a1 } .ends { stroke: #e6edf3 }
    .watcher { fill: #4493f8 } .engine { fill: #f0883e }
  }
"""


def chart(result: Result) -> str:
    """The picture of the whole cost; empty bars where nothing was measured."""
    shown = [one for key, one in summaries(result.cost).items() if key != "idle"]
    most = max([0.0, *(one.over_idle_pct.high for one in shown)]) or 1.0
    containers = shown[0].containers if shown else 0
    height = _TOP + _ROW * len(shown) + 30
    head = f"CPU to watch {containers} idle containers, percent of one core over idle"
    kernel = f"Docker {result.engine.version}, Linux {result.engine.kernel}, cgroup v{result.engine.cgroup_version}"
    rounds = max((one.round for one in result.cost), default=0)
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img">',
        f"<title>{escape(head)}</title>",
        f"<style>{_STYLE}</style>",
        _text(16, 26, head, "title"),
        '<rect class="watcher" x="16" y="40" width="12" height="12"/>',
        _text(34, 51, "the watcher itself", "quiet"),
        '<rect class="engine" x="160" y="40" width="12" height="12"/>',
        _text(178, 51, "dockerd, containerd and shims on its behalf", "quiet"),
        _text(WIDTH - 16, 51, "behind the bar: new figures a second of each container", "quiet", end=True),
        *(_bar(one, _TOP + _ROW * row, most) for row, one in enumerate(shown)),
        _text(16, height - 10, f"{kernel}; median, lowest and highest of {rounds} spans", "quiet"),
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def _bar(one: Summary, top: float, most: float) -> str:
    scale = (WIDTH - _LABELS - _VALUES) / most
    watcher, engine = max(0.0, one.watcher_pct.median) * scale, max(0.0, one.engine_pct.median) * scale
    middle = top + 9
    low, high = (max(0.0, value) * scale + _LABELS for value in (one.over_idle_pct.low, one.over_idle_pct.high))
    rate = f"{number(one.per_container_per_s)}/s" if one.per_container_per_s else ""
    words = f"{number(one.over_idle_pct.median)} %" + (f", {rate}" if rate else "")
    return "\n".join(
        [
            _text(_LABELS - 10, top + 14, TITLES.get(one.contestant, one.contestant), end=True),
            f'<rect class="watcher" x="{_LABELS}" y="{top}" width="{watcher:.1f}" height="18"/>',
            f'<rect class="engine" x="{_LABELS + watcher:.1f}" y="{top}" width="{engine:.1f}" height="18"/>',
            f'<line class="ends" x1="{low:.1f}" x2="{high:.1f}" y1="{middle}" y2="{middle}"/>',
            _text(max(high, _LABELS + watcher + engine) + 8, top + 14, words),
        ]
    )


def _text(x: float, y: float, words: str, kind: str = "", *, end: bool = False) -> str:
    attributes = (f' class="{kind}"' if kind else "") + (' text-anchor="end"' if end else "")
    return f'<text x="{x:.1f}" y="{y:.1f}"{attributes}>{escape(words)}</text>'
