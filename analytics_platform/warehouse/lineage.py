"""What dbt's manifest says about the marts: what each is made of, and which tests speak for it. Pure.

Staging views and intermediate tables are steps on the way to a mart, not things that people ask for: a mart's inputs
are the source tables and the marts that it reaches through them, and their tests count as checks of a mart below.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Manifest = Mapping[str, Any]


@dataclass(frozen=True)
class Mart:
    """One mart of the dbt project. ``inputs`` are (source, table) or ("marts", mart)."""

    name: str
    unique_id: str
    description: str
    inputs: tuple[tuple[str, str], ...]
    columns: tuple[tuple[str, str, str], ...]  # name, type, description
    personal: tuple[str, ...]

    @property
    def is_by_day(self) -> bool:
        """Whether its rows have a day; the other marts are made whole in each run."""
        return any(name == "day" for name, _, _ in self.columns)

    @property
    def is_of_insights(self) -> bool:
        """Whether it shows what was found in a snapshot: such marts are built after it, and published anew."""
        return any(source == "insights" for source, _ in self.inputs)


@dataclass(frozen=True)
class MartTest:
    """One dbt test, under the mart that it speaks for."""

    name: str
    unique_id: str
    mart: str
    description: str
    warns_only: bool


def marts(manifest: Manifest) -> list[Mart]:
    """The marts, sorted by name."""
    nodes = [node for node in manifest["nodes"].values() if _is_mart(node)]
    return sorted((_mart(manifest, node) for node in nodes), key=lambda mart: mart.name)


def mart_tests(manifest: Manifest) -> list[MartTest]:
    """Every test of the project under a mart: its own, else the first mart that is made from what it tests."""
    tests = [node for node in manifest["nodes"].values() if node["resource_type"] == "test"]
    return sorted((_test(manifest, node) for node in tests), key=lambda test: test.unique_id)


def _mart(manifest: Manifest, node: Mapping[str, Any]) -> Mart:
    columns = node["columns"].values()
    return Mart(
        name=node["name"],
        unique_id=node["unique_id"],
        description=node["description"].strip(),
        inputs=tuple(sorted(_inputs(manifest, node["unique_id"]))),
        columns=tuple((c["name"], c["data_type"] or "", c["description"].strip()) for c in columns),
        personal=tuple(c["name"] for c in columns if _meta(c).get("personal")),
    )


def _inputs(manifest: Manifest, unique_id: str) -> set[tuple[str, str]]:
    found: set[tuple[str, str]] = set()
    for parent in manifest["parent_map"][unique_id]:
        if parent in manifest["sources"]:
            source = manifest["sources"][parent]
            found.add((source["source_name"], source["name"]))
        elif _is_mart(manifest["nodes"][parent]):
            found.add(("marts", manifest["nodes"][parent]["name"]))
        else:
            found |= _inputs(manifest, parent)
    return found


def _test(manifest: Manifest, node: Mapping[str, Any]) -> MartTest:
    tested = [node["attached_node"]] if node.get("attached_node") else list(node["depends_on"]["nodes"])
    return MartTest(
        name=node["name"],
        unique_id=node["unique_id"],
        mart=_mart_below(manifest, tested),
        description=node["description"].strip() or node["name"].replace("_", " "),
        warns_only=node["config"]["severity"].lower() == "warn",
    )


def _mart_below(manifest: Manifest, tested: list[str]) -> str:
    """The first mart at or below the tested nodes, step by step down the graph."""
    level = [node for node in tested if not node.startswith("test.")]
    while level:
        found = sorted(
            manifest["nodes"][n]["name"] for n in level if n in manifest["nodes"] and _is_mart_id(manifest, n)
        )
        if found:
            return str(found[0])
        level = [child for node in level for child in manifest["child_map"][node] if not child.startswith("test.")]
    raise ValueError(f"No mart is made from {tested}: a test of something that nobody reads.")


def _is_mart_id(manifest: Manifest, unique_id: str) -> bool:
    return _is_mart(manifest["nodes"][unique_id])


def _is_mart(node: Mapping[str, Any]) -> bool:
    return bool(node["resource_type"] == "model" and node["fqn"][1] == "marts")


def _meta(column: Mapping[str, Any]) -> Mapping[str, Any]:
    return column.get("config", {}).get("meta") or column.get("meta") or {}
