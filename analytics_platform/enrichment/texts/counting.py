"""Counts the features of all training texts at once: the same as those of ``features_of``, in a third of the time.

Words become numbers, what a word brings by itself is looked up once for each different word, and pairs and n-grams of
Thai are counted as numbers; only features that are kept get a name. Does not live here: which features there are
(``features``, whose names are repeated here; a test holds them equal).
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from analytics_platform.enrichment.texts.features import (
    GAPS,
    LEAST,
    MANNERS,
    THAI_GRAMS,
    Incidence,
    of_word,
    speaks,
)
from analytics_platform.enrichment.texts.text import is_thai

Whole = NDArray[np.int64]
Names = Callable[[Whole], list[str]]
"""Names the columns that are asked for."""
BEGIN, END = 0, 1
"""The numbers of ``^`` and ``$``, between which a text stands."""
THAI_BEGINS, THAI_SIGNS = 0x0E00 - 1, 129
"""So that 0 parts texts, and every sign of Thai is a digit."""


@dataclass(frozen=True)
class _Words:
    """All texts as numbers of words, one after the other."""

    known: list[str]
    numbers: Whole
    owners: Whole
    texts: int


def count_features(texts: Sequence[Sequence[str]]) -> Incidence:
    """The texts, each as its words, against the features that two of them share."""
    words = _number(texts, lambda word: not MANNERS.issuperset(word))
    groups = [*_of_each_word(words), _pairs(words), *_ends(words), *_thai(words)]
    sizes: Whole = np.stack([np.diff(ones.indptr) for _, ones in groups]).sum(axis=0).astype(np.int64)
    return _together(groups, sizes)


def count_pairs(texts: Sequence[Sequence[str]]) -> Incidence:
    """The same for pairs of words that stand near each other."""
    words = _number(texts, speaks)
    order = sorted(range(len(words.known)), key=words.known.__getitem__)
    ranks = np.argsort(order)[words.numbers]  # the names hold the words in the order of the alphabet
    size, keys, owners = len(order), [], []
    for gap in GAPS:
        within = words.owners[gap:] == words.owners[:-gap]
        first, second = ranks[:-gap][within], ranks[gap:][within]
        keys.append(np.minimum(first, second) * size + np.maximum(first, second))
        owners.append(words.owners[gap:][within])
    known, columns = np.unique(np.concatenate(keys), return_inverse=True)
    by_owner = np.argsort(np.concatenate(owners), kind="stable")
    ones = _ones(np.concatenate(owners)[by_owner], columns[by_owner], (words.texts, len(known)))

    def names(places: Whole) -> list[str]:
        parts = (divmod(key, size) for key in known[places].tolist())
        return [f"s {words.known[order[first]]} {words.known[order[second]]}" for first, second in parts]

    return _together([(names, ones)], np.diff(ones.indptr).astype(np.int64))


def _together(groups: Sequence[tuple[Names, sparse.csr_matrix]], sizes: Whole) -> Incidence:
    """The columns of all groups that are seen often enough to be learned, with their names."""
    names: list[str] = []
    kept = []
    for name_of, ones in groups:
        often = np.flatnonzero(np.bincount(ones.indices, minlength=ones.shape[1]) >= LEAST)
        names += name_of(often)
        kept.append(ones[:, often])
    ones = sparse.hstack(kept, format="csr", dtype=np.float32)
    ones.sort_indices()
    return Incidence(names, ones, sizes)


def _number(texts: Sequence[Sequence[str]], counts: Callable[[str], bool]) -> _Words:
    """The words of each text that count."""
    index = {"^": BEGIN, "$": END}
    numbers = [index.setdefault(word, len(index)) for words in texts for word in words]
    owners = np.repeat(np.arange(len(texts)), [len(words) for words in texts])
    known = list(index)
    is_word = np.array([counts(word) for word in known])
    found = np.array(numbers, dtype=np.int64)
    kept = is_word[found] if len(found) else np.zeros(0, dtype=bool)
    return _Words(known, found[kept], owners[kept], len(texts))


def _of_each_word(words: _Words) -> Iterator[tuple[Names, sparse.csr_matrix]]:
    """What a word brings by itself, as the product of texts by words and words by features."""
    index: dict[str, int] = {}
    brought = [sorted(of_word(word)) for word in words.known]
    columns = [index.setdefault(name, len(index)) for names in brought for name in names]
    ends = np.concatenate([[0], np.cumsum([len(names) for names in brought])])
    shape = (len(brought), len(index))
    features = sparse.csr_matrix((np.ones(len(columns), np.float32), columns, ends), shape=shape)
    ones = _ones(words.owners, words.numbers, (words.texts, len(brought))) @ features
    ones.data[:] = 1.0
    names = list(index)
    yield lambda places: [names[place] for place in places], ones


def _pairs(words: _Words) -> tuple[Names, sparse.csr_matrix]:
    """Each word with the one before it; a text begins after ``^`` and ends before ``$``."""
    lengths = np.bincount(words.owners, minlength=words.texts)
    starts = np.cumsum(lengths + 2) - (lengths + 2)
    row = np.full(int(lengths.sum()) + 2 * words.texts, END, dtype=np.int64)
    row[starts] = BEGIN
    row[np.arange(len(words.numbers)) + 2 * words.owners + 1] = words.numbers
    owners = np.repeat(np.arange(words.texts), lengths + 2)
    within = owners[1:] == owners[:-1]
    size = len(words.known)
    keys, columns = np.unique((row[:-1] * size + row[1:])[within], return_inverse=True)

    def names(places: Whole) -> list[str]:
        return [f"b {words.known[key // size]} {words.known[key % size]}" for key in keys[places].tolist()]

    return names, _ones(owners[1:][within], columns, (words.texts, len(keys)))


def _ends(words: _Words) -> Iterator[tuple[Names, sparse.csr_matrix]]:
    """The first word of a text, and the last."""
    if not len(words.numbers):
        return
    changes = np.flatnonzero(np.diff(words.owners)) + 1
    for name, at in (("first", np.append(0, changes)), ("last", np.append(changes, len(words.owners)) - 1)):
        ones = _ones(words.owners[at], words.numbers[at], (words.texts, len(words.known)))
        yield lambda places, name=name: [f"f {name} {words.known[place]}" for place in places], ones  # type: ignore[misc]


def _thai(words: _Words) -> Iterator[tuple[Names, sparse.csr_matrix]]:
    """N-grams of the Thai words of a text, over their borders."""
    thai = np.array([is_thai(word) for word in words.known])[words.numbers]
    numbers, owners = words.numbers[thai], words.owners[thai]
    if not len(numbers):
        return
    signs = np.frombuffer("".join([words.known[number] for number in numbers]).encode("utf-32-le"), np.uint32)
    lengths = np.array([len(word) for word in words.known])[numbers]
    of_text = np.repeat(owners, lengths)
    digits = signs.astype(np.int64) - THAI_BEGINS
    for length in THAI_GRAMS:
        stop = max(0, len(digits) - length + 1)
        key = np.zeros(stop, dtype=np.int64)
        for place in range(length):
            key = key * THAI_SIGNS + digits[place : place + stop]
        within = of_text[:stop] == of_text[length - 1 :]
        keys, columns = np.unique(key[within], return_inverse=True)

        def names(places: Whole, keys: Whole = keys, length: int = length) -> list[str]:
            return [_gram(key, length) for key in keys[places].tolist()]

        yield names, _ones(of_text[:stop][within], columns, (words.texts, len(keys)))


def _gram(key: int, length: int) -> str:
    signs = [key // THAI_SIGNS**place % THAI_SIGNS + THAI_BEGINS for place in reversed(range(length))]
    return "".join(map(chr, signs))


def _ones(rows: Whole, columns: Whole, shape: tuple[int, int]) -> sparse.csr_matrix:
    """A one wherever a text has a feature, however often; ``rows`` rises."""
    ends = np.concatenate([[0], np.cumsum(np.bincount(rows, minlength=shape[0]))])
    ones = sparse.csr_matrix((np.ones(len(rows), np.float32), columns.astype(np.int32), ends), shape=shape)
    ones.sum_duplicates()
    ones.data[:] = 1.0
    return ones
