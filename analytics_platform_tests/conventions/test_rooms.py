"""Rooms keep to themselves: imports go one way, each module opens with a sign, files fit in the head."""

import ast
import re
from graphlib import CycleError, TopologicalSorter
from itertools import takewhile
from pathlib import Path

import pytest

from analytics_platform.settings import PROJECT_ROOT
from analytics_platform_tests.conventions.parsed import imports, tree

PACKAGE = PROJECT_ROOT / "analytics_platform"
MODULES = sorted(PACKAGE.rglob("*.py"))

# Each room may import those named here, and itself. ``cli`` and ``commands`` may import every room.
MAY_IMPORT = {
    "errors": set(),
    "setting_values": set(),
    "settings": {"errors", "setting_values"},
    "tokens": {"errors"},
    "contracts": {"errors", "settings"},
    "lake": {"contracts", "errors", "settings"},
    "pubsub": {"contracts", "lake", "errors", "settings"},
    "collector": {"pubsub", "tokens", "contracts", "lake", "errors", "settings"},
    "connectors": {"contracts", "lake", "errors", "settings"},
    "simulator": {"contracts", "lake", "errors", "settings"},
    "enrichment": {"contracts", "lake", "errors", "setting_values", "settings"},
    "warehouse": {"contracts", "lake", "errors", "settings"},
    "semantics": {"warehouse", "errors", "settings"},
    "insights": {"contracts", "lake", "enrichment", "semantics", "warehouse", "errors", "settings"},
    "reports": {"contracts", "lake", "semantics", "warehouse", "errors", "settings"},
    "alerts": {"contracts", "lake", "warehouse", "reports", "errors", "settings"},
    "serving": {
        "operations",
        "tokens",
        "reports",
        "insights",
        "semantics",
        "contracts",
        "lake",
        "warehouse",
        "errors",
        "settings",
    },
    "deploy": {"errors", "settings"},
    "upkeep": {"alerts", "contracts", "lake", "warehouse", "errors", "settings"},
    "privacy": {"collector", "contracts", "lake", "warehouse", "errors", "settings"},
    "operations": {"contracts", "lake", "connectors", "enrichment", "warehouse", "errors", "settings"},
    "defs": {
        "upkeep",
        "deploy",
        "alerts",
        "contracts",
        "lake",
        "connectors",
        "enrichment",
        "simulator",
        "warehouse",
        "semantics",
        "insights",
        "reports",
        "serving",
        "operations",
        "errors",
        "settings",
    },
}
TOP = {"cli", "commands", "definitions", "__init__", "__main__"}
LONGEST = {"py": 300, "sql": 120}


def room_of(module: Path) -> str:
    return module.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported(module: Path) -> set[tuple[str, ...]]:
    """The names below the package that a module imports, wherever in the file, split at the dots."""
    found = set()
    for node in imports(module):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom) and node.module:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        found |= {tuple(name.split(".")[1:]) for name in names if name.startswith("analytics_platform.")}
    return found


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_go_one_way(module: Path) -> None:
    room = room_of(module)
    if room in TOP:
        return
    assert room in MAY_IMPORT, (
        f"{room} is a new room: say in MAY_IMPORT and in analytics_platform/__init__.py what it is"
    )
    strangers = {name[0] for name in imported(module)} - MAY_IMPORT[room] - {room, "__version__"}
    assert not strangers, (
        f"{module.name} is in {room} and imports {sorted(strangers)}: code that needs both belongs in the room further"
        " down the list in analytics_platform/__init__.py, or the shared part further up"
    )


def name_of(module: Path) -> tuple[str, ...]:
    parts = module.relative_to(PACKAGE).with_suffix("").parts
    return parts[:-1] if parts[-1] == "__init__" else parts


def test_no_folder_holds_a_circle() -> None:
    """In each folder, at every depth, its modules and folders import each other in one direction only."""
    names = {name_of(module) for module in MODULES}
    graphs: dict[tuple[str, ...], dict[str, set[str]]] = {}
    for module in MODULES:
        own = name_of(module)
        for target in imported(module):
            while target not in names:  # a function's or a class's name
                target = target[:-1]
            shared = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(own, target, strict=False)))
            if shared < min(len(own), len(target)):
                graphs.setdefault(own[:shared], {}).setdefault(own[shared], set()).add(target[shared])
    circles = {}
    for folder, graph in graphs.items():
        try:
            TopologicalSorter(graph).prepare()
        except CycleError as error:
            circles["/".join(folder)] = error.args[1]
    assert circles == {}


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_every_module_opens_with_a_sign_and_fits_in_the_head(module: Path) -> None:
    text = module.read_text()
    assert ast.get_docstring(tree(module)), f"{module} says nothing of what lives there"
    assert len(text.splitlines()) <= LONGEST["py"], f"{module} has more than one subject"


def test_models_fit_in_the_head() -> None:
    long = [
        path.name
        for folder in ("macros", "models", "tests")  # not target, where compiled models lie
        for path in (PROJECT_ROOT / "dbt_project" / folder).rglob("*.sql")
        if len(path.read_text().splitlines()) > LONGEST["sql"]
    ]
    assert long == []


def test_no_step_or_fact_reads_a_mart() -> None:
    """Data goes from steps and facts to marts and not back, so that a mart can change without the steps."""
    models = PROJECT_ROOT / "dbt_project" / "models"
    marts = {file.stem for file in (models / "marts").rglob("*.sql")}
    assert "users" in marts
    backwards = [
        f"{file.stem} reads {name}"
        for layer in ("staging", "intermediate", "facts")
        for file in sorted((models / layer).rglob("*.sql"))
        for name in re.findall(r"\bref\(\s*['\"](\w+)", file.read_text())
        if name in marts
    ]
    assert backwards == []


def test_only_settings_reads_the_environment() -> None:
    readers = [
        str(module.relative_to(PACKAGE))
        for module in MODULES
        if any(word in module.read_text() for word in ("os.environ", "getenv", "BaseSettings"))
    ]
    assert readers == ["settings.py"]


def test_only_the_control_room_imports_dagster() -> None:
    importers = {
        room_of(module)
        for module in MODULES
        for node in imports(module)
        if (isinstance(node, ast.Import) and any(alias.name.split(".")[0] == "dagster" for alias in node.names))
        or (isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0].startswith("dagster"))
    }
    assert importers == {"defs"}
