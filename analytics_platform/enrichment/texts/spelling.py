"""Colloquial spellings and what they stand for (gak → tidak, u → you, มั้ย → ไหม), from ``lexicons/spelling.txt``.

Does not live here: cutting a text into words (``text``).
"""

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from analytics_platform.enrichment.texts.lexicon import PACKAGED


@cache
def sections(file: Path) -> dict[str, tuple[str, ...]]:
    """The ``[head]`` sections of a word file, each as the words between its commas."""
    found: dict[str, list[str]] = {}
    head = ""
    for line in file.read_text("utf-8").splitlines():
        if line.startswith("[") and line.endswith("]"):
            head = line[1:-1]
        elif line.strip() and not line.startswith("#"):
            found.setdefault(head, []).extend(part.strip() for part in line.split(",") if part.strip())
    return {name: tuple(words) for name, words in found.items()}


@cache
def spellings(language: str) -> Mapping[str, tuple[str, ...]]:
    """For each colloquial spelling of a language, the words that it stands for."""
    pairs = (pair.partition("=") for pair in sections(PACKAGED / "spelling.txt").get(language, ()))
    return {spelled: tuple(meant.split()) for spelled, _, meant in pairs}


def respell(words: Sequence[str], language: str) -> list[str]:
    known = spellings(language)
    if not known:
        return list(words)
    respelled: list[str] = []
    for word in words:
        meant = known.get(word)
        if meant is None:
            respelled.append(word)
        else:
            respelled.extend(meant)
    return respelled
