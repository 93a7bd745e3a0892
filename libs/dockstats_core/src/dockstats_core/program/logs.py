"""Logging, set up once at a program's start: one line a record, for people and for grep.

    2025-06-01T12:00:00.123Z INFO dockstats_core.feeds.local engine reachable endpoint=unix:///var/run/docker.sock

UTC time, level, logger, message; what a record carries in `extra` follows as key=value. A line break in a stranger's
text is escaped, so that no container can forge a record; only a traceback adds lines, each indented. A password in a
URL is hidden. Other libraries' loggers come through here too; those that tell of every request, with the query in its
address, are heard only when something is wrong, and what strangers cause there no more than once a minute.
Not here: what is logged.
"""

from __future__ import annotations

import logging
import re
import sys
from datetime import UTC, datetime
from typing import TextIO

from dockstats_core.program.complaints import Damped
from dockstats_core.program.values import LogLevel

# What logging itself puts on a record, and the coloured twin that uvicorn puts beside a message.
_OWN_FIELDS = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName", "color_message"}

# At every level below warning: a line for each request and connection.
_QUIET = ("httpx", "httpcore", "uvicorn")

# What a client does can make these say the same a thousand times a second: a kind is told once a minute.
_CAUSED_BY_STRANGERS = ("asyncio", "uvicorn.error")

# uvicorn says "error" for its main logger, which reads wrongly beside INFO.
_SHOWN_NAMES = {"uvicorn.error": "uvicorn"}

_URL_PASSWORD = re.compile(r"://[^\s/@]*@")
_NEEDS_QUOTES = re.compile(r"[\s\"=]|\A\Z")
# Also what turns the rest of a line round as it is shown (Unicode Bidirectional Algorithm, 2.1 to 2.5).
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


class LineFormatter(logging.Formatter):
    """A record as one line, and a traceback as indented lines below it."""

    def format(self, record: logging.LogRecord) -> str:
        """The record's line or lines, without a line break at the end."""
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        name = _SHOWN_NAMES.get(record.name, record.name)
        words = [at, record.levelname, name, _one_line(record.getMessage())]
        words += [f"{key}={_value(value)}" for key, value in sorted(vars(record).items()) if key not in _OWN_FIELDS]
        lines = [" ".join(words)]
        if record.exc_info:
            traceback = self.formatException(record.exc_info)
            lines += [f"    {_one_line(line)}" for line in traceback.splitlines()]
        return _URL_PASSWORD.sub("://…@", "\n".join(lines))


def set_up_logging(level: LogLevel, stream: TextIO | None = None) -> None:
    """Send every logger's records of `level` and above to `stream` (by default standard error), one line each.

    The server must be told to leave logging alone (`uvicorn.Config(log_config=None)`). Calling it again replaces what
    the last call did.
    """
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(LineFormatter())
    root = logging.getLogger()
    for old in root.handlers[:]:
        if isinstance(old.formatter, LineFormatter):
            root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(level.upper())
    for name in _QUIET:
        logging.getLogger(name).setLevel(max(logging.WARNING, root.level))
    damped = Damped()
    for name in _CAUSED_BY_STRANGERS:
        logger = logging.getLogger(name)
        for earlier in logger.filters[:]:
            if isinstance(earlier, Damped):
                logger.removeFilter(earlier)
        logger.addFilter(damped)


def _value(value: object) -> str:
    text = _one_line(str(value))
    return '"' + text.replace('"', '\\"') + '"' if _NEEDS_QUOTES.search(text) else text


def _one_line(text: str) -> str:
    return _UNPRINTABLE.sub(lambda match: repr(match[0])[1:-1], text)
