"""What a linear model sees of a text: words, word pairs, n-grams of letters, and a few signs, as one sparse row.

The vocabulary is learned from the training texts; features that it lacks still count towards a row's length, so a text
full of unseen words gets weak scores instead of loud ones. Does not live here: the fit (``training``).
"""

from array import array
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from analytics_platform.enrichment.text import is_thai

LATIN_GRAMS = (3, 4, 5)
THAI_GRAMS = (2, 3, 4)
STRANGER = 0.5
"""Weight of a feature outside the vocabulary in a row's length, against that of the rarest known one."""
GRAM = 0.6
"""Weight of an n-gram of letters against a word: there are many more of them (intent: +half a point, 2026-11-21)."""
WHOLE = ("w ", "b ", "f ")
"""How the names of words, word pairs and signs begin; n-grams of letters have no space."""
QUESTION_WORDS = frozenset(
    (
        *("what", "who", "when", "where", "why", "how", "which", "can", "could", "do", "does", "is", "are"),
        *("apa", "siapa", "kapan", "di", "mana", "kenapa", "bagaimana", "berapa", "apakah", "bisakah"),
        *("ไหม", "อะไร", "ใคร", "เมื่อไหร่", "ทำไม", "ยังไง", "เท่าไหร่", "กี่", "หรือเปล่า", "ที่ไหน", "ไหน", "หรือยัง", "ตรงไหน"),
    )
)


def features_of(words: Sequence[str]) -> set[str]:
    """The features of a text's words."""
    found: set[str] = set()
    previous = "^"
    for word in words:
        found.update(_of_word(word))
        found.add(f"b {previous} {word}")
        previous = word
    thai = "".join([word for word in words if is_thai(word)])
    for length in THAI_GRAMS:
        found.update([thai[start : start + length] for start in range(len(thai) - length + 1)])
    found.add(f"b {previous} $")
    found.add(f"f length {min(len(words), 40).bit_length()}")
    if words:
        found.add("f first " + words[0])
        found.add("f last " + words[-1])
    return found


@lru_cache(maxsize=60_000)
def _of_word(word: str) -> tuple[str, ...]:
    """What a word brings by itself; most words of a batch were seen before."""
    found = {"w " + word}
    if word in QUESTION_WORDS:
        found.add("f question word")
    if word == "?":
        found.add("f ?")
    if word[0].isalpha() and not is_thai(word):
        padded = f"_{word}_"
        for length in LATIN_GRAMS:
            found.update(padded[start : start + length] for start in range(len(padded) - length + 1))
    return tuple(found)


@dataclass(frozen=True)
class Vocabulary:
    """Features with their place and their weight (rarer ones weigh more)."""

    index: dict[str, int]
    weights: NDArray[np.float32]

    @classmethod
    def learn(cls, rows: Iterable[set[str]], least: int = 2) -> "Vocabulary":
        counts: Counter[str] = Counter()
        total = 0
        for row in rows:
            counts.update(row)
            total += 1
        kept = sorted(name for name, count in counts.items() if count >= least)
        rarity = np.log((1 + total) / (1 + np.array([counts[name] for name in kept], dtype=np.float64))) + 1
        loud = np.array([1.0 if name[:2] in WHOLE else GRAM for name in kept])
        weights = (rarity * loud).astype(np.float32)
        return cls({name: place for place, name in enumerate(kept)}, weights)

    def rows(self, texts: Sequence[set[str]]) -> tuple[sparse.csr_matrix, NDArray[np.float32]]:
        """The texts as rows of unit length, and for each text the share of its features that are known."""
        places, ends = array("i"), np.zeros(len(texts) + 1, dtype=np.int64)
        known_share = np.zeros(len(texts), dtype=np.float32)
        strangers = np.zeros(len(texts), dtype=np.float32)
        get = self.index.get
        for number, row in enumerate(texts):
            known = [place for place in map(get, row) if place is not None]
            places.extend(known)
            ends[number + 1] = len(places)
            strangers[number] = len(row) - len(known)
            known_share[number] = len(known) / max(1, len(row))
        columns = np.frombuffer(places, dtype=np.int32) if places else np.zeros(0, dtype=np.int32)
        data = self.weights[columns]
        owners = np.repeat(np.arange(len(texts)), np.diff(ends))
        rarest = float(self.weights.max()) if self.weights.size else 1.0
        squares = np.bincount(owners, weights=data * data, minlength=len(texts)) + strangers * (STRANGER * rarest) ** 2
        data = (data / np.sqrt(np.maximum(squares, 1e-9))[owners]).astype(np.float32)
        return sparse.csr_matrix((data, columns, ends), shape=(len(texts), len(self.weights))), known_share
