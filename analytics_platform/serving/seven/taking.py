"""Which words of a question one kind of thing takes: measures, conditions, values, names; and which are left. Pure.

Does not live here: what is wanted of it (``wishes``), which kind of thing answers (``loosely``).
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from analytics_platform.serving.seven.categories import Categories
from analytics_platform.serving.seven.clauses import EMPTY, LANGUAGES, MARK, Clause, at_hours, quoted
from analytics_platform.serving.seven.facts import Fact, Measure
from analytics_platform.serving.seven.marking import Mark
from analytics_platform.serving.seven.shapes import DIMENSIONS
from analytics_platform.serving.seven.wishes import Wish
from analytics_platform.serving.seven.wording import vocabulary

# Words of asking that mean nothing once the wish is known.
_ASKING = frozenset(
    """what which how list show give see name names tell per all our every only whole period during over between
    each among across platform numbers figures value values amount level currently many long often number count
    within amongst please common commonly popular""".split()  # noqa: SIM905
)
_UNITS = ("seconds", "minutes", "hours", "milliseconds", "ms")  # in which a time is asked
_COMPARING = frozenset(
    [
        "compared",
        "and",
        "or",
        "more",
        "less",
        "than",
        "-",
        "which",
        "one",
        "difference",
        "between",
        "higher",
        "lower",
        "better",
        "worse",
        "had",
        "have",
        "has",
    ]
)
_NEGATED = (
    r"\b(?:not|no|excluding|exclude|except(?: for)?|other than|apart from|besides|without)"
    r"(?: (?:a|an|any|the|for|in|of|from|by|those|are|were|was|is))*"
)
_BUT = re.compile(rf"{_NEGATED} (§[a-z]+\d+)")
_NOT = re.compile(r"\b(?:not|no|none|nothing)\b")
_ROSTER = re.compile(
    r"\b(?:(?:who|that) (?:are|is|were) )?(?:people )?(?:(?P<no>not) )?(?:on|of|from|in) (?:the |our |my )?roster\b"
    r"|\benrolled\b"
)
_CODES = re.compile(
    r"(?:(?<=compared )|(?<=and )|(?<=language ))(en|th|id)\b|\b(en|th|id)(?= compared\b| and (?:en|th|id)\b)"
)
_LANGUAGE = re.compile(
    rf"\b(?:(?:that are |are |were |was )?(?:in|written in|speaking) )?({'|'.join(LANGUAGES)})"
    r"(?: language| speaking)?\b"
)


@dataclass
class Taken:
    """``held`` are the conditions that a share is of; ``compared`` the kinds of which the question names several."""

    clause: Clause
    measure: Measure | None = None
    held: tuple[str, ...] = ()
    total: str = ""  # an expression over sums: the mean response time
    share: str = ""
    compared: tuple[str, ...] = ()
    score: float = 0
    strange: tuple[str, ...] = ()
    is_foreign: bool = False  # nothing in the words shows this kind of thing
    text_had_peak: bool = False
    total_name: str = ""

    @property
    def unit(self) -> str:
        return "share" if self.total_name.endswith("rate") else ""


@dataclass
class _Taking:
    fact: Fact
    text: str
    where: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    held: list[str] = field(default_factory=list)
    negative: bool = False
    score: float = 0

    def add(self, sql: str, said: str, is_held: bool = True) -> None:
        self.where.append(sql)
        self.told.append(said)
        if is_held:
            self.held.append(sql)

    def drop(self, start: int, end: int) -> None:
        self.text = f"{self.text[:start]} {self.text[end:]}"


def taken_of(wish: Wish, fact: Fact, marks: Mapping[str, Mark], zone: str, categories: Categories) -> Iterator[Taken]:
    """Every way to take the words: with each number that the words name, and without one."""
    if not (fact.names.search(wish.text) or any(words.search(wish.text) for _, words in fact.flags.values())
            or any(one.words.search(wish.text) for one in fact.measures) or fact.known
            or any(words.search(wish.text) for words, _ in
                   (*fact.totals.values(), *fact.counts.values(), *fact.shares.values()))):  # fmt: skip
        return
    ways: list[tuple[re.Pattern[str] | None, Measure | None, str, str, str]] = [(None, None, "", "", "")]
    ways += [(one.words, one, "", "", "") for one in fact.measures if one.words.search(wish.text)]
    ways += [(words, None, sql, "", name) for name, (words, sql) in (*fact.totals.items(), *fact.counts.items())
             if words.search(wish.text) and wish.aggregate != "share"]  # fmt: skip
    ways += [(words, None, "", sql, name) for name, (words, sql) in fact.shares.items()
             if words.search(wish.text) and wish.aggregate == "share"]  # fmt: skip
    if any(mark.bound and mark.bound.unit == "seconds" for mark in marks.values()):  # "longer than 3 minutes"
        ways += [(None, one, "", "", "") for one in fact.measures if one.unit == "seconds"][:1]
    hit = fact.names.search(wish.text)
    known = 2 * len(hit[0].split()) if hit else 2 if fact.each and fact.each in wish.by else -1
    for words, measure, total, share, name in ways:
        one = _Taking(fact, wish.text)
        if words is not None:
            hit = words.search(one.text)
            one.score += 0.5 + 2 * len(hit[0].split()) if hit else 0
            one.text = words.sub(" ", one.text)
        one.score += known
        taken = _take(one, wish, marks, zone, categories, measure, total, share, named=words is not None)
        yield replace(taken, total_name=name)


def _take(one: _Taking, wish: Wish, marks: Mapping[str, Mark], zone: str, categories: Categories,
          measure: Measure | None, total: str, share: str, named: bool) -> Taken:  # fmt: skip
    fact = one.fact
    several = _language(one)
    own = _flags(one)
    if fact.on_roster and fact.name not in ("roster", "outsiders") and (hit := _ROSTER.search(one.text)):
        one.add(
            f"not {fact.on_roster}" if hit["no"] else fact.on_roster, f"{hit['no'] or ''} on the roster".strip(), False
        )
        one.drop(hit.start(), hit.end())
    named_values, listed = _categories(one, wish, categories)
    own = own or named_values
    hit = fact.names.search(wish.text)
    one.text = fact.names.sub(lambda hit: " ".join(MARK.findall(hit[0])), one.text)
    compared = _values(one, marks, categories(fact) if fact.known else {}) + several + listed
    weekdays = [word for word in one.text.split() if word in marks and marks[word].kind == "weekdays"]
    if len(weekdays) == 2 and fact.day:
        one.text = " ".join(word for word in one.text.split() if word not in weekdays)
        compared = (*compared, "weekend")
    spans = [word for word in one.text.split() if word in marks and marks[word].kind == "span"]
    if len(spans) == 2 and fact.day:
        one.text = " ".join(word for word in one.text.split() if word not in spans)
        compared = (*compared, *spans)
    span = bound = None
    foreign = False
    left: list[str] = []
    for word in one.text.split():
        mark = marks.get(word)
        if mark is None:
            if _NOT.fullmatch(word) and (wish.who or wish.people) and not one.negative:
                one.negative = True
            elif (compared and word in _COMPARING) or (measure and measure.unit == "seconds" and word in _UNITS):
                continue
            elif word.removesuffix("'s") in EMPTY | _ASKING or fact.may.fullmatch(word) or _is_by(word, wish):
                pass  # "the models, by model" says it twice
            else:
                left.append(word)
            one.score += 0.5 * bool(fact.may.fullmatch(word))
        elif mark.kind == "span" and mark.span is not None:
            if not (mark.span.start or mark.span.end):
                continue
            if span is not None or not fact.day:
                left.append(mark.name)
            span = mark
        elif mark.kind == "bound" and bound is None:
            bound = mark
        elif mark.kind in ("hours", "weekdays") and fact.has_hours and fact.day:
            one.add(at_hours(fact, mark, zone), mark.name, False)
        else:
            left.append(mark.name)
    if hit is None and not own and not named and fact.each not in wish.by:
        left, foreign = left or [fact.said], True
    where, told = tuple(one.where), tuple(one.told)
    clause = Clause(fact, where, told, one.negative, span, bound, bare=not where, score=int(one.score))
    return Taken(clause, measure, tuple(one.held), total, share, compared, one.score, tuple(left), foreign,
                 text_had_peak=wish.rank_word in ("max", "maximum", "peak", "min", "minimum"))  # fmt: skip


def _is_by(word: str, wish: Wish) -> bool:
    return any(re.fullmatch(DIMENSIONS.get(name, name), word) for name in wish.by)


def _flags(one: _Taking) -> bool:
    """Conditions by their words, or by these words with a negation before them."""
    found = False
    for flag, (sql, words) in one.fact.flags.items():
        hit = words.search(one.text)
        if hit is None:
            continue
        found = found or flag not in one.fact.scopes  # "from the app" alone shows no lines
        before = re.search(rf"{_NEGATED} $", one.text[: hit.start()])
        one.add(f"not ({sql})" if before else sql, f"not {flag}" if before else flag, flag not in one.fact.scopes)
        one.score += 2 * len(hit[0].split())
        one.drop(before.start() if before else hit.start(), hit.end())
    return found


def _categories(one: _Taking, wish: Wish, categories: Categories) -> tuple[bool, tuple[str, ...]]:
    """Values of columns: beside the column's name, or anywhere where they mean nothing else."""
    fact, found, compared = one.fact, False, []
    for name, column in {**fact.categories, **fact.known}.items():
        noun = DIMENSIONS.get(name, re.escape(name))
        if missing := re.search(rf"{_NEGATED} (?:{noun})\b", one.text):
            one.add(f"{column} is null", f"without {name}")
            one.drop(missing.start(), missing.end())
            found = True
        hits: dict[str, str] = {}
        for said in sorted(categories(fact).get(column, {}), key=len, reverse=True):
            word = re.escape(said)
            if not re.search(rf"(?<![\w§]){word}s?(?!\w)", one.text):
                continue
            beside = re.search(rf"\b(?:{noun})(?: (?:is|are|was|were|of|called|named|=|the))* {word}(?!\w)"
                               rf"|(?<![\w§]){word} (?:{noun})\b", one.text)  # fmt: skip
            free = name in fact.known and said not in vocabulary() and len(said) >= 3 and not said.isdigit()
            if not beside and not free:
                continue
            hit = beside or re.search(rf"(?<![\w§]){word}s?(?!\w)", one.text)
            if hit is None:
                continue
            hits[said] = categories(fact)[column][said]
            one.score += 2 * len(said.split())
            before = re.search(rf"{_NEGATED} $", one.text[: hit.start()])
            one.drop(before.start() if before else hit.start(), hit.end())
            if before:
                one.add(f"coalesce({column}, '') <> {quoted(hits.pop(said))}", f"{name} not {said}")
                found = True
        if hits:
            values = ", ".join(map(quoted, hits.values()))
            several = len(hits) > 1
            one.add(f"{column} in ({values})", f"{name} {' or '.join(hits)}", not several)
            compared += [name] if several else []
            found = True
    return found, tuple(compared)


