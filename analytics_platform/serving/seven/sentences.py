"""Two to four sentences over the rows of an answer. Every number in them stands in the rows. Pure.

Does not live here: numbers. What is not in the rows is not said.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal

import orjson

from analytics_platform.semantics import Definition
from analytics_platform.serving.seven.speaking import ENGLISH, Voice

Row = Mapping[str, object]
MOST, LONGEST_NAME = 5, 60


def tell(
    rows: Sequence[Row],
    columns: Sequence[Definition],
    reading: str,
    missing: str,
    spoken: tuple[str, str] = ("", ""),
    voice: Voice = ENGLISH,
) -> str:
    """What the rows say. ``spoken`` are the columns that name a row and count it, where they are known."""
    if not rows:
        return voice.put(missing) if missing else voice.say("no_rows", reading=voice.put(reading))
    names = list(rows[0])
    if len(rows) == 1:
        return _one(rows[0], columns, voice.put(reading), voice)
    row_name, counted = (name if name in names else "" for name in spoken)
    label = row_name or _naming(rows)
    number = counted or (None if row_name else _counting(rows, label))
    said = voice.say("rows", count=len(rows), reading=voice.put(reading))
    if {"metric", "observed", "expected"} <= set(names):
        return f"{said} {_incidents(rows)}"
    if number is None:
        return f"{said} {_listed([row[label] for row in rows], voice)}".rstrip()
    # A metric's row is named by all that it is counted by: two currencies are not one.
    labels = [label, *(["currency"] if "currency" in names and label != "currency" else [])]
    if number and counted and not row_name:
        labels = [name for name in names if name != number and not (name == "person" and "full_name" in names)]
    unit = _unit(columns, number)
    parts = [
        f"{' · '.join(_name(row[one], one, voice) for one in labels)} {_value(row[number], unit, voice)}"
        for row in rows[:MOST]
    ]
    more = voice.say("more", count=len(rows) - MOST) if len(rows) > MOST else ""
    return f"{said} {voice.put(_label(columns, number))}: {'; '.join(parts)}{more}."


def _naming(rows: Sequence[Row]) -> str:
    """The column by which a person tells the rows apart: a name before a short text, that before an id.

    What somebody wrote at length is in the rows alone: among Seven's own words it could pass for them.
    """
    texts = [name for name in rows[0] if any(isinstance(row[name], str | date) for row in rows)]
    differing = [name for name in texts if _differs(rows, name)] or texts
    short = [name for name in differing if all(len(str(row[name])) <= LONGEST_NAME for row in rows)]
    readable = [name for name in short if not name.endswith(("_id", "_url", "_key"))]
    named = [name for name in readable if name.endswith("name")]
    return next(iter([*named, *readable, *differing, *rows[0]]))


def _counting(rows: Sequence[Row], label: str) -> str | None:
    """The first number that says something of each row: no place in an order, and not the same in all of them."""
    numbers = [name for name in rows[0] if name != label and any(_is_number(row[name]) for row in rows)]
    telling = [name for name in numbers if not name.endswith(("position", "_number", "_key"))]
    return next(iter([*(name for name in telling if _differs(rows, name)), *telling]), None)


def _differs(rows: Sequence[Row], name: str) -> bool:
    return len({row[name] for row in rows if not isinstance(row[name], list | dict)}) > 1


def compare(
    now: Sequence[Row], before: Sequence[Row], number: str, keys: Sequence[str], label: str, voice: Voice = ENGLISH
) -> str:
    """One sentence on the change against the time before: only where both have a value."""
    earlier = {tuple(row[key] for key in keys): row[number] for row in before}
    parts = []
    for row in now[:MOST]:
        old = earlier.get(tuple(row[key] for key in keys))
        if _is_number(row[number]) and _is_number(old):
            who = " ".join(str(row[key]) for key in keys)
            said = voice.say("after", now=_value(row[number]), before=_value(old))
            parts.append(f"{who + ': ' if who else ''}{said}")
    label = voice.put(label)
    return voice.say("against", label=label, parts="; ".join(parts)) if parts else voice.say("no_before", label=label)


def _one(row: Row, columns: Sequence[Definition], reading: str, voice: Voice) -> str:
    known = {name: value for name, value in row.items() if value is not None} or row
    named = [name for name in known if not name.endswith("_id")]
    if len(row) < 3 or not any(isinstance(known[name], str) for name in named):
        named = list(known)  # nothing else says what it is
    shown = [(voice.put(_label(columns, name)), _value(known[name], _unit(columns, name), voice)) for name in named[:8]]
    parts = [f"{label}: {value}" for label, value in shown]
    return f"{reading[:1].upper()}{reading[1:]}. {', '.join(parts)}."


def _name(value: object, column: str, voice: Voice) -> str:
    what = "a name" if column == "full_name" and voice.language == "en" else column.replace("_", " ")
    what = what.removesuffix(" name") if column != "full_name" else what
    return voice.say("without", what=voice.put(what)) if value is None else _value(value, voice=voice)


def _incidents(rows: Sequence[Row]) -> str:
    more = f", and {len(rows) - MOST} more" if len(rows) > MOST else ""
    return f"{'; '.join(map(incident, rows[:MOST]))}{more}."


def incident(row: Row) -> str:
    """What was seen and what was expected; the reason where one is known."""
    member = f" of {row['member']}" if row.get("member") else ""
    metric = str(row["metric"]).replace("_", " ")
    when, unit = _value(row.get("day") or row.get("started_at")), _unit((), str(row["metric"]))
    said = f"{metric}{member} on {when}: {_value(row['observed'], unit)}, expected {_value(row['expected'], unit)}"
    return ", ".join(filter(None, (said, str(row.get("severity") or ""), _causes(row.get("explained_by")))))


def _causes(explained_by: object) -> str:
    """The members that explain most of it, in the words of the mart's JSON."""
    if not isinstance(explained_by, str) or not explained_by.startswith("["):
        return ""
    causes = orjson.loads(explained_by)[:3]
    parts = [f"{one['dimension'].replace('_', ' ')} {one['member']} {one['share']:.0%}" for one in causes]
    return f"explained by {' and '.join(parts)}" if parts else ""


