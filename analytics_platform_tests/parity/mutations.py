"""Mistakes planted in a copy of the dbt project, to see that parity can fail: what each one is, and who must complain.

The marts are taken from the manifest, one a mistake, so that a renamed mart needs no change here.
"""

import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

BORDER = "a day border moved by an hour"
_LOCAL_DAY = "bigquery__local_day(moment, zone) %}date({{ moment }},"


@dataclass(frozen=True)
class Mutation:
    """``select`` takes the place of ``select * from <mart>``; ``complaint`` is in Google's or dbt's words."""

    select: str
    complaint: str


MUTATIONS = {
    "a DuckDB-only function": Mutation("select * from {mart} where list_sum([1]) = 1", "Function not found: list_sum"),
    "a cast with ::": Mutation("select * from {mart} where 1::int64 = 1", "Syntax error"),
    "an unknown column": Mutation("select * from {mart} where no_such_column = 1", "Unrecognized name: no_such_column"),
    "a broken contract": Mutation("select *, 1 as extra from {mart}", "extra"),
}


def mutate(
    project: Path, copy: Path, models: Sequence[Mapping[str, Any]], manifest: Mapping[str, Any]
) -> dict[str, str]:
    """A copy of the project with one mistake in each of some marts; returns which mistake is in which.

    None of them is made from another: dbt would not try what stands on a broken one.
    """
    shutil.copytree(project, copy, ignore=shutil.ignore_patterns("target", "logs"))
    tables = [model for model in models if model["config"]["materialized"] != "view" and _last_select(project, model)]
    border = next(model for model in tables if "local_day" in model["columns"] and "local_day(" in model["raw_code"])
    planted = {border["name"]: BORDER}
    for mistake, model in zip(MUTATIONS, apart(border, tables, manifest), strict=False):
        file = copy / model["original_file_path"]
        last = _last_select(project, model)
        assert last is not None
        text = file.read_text()
        wrong = MUTATIONS[mistake].select.format(mart=last.group(1))
        file.write_text(f"{text[: last.start()]}select * from ({wrong}) as mutated{text[last.end() :]}")
        planted[model["name"]] = mistake
    moments = copy / "macros" / "moments.sql"
    text = moments.read_text()
    assert _LOCAL_DAY in text
    moved = _LOCAL_DAY.replace("{{ moment }}", "timestamp_add({{ moment }}, interval 1 hour)")
    moments.write_text(text.replace(_LOCAL_DAY, moved))
    return planted


def apart(
    border: Mapping[str, Any], tables: Sequence[Mapping[str, Any]], manifest: Mapping[str, Any]
) -> Iterator[Mapping[str, Any]]:
    """Models of which none, and not the border's either, is made from another."""
    chosen = [border]
    for model in tables:
        kin = ancestors(manifest, model["unique_id"])
        if not any(c["unique_id"] in kin or model["unique_id"] in ancestors(manifest, c["unique_id"]) for c in chosen):
            chosen.append(model)
            yield model


def ancestors(manifest: Mapping[str, Any], unique_id: str) -> set[str]:
    """A model and everything that it is made from."""
    parents = manifest["parent_map"].get(unique_id, [])
    return {unique_id}.union(*(ancestors(manifest, parent) for parent in parents))


def _last_select(project: Path, model: Mapping[str, Any]) -> "re.Match[str] | None":
    text = (project / model["original_file_path"]).read_text()
    found = list(re.finditer(r"^select \* from (\w+)$", text, re.MULTILINE))
    return found[-1] if found else None
