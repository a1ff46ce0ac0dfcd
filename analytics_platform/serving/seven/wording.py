"""Words of a question: tidied, translated phrase by phrase where they are Indonesian or Thai, matched with synonyms.

Does not live here: dates, and values that stand in the data.
"""

import re
import tomllib
import unicodedata
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path
from typing import Any

# Words that carry no meaning of their own in a question.
EMPTY = frozenset(
    re.findall(
        r"\S+",
        """a an and any anything are as at be been by can could did do does each every find for from get give had has
        have how i if in into is it its list many may me much my number of on one or our out over
        per please seen show some tell than that the their them then there these they this those to
        us was we were what what's when where which while who whose will with would you your count
        total amount value all across during within between overall most least top bottom highest
        lowest best worst first last people person learner learners user users student students
        member members participant participants percentage percent share rate proportion average
        mean sum also now so far currently ever break down broken split compare compared comparison
        versus vs change changed develop developed evolve trend trends time data look like
        about same again really actually just only as also happening happened there's here's me i'm we're they're
        kind kinds type types ones thing things went going go up down get got gets receive received come came send sent
        make made use used using spend spent put give gave take took want wants know like need hi hello hey thanks
        thank ok okay pls plz u ur whats hows then well registered recorded happen occur occurred exist present
        available overview summary report figures numbers stats statistics other always rank ranked ranking sorted
        order ordered ours yours being main common commonest frequent frequently key typical even
        still already exactly roughly approximately quite very simply maybe perhaps somehow anyway btw hmm oh so kindly
        difference differences differ differs
        possible possibly though basically literally throw threw thrown""",
    )
)


# Words of the questions in ``subjects``.
_SUBJECTS = """two three four five six seven eight nine ten eleven twelve
started completed finished struggling yesterday today week month lesson retention unusual anomaly
endpoint slowest mention mentions churn drop dropoff forecast incident questions hardest safety risk
sentiment energy screen priorities
late unanswered negative positive critical medium high severe open closed
reflection trending themes timeline why growing rising freeform
conversation conversations cost costs"""


@lru_cache(maxsize=1)
def lexicon() -> dict[str, dict[str, Any]]:
    return tomllib.loads((Path(__file__).parent / "lexicon.toml").read_text())


# What people write short, before marks are taken away. A day with two possible orders stays and is then no known word.
_SHORT = tuple(
    (re.compile(pattern), long)
    for pattern, long in (
        (r"(?<=\d),(?=\d{3}\b)", ""),
        (r"\bw/o\b", "without"),
        (r"\bw/(?= |$)|(?<= )w(?= )", "with"),
        (r"\b(?:nr|no|num)\.? of\b|#(?:of)? (?=[a-z])", "number of"),
        (r"\bwk ?(?=\d)|\bweek-(?=\d)", "week "),
        (r"\bhw\b", "how"),
        (r"(?<=\bcost) us\b", ""),
        (r"\bus dollars?\b|\bus ?\$", "usd"),
        (r"\b(\d+)(?:st|nd|rd|th)? wks?\b", r"\1 weeks"),
        (r"\bavg\b\.?", "average"),
        (r"\b(1[3-9]|2\d|3[01])[/.](0?[1-9]|1[0-2])[/.](20\d\d)\b", r"\3-\2-\1"),
        (r"\b(0?[1-9]|1[0-2])/(1[3-9]|2\d|3[01])/(20\d\d)\b", r"\3-\1-\2"),
        (r"\b(20\d\d)-(\d)(?=-)", r"\1-0\2"),
        (r"\b(a|one|any|every) single\b", r"\1"),
        (r"(?<=[a-z])-(?=(?:time|tier|text|form|risk|try|mapped|rated|day|week)\b)", " "),
        (
            r"\bweekly active (people|users|learners|members|students)\b"
            r"(?=.*\b(?:since|over time|trend|by week|each)\b)",
            r"active \1 by week",
        ),
        (
            r"^(?:(?:quick|data|quality|sanity|check|question|report|request|urgent|fyi|another|last|one|more"
            r"|next|follow-?up)"
            r" ?)+: +(?=\w)",
            "",
        ),
        (r"\bbut (?=never|not|did|have|has|no\b)", "and "),
        (r"^(?:h+m+|u+h+m*|e+r+m*|well|ok(?:ay)?)\b[ ,.…-]*|,? (?:right|correct|yes|no)(?=\?|$)", ""),
    )
)


