"""Things that stand in the data and are named in a question: lessons, cohorts, people, videos, apps, models.

Typing errors are forgiven. A part of a name is enough where it fits one. Does not live here: names of metrics, the
names that are near a text (``known_names``).
"""

import re
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from analytics_platform.serving.seven.known_names import KnownNames, known_names
from analytics_platform.serving.seven.wording import EMPTY, vocabulary

LISTS: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "lesson": ("lessons", "lesson_id", ("lesson_name",)),
    "cohort": ("cohorts", "cohort", ("cohort",)),
    "person": ("people", "person_id", ("full_name", "email")),
    "video": ("videos", "video_id", ("video_id",)),
    "model": ("model_usage", "model_id", ("model_id",)),
    "app": ("model_usage", "app_id", ("app_id",)),
    "endpoint": ("slowest_endpoints", "endpoint", ("endpoint",)),
    "intent": ("intents", "intent", ("intent",)),
    "topic": ("topics", "topic", ("topic",)),
    "process": ("ai_kinds", "process_kind", ("process_kind",)),
}
# A video and a lesson may have one title: with these words it is the video's.
_OF_VIDEOS = re.compile(r"^(?!.*\blessons?\b).*\b(?:videos?|clips?|films?|watch\w*|views?|viewers?|skip\w*)\b")
_CHATS = re.compile(r"\b(?:conversations?|chats?|chatbot|bot|convos?|topics?|intents?|asked? about|talk\w* about)\b")
_BESIDE = {"topic": _CHATS, "process": re.compile(r"\b(?:ai|process\w*|runs?)\b")}  # common words name them there only
_ANSWERS = re.compile(r"\b(?:answers?|responses?|reflections?)\b")
_WORDS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
NUMBERS = {word: str(number) for number, word in enumerate(_WORDS, 1)}
_COUNTED = "|".join(_WORDS[1:])
_RANK = re.compile(
    rf"\b(top|bottom|best|worst|most|least|lowest|highest) ({_COUNTED})\b"
    rf"|\b({_COUNTED}) (?=(?:most|least|fewest|\w{{3,}}est)\b)"
    rf"|\b({_COUNTED}) (?=(?:people|users|learners|cohorts|lessons|videos|questions|topics|endpoints"
    rf"|models) with (?:the )?(?:most|least|fewest|\w{{3,}}est)\b)"
    rf"|\b(?:which|what) ({_COUNTED}) (?=\w+ (?:are|have|has|had|were|got?|gets?|lost?|loses?)\b)"
)
_LESSON = re.compile(
    rf"\b(?:lessons? (?:number |no |nr )?#?|(?:l|les|lsn) ?#?)(\d+[a-z]?|{'|'.join(_WORDS)})\b(?:'s)?(?! lessons?\b)"
)
_MORE = re.compile(
    r"^\s*(?:,|and|&|or|vs|versus|with|to)\s*(?:lesson )?#?(\d+[a-z]?)\b(?! (?:days?|weeks?|times|stars?))"
)
_CLOSE = 0.86
_NEAR = r"(?:about|on|called|named|of|for|titled)?\s*(?:the )?"


@dataclass(frozen=True)
class Found:
    """Values by kind (the first, and all where there are several), their names, and the text without them."""

    values: Mapping[str, str]
    names: Mapping[str, str]
    text: str
    doubts: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    several: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    unclear: str = ""
    marks: Mapping[str, tuple[str, tuple[str, ...], str]] = field(default_factory=dict)  # mark → kind, ids, name


Rows = Callable[[str], Sequence[Mapping[str, object]]]


