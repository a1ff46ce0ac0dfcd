"""Questions that are put together of parts, without a database: marks, clauses, people, shapes, frames, voices."""

from collections.abc import Mapping, Sequence
from datetime import date

import pytest

from analytics_platform.serving.seven.composing import compose
from analytics_platform.serving.seven.frames import without_asides, without_frames
from analytics_platform.serving.seven.marking import mark, with_numbers
from analytics_platform.serving.seven.reply import Made
from analytics_platform.serving.seven.sentences import tell
from analytics_platform.serving.seven.speaking import Voice, voice_of
from analytics_platform.serving.seven.thresholds import all_bounds, in_words
from analytics_platform.serving.seven.wording import tidy

TODAY = date(2026, 3, 18)
_ROWS: dict[str, list[dict[str, object]]] = {
    "lessons": [
        {"lesson_id": "a", "lesson_number": "1", "lesson_name": "Sleep", "position": 1, "people_started": 9},
        {"lesson_id": "b", "lesson_number": "2", "lesson_name": "Focus", "position": 2, "people_started": 7},
        {"lesson_id": "c", "lesson_number": "3", "lesson_name": "To come", "position": 3, "people_started": 0},
    ],
    "questions": [{"question_id": "q", "question": "How stressed are you right now?"}],
    "cohorts": [{"cohort": "North / Hill"}],
    "videos": [{"video_id": "vid-sleep"}],
}


def rows(name: str) -> Sequence[Mapping[str, object]]:
    return _ROWS.get(name, [])


def sql_of(question: str) -> str:
    understood = compose(mark(with_numbers(without_frames(tidy(question)), rows), rows, TODAY), "UTC")
    assert understood is not None, question
    assert isinstance(understood.question, Made)
    return understood.question.sql


def test_a_part_that_is_negated_is_of_those_who_did_not() -> None:
    sql = sql_of("who completed lesson 1 but not lesson 2")
    assert "person_id in (select person_id from lesson_progress" in sql
    assert "person_id not in (select person_id from lesson_progress" in sql
    assert sql.count("lesson_id in ('a')") == 1
    assert sql.count("lesson_id in ('b')") == 1


def test_days_of_the_first_part_are_of_the_second_too() -> None:
    assert sql_of("who chatted last week but answered nothing").count("local_day >= date '2026-03-09'") == 2


def test_a_cohort_is_never_negated() -> None:
    assert "cohort in ('North / Hill')" in sql_of("who in North / Hill has not completed lesson 1").split("not in")[0]


@pytest.mark.parametrize(
    ("question", "part"),
    [
        ("how many people finished at least 2 lessons", "having count(*) >= 2"),
        ("how many people watched more than 3 videos", "having count(distinct video_id) > 3"),
        ("how many views lasted less than 30 seconds", "play_time_seconds < 30"),
        ("how many answers come in after 8 pm", "local_hour >= 20"),
        ("answers on weekends by lesson", "isodow(local_day) in (6, 7)"),
        ("90th percentile of session length", "quantile_cont(duration_seconds, 0.90)"),
        ("average stress rating", "question in ('How stressed are you right now?')"),
        ("cost per message", "avg(total_price)"),
        ("which lesson has the most negative answers", "sentiment = 'negative'"),
        ("share of conversations by language", "sum(count(*)) over ()"),
        ("who completed the last lesson", "lesson_id in ('b')"),
    ],
)
def test_bounds_hours_and_numbers_of_rows(question: str, part: str) -> None:
    assert part in sql_of(question)


@pytest.mark.parametrize(
    "question",
    ["who completed lesson 1 but wore a hat", "how many answers smell of roses", "average shoe size of people",
     "who completed lesson 9", "how many people opened our newsletter and started lesson 1"],
)  # fmt: skip
def test_a_word_that_no_part_takes_makes_it_no_question(question: str) -> None:
    assert compose(mark(tidy(question), rows, TODAY), "UTC") is None


def test_a_text_cannot_leave_its_quotes() -> None:
    marked = mark(tidy('how many answers mention "x\' or 1=1 --"'), rows, TODAY)
    understood = compose(marked, "UTC")
    assert understood is None or "'x'' or" in str(understood.question)


def test_a_bound_is_found_in_signs_and_in_words() -> None:
    assert [str(bound) for _, _, bound in all_bounds(in_words("users > 50 and 3 or more"))] == [
        "at least 3", "more than 50"]  # fmt: skip


def test_what_is_said_around_a_question_is_taken_away() -> None:
    asked = "Good morning! I need it today: who completed lesson 1? Thank you so much"
    assert without_frames(tidy(without_asides(asked))) == "who completed lesson 1"
    assert without_frames(tidy("Could you please tell me how many answers we got")) == "how many answers we got"


def test_she_speaks_the_language_of_the_question() -> None:
    assert voice_of("berapa orang aktif").language == "id"
    assert voice_of("มีกี่คน").language == "th"
    assert Voice("id").put('number of answers ("answers")') == 'jumlah jawaban ("answers")'
    assert Voice("en").put("number of answers") == "number of answers"


def test_names_and_the_rest_add_up_to_the_rows() -> None:
    named = [{"full_name": name} for name in ("Ann", "Ben", "Ben", None, "Cleo", "Dan", "Eve", "Finn", None)]
    assert tell(named, (), "people", "") == "9 rows: people. Ann, Ben, Cleo, Dan, Eve, and 3 more."
    assert tell([{"full_name": None}] * 2, (), "people", "", ("full_name", "")) == "2 rows: people."


def test_rows_are_told_by_what_a_reader_tells_them_apart() -> None:
    people = [{"person_id": f"5b8fb{n}", "full_name": name, "cohort": "Hill"} for n, name in enumerate(("Ann", "Ben"))]
    assert tell(people, (), "people", "") == "2 rows: people. Ann, Ben."
    lessons = [
        {
            "cohort": "Hill",
            "lesson_id": f"https://x/{n}",
            "lesson_number": n,
            "lesson_name": name,
            "size": 9,
            "done": n + 3,
        }
        for n, name in enumerate(("Sleep", "Focus"), 1)
    ]
    assert tell(lessons, (), "progress", "") == "2 rows: progress. done: Sleep 4; Focus 5."
    costs = [{"model": "m", "currency": "USD", "total": 2}, {"model": "m", "currency": "THB", "total": 70}]
    assert tell(costs, (), "cost", "", ("model", "total")) == "2 rows: cost. total: m · USD 2; m · THB 70."
    assert tell([{"person_id": "a"}, {"person_id": "b"}], (), "ids", "") == "2 rows: ids. a, b."
    day = date(2026, 3, 2)
    unusual = [{"incident_id": "8a", "metric": "cpu_max", "started_at": day, "observed": 82.6, "expected": 60.0}] * 2
    rate = [{"metric": "api_error_rate", "day": day, "observed": 0.43, "expected": 0.0}] * 2
    assert f"api error rate on {day}: 43%, expected 0%" in tell(rate, (), "incidents", "")
    assert tell(unusual, (), "incidents", "").startswith(f"2 rows: incidents. cpu max on {day}: 82.60, expected 60")
