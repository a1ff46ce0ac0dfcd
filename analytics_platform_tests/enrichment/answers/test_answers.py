"""Labels of a day's answers: which texts are labelled, what the lake then holds, and that empty days stay cheap."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from analytics_platform.contracts import MADE
from analytics_platform.contracts.imports import EXPORTS
from analytics_platform.enrichment.answers.answer_labeller import MODEL, Labeller, label_days
from analytics_platform.enrichment.answers.answer_themes import AnswerThemes
from analytics_platform.enrichment.methods.engine import Engine
from analytics_platform.enrichment.taxonomy import read_taxonomies
from analytics_platform.lake.lake import Lake
from analytics_platform.lake.landing import RawLine
from analytics_platform.lake.workbench import days_sql, workbench
from analytics_platform.settings import Settings
from analytics_platform_tests.lines import DAY, NOON, STATEMENTS, land, raw, statement

CARD = "https://courses.example.org/abc123"


@pytest.fixture(scope="module")
def labeller(engine: Engine) -> Labeller:
    return Labeller(engine)


def answer(id: str, text: str | None, card_type: str = "form", **more: Any) -> dict[str, Any]:
    return statement(id, object={"id": f"{CARD}/{card_type}/1"}, result={"response": text}, **more)


def export(id: str, text: str, card_type: str = "form") -> RawLine:
    fields = {"response_id": id, "actor_key": "name:N|Ann", "lesson_number": "1", "card_number": "2"}
    return RawLine(raw({**fields, "card_type": card_type, "response": text}), NOON)


def put(lake: Lake, *statements: dict[str, Any]) -> None:
    land(lake, "xapi/statements", *statements)
    lake.build(STATEMENTS, [DAY])


def labels(lake: Lake, path: str, columns: str, *days: date) -> list[tuple[Any, ...]]:
    with workbench(lake) as (connection, folder):
        rows = days_sql(lake, MADE[path], days or [DAY], folder)
        return connection.execute(f"select {columns} from ({rows}) order by all").fetchall()


def test_free_texts_of_statements_and_exports_are_labelled_and_choices_are_not(
    lake: Lake, settings: Settings, labeller: Labeller
) -> None:
    put(
        lake,
        answer("form", "I am so grateful, I slept well!"),
        answer("zero", "0"),
        answer("none", "none"),
        answer("poll", "Morning", "poll"),
        answer("quiz", "7 to 9 hours", "quiz"),
        answer("media", "photo.jpg", "submit-media"),
        answer("stars", "⭐⭐⭐", "rate"),
        answer("stars and words", "⭐⭐ — the phone keeps me awake", "rate"),
        answer("quill", '{"ops":[{"insert":"My team "},{"insert":"is great\\n"}]}'),
        answer("blank", "  "),
        answer("no answer", None),
        statement("other system", object={"id": "https://lms.example.org/1"}, result={"response": "Deadlines!"}),
        answer("seen", "I saw it", verb={"id": "http://adlnet.gov/expapi/verbs/experienced"}),
    )
    lake.landing.append(EXPORTS, [export("e1", "Saya lelah sekali"), export("e2", "A | B", "poll")], "export.csv")
    lake.build(EXPORTS, [DAY])
    (day,) = label_days(settings, [DAY], labeller)
    assert (day.answers, day.firings) == (8, 0)
    found = dict(labels(lake, "labels/answers", "answer_id, theme"))
    assert set(found) == {"form", "zero", "none", "stars and words", "quill", "other system", "seen", "e1"}
    assert found["form"] == "sleep"
    assert found["quill"] == "relationships"
    assert found["zero"] == "unknown"


def test_what_a_label_says(lake: Lake, settings: Settings, labeller: Labeller) -> None:
    put(lake, answer("a", "Thank you so much, I love this course and I am proud of what I learned!"))
    label_days(settings, [DAY], labeller)
    (found,) = labels(lake, "labels/answers", "* exclude (version)")
    id, day, language, sentiment, sure, theme, theme_sure, positives, method = found
    assert (id, day, language, sentiment, theme, method) == ("a", DAY, "en", "positive", "learning", "local")
    assert 0.3 < sure <= 1
    assert 0 < theme_sure < 1
    assert "gratitude" in positives.split("|")
    ((version,),) = labels(lake, "labels/answers", "version")
    assert version.split()[0].startswith("local-")
    assert version.split()[1:] == [labeller._themes.version, labeller.rules.version]


def test_a_rerun_is_identical_and_an_emptied_day_ends_up_empty(
    lake: Lake, settings: Settings, labeller: Labeller
) -> None:
    put(lake, answer("a", "I want to end my life"), answer("b", "Fine"))
    assert label_days(settings, [DAY], labeller, NOON)[0].firings == 1
    first = labels(lake, "labels/answers", "*"), labels(lake, "labels/safety", "*")
    label_days(settings, [DAY], labeller, NOON + timedelta(days=3))
    assert (labels(lake, "labels/answers", "*"), labels(lake, "labels/safety", "*")) == first
    for segment in lake.landing.segments(STATEMENTS):
        lake.store.delete(segment.key)
    lake.build(STATEMENTS, [DAY])
    label_days(settings, [DAY], labeller)
    assert labels(lake, "labels/answers", "*") == labels(lake, "labels/safety", "*") == []


def test_days_keep_to_themselves_and_one_without_answers_loads_no_model(
    lake: Lake, settings: Settings, engine: Engine
) -> None:
    class NoModel(Labeller):
        def label(self, texts: Any) -> Any:
            raise AssertionError("nothing to label")

    days = [DAY, DAY + timedelta(days=40)]
    assert [(one.day, one.answers) for one in label_days(settings, days, NoModel(engine))] == [(day, 0) for day in days]
    labeller = Labeller(engine)
    for number, day in enumerate(days):
        at = datetime(day.year, day.month, day.day, 9, tzinfo=UTC).isoformat()
        land(lake, "xapi/statements", answer(f"s{number}", "same text", timestamp=at), at=NOON + timedelta(days=60))
    lake.build(STATEMENTS, days)
    label_days(settings, days, labeller)
    assert labels(lake, "labels/answers", "day, answer_id", *days) == [(days[0], "s0"), (days[1], "s1")]


@pytest.mark.parametrize(
    ("text", "theme"),
    [
        ("I slept six hours and woke up twice", "sleep"),
        ("แชตกลุ่มงาน แจ้งเตือนไม่หยุดเลย", "screen_time"),
        ("Jalan kaki sepuluh menit setelah makan siang.", "health"),
        ("My sister and my phone", "unknown"),  # two themes with as many words
        ("42", "unknown"),
        ("person", "unknown"),  # son stands in it, not as a word
    ],
)
def test_themes_of_single_answers(text: str, theme: str) -> None:
    assert AnswerThemes(read_taxonomies()["theme"]).label(text).label == theme


def test_what_only_the_model_takes_for_danger_is_flagged_as_the_models(
    lake: Lake, settings: Settings, labeller: Labeller
) -> None:
    text = "I counted the sleeping pills again last night, it would be enough"
    assert not labeller.rules.screen(text)
    put(lake, answer("raised", text), answer("quiet", "I liked lesson two"))
    label_days(settings, [DAY], labeller)
    ((answer_id, rule, tier, version),) = labels(lake, "labels/safety", "answer_id, rule, tier, version")
    assert (answer_id, rule) == ("raised", MODEL)
    assert tier in ("high", "critical")
    assert version.startswith("local-")
