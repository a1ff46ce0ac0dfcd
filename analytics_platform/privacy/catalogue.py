"""The data dictionary: every table and column, whose it is, how sensitive, from where, how long kept, who may read it.

Made from the contracts (lake) and dbt's manifest (marts), so that it cannot say what is not so. The lineage of a lake
column is its path in the payload; of a mart's column the source columns of the same name that its SQL can reach, else
the tables that it is made of. Does not live here: the record of processing, which people write (docs/processing.md).
"""

import html
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

import orjson

from analytics_platform.contracts import CHAT_LABELS, IMPORTS, INSIGHTS, KEPT, LAKE_TABLES, MADE, Column, LakeTable
from analytics_platform.settings import Settings
from analytics_platform.warehouse.lineage import Manifest, Model, marts, steps
from analytics_platform.warehouse.manifest import manifest_path

OWNER, SAFETY_OWNER = "team:data-engineering", "team:safety"
PERSONAL, PLAIN = "personal", "not personal"
PSEUDONYM = "stands for a person"
_STANDS_FOR_A_PERSON = ("person_id", "person_key", "identifier_key", "answer_id", "session_id", "conversation_id")


@dataclass(frozen=True)
class Field:
    """One column."""

    name: str
    type: str
    meaning: str
    sensitivity: str
    lineage: tuple[str, ...]


@dataclass(frozen=True)
class Entry:
    """One table, mart or step."""

    layer: str  # lake or marts
    name: str
    meaning: str
    grain: str
    owner: str
    kept: str
    readers: str
    fields: tuple[Field, ...]
    inputs: tuple[str, ...] = ()


def catalogue(settings: Settings) -> list[Entry]:
    """Every table of the lake and every mart."""
    manifest: Manifest = orjson.loads(manifest_path(settings).read_bytes())
    lake = [_of_lake(table, settings) for table in LAKE_TABLES.values()]
    known = {model.name: model for model in (*marts(manifest), *steps(manifest))}
    return lake + [_of_mart(model, known, settings) for model in marts(manifest)]


def _of_lake(table: LakeTable, settings: Settings) -> Entry:
    made = table.path in MADE or table.path in CHAT_LABELS or table.path in INSIGHTS or table.path in KEPT
    if table.path in IMPORTS:
        kept = "until a newer file replaces it; older batches stay readable"
    elif table.path in KEPT:
        kept = "for ever"
    else:
        kept = f"{settings.keep_event_days} days (KEEP_EVENT_DAYS)"
    return Entry(
        layer="lake",
        name=table.path,
        meaning=table.description,
        grain=table.grain,
        owner=SAFETY_OWNER if table.path == "labels/safety" else OWNER,
        kept=kept,
        readers="the platform's account on its files",
        fields=tuple(_of_column(column, made) for column in table.all_columns),
    )


def _of_column(column: Column, made: bool) -> Field:
    paths = sorted(set(re.findall(r"\bp((?:\.(?:\w+|\"[^\"]+\"))+)", f"{column.sql} {column.late_sql or ''}")))
    lineage = tuple(f"payload{path}" for path in paths) or (("the platform",) if made else ("the payload",))
    return Field(column.name, column.type, column.description, _sensitivity(column.name, column.personal), lineage)


def _sensitivity(name: str, personal: bool) -> str:
    return PERSONAL if personal else PSEUDONYM if name in _STANDS_FOR_A_PERSON else PLAIN


def _of_mart(model: Model, known: dict[str, Model], settings: Settings) -> Entry:
    sources = {f"{source}/{table}" for source, table in _sources_of(model, known)}
    # A description ends with its grain.
    sentences = [one.strip() for one in re.split(r"(?<=\.)\s+", model.description) if one.strip()]
    fields = tuple(
        Field(
            name,
            kind,
            meaning,
            _sensitivity(name, name in model.personal),
            tuple(f"{path}.{name}" for path in sorted(sources) if _has(path, name)) or (model.file,),
        )
        for name, kind, meaning in model.columns
    )
    return Entry(
        layer="marts",
        name=model.name,
        meaning=" ".join(sentences[:-1]) or sentences[-1],
        grain=sentences[-1],
        owner=SAFETY_OWNER if model.name == "safety_flags" else OWNER,
        kept=f"as its sources; {settings.published_keep} snapshots (PUBLISHED_KEEP)",
        readers=_readers(model),
        fields=fields,
        inputs=tuple(sorted(sources)),
    )


