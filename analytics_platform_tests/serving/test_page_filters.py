"""A filter changes the numbers below it, a link restores it, and each list leads to who or what is behind it."""

from collections.abc import Callable

import pyarrow as pa
import pytest

pytest.importorskip("streamlit", reason="needs the extra [ui]")

from analytics_platform.semantics import query
from analytics_platform.semantics.kept import KEPT
from analytics_platform.serving.pages import serve
from analytics_platform_tests.organisation import Organisation
from analytics_platform_tests.serving.page_views import TABS, home, one, opened, table

__all__ = ["home"]  # a fixture

COHORT = "North / Hill"


@pytest.mark.parametrize("view", TABS)
def test_every_tab_opens_without_an_error(view: str, home: Organisation) -> None:
    for tab in TABS[view]:
        page = opened(view, tab=tab)
        assert not page.exception, tab
        assert len(page.subheader) or len(page.dataframe) or len(page.text_area), tab


def test_the_cohort_filters_where_people_stop(home: Organisation) -> None:
    shown = table(opened("learning", tab="cards", cohort=COHORT), "card_id", "people_reached", "people_lost")
    for column in ("people_reached", "people_lost"):
        wanted = one(home, f"select sum({column}) from lesson_dropoff_by_cohort where cohort = '{COHORT}'")
        assert shown[column].sum() == wanted
    everybody = table(opened("learning", tab="cards"), "card_id", "people_reached", "people_lost")
    assert everybody["people_reached"].sum() == one(home, "select sum(people_reached) from lesson_dropoff")


def test_the_cohort_filters_what_was_on_time(home: Organisation) -> None:
    page = opened("learning", cohort=COHORT)
    found = [shown.value for shown in page.dataframe if "completions_with_a_due_date" in shown.value]
    wanted = one(
        home,
        f"select count(*) from lesson_progress where completed_at is not null and due_on is not null"
        f" and cohort = '{COHORT}'",
    )
    assert sum(int(rows["completions_with_a_due_date"].sum()) for rows in found) == wanted


def test_the_states_of_a_lesson_are_counted_on_their_buttons(home: Organisation) -> None:
    lesson = str(one(home, "select max(lesson_id) from lessons where is_mapped"))
    page = opened("learning", cohort=COHORT, lesson=lesson)
    wanted = one(
        home,
        f"""select count(*) from users where is_on_roster and cohort = '{COHORT}' and person_id not in (
            select person_id from lesson_progress where lesson_id = '{lesson}')""",
    )
    buttons = next(group for group in page.button_group if group.key == "f_status")
    assert f"Not started ({wanted})" in buttons.options


def test_who_is_at_risk_is_listed_and_can_be_opened(home: Organisation) -> None:
    page = opened("people", list="at_risk")
    wanted = one(home, "select count(*) from at_risk_learners")
    assert len(table(page, "full_name", "days_silent")) == wanted
    assert len(page.selectbox(key="f_person").options) == wanted


def test_a_timeline_has_names_for_addresses(home: Organisation) -> None:
    person = str(
        one(
            home,
            "select a.person_id from user_activities as a inner join questions as q on q.activity_id = a.subject"
            " where a.person_id is not null group by 1 order by count(*) desc, 1 limit 1",
        )
    )
    rows = table(opened("people", person=person), "happened_at", "subject")
    answered = rows[rows["activity"] == "answered"]
    assert len(answered) > 0
    assert not answered["subject"].str.startswith("http").all()
    assert set(rows["source"]) <= {"Lessons", "Chatbot", "Videos", "App"}


def test_prices_are_of_one_currency_and_add_up(home: Organisation) -> None:
    rows = table(opened("conversations", tab="models"), "model_id", "currency", "price")
    dearest = rows.sort_values("price").iloc[-1]
    wanted = one(
        home,
        f"select sum(total_price) from exchanges where model_id = '{dearest['model_id']}'"
        f" and currency = '{dearest['currency']}'",
    )
    assert dearest["price"] == pytest.approx(float(str(wanted)), abs=0.005)


def test_each_tile_of_today_leads_to_its_reason(home: Organisation) -> None:
    links = " ".join(text.value for text in opened("today").markdown)
    for address in ("/learning?tab=answers&flagged=1", "/people?list=at_risk", "/operations?tab=incidents", "/quality"):
        assert f"({address})" in links


def test_what_today_asks_is_asked_before_anybody_comes(home: Organisation, monkeypatch: pytest.MonkeyPatch) -> None:
    for question in serve.todays_questions(home.settings):
        query(home.settings, question)
    asked: list[str] = []
    kept = KEPT.answer

    def noted(place: tuple[object, ...], version: str, sql: str, ask: Callable[[], pa.Table]) -> pa.Table:
        def again() -> pa.Table:
            asked.append(sql)
            return ask()

        return kept(place, version, sql, again)

    monkeypatch.setattr(KEPT, "answer", noted)
    page = opened("today")
    assert {metric.label for metric in page.metric} >= {"Active people", "People at risk"}
    assert asked == []