def tidy(text: str) -> str:
    """Lower case, one form of each character, no marks but those inside words, numbers and quotes."""
    text = unicodedata.normalize("NFKC", text).lower().replace("’", "'").replace("“", '"').replace("”", '"')
    parts = re.split(r'("[^"]*"|(?<!\w)\'[^\']{8,}\'(?!\w))', text)  # what is quoted stays
    for short, long in _SHORT:
        parts[::2] = [short.sub(long, part) for part in parts[::2]]
    text = "".join(parts)
    text = re.sub(r"[?!;,()\[\]{}]|\.(?=\s|$)", " ", text)
    return re.sub(r"\s+", " ", text).strip()


@dataclass(frozen=True)
class Match:
    """A name of the registry, the phrase that meant it, and where it stood."""

    name: str
    phrase: str
    start: int

    @property
    def end(self) -> int:
        return self.start + len(self.phrase)


_HANDED_OVER = re.compile(
    r"\b(?:hand\w*|pass\w*|transfer\w*|escalat\w*|end\w*(?: up)?|went|go|goes|going|forward\w*|reach\w*|given|sent)"
    r"(?: (?:over|off))?(?: (?:to|with|by|at))?(?: (?:a|an|the|real|live))* (?:humans?|persons?|agents?|people|staff)\b"
    r"(?: (?:answering|taking over|helping|instead))?"
)


# "Which lesson loses most people", "which model is faster": a rank of members by a metric that the verb hides.
_PEOPLE = r"(?:people |learners |students )?"
_RANKED = (
    (
        re.compile(
            rf"\b(?:which|what) lessons? (?:do |does |did )?(?:most |the most )?{_PEOPLE}"
            r"(?:loses?|losing|lost|quit|stop|abandon|drop|leave)\b"
            r"(?: (?:out|off|of|the|teh|most|people|learners|students))*"
        ),
        "which lesson has the lowest completion rate",
    ),
    (
        re.compile(
            rf"\b(?:which|what) questions? (?:do |does |did )?{_PEOPLE}(?:(?:get|got|answer(?:ed|s)?) )?"
            r"(?:right|correct(?:ly)?) (?:the )?(?:least|fewest)\b"
        ),
        "hardest questions",
    ),
    (
        re.compile(
            r"\b(?:positive|negative)(?: (?:answers?|responses?))? ?(?:and|vs\.?|versus|or|/|&|to|against) ?"
            r"(?:positive|negative)(?: (?:answers?|responses?))?\b"
        ),
        "how many answers by sentiment",
    ),
    (
        re.compile(r"\b(?:which|what) models? (?:is|are|was|were) (?:the )?(?:fast|quick|slow)(?!est)\w*"),
        "latency by model",
    ),
)


def ranks_in_words(text: str) -> str:
    """The metric and the rank that a verb hides. Before ranks are looked for."""
    for pattern, said in _RANKED:
        text = pattern.sub(said, text)
    return text


_PERSON = r"(?:person|user|learner|student|participant|member|viewer|individual)"
_KIND_OF_PERSON = re.compile(rf"(?<=\bper )(?:chat|bot|chatbot|app|video) (?={_PERSON}\b)")
# "Per person in North / Hill": each of them, and not what people there did.
_APIECE = re.compile(
    rf"\b(?:per|for each|for every|by each|by|each|every) (?:single )?{_PERSON}\b(?= (?:in|of|from|at|on|with)\b)"
)


def canonical(text: str) -> str:
    """One word for each of the many that mean the same: learners, users and students are people."""
    text = _APIECE.sub("by apiece", _HANDED_OVER.sub("handed over", _KIND_OF_PERSON.sub("", text)))
    if re.search(r"\b(?:checks?|quiz\w*|moodle|lms)\b", text):  # a quiz may be completed and not passed
        text = re.sub(r"\bpass(?:ed|es)?\b", "succeeded at", text)
    text = _synonyms()[0].sub(lambda hit: _synonyms()[1][hit[0]], text)
    return re.sub(r"\s+", " ", text).strip()


