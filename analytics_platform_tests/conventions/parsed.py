"""Each module is parsed once, however many rules look at it."""

import ast
from functools import cache
from pathlib import Path


@cache
def tree(module: Path) -> ast.Module:
    return ast.parse(module.read_text())


@cache
def imports(module: Path) -> tuple[ast.Import | ast.ImportFrom, ...]:
    return tuple(node for node in ast.walk(tree(module)) if isinstance(node, ast.Import | ast.ImportFrom))
