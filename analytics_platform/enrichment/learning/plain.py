"""Training sentences from a grammar, so that no single wording is learnt: opinions, requests, danger, look-alikes.

``lexicons/plain_<language>.txt`` (likes, pace, usefulness, advice …) and ``danger_<language>.txt`` and
``daily_<language>.txt`` (harmless) hold lines in which
``(a|b|)`` is one of these or nothing, under the heads of the examples. Does not live here: written examples
(``examples``), other ways to make more texts (``variation``).
"""

import random
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from analytics_platform.enrichment.learning.examples import Example, read_examples
from analytics_platform.enrichment.texts.lexicon import PACKAGED, TAUGHT

PLAIN = "plain"
MADE_UP = (PLAIN, "made")
"""The styles of sentences that no person wrote, of which none is dangerous."""
EACH = 8
"""Sentences of a line."""
DANGER = 6
"""Sentences of a line of danger: a third of these beside the written texts does as well as none and as all, and tiers
come out better (2026-11-28)."""
DAILY = 24
"""Harmless sentences of a line: with 8, one in twenty others alarmed (2026-11-27)."""
WEIGHT = 0.5
"""What a sentence of the grammar counts against a written one."""
_CHOICE = re.compile(r"\(([^()]*)\)")
_LOOSE = re.compile(r"\s+(?=[,.!?])")


def plain_examples(each: int = EACH) -> list[Example]:
    """Opinions, facts and requests; the same for the same files."""
    return [replace(one, weight=WEIGHT) for language in TAUGHT for one in sentences("plain", language, each)]


def danger_examples(each: int = DANGER) -> list[Example]:
    """Texts of danger that name none, harmless ones of the same things, and of every day; each has its tier last."""
    return [
        replace(one, weight=1.0 if one.labels["sentiment"] == "none" else WEIGHT)
        for language in TAUGHT
        for one in (*sentences("danger", language, each), *sentences("daily", language, DAILY))
    ]


def sentences(subject: str, language: str, each: int, folder: Path = PACKAGED, seed: int = 6) -> list[Example]:
    """So many sentences of each line of a grammar."""
    chance = random.Random(seed)  # noqa: S311  variation, not secrecy
    lines = read_examples(folder / f"{subject}_{language}.txt", language)
    return [
        replace(line, text=text)
        for line in lines
        for text in dict.fromkeys(_sentences(line.text, each, chance))
        if text
    ]


def _sentences(line: str, count: int, chance: random.Random) -> Iterator[str]:
    for _ in range(count):
        text = _CHOICE.sub(lambda choice: chance.choice(choice[1].split("|")), line)
        yield _LOOSE.sub("", " ".join(text.split())).rstrip(",")
