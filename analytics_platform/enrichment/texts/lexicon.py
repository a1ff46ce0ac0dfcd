"""Words of feeling in three languages, and how a text's words add up: negation, intensity, and what follows a "but".

The lists are the project's own (``lexicons/*.txt``). Does not live here: the decision between labels (``training``).
"""

import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, cached_property, lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from analytics_platform.enrichment.errors import TaxonomyError

PACKAGED = Path(__file__).parents[1] / "lexicons"
TAUGHT = ("en", "th", "id")
LENT = 0.8
STRONG = 2.0
"""English words from this score on are lent to the other languages, at four fifths of it."""
LONGEST_PHRASE = 4
REACH = {"": 2, " ": 3}
"""Words over which a negation turns what follows: fewer in Thai, where it stands close to its word."""
FADED, UNDONE = 0.2, -0.6
"""What is left of a feeling that the text calls past, and that it says is gone."""
JOINING = frozenset(("and", "dan", "และ", "or", "atau", "หรือ"))

_HEAD = re.compile(r"^\[(-?[\w.]+)\]$")
NAMES = (
    "net", "positive", "negative", "positive words", "negative words", "turned positive", "turned negative",
    "after contrast", "before contrast", "both sides", "no feeling", "strongest", "weakest", "emoji", "last",
)  # fmt: skip


@dataclass(frozen=True)
class Lexicon:
    """One language's words with their scores, and the words that turn, raise, lower or set against."""

    scores: dict[str, float] = field(default_factory=dict)
    stems: dict[str, float] = field(default_factory=dict)
    negations: frozenset[str] = frozenset()
    intensifiers: frozenset[str] = frozenset()
    diminishers: frozenset[str] = frozenset()
    contrasts: frozenset[str] = frozenset()
    ignored: frozenset[str] = frozenset()
    past: frozenset[str] = frozenset()
    now: frozenset[str] = frozenset()
    undone: frozenset[str] = frozenset()
    joiner: str = " "

    def words(self) -> set[str]:
        groups = (self.negations, self.intensifiers, self.diminishers, self.contrasts, self.ignored, self.times)
        return {*self.scores, *(word for group in groups for word in group)}

    @cached_property
    def starts(self) -> frozenset[str]:
        """Words that begin a phrase. Thai phrases have no spaces: any word that one begins with may begin it."""
        phrases = [*self.scores, *self.ignored, *self.times]
        if self.joiner:
            return frozenset(phrase.split(" ")[0] for phrase in phrases if " " in phrase)
        return frozenset(phrase[:length] for phrase in phrases for length in range(2, len(phrase)))

    @cached_property
    def times(self) -> frozenset[str]:
        return self.past | self.now | self.undone

    @cached_property
    def says_nothing(self) -> Callable[[str], bool]:
        """Whether a word changes nothing of what a text feels, wherever it stands; most words do not."""
        return lru_cache(maxsize=60_000)(self._says_nothing)

    def _says_nothing(self, word: str) -> bool:
        turning = (self.starts, self.times, self.negations, self.intensifiers, self.diminishers, self.contrasts)
        return not (_ends_side(word) or any(word in words for words in turning) or self.score(word) is not None)

    def score(self, word: str) -> float | None:
        found = self.scores.get(word)
        if found is None and self.stems and len(word) > 3:
            for length in range(3, min(len(word), 10) + 1):
                found = self.stems.get(word[:length])
                if found is not None:
                    return found
        return found


@dataclass(frozen=True)
class Feeling:
    """What the lexicon saw in one text: amounts for the model (``NAMES``), hits for a person who asks why."""

    amounts: tuple[float, ...]
    hits: tuple[tuple[str, float], ...]


