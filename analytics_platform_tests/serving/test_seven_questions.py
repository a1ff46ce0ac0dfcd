"""The reviewed questions, asked of the small organisation: right, abstained and wrong are counted and printed.

An answer is right where its rows are those of SQL by hand. ``unseen.yml`` was written after the interpreter; each
file's figure is printed. Does not live here: the questions (``questions/*.yml``).
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import product
from pathlib import Path
from typing import Any

import yaml

from analytics_platform.semantics import LOCAL
from analytics_platform.serving.seven.asking import ask
from analytics_platform.serving.seven.reply import Reply
from analytics_platform.settings import Settings
from analytics_platform.warehouse.reader import Reader
from analytics_platform_tests.organisation import Organisation

FOLDER = Path(__file__).parent / "questions"
TODAY = date(2026, 3, 18)
Row = tuple[Any, ...]


@dataclass(frozen=True)
class Outcome:
    question: str
    verdict: str  # right, abstained, wrong
    group: str
    said: str


def answerable() -> list[tuple[str, Mapping[str, Any]]]:
    groups = (
        "learning",
        "organisation",
        "languages",
        "unseen",
        "general",
        "composed",
        "loosely",
        "parts",
        "asked",
        "turns",
    )
    return [(group, one) for group in groups for one in yaml.safe_load(_text(f"{group}.yml"))]


def unanswerable() -> list[tuple[str, str]]:
    return [
        (group, question) for group, asked in yaml.safe_load(_text("unanswerable.yml")).items() for question in asked
    ]


def _text(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")


def outcomes(settings: Settings) -> Iterator[Outcome]:
    with Reader(settings) as reader:
        for group, one in answerable():
            reply = _asked(settings, one)
            wanted = [tuple(row.values()) for row in reader.query(one["sql"]).to_pylist()]
            verdict = "abstained" if reply.status != "answered" else "right" if _same(reply, wanted) else "wrong"
            yield Outcome(one["ask"], verdict, group, f"{reply.text[:300]} [{reply.reading}]")
    for group, question in unanswerable():
        reply = ask(settings, question, today=TODAY)
        yield Outcome(question, "wrong" if reply.status == "answered" else "right", group, reply.text[:300])


def _asked(settings: Settings, one: Mapping[str, Any]) -> Reply:
    before = None
    for earlier in one.get("after", ()):
        before = ask(settings, earlier, LOCAL, before, TODAY).understood
    return ask(settings, one["ask"], LOCAL, before, TODAY)


def _same(reply: Reply, wanted: Sequence[Row]) -> bool:
    """Whether some columns of the answer hold exactly these rows. A row about nothing (NULL) may be left out."""
    got = [tuple(map(_plain, row.values())) for row in reply.rows]
    wanted = [tuple(map(_plain, row)) for row in wanted]
    if not wanted or not got:
        return wanted == got
    wanted = [row for row in wanted if row[0] is not None] or wanted
    for label in range(len(got[0])):
        kept = [row for row in got if row[label] is not None] or got
        fitting = [
            [at for at in range(len(got[0])) if Counter(row[at] for row in kept) == Counter(row[n] for row in wanted)]
            for n in range(len(wanted[0]))
        ]
        if any(
            Counter(tuple(row[at] for at in chosen) for row in kept) == Counter(wanted) for chosen in product(*fitting)
        ):
            return True
    return False


def _plain(value: Any) -> Any:
    """Numbers to nine digits, whatever their type; lists as text."""
    if isinstance(value, bool | str | date) or value is None:
        return value
    return float(f"{value:.9g}") if isinstance(value, int | float | Decimal) else str(value)


def test_she_answers_the_reviewed_questions(organisation: Organisation) -> None:
    found = list(outcomes(organisation.settings))
    counts = {group: Counter(one.verdict for one in found if one.group == group) for group in {o.group for o in found}}
    for group, counted in sorted(counts.items()):
        print(f"{group}: " + ", ".join(f"{counted[verdict]} {verdict}" for verdict in ("right", "abstained", "wrong")))
    for one in found:
        if one.verdict != "right":
            print(f"{one.verdict}: {one.question}: {one.said}")
    asked = len(answerable())
    right = sum(one.verdict == "right" for one in found[:asked])
    wrong = sum(one.verdict == "wrong" for one in found)
    assert asked >= 150
    assert len(found) - asked >= 40
    assert right >= 0.9 * asked
    assert wrong <= 0.02 * len(found)


def test_a_reviewed_question_has_rows(organisation: Organisation) -> None:
    """Few may ask for what nobody did: rows that are empty on both sides prove nothing."""
    with Reader(organisation.settings) as reader:
        empty = [one["ask"] for _, one in answerable() if not reader.query(one["sql"]).num_rows]
    assert len(empty) <= 0.06 * len(answerable()), empty
