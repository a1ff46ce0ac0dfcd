"""Each page over a real snapshot: it opens without an error, and its numbers are those of the marts."""

import re
import time
import tomllib
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

pytest.importorskip("streamlit", reason="needs the extra [ui]")


from analytics_platform.contracts import TABLES
from analytics_platform.errors import PlatformError
from analytics_platform.insights.live import Live, LiveWindow, Minute
from analytics_platform.lake import open_lake
from analytics_platform.lake.red_days import red_checks_of
from analytics_platform.semantics.registry import registry
from analytics_platform.serving.api import dashboards
from analytics_platform.serving.api.dashboards import BUILT_IN
from analytics_platform.serving.pages.boards import from_yaml, to_yaml
from analytics_platform.serving.pages.words import FOLDER
from analytics_platform_tests.organisation import Organisation
from analytics_platform_tests.serving.page_views import VIEWS, home, one, opened, table

__all__ = ["home"]  # a fixture

OUTCOMES = "conversations_with_an_outcome"


@pytest.mark.parametrize("view", VIEWS)
def test_a_page_opens_without_an_error(view: str, home: Organisation) -> None:
    page = opened(view)
    assert not page.exception
    assert page.title[0].value


def test_today_says_what_needs_somebody(home: Organisation) -> None:
    shown = {metric.label: metric.value for metric in opened("today").metric}
    assert shown["People at risk"] == f"{one(home, 'select count(*) from at_risk_learners'):,}"
    last = one(home, "select max(local_day) from user_activities")
    active = one(home, f"select count(distinct person_id) from user_activities where local_day = date '{last}'")
    assert shown["Active people"] == f"{active:,}"


def test_a_link_shows_who_has_not_started_a_lesson(home: Organisation) -> None:
    cohort = str(one(home, "select min(cohort) from users where is_on_roster"))
    lesson = str(one(home, "select max(lesson_id) from lessons where is_mapped"))
    page = opened("learning", cohort=cohort, lesson=lesson, status="not started")
    assert page.selectbox(key="f_cohort").value == cohort
    wanted = one(
        home,
        f"""select count(*) from users where is_on_roster and cohort = '{cohort}' and person_id not in (
            select person_id from lesson_progress where lesson_id = '{lesson}')""",
    )
    assert max(len(table.value) for table in page.dataframe if "status" in table.value) == wanted


def test_quality_shows_the_ledger(home: Organisation) -> None:
    shown = {metric.label: metric.value for metric in opened("quality", days="3650").metric}
    total = sum(table["total"]["lines"] for table in home.truth["tables"].values())
    assert shown["received"] == f"{total:,}"


def test_every_language_has_every_text_with_its_places() -> None:
    english = _texts(FOLDER / "en.toml")
    for path in FOLDER.glob("*.toml"):
        found = _texts(path)
        assert found.keys() == english.keys(), path.name
        for key, text in found.items():
            assert set(re.findall(r"\{\w+\}", text)) == set(re.findall(r"\{\w+\}", english[key])), f"{path.name}: {key}"


def _texts(path: Path) -> dict[str, str]:
    chapters = tomllib.loads(path.read_text())
    return {f"{chapter}.{key}": text for chapter, texts in chapters.items() for key, text in texts.items()}


def test_the_sql_tab_answers_a_select_and_refuses_the_rest(home: Organisation) -> None:
    page = opened("explorer", tab="sql", sql="select count(*) as n from users")
    wanted = one(home, "select count(*) from users")
    assert any("n" in table.value and table.value["n"].tolist() == [wanted] for table in page.dataframe)
    refused = opened("explorer", tab="sql", sql="select * from read_csv('/etc/passwd')")
    assert not refused.exception
    assert [warning.value for warning in refused.warning] == ["Tables are marts; functions and files are none."]


