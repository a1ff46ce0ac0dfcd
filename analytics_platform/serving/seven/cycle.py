"""Who is new, who came back and who left, week by week or day by day: one table for all of it. Pure.

Does not live here: retention by weeks since the first event (``facts.toml``), one of these numbers alone (``loosely``).
"""

import re

from analytics_platform.serving.seven.clauses import EMPTY
from analytics_platform.serving.seven.made import MOST
from analytics_platform.serving.seven.marking import Marked
from analytics_platform.serving.seven.reply import Made, Understood

_KINDS = (
    re.compile(r"\bnew(?: ones| people)?\b|\bnewcomers\b"),
    re.compile(r"\breturning\b|\b(?:came|come|coming) back\b|\breturned\b|\bretained\b"),
    re.compile(r"\bresurrect\w*\b|\breactivat\w*\b|\bwon back\b"),
    re.compile(r"\bdormant\b|\blapsed\b|\b(?:lost|left|leaving|losing)\b"),
)
_STEP = re.compile(r"\b(?:in |by |for )?(?:by|each|every) (week|day)\b|\b(week|dai)ly\b")
_BESIDE = re.compile(
    r"^(?:how|many|show|list|number|active|people|who|those|ones?|and|versus|vs|or|number|count|far|time|first|lifecycle"
    r"|of|week|weeks|tell|see|can|many|them|versus|compared)$"
)


def read_cycle(marked: Marked) -> Understood | None:
    """The table of the steps of time; None where fewer than two kinds are asked for, or a word is left over."""
    text, step = marked.text, _STEP.search(marked.text)
    if marked.strange or marked.is_ahead or step is None or sum(bool(kind.search(text)) for kind in _KINDS) < 2:
        return None
    period = "week" if (step[1] or step[2]) == "week" else "day"
    spans = [one.span for name, one in marked.marks.items() if name in text and one.span]
    rest = _STEP.sub(" ", text)
    for kind in _KINDS:
        rest = kind.sub(" ", rest)
    left = [word for word in re.sub(r"[,;:]", " ", rest).split() if not word.startswith("§span") and word not in EMPTY]
    if len(spans) > 1 or any(not _BESIDE.match(word) for word in left):
        return None
    span = spans[0] if spans else None
    days = [f"period = '{period}'"]
    days += [f"period_start >= date '{span.start}'"] if span and span.start else []
    days += [f"period_start <= date '{span.end}'"] if span and span.end else []
    columns = "active_people, new_people, returning_people, resurrecting_people, dormant_people"
    sql = (
        f"select period_start as {period}, {columns} from user_lifecycle "
        f"where {' and '.join(days)} order by 1 limit {MOST}"
    )
    told = f" ({span.label})" if span and len(days) > 1 else ""
    reading = (
        f"active people by {period}: new, returning, back after a pause (resurrecting), and silent (dormant){told}"
    )
    return Understood(Made(sql, period), reading, missing=f"There is nothing of {reading}.", text=text)
