"""Labels of chats: what is written, that a text is labelled once by a version, and what a model could not be asked."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from typer.testing import CliRunner

from analytics_platform import settings as settings_module
from analytics_platform.cli import app
from analytics_platform.contracts import CHAT_LABELS, TABLES
from analytics_platform.enrichment.chats.chat_agreement import agreement
from analytics_platform.enrichment.chats.chat_checks import every_turn_once
from analytics_platform.enrichment.chats.chat_labeller import ChatLabeller, label_chats
from analytics_platform.enrichment.chats.chat_versions import MOST_TRIES, unlabelled_days
from analytics_platform.enrichment.errors import EvaluationError
from analytics_platform.enrichment.labels import Label, Labels
from analytics_platform.enrichment.llm.llm_method import LIMIT_REACHED
from analytics_platform.enrichment.methods.engine import Engine
from analytics_platform.lake.lake import Lake
from analytics_platform.lake.workbench import days_sql, workbench
from analytics_platform.settings import Settings
from analytics_platform.simulator import Plan, simulate
from analytics_platform_tests.lines import DAY, land

MESSAGES = TABLES["nocodb/messages"]


def next_day() -> datetime:
    """Asked in each test, since the tests may run across midnight."""
    return datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)


def message(id: str, query: str | None, answer: str = "Here you are.", minute: int = 0, **more: Any) -> dict[str, Any]:
    return {
        "id": id,
        "conversation_id": "talk",
        "query": query,
        "answer": answer,
        "created_at": f"{DAY}T10:{minute:02}:00Z",
        **more,
    }


def put(lake: Lake, *messages: dict[str, Any]) -> None:
    land(lake, "nocodb/messages", *messages)
    lake.build(MESSAGES, [DAY])


def labels(lake: Lake, path: str, columns: str) -> list[tuple[Any, ...]]:
    with workbench(lake) as (connection, folder):
        rows = days_sql(lake, CHAT_LABELS[path], [DAY], folder)
        return connection.execute(f"select {columns} from ({rows}) order by all").fetchall()


class Scripted:
    """A method that answers what the test says, and counts what it was asked."""

    name = "llm"

    def __init__(self, unknown: Sequence[str] = ()) -> None:
        self.asked: list[str] = []
        self.unknown = set(unknown)
        self.reason = LIMIT_REACHED

    def label(self, texts: Sequence[str], tasks: Sequence[str]) -> list[Labels]:
        self.asked += texts
        return [{task: self._label(text, task) for task in tasks} for text in texts]

    def _label(self, text: str, task: str) -> Label:
        if text in self.unknown:
            return Label(task, "unknown", 0.0, "llm", "v", (), (self.reason,))
        name = {"topic": "pricing", "intent": "question", "language": "en", "safety": "none"}.get(task, "neutral")
        if task == "sentiment" and text.startswith(("good", "bad")):
            name = "positive" if text.startswith("good") else "negative"
        return Label(task, name, 0.8, "llm", "v", (name,))


@pytest.fixture
def scripted(engine: Engine) -> tuple[ChatLabeller, Scripted]:
    method = Scripted()
    return ChatLabeller(Engine(method=method, rules=engine.rules), "v1"), method


def test_turns_and_conversations_are_labelled_and_a_text_once(
    lake: Lake, settings: Settings, scripted: tuple[ChatLabeller, Scripted]
) -> None:
    labeller, method = scripted
    put(
        lake,
        message("a", "bad price", "Which plan do you use?", 1),
        message("b", "bad price", "#AGENT will help", 2),
        message("c", "good, thanks", minute=3),
        message("empty", "  ", minute=4),
    )
    assert list(unlabelled_days(lake)) == [DAY]
    (day,) = label_chats(settings, [DAY], labeller)
    assert (day.turns, day.conversations, day.labelled) == (3, 1, 2)
    assert sorted(method.asked) == ["bad price", "good, thanks"]
    assert labels(lake, "labels/exchanges", "message_id, sentiment, topics, hands_over, asks") == [
        ("a", "negative", "pricing", False, True),
        ("b", "negative", "pricing", True, False),
        ("c", "positive", "pricing", False, False),
    ]
    assert labels(
        lake,
        "labels/conversations",
        "conversation_id, turns, topic, topics, intent, sentiment, first_sentiment, last_sentiment, hands_over, safety",
    ) == [("talk", 3, "pricing", "pricing", "question", "negative", "negative", "positive", True, "none")]
    assert unlabelled_days(lake) == {}
    assert every_turn_once(lake, [DAY]).passed


def test_only_new_texts_of_a_version_are_labelled(
    lake: Lake, settings: Settings, scripted: tuple[ChatLabeller, Scripted], engine: Engine
) -> None:
    labeller, method = scripted
    put(lake, message("a", "hello"))
    label_chats(settings, [DAY], labeller)
    before = labels(lake, "labels/exchanges", "*")
    label_chats(settings, [DAY], labeller)
    assert method.asked == ["hello"]
    assert labels(lake, "labels/exchanges", "*") == before
    put(lake, message("b", "good bye"))
    assert list(unlabelled_days(lake)) == [DAY]
    label_chats(settings, [DAY], labeller)
    assert method.asked == ["hello", "good bye"]
    label_chats(settings, [DAY], ChatLabeller(Engine(method=method, rules=engine.rules), "v2"))
    assert sorted(method.asked[2:]) == ["good bye", "hello"]


def test_what_a_model_could_not_be_asked_is_asked_again(
    lake: Lake, settings: Settings, scripted: tuple[ChatLabeller, Scripted]
) -> None:
    labeller, method = scripted
    method.unknown = {"b"}
    put(lake, message("1", "good a"), message("2", "b"))
    assert label_chats(settings, [DAY], labeller)[0].unasked == 1
    assert labels(lake, "labels/exchanges", "message_id, topic") == [("1", "pricing"), ("2", "unknown")]
    method.unknown, method.asked = set(), []
    assert label_chats(settings, [DAY], labeller)[0].unasked == 0
    assert method.asked == ["b"]
    assert unlabelled_days(lake, next_day()) == {}


def test_a_day_waits_for_money_until_the_next_day_and_for_an_answer_ever_longer(
    lake: Lake, settings: Settings, scripted: tuple[ChatLabeller, Scripted]
) -> None:
    labeller, method = scripted
    method.unknown = {"b"}
    put(lake, message("1", "good a"), message("2", "b"))
    label_chats(settings, [DAY], labeller)
    assert unlabelled_days(lake) == {}
    assert list(unlabelled_days(lake, next_day())) == [DAY]
    method.reason = "no answer"
    before = ""
    for _ in range(MOST_TRIES):
        label_chats(settings, [DAY], labeller)
        assert unlabelled_days(lake) == {}
        (state,) = unlabelled_days(lake, next_day() + timedelta(days=30)).values()
        assert state != before
        before = state
    label_chats(settings, [DAY], labeller)  # it never answers in its form, and each answer is paid
    assert unlabelled_days(lake, next_day() + timedelta(days=30)) == {}


def test_a_deleted_exchange_is_not_labelled(
    lake: Lake, settings: Settings, scripted: tuple[ChatLabeller, Scripted]
) -> None:
    labeller, method = scripted
    put(lake, message("1", "good a"), message("2", "gone", is_deleted=1))
    label_chats(settings, [DAY], labeller)
    assert method.asked == ["good a"]
    assert labels(lake, "labels/exchanges", "message_id") == [("1",)]
    assert every_turn_once(lake, [DAY]).passed


def test_the_local_method_labels_three_languages(lake: Lake, settings: Settings, engine: Engine) -> None:
    prompt = repr([{"role": "user", "text": "How much does it cost?"}])
    put(lake, message("en", None, message=prompt), message("th", "ราคาเท่าไหร่", "ต้องการแบบไหนคะ"))
    label_chats(settings, [DAY], ChatLabeller(engine, engine.local.version))
    found = labels(lake, "labels/exchanges", "message_id, language, topic, intent, method")
    assert found[0] == ("en", "en", "pricing", "question", "local")
    assert found[1][:3] == ("th", "th", "pricing")


def test_labels_of_simulated_chats_agree_with_what_was_meant(
    lake: Lake, settings: Settings, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(EvaluationError, match="only simulated chats have a truth"):
        agreement(settings)
    plan = Plan(start=DAY, people=60, days=1)
    simulate(plan, lake.landing, lake.store, settings.home / "truth.json")
    lake.build(MESSAGES, [DAY])
    with pytest.raises(EvaluationError, match="materialise labels/exchanges"):
        agreement(settings)
    label_chats(settings, [DAY], ChatLabeller(engine, engine.local.version))
    found = {one.task: one for one in agreement(settings)}
    assert set(found) == {"language", "topic", "intent", "sentiment"}
    assert {one.exchanges for one in found.values()} == {len(labels(lake, "labels/exchanges", "message_id"))}
    assert all(one.kappa >= 0.7 for one in found.values()), (
        found
    )  # few texts: over a week of 120 people it is above 0.8
    monkeypatch.setattr(settings_module, "load", lambda: settings)
    said = CliRunner().invoke(app, ["labels", "agreement"], catch_exceptions=False).output
    assert f"{found['intent'].kappa:.3f}" in said
