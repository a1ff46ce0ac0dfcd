"""What a linear model sees of a text: words, word pairs, n-grams of letters, and a few signs, as one sparse row.

The vocabulary is learned from the training texts; features that it lacks still count towards a row's length, so a text
full of unseen words gets weak scores instead of loud ones. Does not live here: the fit (``training``).
"""

from array import array
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import repeat

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from analytics_platform.enrichment.texts.text import is_thai

LATIN_GRAMS = (3, 4, 5)
THAI_GRAMS = (2, 3, 4)
STRANGER = 0.5
"""Weight of a feature outside the vocabulary in a row's length, against that of the rarest known one."""
LEAST = 2
"""Texts that a feature must stand in to be learned."""
GRAM = 0.6
"""Weight of an n-gram of letters against a word: there are many more of them (intent: +half a point, 2026-11-21)."""
GAPS = (2, 3, 4)
"""How far apart two words stand that are told together; neighbours are told in their order."""
MANNERS = frozenset(".,;:!…")
WHOLE = ("w ", "b ", "f ", "s ")
"""How the names of words, word pairs and signs begin; n-grams of letters have no space."""
QUESTION_WORDS = frozenset(
    (
        *("what", "who", "when", "where", "why", "how", "which", "can", "could", "do", "does", "is", "are"),
        *("apa", "siapa", "kapan", "di", "mana", "kenapa", "bagaimana", "berapa", "apakah", "bisakah"),
        *("ไหม", "อะไร", "ใคร", "เมื่อไหร่", "ทำไม", "ยังไง", "เท่าไหร่", "กี่", "หรือเปล่า", "ที่ไหน", "ไหน", "หรือยัง", "ตรงไหน"),
    )
)


def features_of(words: Sequence[str]) -> set[str]:
    """The features of a text's words. Stops, commas and exclamation marks are manners of writing, and no sign."""
    words = [word for word in words if not MANNERS.issuperset(word)]
    found: set[str] = set()
    previous = "^"
    for word in words:
        found.update(of_word(word))
        found.add(f"b {previous} {word}")
        previous = word
    thai = "".join([word for word in words if is_thai(word)])
    for length in THAI_GRAMS:
        found.update([thai[start : start + length] for start in range(len(thai) - length + 1)])
    found.add(f"b {previous} $")
    if words:
        found.add("f first " + words[0])
        found.add("f last " + words[-1])
    return found


def pairs_of(words: Sequence[str]) -> set[str]:
    """Which two words stand near each other with others between them, in either order."""
    words = [word for word in words if speaks(word)]
    found: set[str] = set()
    for gap in GAPS:
        found.update([_pair(*both) for both in zip(words, words[gap:], strict=False)])
    return found


@lru_cache(maxsize=60_000)
def speaks(word: str) -> bool:
    """Whether a word is more than a sign."""
    return any(letter.isalnum() for letter in word)


def _pair(word: str, other: str) -> str:
    return f"s {word} {other}" if word < other else f"s {other} {word}"


@lru_cache(maxsize=60_000)
def of_word(word: str) -> tuple[str, ...]:
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

    def rows(self, texts: Sequence[set[str]]) -> tuple[sparse.csr_matrix, NDArray[np.float32]]:
        """The texts as rows of unit length, and for each text the share of its features that are known."""
        ones, sizes = _incidence(texts, self.index)
        return _unit_rows(ones, self.weights, sizes)


@dataclass(frozen=True)
class Incidence:
    """Texts against all features that two of them share, so that what some texts teach is counted without words."""

    names: list[str]
    ones: sparse.csr_matrix
    sizes: NDArray[np.int64]

    @classmethod
    def of(cls, texts: Sequence[set[str]]) -> "Incidence":
        index: defaultdict[str, int] = defaultdict()
        index.default_factory = index.__len__  # the next free place
        columns, ends = _places(texts, lambda row: map(index.__getitem__, row))
        often = np.bincount(columns, minlength=len(index)) >= LEAST
        known = list(index)
        order = sorted(np.flatnonzero(often).tolist(), key=known.__getitem__)
        moved = np.full(len(index), -1, dtype=np.int32)
        moved[order] = np.arange(len(order), dtype=np.int32)
        return cls([known[place] for place in order], _ones(moved[columns], ends, len(order)), _sizes(texts))

    def learn(self, places: Sequence[int]) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """The columns of the features that some texts teach, and their weights."""
        counts = np.bincount(self.ones[places].indices, minlength=len(self.names))
        columns = np.flatnonzero(counts >= LEAST)
        rarity = np.log((1 + len(places)) / (1 + counts[columns])) + 1
        return columns, (rarity * self._loud[columns]).astype(np.float32)

    def rows(
        self, places: Sequence[int], columns: NDArray[np.int64], weights: NDArray[np.float32]
    ) -> tuple[sparse.csr_matrix, NDArray[np.float32]]:
        """As ``Vocabulary.rows``, for texts that stand here."""
        return _unit_rows(self.ones[places][:, columns], weights, self.sizes[places])

    def vocabulary(self, columns: NDArray[np.int64], weights: NDArray[np.float32]) -> Vocabulary:
        return Vocabulary({self.names[column]: place for place, column in enumerate(columns)}, weights)

    @cached_property
    def _loud(self) -> NDArray[np.float64]:
        return np.array([1.0 if name[:2] in WHOLE else GRAM for name in self.names])


def _incidence(texts: Sequence[set[str]], index: dict[str, int]) -> tuple[sparse.csr_matrix, NDArray[np.int64]]:
    columns, ends = _places(texts, lambda row: map(index.get, row, repeat(-1)))
    return _ones(columns, ends, len(index)), _sizes(texts)


def _places(
    texts: Sequence[set[str]], find: Callable[[set[str]], Iterable[int]]
) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """The place of each feature, text after text, and where each text's begin and end."""
    places, ends = array("i"), np.zeros(len(texts) + 1, dtype=np.int64)
    for number, row in enumerate(texts):
        places.extend(find(row))
        ends[number + 1] = len(places)
    return np.frombuffer(places, dtype=np.int32) if places else np.zeros(0, dtype=np.int32), ends


def _ones(columns: NDArray[np.int32], ends: NDArray[np.int64], width: int) -> sparse.csr_matrix:
    """A one at each place; places below 0 are unknown."""
    is_known = columns >= 0
    ends = np.concatenate([[0], np.cumsum(is_known)])[ends]
    columns = columns[is_known]
    ones = sparse.csr_matrix((np.ones(len(columns), dtype=np.float32), columns, ends), shape=(len(ends) - 1, width))
    ones.sort_indices()  # sets have no order, and the sums of a fit must not depend on one
    return ones


def _sizes(texts: Sequence[set[str]]) -> NDArray[np.int64]:
    return np.array([len(row) for row in texts], dtype=np.int64)


def _unit_rows(
    ones: sparse.csr_matrix, weights: NDArray[np.float32], sizes: NDArray[np.int64]
) -> tuple[sparse.csr_matrix, NDArray[np.float32]]:
    known = np.diff(ones.indptr)
    data = weights[ones.indices]
    owners = np.repeat(np.arange(len(known)), known)
    rarest = float(weights.max()) if weights.size else 1.0
    squares = np.bincount(owners, weights=data * data, minlength=len(known)).astype(np.float64)
    squares += (sizes - known) * (STRANGER * rarest) ** 2
    data = (data / np.sqrt(np.maximum(squares, 1e-9))[owners]).astype(np.float32)
    share = (known / np.maximum(1, sizes)).astype(np.float32)
    return sparse.csr_matrix((data, ones.indices, ones.indptr), shape=ones.shape), share
