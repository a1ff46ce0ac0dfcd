"""Which of many titles a question means, by its content words: stems, and how rare each is among the titles. Pure.

"Where do people say their phone sleeps" is nearest to "Where does your phone sleep?". A title is meant only where most
of it is in the question and no other title is as near. Does not live here: what is asked of it (``cards``).
"""

import math
import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

WORD = re.compile(r"(?<![\w§])[a-z][a-z'-]*")
# Words that a title shares with any question.
COMMON = frozenset(
    """a an the of in on at to for from with about into over up out off by as if so than then and or but not no i
    you your yours we our us they them their it its he she his her one ones this that these those there here
    what which who whom whose when where why how is are was were be been am do does did done have has had will
    would can could should may might must let's me my mine self most more least less very much many often last
    first next now right also just only still yet ever never like likes liked want wants wanted get gets got go
    goes went come comes take takes say says said think thinks tell told use used make makes made people person
    learner learners user users student students participant participants member members everyone answer answers
    question questions card cards lesson lessons course courses week weeks day days today yesterday""".split()  # noqa: SIM905
)
_IRREGULAR = {
    "slept": "sleep", "kept": "keep", "felt": "feel", "lost": "lose", "forgot": "forget", "forgotten": "forget",
    "woke": "wake", "awake": "wake", "brought": "bring", "chose": "choose", "chosen": "choose", "thought": "think",
    "wrote": "write", "written": "write", "spent": "spend", "began": "start", "begin": "start", "begun": "start",
    "rated": "rate", "rating": "rate", "ratings": "rate", "mobile": "phone", "smartphone": "phone", "hp": "phone",
}  # fmt: skip
_ENDINGS = ("ations", "ation", "ions", "ion", "ings", "ing", "edly", "ied", "ies", "ed", "es", "s", "ly", "ment", "ful")
_WH = ("who", "whom", "where", "when", "how", "which", "what")
LEAST = 0.6  # share of a title's weight that the question must hold
CLEARLY = 1.2  # times as much as the next title


def stem(word: str) -> str:
    word = _IRREGULAR.get(word, word.removesuffix("'s"))
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            word = word[: -len(ending)]
            break
    word = word[:-1] if len(word) > 4 and word[-1] == word[-2] and word[-1] not in "lse" else word
    return word[:-1] if len(word) > 3 and word[-1] in "ey" else word


@dataclass(frozen=True)
class Nearest:
    """The titles that are meant (several where they are equally near), the words of the text that showed them."""

    titles: tuple[str, ...]
    words: frozenset[str]
    coverage: float
    matched: int


def content(text: str) -> list[str]:
    words = (word.removesuffix("'s") for found in WORD.findall(text) for word in found.split("-"))
    return [word for word in words if word not in COMMON and len(word) > 1]


def nearest(text: str, titles: Collection[str], known: Collection[str] = ()) -> Nearest | None:
    """The title that the text means. One word alone shows a title only where it is none of the ``known`` words."""
    stems = {title: frozenset(map(stem, content(title))) for title in titles}
    among = Counter(one for several in stems.values() for one in several)
    said: dict[str, list[str]] = {}
    for word in content(text):
        said.setdefault(stem(word), []).append(word)

    def weight(several: Collection[str]) -> float:
        return sum(math.log(1 + len(stems) / among[one]) for one in several)

    found: list[tuple[float, float, str, frozenset[str]]] = []
    for title, parts in stems.items():
        shared = parts & said.keys()
        alike = title.split()[0] == text.split()[0]  # "whom do people …": of "Whom would you like to thank?"
        if not shared or (len(shared) == 1 and said[next(iter(shared))][0] in known and not alike):
            continue
        coverage = weight(shared) / weight(parts)
        if coverage >= LEAST:
            found.append((weight(shared), coverage, title, frozenset(shared)))
    if not found:
        return None
    found.sort(key=lambda one: (-one[0], -one[1]))
    mass, coverage, _, shared = found[0]
    equal = [one for one in found if one[3] == shared]
    others = [one for one in found if one[3] != shared]
    if others and mass < CLEARLY * others[0][0] and not others[0][3] < shared:
        return None
    if len(shared) == 1 and coverage < 1:
        return None
    begins = text.split()[0]
    equal = [one for one in equal if begins in _WH and begins in one[2].split()] or equal
    best = max(one[1] for one in equal)
    near = tuple(one[2] for one in equal if one[1] > 0.75 * best)
    words = frozenset(word for one in shared for word in said[one])
    return Nearest(near, words, coverage, len(shared))


def options_in(words: Sequence[str], options: Mapping[str, frozenset[str]]) -> tuple[str, ...]:
    """The options of which every content word is among the words; the fullest first."""
    stems = set(map(stem, words))
    fitting = [option for option, parts in options.items() if parts and parts <= stems]
    return tuple(sorted(fitting, key=lambda option: -len(options[option])))
