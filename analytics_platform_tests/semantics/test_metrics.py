"""Every metric, against a number worked out by hand and against the mart by SQL of our own."""

from datetime import UTC, date, datetime

import pytest

from analytics_platform.semantics import Filter, Query, Role, Viewer, query
from analytics_platform.semantics.errors import NoData, SemanticsError, UnknownName, WrongQuestion
from analytics_platform.semantics.registry import registry
from analytics_platform.settings import Settings
from analytics_platform.warehouse.engine import open_warehouse
from analytics_platform_tests.semantics.organisation import DAY, HARBOUR, HILL, LESSON, OTHER, marts, on
from analytics_platform_tests.semantics.snapshot import put

# Over the whole organisation, worked out by hand from organisation.py; beside it the SQL that says the same.
GOLDEN = {
    "people": (7, "select count(distinct person_id) from users"),
    "active_people": (7, "select count(distinct person_id) from user_activities"),
    "activities": (10, "select count(*) from user_activities"),
    "activities_per_person": (10 / 7, "select count(*) / count(distinct person_id) from user_activities"),
    "people_started": (7, "select count(distinct person_id) from lesson_progress"),
    "people_completed": (4, "select count(distinct person_id) from lesson_progress where completed_at is not null"),
    "lesson_starts": (9, "select count(*) from lesson_progress"),
    "lesson_completions": (4, "select count(completed_at) from lesson_progress"),
    "completions": (4, "select count(completed_local_day) from lesson_progress"),
    "completion_rate": (4 / 9, "select count(completed_at) / count(*) from lesson_progress"),
    "lesson_starts_with_an_answer": (6, "select count(*) from lesson_progress where answers > 0"),
    "engagement_rate": (6 / 9, "select avg((answers > 0)::int) from lesson_progress"),
    "completions_with_a_due_date": (4, "select count(is_on_time) from lesson_progress"),
    "completions_on_time": (4, "select count(*) from lesson_progress where is_on_time"),
    "on_time_rate": (1.0, "select avg(is_on_time::int) from lesson_progress"),
    # The last day only: 5 + 2 members, 3 + 1 of them done.
    "roster_members": (7, "select sum(roster_size) from cohort_daily_progress where local_day = '2026-03-03'"),
    "roster_size": (5, "select max(roster_size) from cohort_daily_progress"),
    "members_completed": (4, "select sum(completed) from cohort_daily_progress where local_day = '2026-03-03'"),
    "members_partial": (3, "select sum(partial) from cohort_daily_progress where local_day = '2026-03-03'"),
    "members_not_started": (0, "select sum(not_started) from cohort_daily_progress where local_day = '2026-03-03'"),
    "roster_completion_rate": (
        4 / 7,
        "select sum(completed) / sum(roster_size) from cohort_daily_progress where local_day = '2026-03-03'",
    ),
    "answers": (12, "select count(*) from user_responses"),
    "people_answering": (6, "select count(distinct person_id) from user_responses"),
    "answers_judged": (6, "select count(is_correct) from user_responses"),
    "answers_right": (3, "select count(*) from user_responses where is_correct"),
    "correct_rate": (0.5, "select avg(is_correct::int) from user_responses"),
    "answers_flagged": (1, "select count(*) from user_responses where is_flagged"),
    "answers_with_a_sentiment": (4, "select count(*) from user_responses where sentiment <> 'unknown'"),
    "answers_positive": (4, "select count(*) from user_responses where sentiment = 'positive'"),
    "answers_negative": (0, "select count(*) from user_responses where sentiment = 'negative'"),
    "positive_share": (
        1.0,
        "select avg((sentiment = 'positive')::int) from user_responses where sentiment <> 'unknown'",
    ),
    "negative_share": (
        0.0,
        "select avg((sentiment = 'negative')::int) from user_responses where sentiment <> 'unknown'",
    ),
    "average_rating": (3.5, "select avg(rating) from user_responses"),
    "safety_flags": (1, "select count(*) from safety_flags"),
    "people_flagged": (1, "select count(distinct person_id) from safety_flags"),
    "messages": (10, "select count(*) from exchanges"),
    "exchanges": (9, "select count(*) from exchanges where not is_regenerated"),
    # p1 writes under two identifiers and is one person.
    "people_chatting": (
        7,
        "select count(distinct person_id) from exchanges",
    ),
    "failed_messages": (1, "select count(*) from exchanges where has_error"),
    "chat_error_rate": (0.1, "select avg(has_error::int) from exchanges"),
    "query_tokens": (550, "select sum(query_tokens) from exchanges"),
    "answer_tokens": (10, "select sum(answer_tokens) from exchanges"),
    "tokens": (560, "select sum(query_tokens) + sum(answer_tokens) from exchanges"),
    "latency_p50": (5.5, "select quantile_cont(latency_seconds, 0.5) from exchanges"),
    "latency_p95": (9.55, "select quantile_cont(latency_seconds, 0.95) from exchanges"),
    "conversations": (7, "select count(*) from conversations"),
    "people_conversing": (7, "select count(distinct actor_key) from conversations"),
    "conversations_handed_over": (1, "select count(*) from conversations where is_handed_over"),
    "handover_rate": (1 / 7, "select avg(is_handed_over::int) from conversations"),
    "containment": (6 / 7, "select 1 - avg(is_handed_over::int) from conversations"),
    "views": (6, "select count(*) from video_views"),
    "viewers": (5, "select count(distinct person_id) from video_views"),
    "play_time_seconds": (210.0, "select sum(play_time_seconds) from video_views"),
    "unique_watched_seconds": (210.0, "select sum(unique_watched_seconds) from video_views"),
    "average_view_duration": (35.0, "select avg(play_time_seconds) from video_views"),
    "valid_views": (4, "select count(*) from video_views where is_valid"),
    "completed_views": (1, "select count(*) from video_views where is_completed"),
    "views_of_known_length": (6, "select count(is_completed) from video_views"),
    "video_completion_rate": (1 / 6, "select avg(is_completed::int) from video_views"),
    "average_percent_watched": (3.5 / 6, "select avg(percent_watched) from video_views"),
    "engaged_people": (5, "select count(distinct person_id) from user_engagement_daily"),
    "engaged_seconds": (75.0, "select sum(engaged_seconds) from user_engagement_daily"),
    "person_days_in_the_app": (5, "select count(*) from user_engagement_daily"),
    "engaged_seconds_per_person_day": (15.0, "select avg(engaged_seconds) from user_engagement_daily"),
    "people_with_an_activity": (7, "select count(distinct person_id) from activity_completions"),
    "activities_started": (7, "select count(*) from activity_completions"),
    "activities_completed": (2, "select count(completed_at) from activity_completions"),
    "activity_completion_rate": (2 / 7, "select count(completed_at) / count(*) from activity_completions"),
    "people_with_an_outcome": (7, "select count(distinct person_id) from conversation_outcomes"),
    "conversations_with_an_outcome": (7, "select count(*) from conversation_outcomes"),
    "conversations_judged": (6, "select count(is_abandoned) from conversation_outcomes"),
    "conversations_abandoned": (2, "select count(*) from conversation_outcomes where is_abandoned"),
    "abandonment": (1 / 3, "select avg(is_abandoned::int) from conversation_outcomes"),
    "repeat_contacts": (1, "select count(*) from conversation_outcomes where is_repeat_contact"),
    "repeat_contact_rate": (1 / 7, "select avg(is_repeat_contact::int) from conversation_outcomes"),
    "average_sentiment_shift": (1.0, "select avg(sentiment_shift) from conversation_outcomes"),
    "sessions": (5, "select count(*) from sessions"),
    "app_users": (5, "select count(distinct actor_key) from sessions"),
    "session_seconds": (900.0, "select sum(duration_seconds) from sessions"),
    "average_session_seconds": (180.0, "select avg(duration_seconds) from sessions"),
    "app_events": (20, "select sum(events) from sessions"),
    "app_actions": (10, "select sum(actions) from sessions"),
    "api_requests": (10, "select sum(requests) from sessions"),
    "app_errors": (1, "select sum(errors) from sessions"),
    "errors_per_session": (0.2, "select sum(errors) / count(*) from sessions"),
}
OTHERWISE = {"price", "active_people_7d", "active_people_28d"}  # these have tests of their own