def _readers(model: Model) -> str:
    columns = {name for name, *_ in model.columns}
    if not model.personal and not columns & {"person_id", "actor_key"}:
        return "viewer, analyst, admin; keys of cohorts only where it has one"
    return "analyst, admin (within their cohorts); viewer: groups of five people or more, personal columns empty"


def _sources_of(model: Model, known: dict[str, Model]) -> set[tuple[str, str]]:
    found: set[tuple[str, str]] = set()
    seen: set[str] = set()
    level = [model]
    while level:
        one = level.pop()
        if one.name in seen:
            continue
        seen.add(one.name)
        for source, table in one.inputs:
            if f"{source}/{table}" in LAKE_TABLES:
                found.add((source, table))
            elif table in known:
                level.append(known[table])
    return found


def _has(path: str, column: str) -> bool:
    return any(one.name == column for one in LAKE_TABLES[path].all_columns)


def as_json(entries: Iterable[Entry]) -> bytes:
    return orjson.dumps([asdict(entry) for entry in entries], option=orjson.OPT_INDENT_2)


def as_markdown(entries: Iterable[Entry]) -> str:
    lines = ["# Data dictionary", "", "Generated by `analytics-platform catalogue` from the contracts and dbt.", ""]
    for entry in entries:
        lines += [
            f"## {entry.layer}: {entry.name}",
            "",
            f"{entry.meaning} {entry.grain if entry.grain != entry.meaning else ''}".strip(),
            "",
            f"- owner: {entry.owner}",
            f"- kept: {entry.kept}",
            f"- may read: {entry.readers}",
            *([f"- made of: {', '.join(entry.inputs)}"] if entry.inputs else []),
            "",
            "| column | type | sensitivity | from | meaning |",
            "| --- | --- | --- | --- | --- |",
            *(f"| {' | '.join(map(_cell, _row(field)))} |" for field in entry.fields),
            "",
        ]
    return "\n".join(lines)


def as_html(entries: Iterable[Entry]) -> str:
    """One page without anything from outside; a browser's own search finds a column."""
    parts = []
    for entry in entries:
        rows = "".join(
            f"<tr class='{field.sensitivity.split()[0]}'>"
            + "".join(f"<td>{html.escape(cell)}</td>" for cell in _row(field))
            + "</tr>"
            for field in entry.fields
        )
        about = {"owner": entry.owner, "kept": entry.kept, "may read": entry.readers}
        about |= {"made of": ", ".join(entry.inputs)} if entry.inputs else {}
        facts = "".join(f"<dt>{name}</dt><dd>{html.escape(value)}</dd>" for name, value in about.items())
        parts.append(
            f"<section id='{html.escape(entry.layer)}-{html.escape(entry.name)}'><h2>{html.escape(entry.layer)}:"
            f" {html.escape(entry.name)}</h2><p>{html.escape(entry.meaning)} {html.escape(entry.grain)}</p>"
            f"<dl>{facts}</dl><table><tr><th>column<th>type<th>sensitivity<th>from<th>meaning</tr>{rows}</table>"
            "</section>"
        )
    return f"<!doctype html><html lang='en'><meta charset='utf-8'><title>Data dictionary</title>{_STYLE}<h1>Data \
dictionary</h1>{''.join(parts)}</html>"


def _row(field: Field) -> tuple[str, ...]:
    return field.name, field.type, field.sensitivity, ", ".join(field.lineage), field.meaning


def _cell(value: Any) -> str:
    return re.sub(r"\s+", " ", str(value)).replace("|", "\\|")


_STYLE = """<style>
body{font:15px/1.5 system-ui,sans-serif;max-width:75rem;margin:2rem auto;padding:0 1rem}
table{border-collapse:collapse;width:100%}td,th{border:1px solid #ccc;padding:.25rem .5rem;text-align:left}
td{vertical-align:top;overflow-wrap:anywhere}dt{float:left;clear:left;width:6rem;font-weight:600}
.personal td:nth-child(3){background:#fde8e8}</style>"""