@lru_cache(maxsize=1)
def _synonyms() -> tuple[re.Pattern[str], dict[str, str]]:
    meant = {str(said): name for name, several in lexicon()["synonyms"].items() for said in several}
    longest = sorted(meant, key=len, reverse=True)
    return re.compile(rf"(?<![\w'])(?:{'|'.join(map(re.escape, longest))})(?![\w'])"), meant


@lru_cache(maxsize=8)
def phrases(chapter: str) -> tuple[tuple[str, str], ...]:
    """The phrases of a chapter as they read after ``canonical``, longest first, with what they name."""
    said = {canonical(str(phrase)): str(name) for name, all_of in lexicon()[chapter].items() for phrase in all_of}
    return tuple(sorted(said.items(), key=lambda pair: -len(pair[0])))


def find_names(text: str, chapter: str) -> list[Match]:
    """The names of a chapter of the lexicon that the text holds, longest phrase first, none over another."""
    found: list[Match] = []
    for phrase, name in phrases(chapter):
        if phrase not in text:
            continue
        for hit in re.finditer(rf"\b{re.escape(phrase)}\b", text):
            if all(hit.end() <= other.start or hit.start() >= other.end for other in found):
                found.append(Match(str(name), phrase, hit.start()))
    return sorted(found, key=lambda match: match.start)


@lru_cache(maxsize=1)
def vocabulary() -> frozenset[str]:
    """Every word that the lexicon and the grammar of questions know; typing errors are forgiven towards these."""
    words = {
        word
        for chapter in ("metrics", "dimensions", "grains", "synonyms")
        for said in lexicon()[chapter].values()
        for phrase in said
        for word in str(phrase).split()
    }
    words |= {word for name in lexicon()["synonyms"] for word in name.split()}
    return frozenset(words) | EMPTY | frozenset(re.findall(r"[a-z]+", _SUBJECTS))


# Words of asking, which are short and typed in haste: "wich", "waht".
_ASKING = ("which", "what", "where", "when")


@lru_cache(maxsize=1)
def _spelled() -> tuple[frozenset[str], tuple[str, ...]]:
    """Words that are right as they stand, and the beginnings of such words: those of subjects and ideas."""
    folder = Path(__file__).parent
    text = "".join((folder / name).read_text("utf-8") for name in ("subjects.toml", "measures.toml", "facts.toml"))
    words = frozenset(re.findall(r"[a-z]{4,}", re.sub(r"\\[a-z]", " ", text)))
    return words, tuple(word for word in words if len(word) >= 5)


def forgive(text: str) -> str:
    """Typing errors of known words mended: ``completon rate`` is ``completion rate``. Quoted text stays."""
    known = vocabulary()
    spelled, stems = _spelled()
    short = lexicon()["haste"]

    def mended(word: str) -> str:
        if word in short:
            return str(short[word])
        if len(word) >= 4 and word.isascii() and word not in known and word not in spelled:
            swapped = (f"{word[:at]}{word[at + 1]}{word[at]}{word[at + 2 :]}" for at in range(len(word) - 1))
            if meant := next((one for one in swapped if one in known), ""):
                return meant
        if word.isascii() and word not in known and (asked := get_close_matches(word, _ASKING, 1, 0.74)):
            return asked[0]
        if (
            len(word) < 5
            or word in known
            or word in spelled
            or word.removesuffix("s") in known
            or f"{word}s" in known
            or not word.isalpha()
            or not word.isascii()
        ):
            return word
        near = get_close_matches(word, known, 1, 0.93 if word.startswith(stems) else 0.84)
        is_near = near and near[0][0] == word[0] and abs(len(near[0]) - len(word)) <= 2  # "rewatched" is no "watched"
        return near[0] if is_near else word

    parts = re.split(r'("[^"]*")', text)
    return "".join(
        part if part.startswith('"') else " ".join(mended(word) for word in part.split(" ")) for part in parts
    )


def unknown_words(text: str) -> list[str]:
    """What is left of a question when everything understood is taken out; a number that nothing took is left, too."""
    return [
        word for word in re.findall(r"[^\W_](?:[\w'-]|[\u0e30-\u0e4e])*", text) if word.removesuffix("'s") not in EMPTY
    ]
