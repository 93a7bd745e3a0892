"""The environment a program sees: its own variables, and below them the working directory's `.env.local` and `.env`.

A file only fills in what is not set: the environment wins over `.env.local`, and that over `.env`. A variable that is
set but blank counts as set here (it hides the files' one) and as "use the default" where it is read.
Values are taken as they stand: `$NAME` and `${NAME}` are not replaced, so a password may hold a dollar sign.
Not here: what the variables mean (program.options).
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path

from dotenv import dotenv_values
from msgspec import Struct

from dockstats_core.errors import ConfigurationError

FILES = (".env", ".env.local")
"""Names of the files read, the later one winning."""


class Variable(Struct, frozen=True):
    """One variable's value, and the file it comes from (None: the environment itself)."""

    value: str
    file: str | None = None


def read_environment(environ: Mapping[str, str], directory: Path) -> dict[str, Variable]:
    """Every variable of `environ` and of the files in `directory`, by name.

    Raises:
        ConfigurationError: a file is there but cannot be read, or is not UTF-8.
    """
    variables: dict[str, Variable] = {}
    for name in FILES:
        variables.update(_read_file(directory / name))
    variables.update((name, Variable(value)) for name, value in environ.items())
    return variables


def _read_file(path: Path) -> dict[str, Variable]:
    try:
        text = path.read_text(encoding="utf-8-sig")  # editors on Windows put a mark before the first name
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
        return {}  # a virtual environment is often a directory named .env
    except UnicodeDecodeError as error:
        raise ConfigurationError(f"cannot read {path}: byte {error.start} is not UTF-8; save it as UTF-8") from error
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise ConfigurationError(
            f"cannot read {path}: {why.lower()}; give this user the right to read it, or move it away"
        ) from error
    values = dotenv_values(stream=io.StringIO(text), interpolate=False)
    return {name: Variable(value, path.name) for name, value in values.items() if value is not None}
