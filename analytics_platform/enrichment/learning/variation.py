"""Controlled variation: more texts out of the written ones, always the same for the same input.

Greetings before, particles and thanks after, typing slips, missing vowels, emoji that fit, and short sentences made of
feeling words over things that people rate (food, films, banks, games), so that a feeling is not tied to lessons.
Does not live here: the written texts (``examples``).
"""

import random
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

import yaml

from analytics_platform.enrichment.learning.examples import Example
from analytics_platform.enrichment.learning.plain import plain_examples
from analytics_platform.enrichment.texts.lexicon import PACKAGED, packaged

JOINED = "joined"
"""The style of longer texts put together from written ones."""
FEELINGS = {
    "positive": (("positive", "positive"), ("neutral", "positive"), ("positive", "positive", "positive")),
    "negative": (("negative", "negative"), ("neutral", "negative"), ("negative", "negative", "negative")),
    "mixed": (("positive", "negative"), ("negative", "positive")),
    "neutral": (("neutral", "neutral"), ("neutral", "neutral", "neutral")),
}
"""What a longer text says by what its parts say."""
MADE = "made"
"""The style of sentences that were made, not written."""


@cache
def _material() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((PACKAGED / "variation.yaml").read_text("utf-8"))
    return loaded


def vary(examples: Sequence[Example], per_example: int = 1, sentences: int = 400, seed: int = 6) -> list[Example]:
    """The examples themselves, some variants of each, and sentences made from the lexicons."""
    chance = random.Random(seed)  # noqa: S311  variation, not secrecy
    varied = list(examples)
    for example in examples:
        for _ in range(per_example):
            text = _variant(example, chance)
            if text != example.text:
                varied.append(Example(text, example.language, example.style, example.labels, 0.5, example.text))
    varied.extend(plain_examples())
    for language in _material()["things"]:
        varied.extend(_sentences(language, sentences, chance))
        varied.extend(_longer(language, examples, sentences // 2, chance))
    return varied


def _variant(example: Example, chance: random.Random) -> str:
    text, language = example.text, example.language
    bare = example.labels.get("intent") in ("greeting", "farewell", "gratitude")
    if not bare and chance.random() < 0.4:
        text = chance.choice(_material()["before"][language]) + text
    if chance.random() < 0.5:
        after = chance.choice(_material()["after"][language])
        text += after if not (bare and "thank" in after) else ""
    if chance.random() < 0.2:
        text += " " + chance.choice(_material()["emoji"].get(example.labels.get("sentiment", ""), ("",)))
    if language != "th" and chance.random() < 0.35:
        text = _slip(text, chance)
    if chance.random() < 0.25:
        text = text.rstrip("?.!")
    return text


def _slip(text: str, chance: random.Random) -> str:
    """One typing slip: two letters changed round, one left out, or one doubled."""
    if len(text) < 8:
        return text
    place = chance.randrange(1, len(text) - 2)
    kind = chance.randrange(3)
    if kind == 0:
        return text[:place] + text[place + 1] + text[place] + text[place + 2 :]
    if kind == 1:
        return text[:place] + text[place + 1 :]
    return text[:place] + text[place] + text[place:]


def _sentences(language: str, count: int, chance: random.Random) -> Iterator[Example]:
    material = {name: choices[language] for name, choices in _material().items() if language in choices}
    things, refusal = material["things"], material["not"]
    lexicon, faces = packaged(language), packaged("emoji").scores
    words = [(word, score) for word, score in lexicon.scores.items() if abs(score) >= 2 and word not in faces]
    good = [word for word, score in words if score > 0]
    bad = [word for word, score in words if score < 0]

    def clause(pool: Sequence[str]) -> str:
        link, tail = chance.choice(material["links"]), chance.choice(material["tails"])
        return f"{chance.choice(things)}{link}{chance.choice(pool)}{tail}"

    for number in range(count):
        kind = number % 8
        if kind < 2:
            text, sentiment = clause(good), "positive"
        elif kind < 4:
            text, sentiment = clause(bad), "negative"
        elif kind == 4:
            link = " is " if language == "en" else " "
            text, sentiment = f"{chance.choice(things)}{link}{refusal}{chance.choice(good)}", "negative"
        elif kind == 5:
            first, second = (good, bad) if chance.random() < 0.6 else (bad, good)
            text, sentiment = f"{clause(first)}{chance.choice(material['but'])}{clause(second)}", "mixed"
        else:
            text, sentiment = chance.choice(material["plain"]).format(chance.choice(things)), "neutral"
        yield Example(text, language, MADE, {"sentiment": sentiment}, 0.3)


def _longer(language: str, examples: Sequence[Example], count: int, chance: random.Random) -> Iterator[Example]:
    """Texts of two or three sentences: people write more than one when they are asked for a review."""
    by_feeling: dict[str, list[str]] = {}
    for example in examples:
        if example.language == language and "sentiment" in example.labels:
            by_feeling.setdefault(example.labels["sentiment"], []).append(example.text)
    for number in range(count):
        feeling = list(FEELINGS)[number % len(FEELINGS)]
        parts = chance.choice(FEELINGS[feeling])
        if all(part in by_feeling for part in parts):
            text = chance.choice((". ", " ", ", ", "! ")).join(chance.choice(by_feeling[part]) for part in parts)
            yield Example(text, language, JOINED, {"sentiment": feeling}, 0.3)
