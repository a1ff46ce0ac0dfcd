"""SQL of strangers: hundreds of tricks are refused, what explodes is ended, and honest questions are answered."""

import hashlib
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from analytics_platform.errors import PlatformError, QueryRefused
from analytics_platform.semantics import Role, Viewer
from analytics_platform.semantics.errors import NotAllowed, SemanticsError, WrongQuestion
from analytics_platform.semantics.guard import ask_sql, checked
from analytics_platform.semantics.registry import registry
from analytics_platform.semantics.roles import restrict
from analytics_platform.semantics.viewers import ADMIN
from analytics_platform.settings import Settings
from analytics_platform_tests.semantics.attacks import EXPLODING, PLAIN, refused
from analytics_platform_tests.semantics.organisation import CANARIES, HARBOUR, HILL, activities, responses
from analytics_platform_tests.semantics.snapshot import put

ATTACKS = refused()
TEACHER = Viewer("teacher", Role.ANALYST, (HARBOUR,))


@pytest.fixture(scope="module")
def crowded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """Enough rows to explode, and little time and memory to do so."""
    home = tmp_path_factory.mktemp("crowded") / "home"
    settings = Settings(
        platform_home=home, reader_timeout_seconds=0.3, reader_memory="200MB", reader_max_rows=1000, _env_file=None
    )
    many = [row | {"activity_id": f"{row['activity_id']}-{n}"} for n in range(60) for row in activities()]
    texts = [row | {"answer_id": f"{row['answer_id']}-{n}"} for n in range(50) for row in responses()]
    put(settings, user_activities=many, user_responses=texts)
    before = state(settings)
    yield settings
    assert state(settings) == before, "an attack left something behind"


def state(settings: Settings) -> list[tuple[str, str]]:
    files = sorted(path for path in Path(settings.home).rglob("*") if path.is_file() and "manifests" not in path.parts)
    return [(str(path), hashlib.sha256(path.read_bytes()).hexdigest()) for path in files]


def test_there_are_enough_tricks() -> None:
    assert len(set(ATTACKS)) + len(EXPLODING) >= 500


@pytest.mark.parametrize("dialect", ["duckdb", "bigquery"])
def test_tricks_do_not_come_as_far_as_the_engine(dialect: str, seven: Settings) -> None:
    marts = registry(seven).marts
    came_through = []
    for attack in ATTACKS:
        started = time.monotonic()
        try:
            tree = checked(attack, dialect)
            restrict(tree, ADMIN, marts, dict.fromkeys(marts, 1), dialect)
        except SemanticsError:
            assert time.monotonic() - started < 5, attack[:80]
        else:
            came_through.append(f"{attack[:100]} -> {tree.sql(dialect)[:100]}")
    assert came_through == []


@pytest.mark.parametrize("attack", EXPLODING, ids=range(len(EXPLODING)))
def test_what_explodes_is_ended(attack: str, crowded: Settings) -> None:
    started = time.monotonic()
    with pytest.raises(PlatformError):
        ask_sql(crowded, attack)
    assert time.monotonic() - started < 3


@pytest.mark.parametrize(
    ("sql", "rows"),
    [
        ("select count(*) as n from users", [{"n": 7}]),
        (
            "select cohort, count(*) as n from users group by all order by 1",
            [{"cohort": HARBOUR, "n": 5}, {"cohort": HILL, "n": 2}],
        ),
        (
            "-- with drop table users;\nselect count(*) as n from users where full_name <> 'drop table;'",
            [{"n": 7}],
        ),
        ("with some as (select * from users where cohort like '%Hill') select count(*) as n from some", [{"n": 2}]),
        ("from users select count(*) as n;", [{"n": 7}]),
        ("select person_id from exchanges where message_id = 'm3'", [{"person_id": "p1"}]),
        ("select sum(query_tokens) filter (where has_error) as n from exchanges", [{"n": 100}]),
        (
            "select count(*) as n from users left join at_risk_learners r using (person_id) where r.person_id is null",
            [{"n": 6}],
        ),
    ],
)
def test_honest_questions_are_answered(sql: str, rows: list[dict[str, object]], seven: Settings) -> None:
    assert ask_sql(seven, sql).rows == rows


