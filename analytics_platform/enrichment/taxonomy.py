"""Taxonomies: the labels a team may give, read from YAML. A hash of the file is its version.

A file holds ``task``, ``unknown_below`` and ``labels``, each with a description, and examples and telling words by
language; ``outside`` holds words of what the taxonomy does not cover. Does not live
here: the bulk of the training texts (``examples``), safety rules (``safety``).
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from analytics_platform.enrichment.errors import TaxonomyError

PACKAGED = Path(__file__).parent / "taxonomies"


@dataclass(frozen=True)
class TaxonomyLabel:
    name: str
    description: str
    examples: Mapping[str, tuple[str, ...]]
    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Taxonomy:
    """The labels of one task. Below ``unknown_below`` a method answers ``unknown``."""

    task: str
    version: str
    unknown_below: float
    labels: Mapping[str, TaxonomyLabel] = field(repr=False)
    outside: Mapping[str, tuple[str, ...]] = field(default_factory=dict, repr=False)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self.labels)


def read_taxonomy(file: Path) -> Taxonomy:
    """The taxonomy of one file; a wrong one is refused with the place of the mistake."""
    try:
        content = file.read_bytes()
        document = yaml.safe_load(content)
    except OSError as error:
        raise TaxonomyError(f"{file} cannot be read ({error.strerror}); restore it or point elsewhere.") from error
    except yaml.YAMLError as error:
        raise TaxonomyError(f"{file} is not YAML: {error}") from error
    if not isinstance(document, dict) or not {"task", "labels"} <= document.keys():
        raise TaxonomyError(f"{file} needs the keys task and labels; see {PACKAGED / 'topics.yaml'}.")
    if not isinstance(document["labels"], dict) or len(document["labels"]) < 2:
        raise TaxonomyError(f"{file}: labels must be a mapping of at least two labels.")
    threshold = document.get("unknown_below", 0.45)
    if not isinstance(threshold, int | float) or not 0 <= threshold <= 1:
        raise TaxonomyError(f"{file}: unknown_below must be a number from 0 to 1, not {threshold!r}.")
    labels = {str(name): _label(file, str(name), body) for name, body in document["labels"].items()}
    digest = hashlib.sha256(content).hexdigest()[:8]
    outside = _words(file, "outside", document.get("outside"))
    return Taxonomy(str(document["task"]), f"{file.stem}-{digest}", float(threshold), labels, outside)


def read_taxonomies(folder: Path = PACKAGED) -> dict[str, Taxonomy]:
    """The taxonomies of a folder by task. A file that the folder lacks is taken from the packaged ones."""
    files = {file.name: file for place in (PACKAGED, folder) for file in sorted(place.glob("*.yaml"))}
    taxonomies = [read_taxonomy(file) for name, file in files.items() if name != "safety.yaml"]
    return {taxonomy.task: taxonomy for taxonomy in taxonomies}


def _label(file: Path, name: str, body: Any) -> TaxonomyLabel:
    if not isinstance(body, dict) or not body.get("description"):
        raise TaxonomyError(f"{file}: label {name} needs a description and examples by language.")
    examples = body.get("examples") or {}
    if not isinstance(examples, dict) or not all(isinstance(texts, list) for texts in examples.values()):
        raise TaxonomyError(f'{file}: the examples of {name} must be lists by language, as en: ["..."].')
    by_language = {str(language): tuple(str(text) for text in texts) for language, texts in examples.items()}
    return TaxonomyLabel(name, str(body["description"]), by_language, _words(file, name, body.get("words")))


def _words(file: Path, name: str, words: Any) -> dict[str, tuple[str, ...]]:
    """Telling words by language, as a list or as one line with commas."""
    if not isinstance(words or {}, dict):
        raise TaxonomyError(f'{file}: the words of {name} must be by language, as en: "price, cost".')
    lists = {
        str(language): listed.split(",") if isinstance(listed, str) else list(listed)
        for language, listed in (words or {}).items()
    }
    return {language: tuple(str(word).strip().lower() for word in listed) for language, listed in lists.items()}
