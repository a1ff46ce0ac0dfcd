"""From the words of a question to a metric query or a named query: days, values, subject or metric, follow-ups.

A word that nobody knows makes her abstain: half of a question is never answered. Does not live here: asking the
semantics and telling (``asking``), what subjects and metrics are called (``subject_list``, ``lexicon.toml``).
"""

import re
from dataclasses import replace
from datetime import date

from analytics_platform.semantics import Named, Query, Registry
from analytics_platform.serving.seven.accounted import forgotten
from analytics_platform.serving.seven.cards import read_card
from analytics_platform.serving.seven.categories import Categories
from analytics_platform.serving.seven.composing import compose
from analytics_platform.serving.seven.cycle import read_cycle
from analytics_platform.serving.seven.dates import find_spans
from analytics_platform.serving.seven.following import after
from analytics_platform.serving.seven.frames import without_frames
from analytics_platform.serving.seven.loosely import read_loosely
from analytics_platform.serving.seven.marking import mark, with_numbers
from analytics_platform.serving.seven.metric_questions import has_metric
from analytics_platform.serving.seven.readings import CONDITION, not_known, read
from analytics_platform.serving.seven.reply import Asked, Made, Understood
from analytics_platform.serving.seven.single import is_single
from analytics_platform.serving.seven.spans import Span
from analytics_platform.serving.seven.subject_list import find_subjects
from analytics_platform.serving.seven.thresholds import all_bounds, find_bound
from analytics_platform.serving.seven.values import Found, Rows, find_values, ranks_in_digits
from analytics_platform.serving.seven.wishes import wish_of
from analytics_platform.serving.seven.wording import canonical, forgive, ranks_in_words, unknown_words

_TOP = re.compile(
    r"\b(top|first|bottom|last|worst|best|lowest|highest|least|most) (\d{1,3})\b(?! (?:days?|weeks?|months?|minutes?))"
    r"|\b(\d{1,3}) (most|least|fewest|hardest|easiest|best|worst|slowest|fastest|largest|biggest|lowest|highest)\b"
)
_LEAST = re.compile(
    r"\b(?:lowest|least|fewest|worst|bottom|smallest|easiest|fastest|cheapest|shortest|last \d|quietest|"
    r"weakest|furthest behind)\b"
)
_QUOTED = re.compile(r'"([^"]{1,80})"|(?<!\w)\'([^\']{1,80})\'(?!\w)')
_WORDS = re.compile(
    r"\b(?:mention\w*|about|containing|contains?|with the words?|that say|saying|talk(?:ing)? about|wrote about|"
    r"include|including)\s+(?:the words? )?(.{2,60}?)"
    r"(?=$| in lesson| in (?:the|any|their|written|free|text|quiz)\b| from | since | by | last | this |"
    r" yesterday| today| of (?:cohort|group)| in [a-z]+ /)"
)
_PLACE = re.compile(r"(?:with|to|in|by) (?:the )?(?:bot|chatbot|assistant|app)\b")  # where they talk, and not of what
_ASKS_TEXT = re.compile(
    r"\b(?:answers?|responses?|repl(?:y|ies)|comments?|wrote|write|say|said|mention\w*|who|people|learners)\b"
)
_ABOUT = re.compile(r"\b(\w+)(?: time)? (?:levels?|patterns?)\b|\b(priorit)ies\b|\b(habit)s?\b|\b(mood)\b")
_FOLLOWS = re.compile(
    r"^(?:and|what about|how about|now|only|but|also|then|same|as)\b|^(?:by|per|for|in|last|this|yesterday|"
    r"since|top|bottom|who of)\b"
)
_EARLIER = re.compile(
    r"\b(?:and )?(?:the |a )?(?:week|month|day|time|period) (?:before(?! last)|earlier|prior)\b|"
    r"\bprevious (?:one|period)\b"
)
# "This week vs last": the unit is said once.
_LAST_ONE = re.compile(
    r"\b((?:this|last|the current) (week|month)\b.{0,40}?)\b(vs\.?|versus|compared (?:to|with)|against|than|and)"
    r" (?:the )?(?:last|previous|prior)(?: one)?(?! (?:weeks?|months?|days?|years?|\w+day|\d+|two|three|one)\b)"
)
_MARKS = {
    "severity": r"\b(critical|(?:high|medium|low)(?= (?:severity|incidents?|safety|flags?|alarms?|priority)))\b",
    "status": r"\b(open|closed)\b",
    "sentiment": r"\b(positive|negative|mixed|neutral)\b",
    "flagged": r"\b(flagged)\b",
    "language": r"\bin (english|thai|indonesian|malay)\b",
}
_SOURCES = {
    "nocodb": r"\b(?:bot|chatbot|chat\w*)\b",
    "video": r"\b(?:videos?|watch\w*)\b",
    "telemetry": r"\bapp\b",
    "xapi": r"\banswer\w*\b",
}