@pytest.mark.parametrize(
    "sql",
    [
        "select * from users",
        "select email from users",
        "select u from users u",
        "select count(*) as n from users",
        "select * from (select * from users) t",
        "with a as (select * from users) select * from a a1",
        "select cohort from lesson_progress union select cohort from users",
        "select * from user_responses",
        "select * from users where person_id in (select person_id from user_responses)",
        "select * from exchanges",
        "select * from conversations c join exchanges e using (conversation_id)",
        "select * from person_identifiers",
        "select * from safety_flags",
        "select * from at_risk_learners",
        "select * from user_activities",
        "from users",
        "select (select max(email) from users) as x",
        "select * from cohort_daily_progress",
        "select * from sessions",
    ],
)
def test_a_teacher_sees_their_cohort_in_whatever_words(sql: str, seven: Settings) -> None:
    answer = ask_sql(seven, sql, TEACHER)
    shown = str(answer.rows)
    for person in ("p6", "p7"):
        assert person not in shown
    assert HILL not in shown
    if "as n" in sql:
        assert answer.rows == [{"n": 5}]


@pytest.mark.parametrize("mart", ["video_retention_curve", "lesson_dropoff", "user_lifecycle"])
def test_a_teacher_does_not_see_the_whole_organisation(mart: str, seven: Settings) -> None:
    with pytest.raises(NotAllowed, match="counts the whole organisation"):
        ask_sql(seven, f"select * from {mart}", TEACHER)
    (lesson,) = ask_sql(seven, "select * from lessons where lesson_number = '1'", TEACHER).rows
    assert lesson["lesson_name"] == "Sleep"
    assert lesson["people_started"] is None


def test_a_viewer_asks_for_metrics(seven: Settings) -> None:
    with pytest.raises(NotAllowed):
        ask_sql(seven, "select count(*) from users", Viewer("v", Role.VIEWER))


def test_a_viewer_would_see_no_names_even_if_a_route_forgot(seven: Settings) -> None:
    known = registry(seven)
    for mart in known.marts.values():
        tree = restrict(
            checked(f"select * from {mart.name}", "duckdb"),
            Viewer("v", Role.VIEWER),
            known.marts,
            dict.fromkeys(known.marts, 1),
            "duckdb",
        )
        for column in mart.personal:
            assert f'AS "{column}"' in tree.sql("duckdb"), f"{mart.name}.{column}"
    assert CANARIES


def test_a_limit_cuts_and_without_one_too_much_is_refused(crowded: Settings) -> None:
    assert ask_sql(crowded, "select * from user_responses order by answer_id", limit=3).table.num_rows == 3
    small = crowded.model_copy(update={"reader_max_rows": 100})
    with pytest.raises(QueryRefused, match="more than 100 rows"):
        ask_sql(small, "select * from user_responses")


def test_the_engine_is_asked_for_its_opinion_first(seven: Settings) -> None:
    with pytest.raises(QueryRefused, match=r"does not exist|not found"):
        ask_sql(seven, "select nothing_of_the_kind from users")


def test_an_unknown_mart_and_function_name_the_nearest(seven: Settings) -> None:
    with pytest.raises(SemanticsError, match="Near it: user_responses"):
        ask_sql(seven, "select * from user_response")
    with pytest.raises(SemanticsError, match="strpos"):
        ask_sql(seven, "select strposs('a', 'b') from users")
    with pytest.raises(WrongQuestion, match="cannot be read"):
        ask_sql(seven, "select * from (users")
    with pytest.raises(WrongQuestion, match="Only SELECT"):
        ask_sql(seven, "selec * frm users")


def test_what_runs_is_not_what_was_sent() -> None:
    assert {checked(sql, "duckdb").sql("duckdb", comments=False).lower() for sql in PLAIN} <= {
        "select * from users",
        'select * from "users"',
    }
