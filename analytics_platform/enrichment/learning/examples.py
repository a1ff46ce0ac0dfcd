"""The training texts that ship with the project, and the examples of the taxonomies, as one list.

``examples/<language>*.txt`` holds blocks under ``[style topic intent sentiment]``; ``-`` means no label for that task,
``none`` a text that the taxonomy does not cover. ``safety.csv`` is
read by ``risk``. Does not live here: their controlled variation (``variation``).
"""

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from analytics_platform.enrichment.errors import TaxonomyError
from analytics_platform.enrichment.taxonomy import Taxonomy

PACKAGED = Path(__file__).parents[1] / "examples"
STYLES = ("review", "tweet", "question", "chat", "reflection", "answer")
ANSWERED = 0.5
"""What an answer to a question about oneself counts: wholly, the other styles lose a point (2026-11-29)."""
MODELLED = ("topic", "intent", "sentiment")
NONE = "none"
_HEAD = re.compile(r"^\[(\w+) ([\w-]+) ([\w-]+) ([\w-]+)\]$")


@dataclass(frozen=True, slots=True)
class Example:
    """One text with the labels it has; a task that is missing is not judged by it. A variant names its origin."""

    text: str
    language: str
    style: str
    labels: Mapping[str, str]
    weight: float = 1.0
    origin: str = ""


def packaged_examples() -> list[Example]:
    files = sorted(PACKAGED.glob("*.txt"))
    examples = [example for file in files for example in read_examples(file, file.stem.split("_")[0])]
    return [replace(one, weight=ANSWERED) if one.style == "answer" else one for one in examples]


def read_examples(file: Path, language: str) -> Iterator[Example]:
    style, labels = "", {}
    for number, line in enumerate(file.read_text("utf-8").splitlines(), 1):
        text = line.strip()
        if not text or text.startswith("# "):
            continue
        if match := _HEAD.match(text):
            style = match[1]
            labels = {task: name for task, name in zip(MODELLED, match.groups()[1:], strict=True) if name != "-"}
        elif style:
            yield Example(text, language, style, labels)
        else:
            raise TaxonomyError(f"{file}:{number}: a text before the first [style topic intent sentiment].")


def for_taxonomies(examples: list[Example], taxonomies: Mapping[str, Taxonomy]) -> list[Example]:
    """The examples that fit these taxonomies: labels that a team removed are dropped, its own examples are added."""
    fitting = []
    for example in examples:
        kept = {task: name for task, name in example.labels.items() if _known(taxonomies, task, name)}
        if kept:
            fitting.append(Example(example.text, example.language, example.style, kept, example.weight))
    for task in MODELLED:
        for label in taxonomies[task].labels.values():
            fitting += [
                Example(text, language, "taxonomy", {task: label.name})
                for language, texts in label.examples.items()
                for text in texts
            ]
    return fitting


def packaged_version() -> str:
    content = b"".join(file.read_bytes() for file in sorted(PACKAGED.iterdir()))
    return hashlib.sha256(content).hexdigest()[:8]


def _known(taxonomies: Mapping[str, Taxonomy], task: str, name: str) -> bool:
    return name == NONE or name in taxonomies[task].labels