def understand(
    registry: Registry,
    text: str,
    rows: Rows,
    before: Understood | None,
    today: date,
    zone: str,
    categories: Categories,
) -> Understood | str:
    """The question as a query; a string says why not. What is put together of parts comes first."""
    text = with_numbers(without_frames(text), rows)
    follows = before is not None and bool(before.text) and bool(_FOLLOWS.search(text))
    if follows and before is not None and isinstance(before.question, Made):
        return understand(registry, after(before.text, text, today), rows, None, today, zone, categories)
    if follows or registry.engine != "duckdb":
        return _understand(registry, text, rows, before, today)
    marked = mark(text, rows, today)
    if cycle := read_cycle(marked):
        return replace(cycle, text=text)
    wished = wish_of(marked.text)
    card = read_card(text, marked, rows, zone)
    if card and forgotten(card.understood, marked, wished, registry):
        card = None
    if card and card.is_sure:
        return replace(card.understood, text=text)
    found = _by_parts(registry, text, rows, before, today, compose(marked, zone))
    lost = forgotten(found, marked, wished, registry) if isinstance(found, Understood) else ""
    loose = read_loosely(marked, zone, categories)
    if loose.understood and forgotten(loose.understood, marked, wished, registry):
        loose = replace(loose, understood=None)
    if loose.understood and (loose.is_better or lost or isinstance(found, str)):
        return replace(loose.understood, text=text)
    if card and (lost or isinstance(found, str)):
        return replace(card.understood, text=text)
    if isinstance(found, Understood) and isinstance(found.question, Made):
        found = replace(found, text=text)
    if isinstance(found, Understood):
        return f"I know {found.reading}, but not with {lost}, so I do not answer." if lost else found
    return not_known(loose.strange) if found == CONDITION and loose.strange else found


def _by_parts(
    registry: Registry, text: str, rows: Rows, before: Understood | None, today: date, composed: Understood | None
) -> Understood | str:
    if composed is not None and not composed.simple:
        return composed
    if composed is None and _ONLY.search(text):
        return "I do not know of people who did one thing only: ask who did it, and not the other."
    found = _understand(registry, text, rows, before, today)
    if composed is not None and _says_more(text, found):
        return composed
    return composed if composed is not None and not _is_better(registry, found, composed) else found


_ONLY = re.compile(r"\b(?:who|people|learners|users) (?:have |has |had )?(?:only|exclusively)\b|\bnothing else\b")


def _says_more(text: str, found: Understood | str) -> bool:
    """Whether the text has a bound that a list leaves out, or asks for hours in all and gets an average."""
    question = found.question if isinstance(found, Understood) else None
    if isinstance(question, Named):
        return bool(all_bounds(text))
    summed = re.search(r"\bhow many (?:hours|minutes|seconds)\b(?!.*\baverage\b)", text)
    return isinstance(question, Query) and bool(summed) and question.metrics[0].startswith("average")


def _is_better(registry: Registry, found: Understood | str, composed: Understood) -> bool:
    """Whether the metric or list says what was asked: a number, where one was asked for, and not one of each group."""
    if isinstance(found, str):
        return False
    made = composed.question
    of_one = isinstance(made, Made) and bool(made.counted) and not made.of_each
    if isinstance(made, Made) and made.counted == "people":  # a number of people is no number of what they did
        if isinstance(found.question, Query):
            return registry.metrics[found.question.metrics[0]].definition.unit == "people"
        return getattr(found.question, "count", "") == "person_id" or (
            getattr(found.question, "name", "") == "headcount" and not made.of_each
        )
    if isinstance(found.question, Query):
        return not (of_one and (set(found.question.group_by) - {"currency"} or found.question.grain))
    return not of_one or bool(getattr(found.question, "count", ""))


