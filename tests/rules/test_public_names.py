"""The library's public face: which names it has, that each is documented, and that no module is named after nothing.

A name that goes from the list is a change for the major version; one that comes is a line in CHANGELOG.md.
Not here: what the names do; their own tests tell that.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator
from pathlib import Path

import pytest

import dockstats_core
from dockstats_core import errors

SOURCE = Path(dockstats_core.__file__).parent
MODULES = sorted(SOURCE.rglob("*.py"))

FEEDS = {"AgentFeed", "ConnectionChanged", "FeedEvent", "LocalFeed", "Unusable"}
DIAGNOSIS = {"Diagnosis", "diagnose"}
MESSAGES = {
    "AgentMessage",
    "AgentMetrics",
    "AgentStatus",
    "ContainerFacts",
    "ContainerInventory",
    "ContainerSample",
    "ContainerStatsBatch",
    "EngineState",
    "HostFigures",
    "OwnUsage",
    "Sampling",
}
ERRORS = {
    "ConfigurationError",
    "ContainerNotFoundError",
    "DockstatsError",
    "EngineApiError",
    "EngineError",
    "EngineNotReachableError",
    "EnginePermissionError",
    "EngineTimeoutError",
    "MalformedAnswerError",
    "MalformedMessageError",
    "MessageError",
    "UnknownMessageTypeError",
}
SAYS_NOTHING = {
    "base",
    "common",
    "core",
    "handler",
    "helper",
    "helpers",
    "lib",
    "manager",
    "misc",
    "service",
    "util",
    "utils",
}


def test_public_names_are_these_and_no_others() -> None:
    assert set(dockstats_core.__all__) == FEEDS | DIAGNOSIS | MESSAGES | ERRORS


def test_every_error_a_caller_can_act_on_is_public() -> None:
    assert {name for name, value in vars(errors).items() if inspect.isclass(value)} == ERRORS


@pytest.mark.parametrize("name", sorted(FEEDS | DIAGNOSIS | MESSAGES | ERRORS))
def test_public_name_resolves_and_is_documented(name: str) -> None:
    value = getattr(dockstats_core, name)
    if inspect.isclass(value) or inspect.isroutine(value):
        assert inspect.getdoc(value)
        assert value.__name__ == name


def test_every_public_error_descends_from_the_one_root() -> None:
    for name in ERRORS:
        assert issubclass(getattr(dockstats_core, name), dockstats_core.DockstatsError)


def undocumented(tree: ast.Module) -> Iterator[str]:
    """Names of a module's public classes, their public methods and its public functions without a docstring."""
    if ast.get_docstring(tree) is None:
        yield "the module"
    for node in tree.body:
        if not isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) or node.name.startswith("_"):
            continue
        if ast.get_docstring(node) is None and not _is_overload(node):
            yield node.name
        if isinstance(node, ast.ClassDef):
            for inner in node.body:
                if not isinstance(inner, ast.FunctionDef | ast.AsyncFunctionDef) or inner.name.startswith("_"):
                    continue
                if ast.get_docstring(inner) is None and not _is_overload(inner):
                    yield f"{node.name}.{inner.name}"


def _is_overload(node: ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    return any(ast.unparse(decorator).endswith(("overload", ".setter")) for decorator in node.decorator_list)


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.relative_to(SOURCE).as_posix())
def test_everything_public_in_the_module_has_a_docstring(module: Path) -> None:
    assert list(undocumented(ast.parse(module.read_text()))) == []


def test_missing_docstrings_are_found() -> None:
    source = "class A:\n    def b(self): ...\n    def _c(self): ...\ndef _d(): ...\nasync def e(): ...\n"
    assert list(undocumented(ast.parse(source))) == ["the module", "A", "A.b", "e"]


@pytest.mark.parametrize("module", [path for path in MODULES if path.name != "__init__.py"], ids=lambda path: path.stem)
def test_module_says_what_it_refuses_to_do(module: Path) -> None:
    assert "Not here:" in (ast.get_docstring(ast.parse(module.read_text())) or "")


def test_no_module_has_a_name_that_says_nothing() -> None:
    named = {part.removesuffix(".py") for module in MODULES for part in module.relative_to(SOURCE).parts}
    assert not named & SAYS_NOTHING