def _listed(names: Sequence[object], voice: Voice) -> str:
    """The first names, each once, and how many rows are left, those without a name among them."""
    shown = list(dict.fromkeys(str(name) for name in names if name is not None))[:MOST]
    left = len(names) - sum(name is not None and str(name) in shown for name in names)
    return f"{', '.join(shown)}{voice.say('more', count=left) if left else ''}." if shown else ""


def _value(value: object, unit: str = "", voice: Voice = ENGLISH) -> str:
    if value is None or value != value:
        return voice.say("no_data")
    if isinstance(value, bool):
        return voice.say("yes" if value else "no")
    if unit == "share" and isinstance(value, int | float):
        return f"{value:.1%}".replace(".0%", "%")
    if unit == "seconds" and isinstance(value, int | float | Decimal):
        return voice.put(_duration(float(value)))
    if isinstance(value, Decimal):
        value = float(value)
    if isinstance(value, float):
        return f"{value:,.0f}" if value == int(value) else f"{value:,.2f}"
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    return f"{value:,}" if isinstance(value, int) else str(value)


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:,.2f} seconds"
    minutes = seconds / 60
    return f"{seconds:,.0f} seconds ({minutes:,.1f} minutes)" if minutes < 90 else f"{minutes / 60:,.1f} hours"


def _is_number(value: object) -> bool:
    return isinstance(value, int | float | Decimal) and not isinstance(value, bool)


def _label(columns: Sequence[Definition], name: str) -> str:
    return next((c.label for c in columns if c.name == name and c.label), name.replace("_", " "))


def _unit(columns: Sequence[Definition], name: str) -> str:
    found = next((c.unit for c in columns if c.name == name and c.unit), "")
    return found or (
        "share" if name.endswith(("_rate", "_share", "drop_off", "_retention", "survival", "chance")) else ""
    )
