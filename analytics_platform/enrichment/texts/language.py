"""Which language a text is in: by script first, then by common words, then (where installed words do not decide)
py3langid over the languages of the Latin script.

Answers ISO 639-1 codes with a confidence. Does not live here: what follows from the language (``local``).
"""

import re
from collections.abc import Sequence
from functools import cache, lru_cache
from typing import Any

from analytics_platform.enrichment.labels import Label, unsure
from analytics_platform.enrichment.texts.lexicon import PACKAGED, packaged, packaged_version
from analytics_platform.enrichment.texts.spelling import sections, spellings

SUPPORTED = ("en", "th", "id")
LATIN = (
    "en",
    "id",
    "ms",
    "es",
    "fr",
    "de",
    "pt",
    "it",
    "nl",
    "vi",
    "tl",
    "jv",
    "tr",
    "pl",
    "sv",
    "da",
    "fi",
    "ro",
    "cs",
    "hu",
    "sw",
)
DECIDED = 0.5
"""Share of the words that one language must explain before nothing else is asked."""
GIVES_WAY = 0.6
"""Below this confidence an answer of common words gives way to py3langid: Dutch and Swahili share words with ours."""
LEAST_SURE = 0.5
"""What py3langid must be sure of to be given way to."""
CLOSE_TO_INDONESIAN = {"ms": 0.75, "jv": 0.8}
"""Languages that share most words with Indonesian need more words of their own."""

_SCRIPTS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("th", re.compile(r"[\u0e01-\u0e5b]")),
    ("ja", re.compile(r"[\u3040-\u30ff]")),
    ("ko", re.compile(r"[\uac00-\ud7af\u1100-\u11ff]")),
    ("zh", re.compile(r"[\u4e00-\u9fff]")),
    ("ru", re.compile(r"[\u0400-\u04ff]")),
    ("ar", re.compile(r"[\u0600-\u06ff]")),
    ("he", re.compile(r"[\u0590-\u05ff]")),
    ("hi", re.compile(r"[\u0900-\u097f]")),
    ("bn", re.compile(r"[\u0980-\u09ff]")),
    ("ta", re.compile(r"[\u0b80-\u0bff]")),
    ("lo", re.compile(r"[\u0e80-\u0eff]")),
    ("km", re.compile(r"[\u1780-\u17ff]")),
    ("my", re.compile(r"[\u1000-\u109f]")),
    ("el", re.compile(r"[\u0370-\u03ff]")),
)
_NOISE = re.compile(
    r"https?://\S+|www\.\S+|[@#]\w+|[\w.+-]+@[\w-]+\.\w+|<\w+>|\b(?:w+k+(?:w+k*)+|(?:ha){2,}|(?:he){2,}|lo+l+)\b"
)
_LATIN_WORD = re.compile(r"[a-z\u00c0-\u024f\u1e00-\u1eff]+(?:['\u2019][a-z]+)?")
_VIETNAMESE = re.compile(r"[ăđơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ]")
_MARKED = re.compile(r"[\u00c0-\u024f\u1e00-\u1eff]")


def version() -> str:
    return f"language-{packaged_version()}"


def identify(texts: Sequence[str]) -> list[tuple[str, float]]:
    """The language of each text and how sure that is; ``("unknown", 0.0)`` without any letters."""
    return [_identify(text[:600].lower()) for text in texts]


def label_languages(texts: Sequence[str]) -> list[Label]:
    named = version()
    return [
        unsure("language", "local", named, confidence, "no letters to judge by" if not confidence else "undecided")
        if language == "unknown"
        else Label("language", language, confidence, "local", named, (language,))
        for language, confidence in identify(texts)
    ]


def _identify(text: str) -> tuple[str, float]:
    text = _NOISE.sub(" ", text)
    if text.isascii():
        return _latin(tuple(_LATIN_WORD.findall(text)), text)
    counts = {language: len(found) for language, pattern in _SCRIPTS if (found := pattern.findall(text))}
    latin = _LATIN_WORD.findall(text)
    if counts:
        language = "ja" if "ja" in counts else max(counts, key=counts.__getitem__)
        own = counts[language]
        # A Thai sentence with "error 403 chrome" in it is still Thai: Thai writes about two signs per Latin letter.
        letters = sum(map(len, latin))
        if own * 3 >= letters:
            return language, round(min(0.99, 0.6 + 0.4 * own / (own + letters * 0.5)), 3)
    if _VIETNAMESE.search(text):
        return "vi", 0.95
    return _latin(tuple(latin), text)


def _latin(words: tuple[str, ...], text: str) -> tuple[str, float]:
    if not words:
        return "unknown", 0.0
    votes: dict[str, float] = {}
    for word in words:
        for language, weight in _votes(word):
            votes[language] = votes.get(language, 0.0) + weight
    total = float(len(words))
    ranked = sorted(votes.items(), key=lambda item: -item[1])
    best, score = ranked[0] if ranked else ("unknown", 0.0)
    second = ranked[1][1] if len(ranked) > 1 else 0.0
    if best in CLOSE_TO_INDONESIAN and votes.get("id", 0.0) >= score * CLOSE_TO_INDONESIAN[best]:
        best, score, second = "id", votes["id"], 0.0
    share, lead = score / total, (score - second) / (score + second) if score else 0.0
    if share >= DECIDED and lead >= 0.2:
        return best, round(min(0.99, 0.7 + 0.2 * lead + 0.1 * min(1.0, total / 6)), 3)
    guess, sure = _langid(" ".join(words))
    if guess == "ms" and votes.get("id", 0.0) >= votes.get("ms", 0.0):
        guess = "id"
    if guess == best:
        return best, round(min(0.97, 0.7 + 0.2 * share + 0.1 * sure), 3)
    if best in SUPPORTED and (share >= 0.25 or total <= 4 or not _MARKED.search(text)) and score > 0:
        sure_of_best = round(0.5 + 0.3 * lead * share, 3)
        near = guess in SUPPORTED or (best == "id" and guess in CLOSE_TO_INDONESIAN)
        if total <= 2 or sure_of_best >= GIVES_WAY or near or sure < LEAST_SURE:
            return best, sure_of_best
    if total <= 2 and sure < 0.9:
        return ("unknown", 0.3) if guess not in SUPPORTED else (guess, 0.45)
    return guess, round(0.4 + 0.4 * sure, 3)


@lru_cache(maxsize=60_000)
def _votes(word: str) -> tuple[tuple[str, float], ...]:
    """Each word has one vote, shared by the languages that know it; feeling words and slang count as known."""
    common, feeling = _lists()
    languages = [language for language, known in common.items() if word in known]
    if not languages:
        languages = [language for language, known in feeling.items() if word in known]
        return tuple((language, 0.7 / len(languages)) for language in languages)
    return tuple((language, 1.0 / len(languages) ** 0.7) for language in languages)


@cache
def _lists() -> tuple[dict[str, frozenset[str]], dict[str, frozenset[str]]]:
    common = {language: frozenset(words) for language, words in sections(PACKAGED / "languages.txt").items()}
    feeling = {
        language: frozenset(packaged(language).words() - packaged("emoji").words()) | frozenset(spellings(language))
        for language in ("en", "id")
    }
    return common, feeling


@lru_cache(maxsize=20_000)
def _langid(text: str) -> tuple[str, float]:
    language, sure = _identifier().classify(text)
    return str(language), float(sure)


@cache
def _identifier() -> Any:
    from py3langid.langid import MODEL_DIR, MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_DIR / MODEL_FILE, norm_probs=True)
    identifier.set_languages(list(LATIN))
    return identifier
