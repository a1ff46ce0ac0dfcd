"""Results of the last whole build. A build of the same lake, models and settings reuses them and does not run dbt.

An empty day costs dbt ten seconds for rows that are there already. Does not live here: whether the lake is the same
(``built``).
"""

from collections.abc import Sequence
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path

import orjson

from analytics_platform.settings import Settings
from analytics_platform.warehouse import dbt
from analytics_platform.warehouse.dbt import NodeResult
from analytics_platform.warehouse.manifest import project_digest


def note(settings: Settings, build: str, results: Sequence[NodeResult]) -> None:
    file = _file(settings)
    content = {"build": build, "recipe": recipe(settings), "results": [asdict(result) for result in results]}
    draft = file.with_suffix(".draft")
    draft.write_bytes(orjson.dumps(content))
    draft.replace(file)


def results(settings: Settings, build: str) -> list[NodeResult]:
    """The results of a build; none where they are not known, or models or settings have changed since."""
    try:
        content = orjson.loads(_file(settings).read_bytes())
    except FileNotFoundError:
        return []
    if (content["build"], content["recipe"]) != (build, recipe(settings)):
        return []
    return [NodeResult(**result) for result in content["results"]]


def _file(settings: Settings) -> Path:
    return settings.home / "warehouse" / "dbt" / "whole.json"


def recipe(settings: Settings) -> str:
    """A digest of the models and of the variables that they are told: what rows depend on besides the lake."""
    told = dbt.build_arguments(settings, Path())
    return sha256(f"{project_digest(dbt.DBT_PROJECT)} {told}".encode()).hexdigest()[:16]
