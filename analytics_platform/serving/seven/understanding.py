"""From the words of a question to a metric query or a named query: days, values, subject or metric, follow-ups.

A word that nobody knows makes her abstain: half of a question is never answered. Does not live here: asking the
semantics and telling (``asking``), what subjects and metrics are called (``subject_list``, ``lexicon.toml``).
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from analytics_platform.semantics import Named, Query, Registry
from analytics_platform.serving.seven.dates import Span, find_spans
from analytics_platform.serving.seven.metric_questions import Meant, find_metric_question, has_metric
from analytics_platform.serving.seven.reply import Asked, Understood
from analytics_platform.serving.seven.subject_list import find_subject
from analytics_platform.serving.seven.values import Found, Rows, find_values, ranks_in_digits, watched_series
from analytics_platform.serving.seven.wording import canonical, find_names, forgive, unknown_words, vocabulary

_TOP = re.compile(
    r"\b(top|first|bottom|last|worst|best|lowest|highest|least|most) (\d{1,3})\b(?! (?:days?|weeks?|months?|minutes?))"
    r"|\b(\d{1,3}) (most|least|fewest|hardest|easiest|best|worst|slowest|fastest|largest|biggest|lowest|highest)\b"
)
_LEAST = re.compile(
    r"\b(?:lowest|least|fewest|worst|bottom|smallest|easiest|fastest|cheapest|shortest|last \d|quietest|"
    r"weakest|furthest behind)\b"
)
_MOST = r"(?:most|least|fewest|(?!inter|lat|requ|t)\w{2,}est|best|worst)"  # superlatives
_QUOTED = re.compile(r'"([^"]{1,80})"|(?<!\w)\'([^\']{1,80})\'(?!\w)')
_WORDS = re.compile(
    r"\b(?:mention\w*|about|containing|contains?|with the words?|that say|saying|talk(?:ing)? about|wrote about|"
    r"include|including)\s+(?:the words? )?(.{2,60}?)"
    r"(?=$| in lesson| in the| from | since | by | last | this | yesterday| today| of (?:cohort|group)| in [a-z]+ /)"
)
_PLACE = re.compile(r"(?:with|to|in|by) (?:the )?(?:bot|chatbot|assistant|app)\b")  # where they talk, and not of what
_ASKS_TEXT = re.compile(
    r"\b(?:answers?|responses?|repl(?:y|ies)|comments?|wrote|write|say|said|mention\w*|who|people|learners)\b"
)
_ABOUT = re.compile(r"\b(\w+)(?: time)? (?:levels?|patterns?)\b|\b(priorit)ies\b|\b(habit)s?\b|\b(mood)\b")
_COUNTS = re.compile(r"\b(?:how many|how much|number of|count of|count the|how often|total)\b")
_FOLLOWS = re.compile(
    r"^(?:and|what about|how about|now|only|but|also|then|same|as)\b|^(?:by|per|for|in|last|this|yesterday|"
    r"since|top|bottom|who of)\b"
)
_EARLIER = re.compile(
    r"\b(?:and )?(?:the |a )?(?:week|month|day|time|period) (?:before(?! last)|earlier|prior)\b|"
    r"\bprevious (?:one|period)\b"
)
_MARKS = {
    "severity": r"\b(critical|(?:high|medium|low)(?= (?:severity|incidents?|safety|flags?|alarms?|priority)))\b",
    "status": r"\b(open|closed)\b",
    "sentiment": r"\b(positive|negative|mixed|neutral)\b",
    "flagged": r"\b(flagged)\b",
    "language": r"\bin (english|thai|indonesian|malay)\b",
}
_PLURALS = {"questions", "cards", "types", "lessons", "videos", "endpoints", "topics", "answers", "models", "groups"}
_SOURCES = {
    "nocodb": r"\b(?:bot|chatbot|chat\w*)\b",
    "video": r"\b(?:videos?|watch\w*)\b",
    "telemetry": r"\bapp\b",
    "xapi": r"\banswer\w*\b",
}
_MARKED = {"mentions", "said by", "answers", "flagged", "unusual"}  # subjects that know marks


def understand(registry: Registry, text: str, rows: Rows, before: Understood | None, today: date) -> Understood | str:
    """The question as a query; a string says why not."""
    quoted = _QUOTED.search(text)
    words = next((part for part in (quoted.groups() if quoted else ()) if part), "")
    text = ranks_in_digits(forgive(_QUOTED.sub(" ", text) if quoted else text))
    spans, text = find_spans(text, today)
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
        single=_is_single(raw) and count is None,
        least=bool(_LEAST.search(raw)),
        marks={kind: hit[1] for kind, pattern in _MARKS.items() if (hit := re.search(pattern, raw))} | _source(raw),
        several=found.several,
    )
    compared = spans[1] if len(spans) > 1 else None
    plain = canonical(found.text)
    follows = before is not None and before.asked is not None and bool(_FOLLOWS.search(raw) or not raw.strip())
    if follows and before is not None:
        continued = _continued(registry, before, plain, found, asked, bool(earlier) and not spans)
        if continued is not None:
            return continued
    understood = _fresh(registry, plain, found, asked)
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
    if not isinstance(question, Query):
        return "I compare metrics over time, not lists. Ask for one of the two times."
    return replace(understood, before=replace(question, start=compared.start, end=compared.end))


def _fresh(registry: Registry, text: str, found: Found, asked: Asked) -> Understood | str:
    """A subject with its own query, or a metric: what explains every word; words that nobody knows make her abstain."""
    meant = find_metric_question(text, asked, registry)
    said = f"{text} {asked.words}" if asked.words else text
    if series := watched_series(text):
        asked = replace(asked, marks={**asked.marks, "metric": series})
    taken = find_subject(said, [*asked.values, *(["words"] if asked.words else [])])
    metric = meant if isinstance(meant, Meant) and not asked.words and not _strange(meant.left, asked) else None
    why = ""
    if taken is not None:
        subject, left, matched = taken
        marks = set() if subject.name in _MARKED else set(asked.marks.values())
        strange = [word for word in _strange(left, asked) if word not in (vocabulary() | {"learning"}) - marks]
        if not strange:
            if metric is not None and _metric_wins(text, metric, matched):
                return _noted(metric.understood, found, asked, text)
            grouped = _groups_of(text)
            if asked.several:
                return "I answer this for one at a time: name one of them."
            built = subject.build(asked)
            if isinstance(built, Understood):
                counted = _counted(built, text, grouped, registry)
                return counted if isinstance(counted, str) else _noted(counted, found, asked, text)
            why = built
        else:
            why = f"I do not know what {_quoted(strange)} means here, so I do not answer half of the question."
    if metric is not None:
        return _noted(metric.understood, found, asked, text)
    if isinstance(meant, str):
        return why or meant
    if isinstance(meant, Meant) and (strange := _strange(meant.left, asked)):
        why = why or f"I do not know what {_quoted(strange)} means here, so I do not answer half of the question."
    return why or "I do not know which number or list is meant."


def _metric_wins(text: str, metric: Meant, matched: str) -> bool:
    """A rate whose name the subject's words are, a metric by what they name, or a count that is a metric itself."""
    question = metric.understood.question
    if not isinstance(question, Query) or "person" in question.group_by:
        return False
    overlaps = (
        metric.phrase in matched
        or matched in metric.phrase
        or bool(set(metric.phrase.split()) & set(matched.split()) - {"people", "answers", "of", "the"})
    )
    shaped = bool(question.group_by or question.grain)
    overlaps = overlaps or (shaped and bool(find_names(matched, "dimensions")))
    return overlaps if metric.is_share else bool(_COUNTS.search(text)) or (shaped and overlaps)


