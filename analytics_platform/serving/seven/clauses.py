"""What a part of a question says: which fact, under which conditions, done or not done. Pure.

Every word of the part belongs to the fact, a condition, a mark, or carries no meaning; else it is no clause. Does not
live here: how parts make a question (``composing``), SQL of a whole question (``made``).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from analytics_platform.serving.seven.facts import Fact, Measure, facts
from analytics_platform.serving.seven.marking import Mark

MARK = re.compile(r"§[a-z]+\d+")
# Words that carry no meaning of their own in a part of a question.
EMPTY = frozenset(
    """a an the of in on at to for from with about has have had having do does did done is are was were be been being
    that which who there here we our us you your i my me it its they them their this those these any some also ever
    already so now currently really just get gets got getting give gives gave given make makes made come comes came
    people as if please both yet exist exists occur occurred happen happened one ones go goes went own through kind
    sort out show shown receive received send sent each other even up while we'd still would could will anyway
    much""".split()  # noqa: SIM905
)
_NOT = re.compile(r"\b(?:not|no|nothing|none|zero)\b")
_COUNTED = re.compile(r"§bound\d+ (?:different |distinct |unique )?(videos?|questions?|topics?|models?|cohorts?)\b")
_NO_NOT = re.compile(r"\bnot (?:handed over|on the roster|on our roster|enrolled|registered)\b")
LANGUAGES = {"english": "en", "thai": "th", "indonesian": "id", "malay": "ms"}
_LANGUAGE = re.compile(rf"\b(?:in |that are in |written in )?({'|'.join(LANGUAGES)})(?: language)?\b")


@dataclass(frozen=True)
class Clause:
    """A fact and its conditions as SQL; ``told`` says them. ``bound`` is on how many, or on ``measure``."""

    fact: Fact
    where: tuple[str, ...] = ()
    told: tuple[str, ...] = ()
    negative: bool = False
    span: Mark | None = None
    bound: Mark | None = None
    measure: Measure | None = None
    named: Mapping[str, tuple[Mark, ...]] = field(default_factory=dict)
    bare: bool = False  # it names neither a value nor a condition
    score: int = 0
    flags: tuple[str, ...] = ()
    elliptic: bool = False  # its verb is that of the part before
    counts: str = ""  # what a bound counts, where it is no row: "more than 3 different videos"

    @property
    def unmarked(self) -> "Clause":
        """Without its flags and words: of whom a share of people is."""
        kept = [n for n in range(len(self.where)) if n >= len(self.flags) and "strpos(" not in self.where[n]
                and "regexp_matches(" not in self.where[n]]  # fmt: skip
        where, told = tuple(self.where[n] for n in kept), tuple(self.told[n] for n in kept)
        return replace(self, where=where, told=told, negative=False, flags=())

    @property
    def conditions(self) -> list[str]:
        span = self.span.span if self.span else None
        found = [self.fact.where] if self.fact.where else []
        found += [f"{self.fact.day} >= date '{span.start}'"] if span and span.start else []
        found += [f"{self.fact.day} <= date '{span.end}'"] if span and span.end else []
        return [*found, *self.where]

    @property
    def in_words(self) -> str:
        parts = [*self.told, *([self.span.name] if self.span else []), *([self.bound.name] if self.bound else [])]
        return ("not: " if self.negative else "") + self.fact.said + (f" ({', '.join(parts)})" if parts else "")


def quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def hour_of(fact: Fact, zone: str) -> str:
    return fact.by.get("hour") or f"extract(hour from {fact.at} at time zone {quoted(zone)})"


def read_clause(
    text: str, marks: Mapping[str, Mark], zone: str, before: Clause | None = None, only: Fact | None = None
) -> Clause | None:
    """The clause that the words are, of the fact that explains most of them; None where a word is left over."""
    negative = bool(_NOT.search(text)) and not _NO_NOT.search(text)
    plain = _NOT.sub(" ", text) if negative else text
    found = []
    for fact in [only] if only else facts().values():
        if only is None and not fact.names.search(plain):
            continue
        if (clause := _of(fact, plain, marks, zone)) is not None:
            found.append(replace(clause, negative=negative))
    if not found and before is not None and (clause := _of(before.fact, plain, marks, zone)) is not None:
        return replace(clause, negative=negative, elliptic=True)  # "lesson 3 but not lesson 5"
    return max(found, key=lambda one: one.score) if found else None


def _of(fact: Fact, text: str, marks: Mapping[str, Mark], zone: str) -> Clause | None:
    where: list[str] = []
    told: list[str] = []
    flags: list[str] = []
    score = 0
    for flag, (sql, words) in fact.flags.items():
        if words.search(text):
            where.append(sql)
            told.append(flag)
            flags.append(flag)
            text = words.sub(" ", text)
            score += 2
    hit = fact.names.search(text)
    score += len(hit[0].split()) * 2 if hit else 0
    whole_text, text = text, fact.names.sub(lambda hit: " ".join(MARK.findall(hit[0])), text)
    if (spoken := _LANGUAGE.search(text)) and "language" in fact.values:
        where.append(f"{fact.values['language']} = {quoted(LANGUAGES[spoken[1]])}")
        told.append(f"in {spoken[1].capitalize()}")
        flags.append("language")
        text = _LANGUAGE.sub(" ", text, count=1)
    counts = ""
    if hit := _COUNTED.search(whole_text):
        column = fact.units.get(hit[1].rstrip("s")) or (
            "" if hit[1].rstrip("s") == "answer" else fact.by.get(hit[1].rstrip("s"), "")
        )
        counts = f"count(distinct {column})" if column and not fact.names.fullmatch(f"completed {hit[1]}") else ""
        text = re.sub(r"\b(?:different|distinct|unique)\b", " ", text) if counts else text
    named: dict[str, list[Mark]] = {}
    span = bound = None
    measure: Measure | None = None
    if any(marks[word].bound for word in text.split() if word in marks):
        measure = _bounded(fact, whole_text, marks)
        text = measure.words.sub(" ", text) if measure else text
        score += 2 if measure else 0
    for word in text.split():
        mark = marks.get(word)
        if mark is None:
            if word.removesuffix("'s") not in EMPTY and not fact.may.fullmatch(word):
                return None
            score += bool(fact.may.fullmatch(word))
        elif mark.kind == "span":
            if span is not None or (not fact.day and mark.span and (mark.span.start or mark.span.end)):
                return None
            span = mark if mark.span and (mark.span.start or mark.span.end) else None
        elif mark.kind == "bound":
            if bound is not None or (measure is None and mark.bound and 0 < mark.bound.number < 1):
                return None  # half of something is no number of rows
            bound = mark
        elif mark.kind in ("hours", "weekdays"):
            if not fact.has_hours or not fact.day or told.count(mark.name) or _other_days(text, marks, word):
                return None
            where.append(at_hours(fact, mark, zone))
            told.append(mark.name)
        elif mark.kind in fact.values:
            named.setdefault(mark.kind, []).append(mark)
            score += 1
        else:
            return None
    for kind, several in named.items():
        of_question = kind == "words" and "question" in named
        where.append(_is_one_of(fact.values[kind], several, of_question))
        told.append(" and ".join(one.name for one in several))
    fixed = {kind: tuple(several) for kind, several in named.items()}
    clause = Clause(fact, tuple(where), tuple(told), False, span, bound, measure, fixed, not where, score, tuple(flags))
    return replace(clause, counts=counts)


def _other_days(text: str, marks: Mapping[str, Mark], word: str) -> bool:
    """Weekends and weekdays are compared, and never both at once."""
    return any(one != word and one in marks and marks[one].kind == marks[word].kind for one in text.split())


def _bounded(fact: Fact, text: str, marks: Mapping[str, Mark]) -> Measure | None:
    """The number of each row that the bound is on; "more than 3 ratings" counts them."""
    bound = next(marks[word].bound for word in text.split() if word in marks and marks[word].bound)
    unit = bound.unit if bound else ""
    counted = re.search(r"§bound\d+ (?:of )?(\w+)", text)
    for one in fact.measures:
        hit = one.words.search(f"{text} {unit}")
        if hit and not (counted and one.words.fullmatch(counted[1]) and fact.names.fullmatch(counted[1])):
            return one
    return None


def _is_one_of(column: str, several: list[Mark], of_question: bool = False) -> str:
    ids = list(dict.fromkeys(one for mark in several for one in mark.ids))
    if of_question:  # a choice of its, whatever picture follows the word
        starts = (re.sub(r"[^\w ]", ".", word.lower()) for word in ids)
        return " and ".join(f"regexp_matches(lower({column}), {quoted(f'^{start}($|[^a-z])')})" for start in starts)
    if several[0].kind == "words":
        return " and ".join(f"strpos(lower({column}), {quoted(word.lower())}) > 0" for word in ids)
    if several[0].kind in ("week", "second"):
        return f"{column} in ({', '.join(ids)})"
    return f"{column} in ({', '.join(map(quoted, ids))})"


def at_hours(fact: Fact, mark: Mark, zone: str) -> str:
    if mark.kind == "weekdays":
        return f"isodow({fact.day}) in ({', '.join(mark.ids)})"
    first, last = mark.ids
    return f"{hour_of(fact, zone)} >= {first} and {hour_of(fact, zone)} < {last}"
