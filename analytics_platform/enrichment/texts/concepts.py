"""What a text speaks of, as concepts (pills, counting, heights, locking in), and which of them stand near each other.

Another wording for the same danger shares few words with what was learnt, and most concepts; they are the same in all
three languages (``lexicons/concepts.txt``). Does not live here: words and n-grams (``features``), the fit
(``fitting``).
"""

from collections.abc import Sequence
from functools import cache, cached_property, lru_cache
from pathlib import Path

from analytics_platform.enrichment.errors import TaxonomyError
from analytics_platform.enrichment.texts.features import MANNERS
from analytics_platform.enrichment.texts.lexicon import PACKAGED, TAUGHT
from analytics_platform.enrichment.texts.text import DEPENDENT

REACH = 10
"""Words over which two concepts are told together."""
LONGEST_PHRASE = 4
THAI_WORD = 4
"""Signs of Thai that count as a word of reach."""
SHORTEST_STEM = 2
_ENDINGS = ("ku", "mu", "nya", "lah", "kah", "kan", "an", "i")
_BEGINNINGS = {
    "": ("menge", "meng", "meny", "mem", "men", "me", "di", "ber", "ter", "ke", "se", "pe", "per", "ku", "ng", "ny",
         "nge", "m", "n"),
    "p": ("mem", "m"), "t": ("men", "n"), "s": ("meny", "ny"), "k": ("meng", "ng"),
}  # fmt: skip
"""Indonesian beginnings of words, by the letter that they swallow: menyimpan is simpan."""
_ROOT = 3  # letters that are left of an Indonesian word at least


class Concepts:
    """The words of each concept, by language."""

    def __init__(self, listed: Sequence[tuple[str, str, str]]) -> None:
        """``listed`` holds the concept, the language and the word, which ends in ``*`` where any ending will do."""
        self._exact: dict[tuple[str, str], set[str]] = {}
        self._stems: dict[tuple[str, str], set[str]] = {}
        for concept, language, word in listed:
            target = self._stems if word.endswith("*") else self._exact
            target.setdefault((language, word.rstrip("*")), set()).add(concept)
        self.of_word = lru_cache(maxsize=60_000)(self._of_word)

    def features_of(self, words: Sequence[str], language: str) -> set[str]:
        """The concepts of a text, and the pairs of those near each other, with and without their order."""
        words = [word for word in words if not MANNERS.issuperset(word)]
        found = self._in_thai("".join(words)) if language == "th" else self._in_words(words, language)
        features: set[str] = set()
        for number, (place, concept) in enumerate(found):
            features.add(concept)
            for other, after in found[number + 1 :]:
                if other - place > REACH:
                    break
                if other == place and after == concept:
                    continue
                features.update(_pair(concept, after))
        return features

    def _in_words(self, words: Sequence[str], language: str) -> list[tuple[float, str]]:
        found: list[tuple[float, str]] = []
        place = 0
        while place < len(words):
            for length in range(LONGEST_PHRASE, 1, -1) if (language, words[place]) in self._starts else ():
                known = self._exact.get((language, " ".join(words[place : place + length])))
                if known and place + length <= len(words):
                    found += [(place, concept) for concept in sorted(known)]
                    place += length
                    break
            else:
                found += [(place, concept) for concept in self.of_word(language, words[place])]
                place += 1
        return found

    def _in_thai(self, text: str) -> list[tuple[float, str]]:
        found: list[tuple[float, str]] = []
        place = 0
        while place < len(text):
            for length in self._thai_lengths.get(text[place : place + 2], ()):
                known = self._exact.get(("th", text[place : place + length]))
                if known and text[place + length : place + length + 1] not in DEPENDENT:
                    found += [(place / THAI_WORD, concept) for concept in sorted(known)]
                    place += length
                    break
            else:
                place += 1
        return found

    @cached_property
    def _starts(self) -> set[tuple[str, str]]:
        """The words with which a phrase begins."""
        return {(language, word.partition(" ")[0]) for language, word in self._exact if " " in word}

    @cached_property
    def _thai_lengths(self) -> dict[str, list[int]]:
        lengths: dict[str, set[int]] = {}
        for language, word in self._exact:
            if language == "th":
                lengths.setdefault(word[:2], set()).add(len(word))
        return {start: sorted(sizes, reverse=True) for start, sizes in lengths.items()}

    def _of_word(self, language: str, word: str) -> tuple[str, ...]:
        found: set[str] = set()
        for root in _roots(word) if language == "id" else [word]:
            found |= self._exact.get((language, root), set())
            for length in range(SHORTEST_STEM, len(root) + 1):
                found |= self._stems.get((language, root[:length]), set())
        return tuple(sorted(found))


@lru_cache(maxsize=60_000)
def _pair(concept: str, after: str) -> tuple[str, str]:
    return f"{concept} > {after}", f"{concept} & {after}" if concept < after else f"{after} & {concept}"


def _roots(word: str) -> list[str]:
    """An Indonesian word, and what is left of it without what may stand before and after."""
    short = [
        word,
        *(word.removesuffix(end) for end in _ENDINGS if word.endswith(end) and len(word) >= _ROOT + len(end)),
    ]
    return short + [
        swallowed + root.removeprefix(begin)
        for root in short
        for swallowed, beginnings in _BEGINNINGS.items()
        for begin in beginnings
        if root.startswith(begin) and len(root) >= _ROOT + len(begin)
    ]


@cache
def packaged_concepts() -> Concepts:
    return Concepts(read_concepts(PACKAGED / "concepts.txt"))


def read_concepts(file: Path) -> list[tuple[str, str, str]]:
    listed, concept = [], ""
    for number, line in enumerate(file.read_text("utf-8").splitlines(), 1):
        text = line.strip()
        language, _, words = text.partition(": ")
        if text.startswith("[") and text.endswith("]"):
            concept = text[1:-1]
        elif concept and language in TAUGHT:
            listed += [(concept, language, word.strip()) for word in words.split(",") if word.strip()]
        elif text and not text.startswith("#"):
            raise TaxonomyError(f"{file}:{number}: words need a [concept] before them and a language of {TAUGHT}.")
    return listed
