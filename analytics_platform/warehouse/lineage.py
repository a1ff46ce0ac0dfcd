"""What dbt's manifest says about its models: what each is made of, and which tests speak for it. Pure.

Marts are what people ask for; staging views, intermediate tables and facts are steps on the way to them. A mart's
inputs are what its SQL names, and the source tables that it reaches through steps: Dagster orders a run by them, and
steps are not run by themselves. Tests of a step count as checks of a mart below it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Manifest = Mapping[str, Any]


@dataclass(frozen=True)
class Model:
    """One model of the dbt project. ``inputs`` are (source, table), ("marts", mart) or ("steps", step)."""

    name: str
    unique_id: str
    description: str
    inputs: tuple[tuple[str, str], ...]
    columns: tuple[tuple[str, str, str], ...]  # name, type, description
    personal: tuple[str, ...]
    sql: str
    file: str  # below the dbt project
    table: str  # where it is stored: database, schema, name

    @property
    def is_of_insights(self) -> bool:
        """Whether it shows what was found in a snapshot: such marts are built after it, and published anew."""
        return any(source == "insights" for source, _ in self.inputs)


Mart = Model  # a model that people ask for


@dataclass(frozen=True)
class MartTest:
    """One dbt test, under the mart that it speaks for. ``column`` is empty where it is of no single one."""

    name: str
    unique_id: str
    mart: str
    description: str
    warns_only: bool
    column: str = ""


def marts(manifest: Manifest) -> list[Model]:
    """The marts, sorted by name."""
    nodes = [node for node in manifest["nodes"].values() if _is_mart(node)]
    found = (_model(node, _parents(manifest, node) | _sources(manifest, node["unique_id"])) for node in nodes)
    return sorted(found, key=lambda model: model.name)


def steps(manifest: Manifest) -> list[Model]:
    """Every model that is no mart, sorted by name."""
    nodes = [n for n in manifest["nodes"].values() if n["resource_type"] == "model" and not _is_mart(n)]
    return sorted((_model(node, _parents(manifest, node)) for node in nodes), key=lambda model: model.name)


def personal_columns(manifest: Manifest) -> set[str]:
    """The names of all personal columns, of steps and sources too."""
    nodes = [*manifest["nodes"].values(), *manifest["sources"].values()]
    return {column["name"] for node in nodes for column in node["columns"].values() if _meta(column).get("personal")}


def mart_tests(manifest: Manifest) -> list[MartTest]:
    """Every test of the project under a mart: its own, else the first mart that is made from what it tests."""
    tests = [node for node in manifest["nodes"].values() if node["resource_type"] == "test"]
    return sorted((_test(manifest, node) for node in tests), key=lambda test: test.unique_id)


def _model(node: Mapping[str, Any], inputs: set[tuple[str, str]]) -> Model:
    columns = node["columns"].values()
    return Model(
        name=node["name"],
        unique_id=node["unique_id"],
        description=node["description"].strip(),
        inputs=tuple(sorted(inputs)),
        columns=tuple((c["name"], c["data_type"] or "", c["description"].strip()) for c in columns),
        personal=tuple(c["name"] for c in columns if _meta(c).get("personal")),
        sql=node["raw_code"],
        file=node["original_file_path"],
        table=".".join((node["database"], node["schema"], node["alias"])),
    )


def _parents(manifest: Manifest, node: Mapping[str, Any]) -> set[tuple[str, str]]:
    """What the SQL of a model names."""
    found = set()
    for parent in manifest["parent_map"][node["unique_id"]]:
        if parent in manifest["sources"]:
            found.add(_source(manifest, parent))
        else:
            layer = "marts" if _is_mart_id(manifest, parent) else "steps"
            found.add((layer, manifest["nodes"][parent]["name"]))
    return found


def _sources(manifest: Manifest, unique_id: str) -> set[tuple[str, str]]:
    """The source tables that a model reaches through steps."""
    found: set[tuple[str, str]] = set()
    for parent in manifest["parent_map"][unique_id]:
        if parent in manifest["sources"]:
            found.add(_source(manifest, parent))
        elif not _is_mart_id(manifest, parent):
            found |= _sources(manifest, parent)
    return found


def _source(manifest: Manifest, unique_id: str) -> tuple[str, str]:
    source = manifest["sources"][unique_id]
    return source["source_name"], source["name"]


def _test(manifest: Manifest, node: Mapping[str, Any]) -> MartTest:
    tested = [node["attached_node"]] if node.get("attached_node") else list(node["depends_on"]["nodes"])
    return MartTest(
        name=node["name"],
        unique_id=node["unique_id"],
        mart=_named(node) or _mart_below(manifest, tested),
        description=node["description"].strip() or _claim(node),
        warns_only=node["config"]["severity"].lower() == "warn",
        column=node.get("column_name") or "",
    )


def _claim(node: Mapping[str, Any]) -> str:
    """What a test without a description of its own claims: of a generic one in words, else its name, which is one."""
    about = node.get("test_metadata") or {}
    told, column = about.get("kwargs") or {}, node.get("column_name")
    if columns := told.get("columns"):
        return f"{(node.get('attached_node') or '').rpartition('.')[2]} has one row per {', '.join(columns)}."
    generic = {
        "not_null": f"{column} always has a value.",
        "unique": f"No {column} is there twice.",
        "accepted_values": f"{column} is one of {', '.join(map(str, told.get('values') or ()))}.",
        "relationships": f"Each {column} is a {told.get('field')} of {_referred(told.get('to'))}.",
    }
    claim = node["name"].removeprefix("assert_").replace("_", " ")
    return generic.get(about.get("name") or "", f"{claim}.".capitalize())


def _referred(to: object) -> str:
    """``users`` of ``ref('users')``."""
    return str(to).partition("'")[2].partition("'")[0] or str(to)


def _named(test: Mapping[str, Any]) -> str:
    """The model that the test's ``meta.dagster.ref`` names, for tests that compare several."""
    named = (test["config"].get("meta") or {}).get("dagster", {}).get("ref", {})
    return str(named.get("name", ""))


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
