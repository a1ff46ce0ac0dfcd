"""Dashboards as YAML: what goes out comes in again. What comes in is a stranger's file: small, and every name known.

Does not live here: keeping them (``serving/api/dashboards``), drawing them (``views/dashboards``).
"""

from collections.abc import Mapping, Sequence
from typing import Any

import yaml

from analytics_platform.semantics import Named, Query, Registry
from analytics_platform.semantics.errors import WrongQuestion
from analytics_platform.semantics.questions import GRAINS
from analytics_platform.serving.api.dashboards import MOST_PANELS, Panel, document

LARGEST = 100_000  # bytes


def to_yaml(title: str, panels: Sequence[Panel]) -> str:
    body = {"title": title, "panels": [document(panel) for panel in panels]}
    return yaml.safe_dump(body, sort_keys=False, allow_unicode=True)


def from_yaml(text: bytes, known: Registry) -> tuple[str, list[Panel]]:
    """Title and panels; the error names what is wrong in the file."""
    if len(text) > LARGEST:
        raise WrongQuestion(f"The file has more than {LARGEST:,} bytes.", "file")
    try:
        _without_aliases(text)
        body = yaml.safe_load(text)
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        raise WrongQuestion(f"The file is no YAML: {str(error).splitlines()[0]}", "file") from None
    if not isinstance(body, Mapping) or not isinstance(body.get("panels"), list) or not body["panels"]:
        raise WrongQuestion("A dashboard has a title and a list of panels.", "file")
    if len(body["panels"]) > MOST_PANELS:
        raise WrongQuestion(f"A dashboard has at most {MOST_PANELS} panels.", "file")
    return str(body.get("title") or ""), [panel_of(panel, known) for panel in body["panels"]]


def panel_of(panel: object, known: Registry) -> Panel:
    """One panel; metrics and named queries must be there."""
    if not isinstance(panel, Mapping):
        raise WrongQuestion("A panel is a title with metrics, or with a named query.", "file")
    title = str(panel.get("title") or "")
    if panel.get("named"):
        name = known.named_query(str(panel["named"])).name
        parameters = panel.get("parameters") or {}
        if not isinstance(parameters, Mapping):
            raise WrongQuestion(f"The parameters of {name} are names with values.", "file")
        question = Named(name, {str(key): value for key, value in parameters.items()})
        known.named_query(name).values(question.parameters)
        return Panel(title or known.named_query(name).definition.label, question)
    metrics = [known.metric(str(name)) for name in _texts(panel.get("metrics"), "metrics")]
    if not metrics:
        raise WrongQuestion("A panel names at least one metric, or a named query.", "metrics")
    grain = panel.get("grain")
    if grain is not None and grain not in GRAINS:
        raise WrongQuestion(f"{grain!r} is no step of time. There are: {', '.join(GRAINS)}.", "grain")
    query = Query(tuple(one.name for one in metrics), tuple(_texts(panel.get("group_by"), "group_by")), grain=grain)
    return Panel(title or metrics[0].definition.label, query)


def _texts(value: Any, name: str) -> list[str]:
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise WrongQuestion(f"{name} is a list of names.", name)
    return value


def _without_aliases(text: bytes) -> None:
    """An alias of an alias of an alias makes a small file huge."""
    if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, Loader=yaml.SafeLoader)):
        raise WrongQuestion("The file has YAML aliases (*name), which are not read here.", "file")