class _Finding:
    """The state of one search: what was found, and the text that is left."""

    def __init__(self, text: str, rows: Rows, marking: bool = False) -> None:
        self.text, self.rows, self.marking = text, rows, marking
        self.marks: dict[str, tuple[str, tuple[str, ...], str]] = {}
        self.found: dict[str, dict[str, str]] = {}  # kind → id → name
        self.doubts: list[str] = []
        self.unknown: list[str] = []
        self.unclear = ""

    def add(self, kind: str, ids: Iterable[str], name: str, phrase: str) -> None:
        several = list(ids)
        if len(several) > 1:
            self.doubts.append(f"{name} is the name of {len(several)} {kind}s")
        self.found.setdefault(kind, {})[several[0]] = name
        mark = self.mark(kind, several, name)
        self.text = re.sub(rf"(?<!\w){re.escape(phrase)}(?:'s)?(?!\w)", mark, self.text, count=kind != "person")

    def mark(self, kind: str, ids: Sequence[str], name: str) -> str:
        """What stands in the text where the value stood."""
        if not self.marking:
            return " "
        mark = f"§{kind}{100 + len(self.marks)}"
        self.marks[mark] = (kind, tuple(ids), name)
        return f" {mark} "

    def result(self) -> Found:
        return Found(
            {kind: next(iter(ids)) for kind, ids in self.found.items()},
            {kind: _listed(kind, list(ids.values())) for kind, ids in self.found.items()},
            re.sub(r"\s+", " ", self.text).strip(),
            tuple(self.doubts),
            tuple(self.unknown),
            {kind: tuple(ids) for kind, ids in self.found.items() if len(ids) > 1},
            self.unclear,
            self.marks,
        )


def ranks_in_digits(text: str) -> str:
    """ "The top five", "the three slowest", "which two": a number in words counts where a rank stands beside it."""

    def said(hit: re.Match[str]) -> str:
        if hit[1]:
            return f"{hit[1]} {NUMBERS[hit[2]]}"
        if hit[4]:
            return f"top {NUMBERS[hit[4]]} "
        return f"{NUMBERS[hit[3]]} " if hit[3] else f"which top {NUMBERS[hit[5]]} "

    return _RANK.sub(said, text)


def find_values(text: str, rows: Rows, marking: bool = False) -> Found:
    """What the text names. ``rows`` gives a named query's rows; ``marking`` leaves a mark where each value stood."""
    finding = _Finding(text, rows, marking)
    _numbered_lessons(finding)
    of_videos = bool(_OF_VIDEOS.search(text))
    for kind in sorted(LISTS, key=lambda kind: kind != "video") if of_videos else LISTS:
        source, key, columns = LISTS[kind]
        columns = (*columns, "title") if kind == "video" and of_videos else columns
        if (beside := _BESIDE.get(kind)) and not (beside.search(text) and (marking or kind != "process")):
            continue
        if kind == "intent" and marking and _ANSWERS.search(text):
            continue
        known = known_names(kind, rows(source), key, columns)
        candidates, said = known.near(finding.text), set[str]()
        while hit := _best(finding.text, candidates):
            phrase, name = hit
            ids = candidates[name]
            finding.add(kind, ids, name, phrase)
            said |= {name, *(other for other, of in candidates.items() if kind == "cohort" and of == ids)}
            candidates = {other: of for other, of in candidates.items() if other not in said}
        if kind not in finding.found or kind in ("model", "cohort", "app"):  # two are often compared
            _by_a_part(finding, kind, known, said)
    return finding.result()


def _numbered_lessons(finding: _Finding) -> None:
    known = {str(row["lesson_number"]).lower(): row for row in finding.rows("lessons")}
    while numbered := _LESSON.search(finding.text):
        numbers, end, joined = [numbered[1]], numbered.end(), "and"
        while more := _MORE.match(finding.text[end:]):
            is_range = more[0].split()[0] == "to"
            numbers += _between(known, numbers[-1], more[1]) if is_range else [more[1]]
            joined = {"or": "or", "vs": "compared", "versus": "compared"}.get(more[0].split()[0], joined)
            end += more.end()
        before, after, marks = finding.text[: numbered.start()], finding.text[end:], []
        for said in numbers:
            number = NUMBERS.get(said, said)
            row = known.get(number)
            if row is None:
                finding.unknown.append(f"lesson {number}")
            else:
                name = f"{number} ({row['lesson_name']})"
                finding.found.setdefault("lesson", {})[str(row["lesson_id"])] = name
                marks.append(finding.mark("lesson", [str(row["lesson_id"])], name))
        finding.text = f"{before} {f' {joined} '.join(filter(str.strip, marks))} {after}"