def _language(one: _Taking) -> tuple[str, ...]:
    if "language" not in one.fact.values:
        return ()
    known = {code: name for name, code in LANGUAGES.items()}
    one.text = _CODES.sub(lambda hit: known[hit[1] or hit[2]], one.text)
    found = [hit[1] for hit in _LANGUAGE.finditer(one.text)]
    if found:
        codes = ", ".join(quoted(LANGUAGES[name]) for name in dict.fromkeys(found))
        one.add(f"{one.fact.values['language']} in ({codes})", "in " + " or ".join(map(str.capitalize, found)), False)
        one.text = _LANGUAGE.sub(" ", one.text)
        one.score += 1
    return ("language",) if len(set(found)) > 1 else ()


def _values(one: _Taking, marks: Mapping[str, Mark], names: Mapping[str, Mapping[str, str]]) -> tuple[str, ...]:
    """What the question names; several of one kind are compared. "Excluding §lesson0" is all the others."""
    fact, compared = one.fact, []
    while hit := _BUT.search(one.text):
        mark = marks[hit[1]]
        if mark.kind not in fact.values:
            break
        column = fact.values[mark.kind]
        one.add(
            f"({column} is null or {column} not in ({', '.join(map(quoted, mark.ids))}))", f"without {mark.name}", False
        )
        one.drop(hit.start(), hit.end())
    for word in [word for word in one.text.split() if word in marks and marks[word].kind == "words"]:
        for name, column in fact.known.items():
            if value := names.get(column, {}).get(marks[word].ids[0]):
                one.add(f"{column} = {quoted(value)}", f"{name} {value}")
                one.text = one.text.replace(word, " ")
    for kind, column in fact.values.items():
        several = [marks[word] for word in one.text.split() if word in marks and marks[word].kind == kind]
        if not several:
            continue
        ids = list(dict.fromkeys(one_id for mark in several for one_id in mark.ids))
        one.text = " ".join(word for word in one.text.split() if not (word in marks and marks[word].kind == kind))
        if kind == "words":
            sql = " and ".join(f"strpos(lower({column}), {quoted(word.lower())}) > 0" for word in ids)
        elif kind in ("week", "second"):
            sql = f"{column} in ({', '.join(ids)})"
        else:
            sql = f"{column} in ({', '.join(map(quoted, ids))})"
            compared += [kind] if len(several) > 1 else []
        one.add(sql, " and ".join(mark.name for mark in several), kind == "words")
        one.score += len(several)
    return tuple(compared)