def read_lexicon(file: Path, extra: dict[str, float] | None = None) -> Lexicon:
    groups: dict[str, list[str]] = {}
    head = ""
    for number, line in enumerate(file.read_text("utf-8").splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        if match := _HEAD.match(line.strip()):
            head = match[1]
        elif head:
            groups.setdefault(head, []).extend(part.strip().lower() for part in line.split(",") if part.strip())
        else:
            raise TaxonomyError(f"{file}:{number}: words before the first [head].")
    scores: dict[str, float] = dict(extra or {})
    stems: dict[str, float] = {}
    for name, words in groups.items():
        if name.lstrip("-").replace(".", "").isdigit():
            for word in words:
                target, key = (stems, word[:-1]) if word.endswith("*") else (scores, word)
                target[key] = float(name)

    def listed(kind: str) -> frozenset[str]:
        return frozenset(groups.get(kind, ()))

    return Lexicon(
        scores,
        stems,
        negations=listed("negation"),
        intensifiers=listed("intensifier"),
        diminishers=listed("diminisher"),
        contrasts=listed("contrast"),
        ignored=listed("ignored"),
        past=listed("past"),
        now=listed("now"),
        undone=listed("undone"),
    )


@cache
def packaged(language: str) -> Lexicon:
    """The packaged lexicon of a language with the emoji in it; only emoji for a language without one.

    English also gets VADER's words (+5 points on the English holdout, 2026-11-20); the others get the strong English
    words that they lack, for mixed language (+1 point on the Thai one).
    """
    emoji = read_lexicon(PACKAGED / "emoji.txt").scores
    file = PACKAGED / f"{language}.txt"
    if language not in TAUGHT or not file.exists():
        return Lexicon(scores=emoji)
    if language == "en":
        return read_lexicon(file, emoji | read_lexicon(PACKAGED / "vader_en.txt").scores)
    own = read_lexicon(file)
    known = own.words()
    english = {
        word: LENT * score
        for word, score in packaged("en").scores.items()
        if word.isascii() and word.isalpha() and len(word) > 3 and abs(score) >= STRONG and word not in known
    }
    return replace(own, scores=emoji | english | own.scores, joiner="" if language == "th" else " ")


def packaged_version() -> str:
    content = b"".join(
        file.read_bytes() for file in sorted(PACKAGED.iterdir()) if file.suffix in (".txt", ".gz", ".yaml")
    )
    return hashlib.sha256(content).hexdigest()[:8]


def feel(words: Sequence[str], lexicon: Lexicon) -> Feeling:
    """Add up the feeling of a text's words."""
    hits: list[tuple[str, float]] = []
    sides: list[int] = []
    side = 0
    turned_up = turned_down = emoji = 0.0
    contrast_at: int | None = None
    past = over = undone = False
    negated_until = -1
    boost = 1.0
    position = 0
    says_nothing = lexicon.says_nothing
    while position < len(words):
        if says_nothing(words[position]):
            position += 1
            continue
        phrase, length, score = _longest(words, position, lexicon)
        if phrase in lexicon.times:
            if phrase in lexicon.past:
                past = True
            elif past:
                contrast_at, negated_until, over, undone = len(hits), -1, True, phrase in lexicon.undone
                side += 1
        elif score is None:
            word = words[position]
            if word in lexicon.contrasts:
                contrast_at, negated_until, over = len(hits), -1, over or past
                side += 1
            elif _ends_side(word):
                negated_until = -1
                side += 1
            if word in lexicon.negations:
                negated_until = position + REACH[lexicon.joiner]
            if word in lexicon.intensifiers:
                boost = 1.4
                if hits and _follows(lexicon):
                    hits[-1] = (hits[-1][0], hits[-1][1] * 1.3)
            elif word in lexicon.diminishers:
                boost = 0.6
        elif score:
            value = score * boost
            if position <= negated_until and phrase not in lexicon.negations:
                value = -0.75 * value
                turned_up, turned_down = (turned_up + 1, turned_down) if value > 0 else (turned_up, turned_down + 1)
                negated_until = -1
            if not phrase[0].isalnum() and not "\u0e00" <= phrase[0] <= "\u0e7f":
                emoji += value
            if phrase in lexicon.contrasts:
                side += 1
            hits.append((phrase, value))
            sides.append(side)
            boost = 1.0
            if phrase in lexicon.contrasts:
                contrast_at = len(hits) - 1
            if phrase in lexicon.negations:
                negated_until = position + length + REACH[lexicon.joiner] - 1
        position += length
    if over and contrast_at is not None:
        hits = _as_now(hits, contrast_at, undone)
    return Feeling(_amounts(hits, turned_up, turned_down, emoji, contrast_at, sides), tuple(hits))


def _ends_side(word: str) -> bool:
    return word in ".!?…,;" or word[0] in "!?" or word in JOINING


def _as_now(hits: list[tuple[str, float]], turn: int, undone: bool) -> list[tuple[str, float]]:
    """What was once felt counts little beside what is felt now, and speaks against itself where it is "no longer"."""
    share = UNDONE if undone and turn == len(hits) else FADED
    return [(word, value * share if place < turn else value) for place, (word, value) in enumerate(hits)]


def _follows(lexicon: Lexicon) -> bool:
    """Thai and Indonesian put "very" after the word (dee maak, bagus banget)."""
    return "banget" in lexicon.intensifiers or lexicon.joiner == ""


def _longest(words: Sequence[str], position: int, lexicon: Lexicon) -> tuple[str, int, float | None]:
    """The longest phrase that begins here and is known; most words begin none."""
    word = words[position]
    if word in lexicon.starts:
        for length in range(min(LONGEST_PHRASE, len(words) - position), 1, -1):
            phrase = lexicon.joiner.join(words[position : position + length])
            if phrase in lexicon.ignored or phrase in lexicon.times:
                return phrase, length, 0.0
            if (score := lexicon.scores.get(phrase)) is not None:
                return phrase, length, score
    return word, 1, 0.0 if word in lexicon.ignored else lexicon.score(word)


_SILENT = tuple(3.0 if name == "no feeling" else 0.0 for name in NAMES)


def numbers(feelings: Sequence[Feeling]) -> NDArray[np.float32]:
    """What the models see of each text: amounts between -1 and 1."""
    raw = np.array([feeling.amounts for feeling in feelings], dtype=np.float32).reshape(-1, len(NAMES))
    return np.tanh(raw / 3)


def _amounts(
    hits: list[tuple[str, float]],
    turned_up: float,
    turned_down: float,
    emoji: float,
    contrast_at: int | None,
    sides: Sequence[int],
) -> tuple[float, ...]:
    if not hits:
        return _SILENT
    values = [value for _, value in hits]
    positive = negative = 0.0
    ups = downs = 0
    parts: dict[int, float] = {}
    for side, value in zip(sides, values, strict=True):
        parts[side] = parts.get(side, 0.0) + value
        if value > 0:
            positive, ups = positive + value, ups + 1
        else:
            negative, downs = negative - value, downs + (value < 0)
    good = sum(value for value in parts.values() if value > 0)
    bad = -sum(value for value in parts.values() if value < 0)
    before, after = 0.0, 0.0
    if contrast_at is not None:
        before, after = sum(values[:contrast_at]), sum(values[contrast_at:])
    return (
        positive - negative, positive, negative, ups, downs, turned_up * 2, turned_down * 2, after, before,
        2 * min(good, bad), 0.0, max(0.0, *values), min(0.0, *values), emoji, values[-1],
    )  # fmt: skip