_ONE_EACH = {
    "standing": "person_id",
    "responses": "answer_id",
    "at_risk": "person_id",
    "struggling": "person_id",
    "inactive": "person_id",
    "safety": "firing_id",
    "incidents": "incident_id",
    "lessons": "lesson_id",
    "cohorts": "cohort",
    "videos": "video_id",
    "questions": "question_id",
}


def _counted(understood: Understood, text: str, groups: list[str], registry: Registry) -> Understood | str:
    """ "How many …" over a list is its length; people are counted once each. "By" something is never left out."""
    question = understood.question
    if not isinstance(question, Named):
        return understood
    known = {column.name for column in registry.named[question.name].columns}
    if strange := [group for group in groups if group not in known]:
        return f"I do not know this by {strange[0].replace('_', ' ')}: {understood.reading}."
    one = _ONE_EACH.get(question.name)
    if one is None or one in groups or not (_COUNTS.search(text) or groups):
        return understood
    if re.search(r"\b(?:how many|number of|count of|count the) people\b", text) and question.name in (
        "responses",
        "safety",
    ):
        one = "person_id"
    counted = replace(question, count=one, by=groups[0] if groups else "", limit=None, order=())
    by = f" by {groups[0].replace('_', ' ')}" if groups else ""
    return replace(understood, question=counted, reading=f"how many {understood.reading}{by}")


