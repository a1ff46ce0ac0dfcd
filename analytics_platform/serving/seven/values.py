"""Things that stand in the data and are named in a question: lessons, cohorts, people, videos, apps, models.

Typing errors are forgiven. A name that fits two things is told. Does not live here: names of metrics.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from analytics_platform.serving.seven.wording import EMPTY, tidy

# What a value is → the named query and the columns that name it: (id, names).
LISTS: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "lesson": ("lessons", "lesson_id", ("lesson_name",)),
    "cohort": ("cohorts", "cohort", ("cohort",)),
    "person": ("people", "person_id", ("full_name", "email")),
    "video": ("videos", "video_id", ("video_id",)),
    "model": ("model_usage", "model_id", ("model_id",)),
    "app": ("model_usage", "app_id", ("app_id",)),
}
_LESSON = re.compile(r"\blesson (?:number |no )?#?(\d+[a-z]?)\b")
_CLOSE = 0.86


@dataclass(frozen=True)
class Found:
    """Values by kind, their names for the reading, and the text without them."""

    values: Mapping[str, str]
    names: Mapping[str, str]
    text: str
    doubts: tuple[str, ...] = ()
    unknown: tuple[str, ...] = field(default=())


Rows = Callable[[str], Sequence[Mapping[str, object]]]


def find_values(text: str, rows: Rows) -> Found:
    """What the text names. ``rows`` gives the rows of a named query; a list that is not allowed is empty."""
    values: dict[str, str] = {}
    names: dict[str, str] = {}
    doubts: list[str] = []
    unknown: list[str] = []
    numbered = _LESSON.search(text)
    if numbered:
        number = numbered[1]
        match = next((row for row in rows("lessons") if str(row["lesson_number"]).lower() == number), None)
        if match is None:
            unknown.append(f"lesson {number}")
        else:
            values["lesson"], names["lesson"] = str(match["lesson_id"]), f"lesson {number} ({match['lesson_name']})"
        text = text[: numbered.start()] + " " + text[numbered.end() :]
    for kind, (source, key, columns) in LISTS.items():
        if kind in values:
            continue
        candidates: dict[str, set[str]] = {}
        for row in rows(source):
            for column in columns:
                if row.get(column):
                    candidates.setdefault(_plain(str(row[column])), set()).add(str(row[key]))
        hit = _best(text, candidates)
        if hit is None:
            continue
        phrase, name = hit
        ids = sorted(candidates[name])
        if len(ids) > 1:
            doubts.append(f"{name} is the name of {len(ids)} {kind}s")
        values[kind], names[kind] = ids[0], f"{kind} {name}" if kind != "person" else name
        text = text.replace(phrase, " ", 1)
    return Found(values, names, re.sub(r"\s+", " ", text).strip(), tuple(doubts), tuple(unknown))


def _plain(name: str) -> str:
    """A name as people type it: no emoji, no marks at its ends."""
    return re.sub(r"[^\w\s/@.'-]", "", tidy(name)).strip(" -/.")


def _best(text: str, candidates: Mapping[str, set[str]]) -> tuple[str, str] | None:
    """The longest name in the text, written well or nearly: (the words of the text, the name)."""
    for name in sorted(candidates, key=len, reverse=True):
        if len(name) >= 3 and name not in EMPTY and re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text):
            return name, name
    words = text.split()
    best: tuple[float, str, str] | None = None
    for name in candidates:
        size = len(name.split())
        if len(name) < 6 or size > 6:
            continue
        for start in range(len(words) - size + 1):
            phrase = " ".join(words[start : start + size])
            if abs(len(phrase) - len(name)) > 3 or phrase in EMPTY:
                continue
            close = SequenceMatcher(None, phrase, name).ratio()
            if close >= _CLOSE and (best is None or close > best[0]):
                best = (close, phrase, name)
    return (best[1], best[2]) if best else None
