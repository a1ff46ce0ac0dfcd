"""A question with marks where it names something: values, days, hours, bounds, quoted words. Pure.

"who completed §lesson0 but not §lesson1 §span2": so it is known later which part of a question a value belongs to.
Does not live here: what the question asks (``composing``).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from analytics_platform.serving.seven.dates import find_mark
from analytics_platform.serving.seven.doers import with_people
from analytics_platform.serving.seven.facts import facts
from analytics_platform.serving.seven.rated import rated_whole
from analytics_platform.serving.seven.spans import Span
from analytics_platform.serving.seven.thresholds import Bound, all_bounds, in_words
from analytics_platform.serving.seven.values import NUMBERS, Rows, find_values, ranks_in_digits
from analytics_platform.serving.seven.wording import canonical, forgive, tidy, vocabulary

_QUOTED = re.compile(r'"([^"]{2,120})"|(?<!\w)\'([^\']{2,120})\'(?!\w)')
_MENTIONED = re.compile(
    r"\b(?:mention(?:s|ed|ing)?|contain(?:s|ed|ing)?|with the words?|the words?|said something about|wrote about) "
    r"(?:the words? |about |their |his |her |my |your |a |an |the |being )*(?!an? error|error)(\w{3,})\b"
)
_BOTH = re.compile(
    r"\b(mention(?:s|ed|ing)?|contain(?:s|ed|ing)?)(?: both)? (\w{3,}) (?:and|plus) (\w{3,})"
    r"(?=$| (?:in|by|from|last)\b)"
)
_NEEDED = re.compile(r"\b((?:time|long|attempts|tries)\b.*?)\bneed(?:ed|s)? to\b")  # "need to" alone: has not done
_PART_OF_LESSONS = re.compile(r"\b(half|\d+ ?%|\d+ percent)(?: of)?(?: the| all| our)*(?: (\d+))? lessons\b")
_QUESTION_ABOUT = re.compile(r"\b(?:the )?(\w{4,}) (?:level )?(questions?|ratings?|polls?|scores?|levels?)\b")
_NO_SUBJECT = "star stars answers people better higher lower worse overall course changed support".split()  # noqa: SIM905
_ASKED_ABOUT = ("energy", "screen", "priorities", "reflection")  # words of her subjects that questions ask about, too
_ANSWERED = re.compile(r"\b(?:polls?|votes?|voted|split|distribution|rat(?:ed?|ings?)|choices|options)\b")
_CLOCK = r"(\d{1,2})(?::00)? ?(am|pm|a\.m\.?|p\.m\.?|o'clock|h)?"
_HOURS = (
    (re.compile(rf"\b(?:after|past|later than|from) {_CLOCK}(?=$| )(?! (?:to|until|lessons?|days?|weeks?))"), ">="),
    (re.compile(rf"\b(?:before|earlier than|until) {_CLOCK}(?=$| )"), "<"),
)
_BETWEEN_HOURS = re.compile(rf"\b(?:between|from) {_CLOCK} (?:and|to|until) {_CLOCK}(?=$| )")
_PARTS = {"morning": (6, 12), "afternoon": (12, 18), "evening": (18, 24), "night": (0, 6)}
_PART = re.compile(r"\b(?:in the|at|during the) (morning|afternoon|evening|night)s?\b")
_ALL_LESSONS = re.compile(r"\b(complet\w*|finish\w*|done|did|pass\w*) (?:every|each)(?: single)? lessons?\b")
_SECOND = re.compile(r"\b(?:at|until|after|by) (?:the )?(?:second (\d+)|(\d+)(?:st|nd|rd|th)? seconds?)\b")
_DAYS = {
    name: number
    for number, name in enumerate(["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"], 1)
}
_WEEKDAYS = re.compile(
    rf"\b(?:on |at |during )?(?:the )?(?:({'|'.join(_DAYS)})s|(weekends?)|(weekdays?(?= (?:compared|vs|versus|and|or))"
    r"|weekdays|(?<=vs )weekday|(?<=versus )weekday|working days))\b(?<!last weekend)(?<!by weekdays)"
)
_ORDINALS = {
    "first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8, "ninth": 9,
    "tenth": 10, "1st": 1, "2nd": 2, "3rd": 3, "4th": 4, "5th": 5, "last": -1, "final": -1,
}  # fmt: skip
_ORDINAL = re.compile(rf"\b(?:the )?(?:very )?({'|'.join(_ORDINALS)}) lesson\b(?! (?:a|the|each|every) )")
_OPENING = re.compile(
    r"\b((?:start(?:ed|ers)?|beg[au]n|begin\w*|join(?:ed)?|came|arrived)(?: \w+){0,2}?)"
    r" (?:in |during |of )?(?:the |our )?(?:very )?(?:first|opening|earliest) week\b(?! of)"
)
_WEEK_NUMBER = re.compile(
    r"\b(?:in |after |at |for )?(?:(?:the )?week (?:number |no )?(\d{1,2})|(?:the )?(first|second|third"
    r"|fourth|fifth|1st|2nd|3rd|4th|5th|\d{1,2}(?:st|nd|rd|th)) week|(\d{1,2}|one|two|three|four|five|six)"
    r" weeks?(?! ago)(?: (?:later|after|on|afterwards)\b)?)"
)


_NOUN_BESIDE = re.compile(r"\b(lesson|cohort|group|video|model|app|topic|endpoint|question)s? (?=§([a-z]+)\d)")


@dataclass(frozen=True)
class Mark:
    """What a mark stands for: ids of a value, days, a bound, or a condition on hours or weekdays (``ids``)."""

    kind: str
    ids: tuple[str, ...] = ()
    name: str = ""
    span: Span | None = None
    bound: Bound | None = None


@dataclass
class Marked:
    """The text in its one form and its marks; ``strange`` names what is not in the data."""

    text: str
    marks: dict[str, Mark] = field(default_factory=dict)
    strange: str = ""
    count: int = 0
    is_ahead: bool = False  # it asks for days to come

    def put(self, start: int, end: int, mark: Mark) -> None:
        self.count += 1
        name = f"§{mark.kind}{self.count - 1}"
        self.marks[name] = mark
        self.text = f"{self.text[:start]} {name} {self.text[end:]}"


def mark(text: str, rows: Rows, today: date) -> Marked:
    """``text`` is tidy and English."""
    text = re.sub(rf"\b({'|'.join(NUMBERS)})(?=[ -]stars?\b)", lambda hit: NUMBERS[hit[1]], ranks_in_digits(text))
    text = _of_lessons(text, rows)
    text = _NEEDED.sub(r"\1 to", _BOTH.sub(r"\1 \2 and mentions \3", text))
    text = re.sub(r"\b(?:noon|midday)\b", "12 pm", re.sub(r":(?=\s|$)", " ", text))
    marked = Marked(re.sub(r"\bmidnight\b", "12 am", text))
    _questions(marked, rows)
    marked.text = in_words(_forgiven(_ALL_LESSONS.sub(r"\1 all lessons", marked.text)))
    if hit := _SECOND.search(marked.text):
        marked.put(hit.start(), hit.end(), Mark("second", (hit[1] or hit[2],), f"second {hit[1] or hit[2]}"))
    _week_numbers(marked)
    _clock(marked)
    for start, end, bound in all_bounds(marked.text):
        marked.put(start, end, Mark("bound", bound=bound, name=str(bound)))
    while found := find_mark(marked.text, today):
        span, start, end = found
        marked.put(start, end, Mark("span", span=span, name=span.label))
        marked.is_ahead |= bool(span.start and span.start > today)
    marked.text = re.sub(r"(§span\d+) 's\b", r"\1", marked.text)  # "last week's answers"
    _joined_days(marked)
    _every_day(marked)
    marked.text = re.sub(
        r"(?<!per )(?<!by )(?<!each )(?<!every )\b(?:the )?(?:month|date|day|year)(?:"
        r" of)?\s+(?=§span)",
        " ",
        marked.text,
    )
    found_values = find_values(marked.text, rows, marking=True)
    if found_values.unknown or found_values.unclear:
        marked.strange = found_values.unclear or f"There is no {', no '.join(found_values.unknown)} in the data."
    for name, (kind, ids, said) in found_values.marks.items():
        marked.marks[name] = Mark(kind, ids, said if kind == "person" else f"{kind} {said}")
    marked.text = re.sub(r"/ ?(?=§)", " ", found_values.text)
    marked.text = re.sub(r"\s+", " ", canonical(_lesson_names(marked.text))).strip()
    marked.text = with_people(marked.text)
    return marked


def _lesson_names(text: str) -> str:
    """ "lesson §lesson0" says it twice."""
    return _NOUN_BESIDE.sub(lambda hit: "" if hit[1].replace("group", "cohort") == hit[2] else hit[0], text)


def _forgiven(text: str) -> str:
    """Typing errors mended outside marks."""
    return " ".join(word if word.startswith("§") else forgive(word) for word in text.split())


def _questions(marked: Marked, rows: Rows) -> None:
    """A question of a lesson in quotes, by its words, or by one word of it: "the energy question"."""
    known: dict[str, list[str]] = {}
    for row in rows("questions"):
        if row.get("question"):
            known.setdefault(_plain(str(row["question"]).split("\n")[0]), []).append(str(row["question"]))
    if rated := rated_whole(marked.text, known):
        start, end, titles, name = rated
        marked.put(start, end, Mark("question", titles, f'"{name}"'))
    for hit in reversed(list(_QUOTED.finditer(marked.text))):
        said = _plain(hit[1] or hit[2])
        fitting = [full for name, several in known.items() if said and said in name for full in several]
        kind = "question" if len(said) >= 8 and fitting else "words"
        marked.put(
            hit.start(),
            hit.end(),
            Mark(kind, tuple(dict.fromkeys(fitting)) if kind == "question" else (said,), f'"{said}"'),
        )
    for name in sorted(known, key=len, reverse=True):
        at = marked.text.find(name) if len(name.split()) > 2 else -1
        if at >= 0:
            marked.put(at, at + len(name), Mark("question", tuple(dict.fromkeys(known[name])), f'"{name}"'))
    for hit in _QUESTION_ABOUT.finditer(marked.text):
        fitting = [full for name, several in known.items() if re.search(rf"\b{hit[1][:6]}", name) for full in several]
        if (
            fitting
            and hit[1] not in _NO_SUBJECT
            and (hit[1] not in vocabulary() or (hit[1] in _ASKED_ABOUT and hit[2][0] in "rqs"))
            and not any(fact.names.fullmatch(hit[1]) for fact in facts().values())
        ):
            about = Mark("question", tuple(dict.fromkeys(fitting)), f'questions with "{hit[1]}"')
            marked.put(hit.start(1), hit.end(1), about)
            break
    if not any(mark.kind == "question" for mark in marked.marks.values()) and _ANSWERED.search(marked.text):
        for word in re.findall(r"\b[a-z]{6,}\b", marked.text):
            fitting = [full for name, several in known.items() if re.search(rf"\b{word}\b", name) for full in several]
            if fitting and word not in vocabulary() and word not in _NO_SUBJECT:
                start = marked.text.index(word)
                about = Mark("question", tuple(dict.fromkeys(fitting)), f'questions with "{word}"')
                marked.put(start, start + len(word), about)
                break
    while said_so := _MENTIONED.search(marked.text):
        marked.put(said_so.start(), said_so.end(), Mark("words", (said_so[1],), f'"{said_so[1]}"'))


def _plain(text: str) -> str:
    return re.sub(r"[^\w\s'-]", "", tidy(text)).strip()


def with_numbers(text: str, rows: Rows) -> str:
    """ "The second lesson" by its place, the last one of those that anybody started, as their numbers.

    A lesson in quotes is named, and no word to look for.
    """
    if (quoted := _QUOTED.search(text)) and not re.search(r"\b(?:videos?|clips?|watch\w*|view\w*)\b", text):
        name = _plain(quoted[1] or quoted[2])
        named = [row for row in rows("lessons") if row.get("lesson_number") and name == _plain(str(row["lesson_name"]))]
        if len(named) == 1:
            text = re.sub(
                r"\blesson (?=lesson )", "", _QUOTED.sub(f"lesson {named[0]['lesson_number']}", text, count=1)
            )
    if not _ORDINAL.search(text):
        return text
    known = [row for row in rows("lessons") if row.get("position") is not None and row.get("people_started")]
    numbers = [str(row["lesson_number"]) for row in sorted(known, key=lambda row: int(str(row["position"])))]

    def said(hit: re.Match[str]) -> str:
        place = _ORDINALS[hit[1]]
        return f"lesson {numbers[place - 1 if place > 0 else place]}" if abs(place) <= len(numbers) else hit[0]

    return _ORDINAL.sub(said, text)


def _week_numbers(marked: Marked) -> None:
    """ "Retention in week 2": only there a week has a number."""
    if not re.search(
        r"\b(?:retention|c[ao]me back|still (?:active|around|there|here)|return\w*|stayed|remained)\b", marked.text
    ):
        return
    marked.text = _OPENING.sub(r"\1 initial week", marked.text)
    if hit := _WEEK_NUMBER.search(marked.text):
        said = hit[1] or hit[2] or hit[3]
        number = str(_ORDINALS[said]) if said in _ORDINALS else NUMBERS.get(said) or re.sub(r"\D", "", said)
        marked.put(hit.start(), hit.end(), Mark("week", (number,), f"week {number}"))


def _every_day(marked: Marked) -> None:
    """ "Who was active every day last week": on as many days as these are."""
    days_said = "every" if re.match(r"how many\b", marked.text) else "every|each"  # "how many … each day" are by day
    hit = re.search(rf"\b(?:on )?(?:{days_said})(?: single)? day\b", marked.text)
    spans = [one.span for one in marked.marks.values() if one.span and one.span.start and one.span.end]
    if hit and len(spans) == 1 and re.match(r"(?:who|which|how many)\b", marked.text):
        first, last = spans[0].start, spans[0].end
        days = (last - first).days + 1 if first and last else 0
        marked.put(hit.start(), hit.end(), Mark("bound", name="on each day", bound=Bound("at least", days, "days")))


def _clock(marked: Marked) -> None:
    if hit := _BETWEEN_HOURS.search(marked.text):
        half = hit[2] or hit[4]
        if half:
            first, last = _hour(hit[1], half), _hour(hit[3], hit[4] or half)
            _hours(marked, hit, first, last)
    for pattern, sign in _HOURS:
        if (hit := pattern.search(marked.text)) and hit[2]:
            hour = _hour(hit[1], hit[2])
            _hours(marked, hit, *((hour, 24) if sign == ">=" else (0, hour)))
    if hit := _PART.search(marked.text):
        _hours(marked, hit, *_PARTS[hit[1]])
    while hit := _WEEKDAYS.search(marked.text):
        days: Sequence[int] = [_DAYS[hit[1]]] if hit[1] else (6, 7) if hit[2] else (1, 2, 3, 4, 5)
        name = f"on {hit[1] or hit[2] or hit[3]}s".replace("ss", "s")
        marked.put(hit.start(), hit.end(), Mark("weekdays", tuple(map(str, days)), name))


def _of_lessons(text: str, rows: Rows) -> str:
    """ "Half of the 12 lessons" is six; without a number, of those that anybody started."""
    hit = _PART_OF_LESSONS.search(text)
    if hit is None:
        return text
    known = sum(bool(row.get("people_started")) and row.get("position") is not None for row in rows("lessons"))
    part = 0.5 if hit[1].startswith("half") else float(hit[1].rstrip(" %percnt")) / 100
    needed = part * int(hit[2] or known)
    return f"{text[: hit.start()]}{needed:g} numbered lessons{text[hit.end() :]}"


def _joined_days(marked: Marked) -> None:
    """ "29 Oct - 27 Nov" is one span."""
    if hit := re.search(r"(§span\d+)\s*(?:-|–|to|until|till|through)\s*(§span\d+)", marked.text):
        first, last = marked.marks[hit[1]].span, marked.marks[hit[2]].span
        if first and last and first.start and last.end and first.start <= last.end:
            del marked.marks[hit[1]], marked.marks[hit[2]]
            both = Span(first.start, last.end, f"{first.start} to {last.end}")
            marked.put(hit.start(), hit.end(), Mark("span", span=both, name=both.label))


def _hours(marked: Marked, hit: re.Match[str], first: int, last: int) -> None:
    marked.put(hit.start(), hit.end(), Mark("hours", (str(first), str(last)), f"from {first}:00 to {last}:00"))


def _hour(said: str, half: str) -> int:
    hour = int(said) % 24
    return hour % 12 + 12 if half.startswith("p") else hour % 12 if half.startswith("a") else hour