def test_every_metric_has_a_number_worked_out_by_hand(seven: Settings) -> None:
    assert set(registry(seven).metrics) == set(GOLDEN) | OTHERWISE


@pytest.mark.parametrize("metric", GOLDEN)
def test_a_metric_is_its_number_and_the_marts(metric: str, seven: Settings) -> None:
    expected, sql = GOLDEN[metric]
    (row,) = query(seven, Query((metric,))).rows
    with open_warehouse(seven).reader() as reader:
        ((by_sql,),) = (list(r.values()) for r in reader.query(sql).to_pylist())
    assert row[metric] == pytest.approx(expected)
    assert float(by_sql) == pytest.approx(expected)


def test_every_metric_says_what_it_means(seven: Settings) -> None:
    for metric in registry(seven).metrics.values():
        definition = metric.definition
        assert definition.description, metric.name
        assert definition.unit, metric.name
        assert definition.owner, metric.name
        is_over_something = metric.kind == "ratio" or definition.unit == "share"
        assert not is_over_something or definition.denominator, f"{metric.name}: a rate without a denominator"
        assert metric.guards, f"{metric.name}: nobody counts the people behind its cells"


def test_several_metrics_side_by_side(seven: Settings) -> None:
    answer = query(seven, Query(("completion_rate", "people_started", "answers"), ("cohort", "lesson")))
    assert answer.rows == [
        {"cohort": HARBOUR, "lesson": OTHER, "completion_rate": None, "people_started": 2, "answers": None},
        {"cohort": HARBOUR, "lesson": LESSON, "completion_rate": 0.6, "people_started": 5, "answers": 10},
        {"cohort": HILL, "lesson": LESSON, "completion_rate": 0.5, "people_started": 2, "answers": 2},
    ]
    assert [column.name for column in answer.columns] == answer.table.column_names
    assert all(column.description for column in answer.columns)