def _groups_of(text: str) -> list[str]:
    """The dimensions that stand after "by"."""
    found = [find_names(text[hit.end() :], "dimensions") for hit in re.finditer(r"\bby (?:the )?", text)]
    return [names[0].name for names in found if names and names[0].start == 0]


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
    new_subject = has_metric(text, registry) or find_subject(text, [*merged.values]) is not None
    for said, what in (
        ((text, merged), (text, _fitting(merged, asked))) if new_subject else ((f"{kept} {text}", merged),)
    ):
        understood = _fresh(registry, re.sub(r"\s+", " ", said).strip(), found, what)
        if isinstance(understood, Understood):
            return understood
    return None


def _fitting(merged: Asked, asked: Asked) -> Asked:
    """Without the values of the last question: the new one may not be counted by them."""
    return replace(merged, values=asked.values, names=asked.names, several=asked.several, words=asked.words)


def _noted(understood: Understood, found: Found, asked: Asked, text: str) -> Understood:
    doubts = f"; {'; '.join(found.doubts)}, I took the first" if found.doubts else ""
    return replace(understood, reading=understood.reading + doubts, asked=asked, text=text)


def _source(text: str) -> dict[str, str]:
    """Where somebody did nothing."""
    return next(({"source": source} for source, words in _SOURCES.items() if re.search(words, text)), {})


def _is_single(text: str) -> bool:
    """ "Which lesson has …", "the hardest question": one is wanted; "which lessons": several."""
    if re.search(r"\b(?:top|bottom)\b", text):
        return False
    named = (
        re.search(r"\b(?:which|what) (\w+)(?: (?!is|was|has|does)(\w+))?", text)
        or re.search(rf"\b(\w+) with (?:the )?{_MOST}\b", text)
        or re.search(rf"\b(?:the )?{_MOST} (?:\w+ )?(\w+)$", text)
    )
    nouns = [word for word in named.groups() if word][:2] if named else []
    nouns = nouns[:1] + [word for word in nouns[1:] if word in _PLURALS]
    return bool(nouns) and not any(word.endswith("s") for word in nouns) and bool(re.search(rf"\b{_MOST}\b", text))


def _strange(left: str, asked: Asked) -> list[str]:
    return [word for word in unknown_words(left) if word not in asked.words]


def _core(words: str) -> str:
    """The words to look for, without little words around them."""
    return re.sub(r"^(?:the|a|an|their|my|our)\s+|\s+(?:the|a|an|please)$", "", words.strip())


def _quoted(words: Sequence[str]) -> str:
    return ", ".join(f'"{word}"' for word in words[:4])