def _understand(registry: Registry, text: str, rows: Rows, before: Understood | None, today: date) -> Understood | str:
    quoted = _QUOTED.search(text)
    words = next((part.strip() for part in (quoted.groups() if quoted else ()) if part), "")
    text = ranks_in_words(ranks_in_digits(forgive(_QUOTED.sub(" ", text) if quoted else text)))
    spans, text = find_spans(_LAST_ONE.sub(r"\1\3 last \2", text), today)
    if len(spans) == 2 and spans[0].start and spans[1].start:  # the later time is compared with the earlier
        spans.sort(key=lambda span: str(span.start), reverse=True)
    bound, text = find_bound(text)
    if spans and spans[0].start and spans[0].start > today:
        text = f"forecast {text}"  # what is to come is forecast, whatever the verb
    earlier = _EARLIER.search(text)
    text = _EARLIER.sub(" ", text)
    raw = text
    top = _TOP.search(text)
    count = int(top[2] or top[3]) if top else None
    text = _TOP.sub(lambda hit: f" {hit[1] or hit[4]} ", text)
    if not words and _ASKS_TEXT.search(text):
        said = _WORDS.search(text)
        words = _core(said[1]) if said and not _PLACE.match(said[1]) else ""
    if not words and (about := _ABOUT.search(text)):
        words = next(part for part in about.groups() if part)
    found = find_values(re.sub(rf"\b{re.escape(words)}\b", " ", text) if words else text, rows)
    if found.unknown:
        return f"There is no {', no '.join(found.unknown)} in the data."
    if found.unclear:
        return found.unclear
    asked = Asked(
        found.values,
        found.names,
        spans[0] if spans else None,
        count,
        words,
        single=is_single(raw) and count is None,
        least=bool(_LEAST.search(raw)),
        marks={kind: hit[1] for kind, pattern in _MARKS.items() if (hit := re.search(pattern, raw))} | _source(raw),
        several=found.several,
        bound=bound,
        compared=len(spans) > 1 or bool(earlier),
    )
    compared = spans[1] if len(spans) > 1 else None
    plain = canonical(found.text)
    follows = before is not None and before.asked is not None and bool(_FOLLOWS.search(raw) or not raw.strip())
    if follows and before is not None:
        continued = _continued(registry, before, plain, found, asked, bool(earlier) and not spans)
        if continued is not None:
            return continued
    understood = read(registry, plain, found, asked)
    if isinstance(understood, str):
        return understood
    return _against(understood, asked.span, compared, bool(earlier))


def _against(understood: Understood, span: Span | None, compared: Span | None, earlier: bool) -> Understood | str:
    """The same question for the days that it is compared with."""
    question = understood.question
    if compared is None and earlier and span is not None:
        compared = span.before()
    if compared is None:
        return understood
    if isinstance(question, Made):
        return "I compare metrics over time, and nothing that is put together of parts. Ask for one of the two times."
    if not isinstance(question, Query):
        return _daily(understood, question, span, compared)
    return replace(understood, before=replace(question, start=compared.start, end=compared.end))


def _daily(understood: Understood, question: Named, span: Span | None, compared: Span) -> Understood | str:
    """A table by day shows both times; a list is of one."""
    days = [day for one in (span, compared) if one for day in (one.start, one.end)]
    if question.name not in ("system_health", "kpis") or None in days:
        return "I compare metrics over time, not lists. Ask for one of the two times."
    first, last = min(filter(None, days)), max(filter(None, days))
    shown = replace(question, parameters={**question.parameters, "start": first, "end": last})
    return replace(understood, question=shown, reading=f"{understood.reading} and {compared.label}")


def _continued(
    registry: Registry, before: Understood, text: str, found: Found, asked: Asked, earlier: bool
) -> Understood | None:
    """A short follow-up: the last question with another span, group or value, or another question about the same."""
    last = before.asked
    if last is None:
        return None
    span = asked.span or (last.span.before() if earlier and last.span else last.span)
    merged = replace(
        asked,
        values={**last.values, **asked.values},
        names={**last.names, **asked.names},
        several=asked.several or ({} if asked.values else last.several),
        span=span,
        words=asked.words or last.words,
        top=asked.top or last.top,
        marks={**last.marks, **asked.marks},
    )
    kept = (
        re.sub(r"\b(?:top|bottom|most|least|best|worst)\b", " ", before.text)
        if asked.top or asked.least
        else before.text
    )
    if re.search(r"\bby\b", text) or re.search(r"\b(?:trend|daily|weekly|monthly)\b", text):
        kept = re.sub(r"\bby \w+(?: (?:type|week))?", " ", kept)
    new_subject = has_metric(text, registry) or next(find_subjects(text, [*merged.values]), None) is not None
    for said, what in (
        ((text, merged), (text, _fitting(merged, asked))) if new_subject else ((f"{kept} {text}", merged),)
    ):
        understood = read(registry, re.sub(r"\s+", " ", said).strip(), found, what)
        if isinstance(understood, Understood):
            return understood
    return None


def _fitting(merged: Asked, asked: Asked) -> Asked:
    """Without the values of the last question: the new one may not be counted by them."""
    return replace(merged, values=asked.values, names=asked.names, several=asked.several, words=asked.words)


def _source(text: str) -> dict[str, str]:
    """Where somebody did nothing."""
    return next(({"source": source} for source, words in _SOURCES.items() if re.search(words, text)), {})


def _core(words: str) -> str:
    """The words to look for, without little words around them."""
    core = re.sub(r"^(?:the|a|an|their|my|our)\s+|\s+(?:the|a|an|please)$", "", words.strip())
    return core if unknown_words(re.sub(r"\b(?:topics?|subjects?|themes?)\b", " ", core)) else ""
