"""The course's lessons and cards as JSON pieces, and the answers each card can get.

Lives here: what does not depend on people or days, made once from ``words/``. Does not live here: who gets how far
(``course``), statements (``statements``).
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from analytics_platform.simulator.texts import Ints, to_json
from analytics_platform.simulator.words import LANGUAGES, catalogue

SITE = "https://courses.example.org"
QUESTION = "http://adlnet.gov/expapi/activities/question"
LESSON = "http://adlnet.gov/expapi/activities/lesson"
FIRST_CARD_ID = 2861600


@dataclass(frozen=True)
class Lessons:
    """Cards of all lessons end to end; ``answers_from`` and ``answers_to`` [card, language] point into ``results``."""

    numbers: list[str]
    titles: list[str]
    urls: list[str]
    sizes: Ints  # cards of each lesson
    first_card: Ints
    card_types: list[str]
    card_ids: list[int]
    objects: list[str]  # object and context of each card, twice (parent as object, as array), then of each lesson
    results: list[str]  # openings of result, planted ones last
    answers_from: Ints
    answers_to: Ints
    planted: list[dict[str, Any]]  # safety answers, metaphors and quotes, with their place in results

    @property
    def cards(self) -> int:
        return len(self.card_ids)


@lru_cache(maxsize=1)
def lessons() -> Lessons:
    entries: list[dict[str, Any]] = catalogue("lessons")["lesson"]
    urls = [f"{SITE}/{entry['path']}" for entry in entries]
    cards = [(url, card) for url, entry in zip(urls, entries, strict=True) for card in entry["cards"]]
    ids = [FIRST_CARD_ID + 7 * i for i in range(len(cards))]
    sizes = np.array([len(entry["cards"]) for entry in entries], np.int64)
    results: list[str] = []
    answers_from, answers_to = np.zeros((2, len(cards), len(LANGUAGES)), np.int64)
    for i, (_, card) in enumerate(cards):
        for k, language in enumerate(LANGUAGES):
            answers_from[i, k] = len(results)
            results += _answers(card, language)
            answers_to[i, k] = len(results)
    planted = _planted()
    for number, entry in enumerate(planted):
        entry["result"] = len(results) + number
    objects = [
        _card(url, card, i, in_array) for in_array in (False, True) for (url, card), i in zip(cards, ids, strict=True)
    ]
    return Lessons(
        numbers=[entry["number"] for entry in entries],
        titles=[entry["title"] for entry in entries],
        urls=urls,
        sizes=sizes,
        first_card=np.cumsum(sizes) - sizes,
        card_types=[card["type"] for _, card in cards],
        card_ids=ids,
        objects=objects + [_lesson(url, entry["title"]) for url, entry in zip(urls, entries, strict=True)],
        results=results + [_result(True, entry["text"]) for entry in planted],
        answers_from=answers_from,
        answers_to=answers_to,
        planted=planted,
    )


def _answers(card: dict[str, Any], language: str) -> list[str]:
    """Openings of ``result`` that a card can get; a likely one stands there several times."""
    words = catalogue("answers")
    match card["type"]:
        case "form":
            # A short answer is one of about seven; 7taps sends success for every answer.
            return [_result(True, text) for text in words["theme"][card["theme"]][language] * 12 + words["short"]]
        case "poll":
            return [_result(True, choice) for choice in card["choices"]]
        case "quiz":
            right, *wrong = card["choices"]
            return [_result(True, right)] * 5 + [_result(False, choice) for choice in wrong]
        case "rate":
            return [_result(True, rating) for rating in words["ratings"]]
    return ['"result":{"success":true']


def _result(success: bool, response: str) -> str:
    return f'"result":{{"success":{to_json(success)},"response":{to_json(response)}'


def _planted() -> list[dict[str, Any]]:
    words = catalogue("answers")
    safety = [entry | {"kind": "safety"} for entry in words["safety"]]
    metaphors = [entry | {"kind": "metaphor"} for entry in words["metaphor"]]
    quotes = [
        {"kind": "quote", "language": language, "text": text}
        for language, found in words["quotes"].items()
        for text in found
    ]
    return safety + metaphors + quotes


def _card(url: str, card: dict[str, Any], card_id: int, in_array: bool) -> str:
    # The title is a Quill delta kept as a JSON string: https://quilljs.com/docs/delta
    head, _, rest = card["ask"].partition(" ")
    delta = to_json({"ops": [{"attributes": {"bold": True}, "insert": head}, {"insert": f" {rest}\n"}]})
    definition = {"type": QUESTION, "name": {"en-US": delta}}
    item = {"objectType": "Activity", "id": f"{url}/{card['type']}/{card_id}", "definition": definition}
    parent = {"objectType": "Activity", "id": url}
    context = {"contextActivities": {"parent": [parent] if in_array else parent}}
    return f'"object":{to_json(item)},"context":{to_json(context)},'


def _lesson(url: str, title: str) -> str:
    item = {"objectType": "Activity", "id": url, "definition": {"type": LESSON, "name": {"en-US": title}}}
    return f'"object":{to_json(item)},"context":{to_json({"contextActivities": {"parent": {"id": url}}})},'
