"""What one answer is about: the theme whose telling words it holds most of, or ``unknown``.

Words and examples come from ``taxonomies/themes.yaml``; ``sleep*`` is any ending. Clusters of many answers, which
find themes that nobody thought of, are made in ``themes``. Does not live here: where answers come from.
"""

import re
from collections.abc import Sequence

from analytics_platform.enrichment.labels import UNKNOWN, Label
from analytics_platform.enrichment.taxonomy import Taxonomy, TaxonomyLabel
from analytics_platform.enrichment.texts.text import is_thai, normalise


class AnswerThemes:
    """Themes of single answers by telling words."""

    def __init__(self, taxonomy: Taxonomy) -> None:
        self.version = taxonomy.version
        self._unsure_below = taxonomy.unknown_below
        self._patterns = {name: telling_pattern(label) for name, label in taxonomy.labels.items()}

    def label(self, text: str) -> Label:
        """The theme with the most telling words. Two with as many are no answer; one word alone is half a proof."""
        plain = normalise(text)
        hits = {name: len(set(found)) for name, one in self._patterns.items() if (found := one.findall(plain))}
        ranked = sorted(hits.values(), reverse=True)
        confidence = round(ranked[0] / (sum(ranked) + 1), 4) if ranked else 0.0
        if not ranked or ranked.count(ranked[0]) > 1 or confidence < self._unsure_below:
            return Label("theme", UNKNOWN, confidence, "rules", self.version)
        return Label("theme", max(hits, key=lambda name: hits[name]), confidence, "rules", self.version)


def telling_pattern(label: TaxonomyLabel) -> re.Pattern[str]:
    """Finds a label's telling words in a normalised text."""
    told = {word.lower() for kind in (label.examples, label.words) for words in kind.values() for word in words}
    thai = sorted((re.escape(word) for word in told if is_thai(word)), key=len, reverse=True)
    spaced = sorted((_spaced(word) for word in told if word and not is_thai(word)), key=len, reverse=True)
    return re.compile("|".join([*_in_words(spaced), *thai]))


def _in_words(spaced: Sequence[str]) -> list[str]:
    return [rf"(?<!\w)(?:{'|'.join(spaced)})(?!\w)"] if spaced else []


def _spaced(word: str) -> str:
    return re.escape(word).replace(r"\*", r"\w*").replace(r"\ ", r"\s+")