def test_no_completion_known_is_no_data_and_not_zero(seven: Settings) -> None:
    (row,) = query(seven, Query(("completion_rate",), where=(Filter("lesson_number", "=", ("2",)),))).rows
    assert row == {"completion_rate": None}


def test_windows_look_back(seven: Settings) -> None:
    answer = query(seven, Query(("active_people", "active_people_7d", "active_people_28d"), grain="day"))
    by_day = {row["day"]: list(row.values())[1:] for row in answer.rows}
    # The snapshot ends on day 7. Day 0: all seven; day 6 still looks back to it; day 7 sees days 1 to 7: p1 and p2.
    assert by_day[DAY] == [7, 7, 7]
    assert by_day[on(1)] == [1, 7, 7]
    assert by_day[on(6)] == [None, 7, 7]
    assert by_day[on(7)] == [2, 2, 7]
    assert max(by_day) == on(7)


def test_currencies_are_never_added_together(seven: Settings) -> None:
    with pytest.raises(WrongQuestion, match="exchange__currency"):
        query(seven, Query(("price",)))
    rows = query(seven, Query(("price",), ("currency",))).rows
    assert [(row["currency"], float(row["price"])) for row in rows] == [("THB", 40.0), ("USD", 15.0)]


def test_time_axis_filters_and_order(seven: Settings) -> None:
    weeks = query(seven, Query(("active_people",), grain="week")).rows
    assert weeks == [{"week": DAY, "active_people": 7}, {"week": on(7), "active_people": 2}]
    cut = query(seven, Query(("activities",), start=on(1), end=on(7))).rows
    assert cut == [{"activities": 3}]
    top = query(seven, Query(("messages",), ("model_id",), order=("-messages",), limit=1))
    assert top.rows == [{"model_id": "huge", "messages": 5}]
    some = query(seven, Query(("messages",), ("cohort",), where=(Filter("cohort", "contains", ("hill",)),)))
    assert some.rows == [{"cohort": HILL, "messages": 2}]


