"""What she can answer instead: the questions nearest to one that she did not understand, each tried before it is said.

They are made of kinds of things and of what these can be counted by, so a new kind is offered the day it is known. Does
not live here: why she does not answer (``understanding``).
"""

import re
from collections.abc import Callable, Iterator

from analytics_platform.serving.seven.facts import Fact, all_facts
from analytics_platform.serving.seven.wording import canonical, unknown_words

WANTED, MOST_TRIED = 3, 8


def nearest(text: str, is_read: Callable[[str], bool]) -> tuple[str, ...]:
    """At most three questions that share most words with the text; none where they share none."""
    asked = _stems(canonical(text))
    ranked = sorted(
        ((len(asked & _stems(question)), question, name) for name, question in _questions()),
        key=lambda one: (-one[0], len(one[1])),
    )
    found: dict[str, str] = {}
    for shared, question, name in ranked[:MOST_TRIED]:
        if shared and name not in found and len(found) < WANTED and is_read(question):
            found[name] = question
    return tuple(found.values())


def _stems(text: str) -> frozenset[str]:
    return frozenset(word[:5] for word in re.findall(r"[a-z]{4,}", text) if unknown_words(word) or word in _NOUNS)


_NOUNS = ("people", "conversations", "cost", "costs", "sentiment", "retention", "lesson", "themes")


def _questions() -> Iterator[tuple[str, str]]:
    for name, fact in all_facts().items():
        said = re.sub(r"\s*\(.*\)", "", fact.said)
        if fact.is_table or fact.each or fact.grain:
            yield name, f"list of {said}"
            continue
        yield name, f"number of {said}"
        for group in _groups(fact):
            yield name, f"number of {said} by {group}"
        for measure in fact.measures:
            yield name, f"average {measure.name} of {said}"


def _groups(fact: Fact) -> list[str]:
    return [group for group in fact.by if group not in ("person", "day")] + (["week"] if fact.day else [])
