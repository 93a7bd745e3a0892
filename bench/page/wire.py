"""What the page asks for, without a browser: the weight of its files, and the bytes of its stream.

Not here: what it makes of them (visit).
"""

from __future__ import annotations

import re
import time
from typing import Literal

import httpx

from bench.page.findings import Weight

STREAM = "stream/agents?batches=columns"
_AT_ONCE = re.compile(
    r"""(?:href|src)="(page/[^"]+)"|(?:\bfrom|^import)\s*"\./([^"]+)"|new URL\("\./([^"]+)\"""", re.MULTILINE
)
_AFTER_FIRST_FIGURES = ("rest.js", "head.css", "fleet.css", "time.css")  # as main.js has them
_WHEN_WANTED = re.compile(r"""import\(\s*"\./([^"]+)"|styleSheet\("([^"]+)\"""")


def weight(url: str, until: Literal["first figures", "rest", "all"]) -> Weight:
    """The files that the page loads, plain and as small as gzip makes them.

    Up to the first figures, with the rest that follows them by itself, or with all that comes when it is wanted.
    """
    plain = gzipped = 0
    waiting = [""]
    if until != "first figures":
        waiting += [f"page/{name}" for name in _AFTER_FIRST_FIGURES]
    seen = set(waiting)
    with httpx.Client(base_url=url, trust_env=False) as client:
        while waiting:
            path = waiting.pop()
            answer = client.get(path, headers={"Accept-Encoding": "gzip"}).raise_for_status()
            plain += len(answer.content)
            sent = int(answer.headers.get("content-length", 0))
            is_small = answer.headers.get("content-encoding") == "gzip"
            gzipped += sent if is_small else len(answer.content)
            found = _AT_ONCE.findall(answer.text)
            if until == "all":
                found += _WHEN_WANTED.findall(answer.text)
            for groups in found:
                name = "page/" + next(filter(None, groups)).removeprefix("page/")
                if name not in seen:
                    seen.add(name)
                    waiting.append(name)
    return Weight(files=len(seen), plain_bytes=plain, gzipped_bytes=gzipped)


def stream_bytes_per_s(url: str, span_s: float) -> float:
    """Compressed bytes a second of the page's stream, after everything that was there before it came."""
    with (
        httpx.Client(base_url=url, trust_env=False, timeout=30) as client,
        client.stream("GET", STREAM, headers={"Accept-Encoding": "gzip"}) as answer,
    ):
        received = 0
        counting_from_s = time.monotonic() + 1.0
        for chunk in answer.iter_raw():
            now_s = time.monotonic()
            if now_s < counting_from_s:
                continue
            received += len(chunk)
            if now_s >= counting_from_s + span_s:
                return received / (now_s - counting_from_s)
    raise RuntimeError("the stream ended by itself")
