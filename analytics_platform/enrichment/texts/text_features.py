"""Reads a batch of texts once for all local models: words, features, feeling and telling words.

Does not live here: how a text is cut (``text``), what is made of the numbers (``model``, ``training``).
"""

import gzip
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np
from numpy.typing import NDArray

from analytics_platform.enrichment.taxonomy import Taxonomy
from analytics_platform.enrichment.texts import lexicon
from analytics_platform.enrichment.texts.features import features_of, pairs_of
from analytics_platform.enrichment.texts.label_words import Cues
from analytics_platform.enrichment.texts.spelling import respell, spellings
from analytics_platform.enrichment.texts.text import Words, normalise

Numbers = NDArray[np.float32]
CUED = ("topic", "intent")
TWO_WORDS = frozenset(("ดีแต่",))
"""Listed Thai words that are two in what people write: "good, but"."""


@dataclass(frozen=True)
class Reading:
    """What was read of a batch. ``dense`` holds the feeling first, then the telling words."""

    languages: list[str]
    words: list[list[str]]
    dense: Numbers
    lengths: Numbers

    @cached_property
    def features(self) -> list[set[str]]:
        """What the models of words see; training counts the words themselves (``counting``)."""
        return [features_of(words) for words in self.words]

    @cached_property
    def pairs(self) -> list[set[str]]:
        """What the model of danger sees besides."""
        return [pairs_of(words) for words in self.words]

    def at(self, places: Sequence[int]) -> "Reading":
        chosen = list(places)
        return Reading(
            [self.languages[place] for place in chosen],
            [self.words[place] for place in chosen],
            self.dense[chosen],
            self.lengths[chosen],
        )


class Reader:
    """Reads texts with the words that these taxonomies know."""

    def __init__(self, taxonomies: Mapping[str, Taxonomy]) -> None:
        self.cues = Cues(taxonomies, CUED)
        own = lexicon.packaged("th").words() | set(spellings("th")) | self.cues.thai
        self._words = Words((thai_words() | own) - TWO_WORDS)

    def words(self, text: str) -> list[str]:
        return self._words.of(normalise(text))

    def read(
        self, texts: Sequence[str], languages: Sequence[str], tasks: Sequence[Collection[str]] | None = None
    ) -> Reading:
        """Normalise, cut, feel, respell and count each text.

        ``tasks`` says what each text is read for, None: for all. What no task of it looks at is left empty.
        """
        respelled: list[list[str]] = []
        feelings: list[lexicon.Feeling] = []
        dense = np.zeros((len(texts), len(lexicon.NAMES) + self.cues.width), dtype=np.float32)
        lengths = np.zeros(len(texts), dtype=np.float32)
        border = len(lexicon.NAMES)
        for place, (text, language) in enumerate(zip(texts, languages, strict=True)):
            words = self.words(text)
            feelings.append(lexicon.feel(words, lexicon.packaged(language)))
            words = respell(words, language)
            if tasks is None or any(task in tasks[place] for task in CUED):
                dense[place, border:] = self.cues.count(words)
            respelled.append(words)
            lengths[place] = len(words)
        dense[:, :border] = lexicon.numbers(feelings)
        return Reading(list(languages), respelled, dense, lengths)


def columns_of(task: str, width: int) -> slice:
    """The dense columns that a task looks at: all, or the feeling alone."""
    return slice(0, width if task in CUED else len(lexicon.NAMES))


@cache
def thai_words() -> frozenset[str]:
    """PyThaiNLP's word list (CC0)."""
    with gzip.open(lexicon.PACKAGED / "thai_words.txt.gz", "rt", encoding="utf-8") as file:
        return frozenset(file.read().split())