def test_the_last_hour_is_no_data_or_what_the_window_says(home: Organisation, monkeypatch: pytest.MonkeyPatch) -> None:
    page = opened("operations")
    assert "No event of the app came in the last 60 minutes" in " ".join(info.value for info in page.info)
    now = datetime.now(UTC)
    live = Live(now, now, True, 4, 3, 4 / 60, 2, 1, 0.5, 40.0, 60.0, 0, None, None, viewers={"talk": 7},
                minutes=[Minute(now, 4, 3, 0.5, 40.0, 60.0, None, None)])  # fmt: skip
    monkeypatch.setattr(LiveWindow, "ask", lambda _window: live)
    page = opened("operations")
    told = {metric.label: metric.value for metric in page.metric}
    assert (told["People"], told["Failed requests"], told["ms, 95 of 100"], told["AI ms"]) == (
        "3",
        "50%",
        "60",
        "no data",
    )
    assert "Watching now: talk: 7" in [text.value for text in page.markdown]


def test_a_dashboard_goes_out_and_comes_in_as_yaml(home: Organisation) -> None:
    known = registry(home.settings)
    for name, (title, panels) in BUILT_IN.items():
        assert from_yaml(to_yaml(title, panels).encode(), known) == (
            title,
            [replace(p, question=replace(p.question, limit=None)) for p in panels],
        ), name


@pytest.mark.parametrize(
    "text",
    ["", "- 1", "title: a", "title: a\npanels: 3", "title: a\npanels: [{metrics: [nothing]}]",
     "title: a\npanels: [{named: nothing}]", "title: a\npanels: [{metrics: [answers], grain: eon}]", "a: [",
     "a: &a [x]\nb: *a", "!!python/object/apply:os.system ['true']", "x" * 200_000],
)  # fmt: skip
def test_a_wrong_dashboard_is_refused_in_words(home: Organisation, text: str) -> None:
    with pytest.raises(PlatformError):
        from_yaml(text.encode(), registry(home.settings))


@pytest.mark.parametrize("board", ["executive", "technical"])
def test_a_dashboard_opens_and_shows_the_metrics_rows(home: Organisation, board: str) -> None:
    page = opened("dashboards", board=board)
    assert not page.exception
    assert [warning.value for warning in page.warning] == []
    if board == "executive":
        wanted = one(
            home, "select count(completed_at) * 1.0 / count(*) from lesson_progress where cohort = 'North / Hill'"
        )
        shown = next(table.value for table in page.dataframe if {"cohort", "completion_rate"} <= set(table.value))
        found = shown[shown["cohort"] == "North / Hill"]["completion_rate"].iloc[0]
        assert found == pytest.approx(wanted, abs=0.0005)  # rounded for the eye


def test_a_dashboard_is_made_by_clicking_and_has_a_link(home: Organisation) -> None:
    title = f"Made by a test {time.monotonic_ns()}"
    page = opened("dashboards", board="executive")
    page.text_input(key="name_executive").set_value(title).run()
    next(button for button in page.button if button.label == "Save").click().run()
    assert not page.exception
    name = str(page.query_params["board"])
    kept = dashboards.folder(home.settings) / f"{name}.json"
    try:
        assert [one.title for one in dashboards.panels_of(home.settings, name)[1]] == [
            panel.title for panel in BUILT_IN["executive"][1]
        ]
        assert not opened("dashboards", board=name).exception
    finally:
        kept.unlink()


def test_learning_shows_where_the_cohort_stood(home: Organisation) -> None:
    cohort, day = "North / Hill", one(home, "select max(local_day) from cohort_daily_progress")
    shown = table(opened("learning", cohort=cohort, day=str(day)), "completed", "partial", "not_started")
    for column in ("completed", "partial", "not_started"):
        wanted = one(
            home,
            f"select sum({column}) from cohort_daily_progress where cohort = '{cohort}' and local_day = '{day}'",
        )
        assert shown[column].sum() == wanted


def test_conversations_by_day_add_up(home: Organisation) -> None:
    shown = table(opened("conversations"), "day", "conversations")
    assert shown["conversations"].sum() == one(home, "select count(*) from conversations")


