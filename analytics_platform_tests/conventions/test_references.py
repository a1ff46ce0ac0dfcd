"""What a sign names in double backticks is there: a file, a folder, or a name or word that some code uses."""

import ast
import re
from pathlib import Path

from analytics_platform.settings import PROJECT_ROOT
from analytics_platform_tests.conventions.parsed import tree

PACKAGES = ["analytics_platform", "analytics_platform_tests", "bench", "client"]
MODULES = [path for folder in PACKAGES for path in sorted((PROJECT_ROOT / folder).rglob("*.py"))]
OTHERS = [
    path for folder in ("dbt_project/models", "dbt_project/macros") for path in (PROJECT_ROOT / folder).rglob("*.*")
]
NAMED = re.compile(r"``([^`]+)``")
NAMES = ("id", "attr", "arg", "name", "module")
WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def words_of_code(module: Path) -> set[str]:
    """Names and words of a module's code, without those of its docstrings and comments."""
    nodes = list(ast.walk(tree(module)))
    signs = {id(sign) for node in nodes if (sign := _docstring(node))}
    texts: set[str] = set()
    for node in nodes:
        if isinstance(node, ast.Constant):
            if isinstance(node.value, str) and id(node) not in signs:
                texts.add(node.value)
        else:
            texts |= {value for field in NAMES if isinstance(value := getattr(node, field, None), str)}
    return set(WORD.findall("\n".join(texts)))


def _docstring(node: ast.AST) -> ast.Constant | None:
    if not isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) or not node.body:
        return None
    first = node.body[0]
    text = first.value if isinstance(first, ast.Expr) else None
    return text if isinstance(text, ast.Constant) and isinstance(text.value, str) else None


def test_what_signs_name_is_there() -> None:
    known = {"None", "True", "False", "not", "for", "in", "and", "or", "is"}
    for module in MODULES:
        known |= words_of_code(module) | set(module.relative_to(PROJECT_ROOT).with_suffix("").parts)
    for path in OTHERS:
        known |= {path.stem} | set(WORD.findall(path.read_text()))
    known |= {path.stem for path in PROJECT_ROOT.glob("*")} | set(WORD.findall((PROJECT_ROOT / "Makefile").read_text()))
    gone = {
        f"{module.relative_to(PROJECT_ROOT)}: {named}": sorted(unknown)
        for module in MODULES
        for named in NAMED.findall(ast.get_docstring(tree(module)) or "")
        if not re.search("[<*@]", named)  # a pattern, or a name of another package
        if (unknown := {word for word in WORD.findall(named) if word not in known and word.lower() not in known})
    }
    assert gone == {}
