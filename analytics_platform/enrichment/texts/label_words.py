"""Telling words of the taxonomies' labels (``words`` in the YAML files), counted in a text.

They carry a model beyond its training texts, as the lexicon does for feeling. Does not live here: the lists themselves
(``taxonomies/``), what a count is worth (``training``).
"""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from analytics_platform.enrichment.taxonomy import Taxonomy
from analytics_platform.enrichment.texts.spelling import respell
from analytics_platform.enrichment.texts.text import Words, is_thai, normalise

LONGEST = 4
SHORTEST_STEM = 3


class Cues:
    """Finds the telling words of all taxonomies at once; one column per task and label, and one for other worlds."""

    def __init__(self, taxonomies: Mapping[str, Taxonomy], tasks: Sequence[str]) -> None:
        self.columns: list[str] = []
        listed: list[tuple[str, str, int]] = []
        for task in tasks:
            worlds = {name: label.words for name, label in taxonomies[task].labels.items()}
            if taxonomies[task].outside:
                worlds["outside"] = taxonomies[task].outside
            for name, by_language in worlds.items():
                column = len(self.columns)
                for language, phrases in by_language.items():
                    listed += [(language, phrase, column) for phrase in phrases]
                self.columns.append(f"{task} {name}")
        self.thai = {phrase for language, phrase, _ in listed if language == "th"}
        self._phrases: dict[str, set[int]] = {}
        self._stems: dict[str, set[int]] = {}
        cutter = Words(self.thai)
        for language, phrase, column in listed:
            if phrase.endswith("*") and " " not in phrase:
                self._stems.setdefault(phrase[:-1], set()).add(column)
            else:
                words = respell(cutter.of(normalise(phrase.replace("*", ""))), language)
                self._phrases.setdefault(" ".join(words), set()).add(column)
        self._starts = {phrase.split(" ")[0] for phrase in self._phrases if " " in phrase}
        self._words: dict[str, tuple[int, ...]] = {}

    @property
    def width(self) -> int:
        return 2 * len(self.columns)

    def count(self, words: Sequence[str]) -> NDArray[np.float32]:
        """Per column how much a text speaks of it, and which part of all telling words that is."""
        counts = [0.0] * len(self.columns)
        for place, word in enumerate(words):
            for column in self._of(word):
                counts[column] += 1
            if word not in self._starts:
                continue
            phrase = word
            for following in words[place + 1 : place + LONGEST]:
                phrase += " " + following
                for column in self._phrases.get(phrase, ()):
                    counts[column] += 1.5
        found = np.array(counts, dtype=np.float32)
        total = sum(counts)
        return np.concatenate([np.tanh(found / 2), found / total if total else found])

    def _of(self, word: str) -> tuple[int, ...]:
        known = self._words.get(word)
        if known is None:
            known = tuple(sorted(self._look_up(word)))
            if len(self._words) < 100_000:
                self._words[word] = known
        return known

    def _look_up(self, word: str) -> set[int]:
        found = set(self._phrases.get(word, ()))
        if is_thai(word):
            if not found:
                for length in range(len(word) - 2, SHORTEST_STEM - 1, -1):
                    found |= self._phrases.get(word[:length], set()) | self._phrases.get(word[-length:], set())
                    if found:
                        break
            return found
        for length in range(SHORTEST_STEM, len(word) + 1):
            found |= self._stems.get(word[:length], set())
        return found