def test_the_app_filters_every_chart_of_conversations(home: Organisation) -> None:
    app = str(one(home, "select min(app_id) from conversations"))
    page = opened("conversations", app=app)
    wanted = one(home, f"select count(*) from conversations where app_id = '{app}'")
    assert table(page, "day", "conversations")["conversations"].sum() == wanted
    page = opened("conversations", app=app, tab="topics")
    ended = one(home, f"select count(*) from conversation_outcomes where app_id = '{app}'")
    assert table(page, "week", "topic", OUTCOMES)[OUTCOMES].sum() == ended
    assert table(page, "week", "sentiment", OUTCOMES)[OUTCOMES].sum() == ended


def test_a_persons_days_count_every_activity(home: Organisation) -> None:
    person = str(one(home, "select person_id from user_activities group by 1 order by count(*) desc, 1 limit 1"))
    shown = table(opened("people", person=person), "day", "source", "activities")
    assert shown["activities"].sum() == one(home, f"select count(*) from user_activities where person_id = '{person}'")


def test_the_explorer_shows_the_rows_of_its_conditions(home: Organisation) -> None:
    columns = "conversation_id,exchange_count,app_id"
    chosen = {"where": "exchange_count,app_id", "from_exchange_count": "4", "columns": columns}
    page = opened("explorer", tab="marts", mart="conversations", **chosen)
    assert not page.exception
    rows = table(page, "conversation_id", "exchange_count")
    assert len(rows) == one(home, "select count(*) from conversations where exchange_count >= 4")
    wrong = opened("explorer", tab="marts", mart="conversations", where="first_at", from_first_at="soon")
    assert [warning.value for warning in wrong.warning] == [
        "soon is no number or day (as 2026-01-31), so it filters nothing."
    ]


def test_quality_says_what_waits_and_which_checks_failed(home: Organisation) -> None:
    page = opened("quality", days="3650")
    assert "Nothing waits: every line that landed is in the snapshot." in [one.value for one in page.success]
    fresh = table(page, "source", "landed_at", "unbuilt_lines")
    assert set(fresh["source"]) == set(TABLES)
    assert fresh["unbuilt_lines"].sum() == 0
    lake = open_lake(home.settings)
    red = sum(len(red_checks_of(lake, table, date.min, date.max)) for table in TABLES.values())
    if red:
        assert len(table(page, "table", "day", "checks")) == red
    else:
        assert "No check of a source failed on these days." in [one.value for one in page.success]


def test_a_week_that_the_data_fill_in_part_is_said_to_be_unfinished(home: Organisation) -> None:
    captions = [caption.value for caption in opened("conversations", tab="topics").caption]
    assert "Not complete: the week of 2026-03-16." in captions  # its data end on the Tuesday


def test_a_video_has_the_marts_views(home: Organisation) -> None:
    shown = {metric.label: metric.value for metric in opened("video", video="vid-sleep").metric}
    assert shown["Views"] == f"{one(home, '''select count(*) from video_views where video_id = 'vid-sleep' '''):,}"
    viewers = one(home, "select count(distinct person_id) from video_views where video_id = 'vid-sleep'")
    assert shown["Viewers"] == f"{viewers:,}"


def test_a_person_has_the_marts_counts(home: Organisation) -> None:
    person = str(one(home, "select min(person_id) from users where is_on_roster and statements > 0"))
    shown = {metric.label: metric.value for metric in opened("people", person=person).metric}
    labels = {"active_days": "Active days", "statements": "Lesson events", "video_events": "Video events"}
    for name, label in labels.items():
        wanted = one(home, f"select {name} from users where person_id = '{person}'")
        assert shown[label] == f"{wanted:,}"


def test_sevens_page_shows_the_rows_of_a_link(home: Organisation) -> None:
    shown = table(opened("seven", q="video views per video"), "video_id", "views")
    assert shown["views"].sum() == one(home, "select count(*) from video_views")