def _between(known: Mapping[str, Mapping[str, object]], first: str, last: str) -> list[str]:
    """The lessons after ``first`` up to ``last``, in their order."""
    order = sorted((number for number in known if known[number].get("position") is not None),
                   key=lambda number: int(str(known[number]["position"])))  # fmt: skip
    if first not in order or last not in order:
        return [last]
    return order[order.index(first) + 1 : order.index(last) + 1] or [last]


def _by_a_part(finding: _Finding, kind: str, known: KnownNames, said: Container[str]) -> None:
    """A part of a name that was not said whole: a team, a first name, "the sleep lesson", "the video about sleep"."""
    near = [part for part in known.parts if part in finding.text or kind == "app"]
    for part in sorted(near, key=len, reverse=True):
        fitting = {one: name for one, name in known.parts[part].items() if name not in said}
        phrase = _said(kind, part, finding.text) if fitting else ""
        if not phrase:
            continue
        if len(fitting) > 1 and kind in ("person", "cohort", "lesson", "model"):
            names = list(dict.fromkeys(fitting.values()))
            finding.unclear = f"{part} may be {', '.join(names[:5])}: say which {kind}."
            return
        finding.add(kind, fitting, next(iter(fitting.values())), phrase)
        if kind not in ("model", "cohort", "app"):  # two are often compared
            return


def _said(kind: str, part: str, text: str) -> str:
    """The words of the text that name the part; a common word names a lesson or video only beside that word."""
    if kind == "app" and (
        compared := re.search(r"\b(\w{5,}) (?:vs|versus|compared)|(?:vs|versus|compared) (\w{5,})", text)
    ):
        fitting = [word for word in compared.groups() if word and SequenceMatcher(None, word, part).ratio() >= _CLOSE]
        if fitting and fitting[0] not in vocabulary():
            return fitting[0]
    if part not in text:
        return ""
    if kind == "app" and re.search(rf"\bapps?\b.*(?:\b{re.escape(part)} or [\w§]|\bor {re.escape(part)}\b)", text):
        return part  # "which app …, coach or support"
    escaped = re.escape(part)
    if kind in ("lesson", "video", "app"):
        noun = {"lesson": "lessons?", "video": "(?:videos?|clips?)", "app": "(?:app|bot|chatbot|assistant)"}[kind]
        near = re.search(rf"\b{noun} {_NEAR}{escaped}\b|\b(?:the )?{escaped} {noun}\b", text)
        return near[0] if near else ""
    if part in vocabulary() or part in EMPTY:
        near = re.search(rf"\b(?:cohort|group|team|class) {escaped}\b|\b{escaped} (?:cohort|group|team|class)\b", text)
        return near[0] if near and kind == "cohort" else ""
    found = re.search(rf"(?<![\w/]){escaped}(?:'s)?(?![\w/])", text)
    return found[0] if found else ""


def _listed(kind: str, names: Sequence[str]) -> str:
    several = " and ".join(names)
    return several if kind == "person" else f"{kind}{'s' if len(names) > 1 else ''} {several}"


def _best(text: str, candidates: Mapping[str, list[str]]) -> tuple[str, str] | None:
    """The longest name in the text, written well or nearly: (the words of the text, the name)."""
    for name in sorted(candidates, key=len, reverse=True):
        if (
            len(name) >= 3
            and name in text
            and name not in EMPTY
            and re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text)
        ):
            return name, name
    words = text.split()
    best: tuple[float, str, str] | None = None
    matcher = SequenceMatcher()
    for name in candidates:
        size = len(name.split())
        if len(name) < 6 or size > 6:
            continue
        matcher.set_seq2(name)
        for start in range(len(words) - size + 1):
            phrase = " ".join(words[start : start + size])
            if (
                abs(len(phrase) - len(name)) > 3
                or phrase in EMPTY
                or re.sub(r"\D", "", phrase) != re.sub(r"\D", "", name)
            ):
                continue
            matcher.set_seq1(phrase)
            if matcher.real_quick_ratio() < _CLOSE or matcher.quick_ratio() < _CLOSE:
                continue
            close = matcher.ratio()
            if close >= _CLOSE and (best is None or close > best[0]):
                best = (close, phrase, name)
    return (best[1], best[2]) if best else None
