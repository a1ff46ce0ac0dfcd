"""The metrics of dbt's semantic manifest: what each means, and by what it can be grouped. Pure.

A metric is grouped by dimensions of its own semantic model, and by those of the models that its entities lead to (one
step: person, lesson). Several metrics share what each of them has. Does not live here: SQL.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from analytics_platform.semantics.answer import Definition
from analytics_platform.semantics.errors import UnknownName, WrongQuestion, unknown
from analytics_platform.semantics.questions import GRAINS

TIME = "metric_time"


@dataclass(frozen=True)
class Dimension:
    """``name`` is MetricFlow's (person__cohort), ``short`` is what people write (cohort)."""

    name: str
    short: str
    description: str
    is_entity: bool = False


@dataclass(frozen=True)
class Metric:
    """``guards`` are the metrics that count the people behind a cell; ``needs`` must be grouped by or filtered on."""

    definition: Definition
    kind: str
    dimensions: tuple[Dimension, ...]
    marts: tuple[str, ...]
    guards: tuple[str, ...]
    needs: tuple[str, ...]
    inputs: tuple[str, ...]

    @property
    def name(self) -> str:
        return self.definition.name

    @property
    def needs_time(self) -> bool:
        """A moving window has a value for each day, and none without one."""
        return self.kind == "cumulative"


def metrics_of(manifest: Mapping[str, Any]) -> list[Metric]:
    """Every metric, sorted by name."""
    models = {model["name"]: model for model in manifest["semantic_models"]}
    measures = {measure["name"]: model for model in models.values() for measure in model["measures"]}
    return sorted((_metric(node, models, measures) for node in manifest["metrics"]), key=lambda metric: metric.name)


def _metric(
    node: Mapping[str, Any], models: Mapping[str, Mapping[str, Any]], measures: Mapping[str, Mapping[str, Any]]
) -> Metric:
    meta = (node["config"] or {}).get("meta") or {}
    sources = {model["name"]: model for model in (measures[m["name"]] for m in node["type_params"]["input_measures"])}
    guards = {(model["config"] or {}).get("meta", {}).get("people", "") for model in sources.values()} - {""}
    if meta.get("unit") == "people":
        # What counts people is a small cell itself; a moving window is guarded by what it counts.
        guards = {node["name"]} if node["type"] == "cumulative" else guards | {node["name"]}
    params = node["type_params"]
    inputs = [params.get("numerator"), params.get("denominator"), *(params.get("metrics") or ())]
    return Metric(
        definition=Definition(
            name=node["name"],
            label=node["label"] or node["name"],
            description=(node["description"] or "").strip(),
            unit=meta.get("unit", ""),
            denominator=meta.get("denominator", ""),
            owner=meta.get("owner", ""),
        ),
        kind=node["type"],
        dimensions=_shared([_dimensions(model, models.values()) for model in sources.values()]),
        marts=tuple(sorted({model["node_relation"]["alias"] for model in sources.values()})),
        guards=tuple(sorted(guards)),
        needs=tuple(meta.get("needs", ())),
        inputs=tuple(part["name"] for part in inputs if part),
    )


def _dimensions(model: Mapping[str, Any], models: Iterable[Mapping[str, Any]]) -> list[Dimension]:
    others = list(models)
    local = model.get("primary_entity") or next(e["name"] for e in model["entities"] if e["type"] == "primary")
    found = [_dimension(local, dimension) for dimension in _categorical(model)]
    for entity in model["entities"]:
        found.append(Dimension(entity["name"], entity["name"], f"The {entity['name']}: {entity['expr']}.", True))
        for other in others:
            if other is not model and _leads_to(entity["name"], other):
                found += [_dimension(entity["name"], dimension) for dimension in _categorical(other)]
    return found


def _categorical(model: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [dimension for dimension in model["dimensions"] if dimension["type"] == "categorical"]


def _dimension(entity: str, node: Mapping[str, Any]) -> Dimension:
    return Dimension(f"{entity}__{node['name']}", node["name"], (node["description"] or "").strip())


def _leads_to(entity: str, model: Mapping[str, Any]) -> bool:
    return any(other["name"] == entity and other["type"] == "primary" for other in model["entities"])


def _shared(lists: Sequence[Sequence[Dimension]]) -> tuple[Dimension, ...]:
    if not lists:
        return ()
    return tuple(d for d in lists[0] if all(d.name in {other.name for other in rest} for rest in lists[1:]))


def resolve(metrics: Sequence[Metric], asked: str, parameter: str) -> Dimension:
    """The one dimension that all these metrics share under this name, short or whole; a grain is one, too."""
    if asked in GRAINS:
        return Dimension(f"{TIME}__{asked}", asked, f"The {asked} of the metric's time.")
    wanted = asked.removesuffix("_id") if asked in ("lesson_id", "person_id") else asked
    shared = _shared([metric.dimensions for metric in metrics])
    found = [d for d in shared if wanted in (d.name, d.short)]
    if len(found) == 1:
        return found[0]
    if found:
        names = ", ".join(d.name for d in found)
        raise WrongQuestion(f"{asked!r} can mean {names}: write one of them.", parameter)
    names = ", ".join(metric.name for metric in metrics)
    if any(wanted in (d.name, d.short) for metric in metrics for d in metric.dimensions):
        raise UnknownName(
            f"Not all of {names} can be grouped by {asked!r}. Ask for them one by one, or by what they share:"
            f" {', '.join(d.short for d in shared) or 'nothing'}.",
            parameter,
        )
    raise unknown(f"dimension of {names}", asked, [d.short for d in shared] + list(GRAINS), parameter)
