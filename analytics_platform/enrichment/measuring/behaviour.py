"""A behavioural check list: plain sentences by kind, and the same sentences with another look, as failure rates.

``holdout/behaviour/<language>.txt`` holds sentences that training never sees, in the format of the examples; the style
of a block is its kind; ``holdout/second`` is another such list, written last. Does not live here: the measures of a
labelled file (``evaluation``).
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from analytics_platform.enrichment.learning.examples import Example, read_examples
from analytics_platform.enrichment.measuring.holdout import LANGUAGES
from analytics_platform.enrichment.methods.engine import Engine

FIRST, SECOND = (Path(__file__).parents[1] / "holdout" / name for name in ("behaviour", "second"))
TASKS = ("sentiment", "intent")
FACES = {"positive": " 😊", "negative": " 😞"}
OTHER_NAMES = {
    "en": {"course": "workshop", "teacher": "trainer", "lesson": "chapter", "app": "website", "Anna": "Siti"},
    "id": {"kursus": "pelatihan", "guru": "pelatih", "pelajaran": "bab", "aplikasi": "situs", "Anna": "Siti"},
    "th": {"คอร์ส": "หลักสูตร", "ครู": "วิทยากร", "อาจารย์": "ผู้สอน", "แอป": "เว็บ", "แอนนา": "สิริ"},
}
"""Things and people that may change places in a sentence without changing what it says."""


@dataclass(frozen=True)
class Failures:
    """Of the sentences of one kind (or one change of look) in one language, how many came out wrong (or changed)."""

    task: str
    kind: str
    language: str
    sentences: int
    failed: int
    examples: tuple[str, ...] = ()


def behaviour_examples(language: str, folder: Path = FIRST) -> list[Example]:
    return list(read_examples(folder / f"{language}.txt", language))


def check_behaviour(engine: Engine, folder: Path = FIRST) -> list[Failures]:
    """Failures by kind, then by what changed the look of a sentence; an ``unknown`` is a failure."""
    found: list[Failures] = []
    for language in LANGUAGES:
        examples = behaviour_examples(language, folder)
        looks = {look: [change(one) for one in examples] for look, change in LOOKS.items()}
        answers = {look: engine.label(texts, TASKS) for look, texts in looks.items()}
        for task in TASKS:
            said = {look: [answer[task].label for answer in labels] for look, labels in answers.items()}
            found += _by_kind(task, language, examples, said["as written"])
            found += _by_look(task, language, examples, looks, said)
    return found


def _by_kind(task: str, language: str, examples: Sequence[Example], said: Sequence[str]) -> Iterator[Failures]:
    kinds = dict.fromkeys(one.style for one in examples if task in one.labels)
    for kind in kinds:
        pairs = [pair for pair in zip(examples, said, strict=True) if pair[0].style == kind]
        wrong = tuple(f"{one.text} → {answer}" for one, answer in pairs if answer != one.labels[task])
        yield Failures(task, kind, language, len(pairs), len(wrong), wrong)


def _by_look(
    task: str,
    language: str,
    examples: Sequence[Example],
    looks: Mapping[str, Sequence[str]],
    said: Mapping[str, Sequence[str]],
) -> Iterator[Failures]:
    judged = [place for place, one in enumerate(examples) if task in one.labels]
    for look in (look for look in LOOKS if look != "as written"):
        changed = [place for place in judged if looks[look][place] != examples[place].text]
        other = [place for place in changed if said[look][place] != said["as written"][place]]
        wrong = tuple(f"{looks[look][place]} → {said[look][place]}" for place in other)
        yield Failures(task, f"look: {look}", language, len(changed), len(other), wrong)


def _bare(one: Example) -> str:
    return one.text.rstrip(".!")


def _full_stop(one: Example) -> str:
    return one.text if one.text.endswith("?") else _bare(one) + "."


def _exclaimed(one: Example) -> str:
    return one.text if one.text.endswith("?") else _bare(one) + "!"


def _with_face(one: Example) -> str:
    return one.text + FACES.get(one.labels.get("sentiment", ""), "")


def _other_names(one: Example) -> str:
    text = one.text
    for name, other in OTHER_NAMES[one.language].items():
        text = text.replace(name, other).replace(name.capitalize(), other.capitalize())
    return text


LOOKS: Mapping[str, Callable[[Example], str]] = {
    "as written": lambda one: one.text,
    "no full stop": _bare,
    "full stop": _full_stop,
    "exclamation": _exclaimed,
    "capitals": lambda one: one.text.upper(),
    "small letters": lambda one: one.text.lower(),
    "emoji that fits": _with_face,
    "other names": _other_names,
}
