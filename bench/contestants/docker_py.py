"""docker-py with a thread a container: what a script does that somebody writes in an afternoon.

`container.stats(stream=True, decode=True)` in a thread for each container, as every example has it; this is also what
exporters and dashboards in Python are made of. Figures are the frames that arrive, their age is told by the engine's
own `read` stamp in them.
"""

from __future__ import annotations

import importlib
import threading
import time
from datetime import datetime
from typing import Any

from bench.contestants.contestant import Contestant, python
from bench.tally import Reporter

DOCKER_PY = Contestant(
    key="docker-py", title="docker-py, a thread each", kind="others", needs=("docker",), command=python(__name__)
)


def main() -> None:
    """Follow every running container, for ever."""
    docker: Any = importlib.import_module("docker")  # has no types, and the bench itself does without

    client = docker.from_env()
    reporter = Reporter()
    seen: set[str] = set()

    def follow(container: Any) -> None:
        for frame in container.stats(stream=True, decode=True):
            reporter.delivered([time.time() - read_stamp_s(frame["read"])])
            seen.add(container.id)

    for container in client.containers.list():
        threading.Thread(target=follow, args=(container,), daemon=True).start()
    while True:
        time.sleep(0.5)
        reporter.report(len(seen))


def read_stamp_s(text: str) -> float:
    """Unix seconds of the engine's stamp, whose nanoseconds Python's parser refuses before 3.11 and cuts after."""
    return datetime.fromisoformat(text).timestamp()


if __name__ == "__main__":
    main()
