"""The chat's words as JSON pieces, by topic and language, made once from ``words/chat.toml``.

Does not live here: who says what (``chat``).
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from analytics_platform.simulator.texts import Ints, member, to_json
from analytics_platform.simulator.words import LANGUAGES, catalogue

MODELS = [
    member("app_id", app) + member("model_provider", provider) + member("model_id", model)
    for app, provider, model in (
        ("app-coach", "openai", "gpt-4o-mini"),
        ("app-coach", "anthropic", "claude-haiku"),
        ("app-support", "openai", "gpt-4o-mini"),
    )
]


@dataclass(frozen=True)
class TalkWords:
    """A slot is topic * 3 + language; each has its questions and answers, end to end in ``queries`` and ``answers``."""

    topics: list[str]
    names: list[str]
    summaries: list[str]
    queries: list[str]
    ask_from: Ints
    ask_count: Ints
    answers: list[str]
    answer_from: Ints
    answer_count: Ints
    handoff_from: int
    nothing: int
    statuses: list[str]


@lru_cache(maxsize=1)
def talk_words() -> TalkWords:
    words = catalogue("chat")
    topics: dict[str, dict[str, dict[str, list[str]]]] = words["topic"]
    slots = [topics[topic][language] for topic in topics for language in LANGUAGES]
    asks, replies = ([slot[part] for slot in slots] for part in ("ask", "answer"))
    answers = [member("answer", text) for texts in replies for text in texts]
    handoffs = [member("answer", words["handoff"][language]) for language in LANGUAGES]
    return TalkWords(
        topics=list(topics),
        names=[
            member("name", f"{words['names'][language]} {topic.replace('_', ' ')}")
            for topic in topics
            for language in LANGUAGES
        ],
        summaries=[member("summary", f"The user asks about {topic.replace('_', ' ')}.") for topic in topics],
        queries=[_query(text) for texts in asks for text in texts],
        ask_from=_starts(asks),
        ask_count=np.array([len(texts) for texts in asks], np.int64),
        answers=[*answers, *handoffs, member("answer", "")],
        answer_from=_starts(replies),
        answer_count=np.array([len(texts) for texts in replies], np.int64),
        handoff_from=len(answers),
        nothing=len(answers) + len(handoffs),
        statuses=[
            '"status":"normal","error":null,',
            *(f'"status":"error","error":{to_json(text)},' for text in words["errors"]),
        ],
    )


def labelled_questions() -> list[dict[str, str]]:
    """Every question with its language, topic, intent and sentiment, as somebody meant them."""
    return [
        {"text": text, "language": language, "topic": name, "intent": intent, "sentiment": sentiment}
        for name, topic in catalogue("chat")["topic"].items()
        for language in LANGUAGES
        for text, intent, sentiment in zip(topic[language]["ask"], topic["intent"], topic["sentiment"], strict=False)
    ]


def _query(text: str) -> str:
    """The query, and the whole prompt as the builder keeps it: the repr of a Python list."""
    prompt: list[dict[str, Any]] = [
        {"role": "system", "text": "You are a friendly coach of a learning course. Answer briefly."},
        {"role": "user", "text": text, "files": []},
    ]
    return member("query", text) + member("message", repr(prompt))


def _starts(texts: list[list[str]]) -> Ints:
    sizes = np.array([len(found) for found in texts], np.int64)
    return np.cumsum(sizes) - sizes
