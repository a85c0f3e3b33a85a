"""A module has one purpose and a function fits on a screen."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

MODULE_LINES = 400
FUNCTION_LINES = 60


def long_functions(source: str, *, at_most: int) -> Iterator[str]:
    """Yield `name: lines` of each function longer than `at_most` lines, decorators left out."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno is not None:
            lines = node.end_lineno - node.lineno + 1
            if lines > at_most:
                yield f"{node.name}: {lines}"


def modules(root: Path) -> list[Path]:
    found = sorted((root / "src").rglob("*.py"))
    assert found, "got no module under src"
    return found


def test_modules_are_short(root: Path) -> None:
    lines = {path: len(path.read_text().splitlines()) for path in modules(root)}
    assert {str(path): n for path, n in lines.items() if n > MODULE_LINES} == {}


def test_functions_are_short(root: Path) -> None:
    found = {
        str(path): long
        for path in modules(root)
        if (long := list(long_functions(path.read_text(), at_most=FUNCTION_LINES)))
    }
    assert found == {}


def test_a_long_function_is_found() -> None:
    body = "\n".join("    x = 1" for _ in range(3))
    source = f"class A:\n  def short(self): ...\n\nasync def long():\n{body}\n"
    assert list(long_functions(source, at_most=3)) == ["long: 4"]
    assert list(long_functions(source, at_most=4)) == []