@pytest.mark.parametrize("value", ["' or 1=1 --", "{{ 7 * 7 }}", "{% raw %}", "O'Brien", "\\", "platform_value_0"])
def test_a_value_is_a_value(value: str, seven: Settings) -> None:
    assert query(seven, Query(("answers",), ("cohort",), where=(Filter("cohort", "=", (value,)),))).rows == []


@pytest.mark.parametrize(
    ("question", "kind", "says"),
    [
        (Query(("completion_rat",)), UnknownName, "Near it: completion_rate"),
        (Query(("answers",), ("languag",)), UnknownName, "Near it: language"),
        (Query(("answers", "messages"), ("card_type",)), UnknownName, "what they share: .*cohort"),
        (Query(("answers",), order=("cohort",)), UnknownName, "no column of the answer"),
        (Query(("active_people_7d",)), WrongQuestion, "give a grain"),
        (Query(()), WrongQuestion, "at least one metric"),
        (Query(("answers",), limit=0), WrongQuestion, "1 is the least"),
        (Query(("answers",), start=on(2), end=on(1)), WrongQuestion, "lies before start"),
        (Query(("answers",) * 21), WrongQuestion, "20 are the most"),
    ],
)
def test_what_cannot_be_asked_says_what_can(
    question: Query, kind: type[SemanticsError], says: str, seven: Settings
) -> None:
    with pytest.raises(kind, match=says) as raised:
        query(seven, question)
    assert raised.value.parameter


def test_a_mart_that_is_not_there_yet_is_named(settings: Settings) -> None:
    put(settings, absent=["video_views"], users=marts()["users"])
    with pytest.raises(NoData, match="the mart video_views is not in this snapshot"):
        query(settings, Query(("views",)))


def test_an_answer_says_what_it_rests_on(settings: Settings) -> None:
    put(settings, user_activities=[{"source": "xapi", "person_id": "p", "day": date(2026, 3, 2)}])
    answer = query(settings, Query(("activities",)))
    assert answer.version == answer.snapshot.version
    assert 0 <= answer.age_seconds < 60
    assert answer.quality.state == "stale"
    assert "its last day is 2026-03-02" in answer.quality.reasons[0]
    assert answer.definitions[0].unit == "activities"


def test_viewers_see_cells_of_five_people_or_more(settings: Settings) -> None:
    def publish(**sizes: int) -> None:
        people = [(f"{cohort} {n}", cohort, n) for cohort, size in sizes.items() for n in range(size)]
        done = datetime(2026, 3, 2, 12, tzinfo=UTC)
        put(
            settings,
            users=[{"person_id": person, "cohort": cohort} for person, cohort, _ in people],
            lesson_progress=[
                {"person_id": person, "lesson_id": "l", "completed_at": done if n < 3 else None}
                for person, _, n in people
            ],
        )

    viewer, asked = Viewer("v", Role.VIEWER), Query(("completion_rate", "people_completed"), ("cohort",))
    publish(big=9, five=5, three=3, two=2)
    # Five people are hidden, so a total gives nothing away. Three people who completed are a small cell themselves.
    assert query(settings, asked, viewer).rows == [
        {"cohort": "big", "completion_rate": 3 / 9, "people_completed": None},
        {"cohort": "five", "completion_rate": 3 / 5, "people_completed": None},
    ]
    publish(big=9, five=5, two=2)
    # Two are hidden, and the total less the shown would be them: the smallest of the shown is hidden, too.
    assert [row["cohort"] for row in query(settings, asked, viewer).rows] == ["big"]
    by_lesson = Query(("completion_rate",), ("cohort", "lesson"))
    assert [row["cohort"] for row in query(settings, by_lesson, viewer).rows] == ["big"]
