"""What the pages draw and say of rows, without a server: axes, colours, labels, words. Numbers were worked by hand."""

from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Literal

import pandas as pd
import pytest

pytest.importorskip("streamlit", reason="needs the extra [ui]")

from analytics_platform.semantics import Definition, Query
from analytics_platform.serving.pages import charts
from analytics_platform.serving.pages.showing import number
from analytics_platform.serving.pages.subjects import subject_name
from analytics_platform.serving.pages.tables import label_of
from analytics_platform.serving.pages.views import dashboards, forecasts, incidents, learning_charts, seven
from analytics_platform.serving.seven.reply import Chart, Reply

COURSE = "https://courses.example.org/sleep"


def test_the_monday_of_a_week_is_no_point_in_time() -> None:
    rows = pd.DataFrame({"cohort": ["2026-10-26"] * 2 + ["2026-11-02"], "week": [0, 1, 0], "rate": [1.0, None, 0.5]})
    figure = charts.heat(rows, "week", "cohort", "rate")
    assert (figure.layout.yaxis.type, list(figure.data[0].y)) == ("category", ["2026-10-26", "2026-11-02"])
    assert (figure.data[0].zmin, figure.data[0].zmax) == (0, 1)
    assert list(figure.data[0].x) == ["0"]  # a week without any number has no column


def test_a_cohort_keeps_its_colour_whichever_others_are_shown() -> None:
    everywhere = ["North / Harbour", "North / Hill", "Siam / River"]
    alone = charts.colours_of(["Siam / River"], everywhere)
    assert alone == charts.colours_of(["North / Harbour", "Siam / River"], everywhere)[1:]
    rows = pd.DataFrame({"week": [1], "cohort": ["Siam / River"], "answers": [3]})
    figure = charts.lines_by(rows, "week", "answers", "cohort", everywhere)
    assert [figure.data[0].line.color] == alone


def test_a_long_label_leaves_room_for_its_bar_and_stays_one_of_two() -> None:
    long = "What do you hope to change in the next weeks of this course, "
    rows = pd.DataFrame({"question": [long + "at work?", long + "at home?", "Why?"], "answers": [3, 2, 1]})
    bar = charts.bars(rows, "question", "answers", across=True).data[0]
    assert len(set(bar.y)) == 3
    assert bar.y[2] == "Why?"
    assert max(len(label.strip("\u200b")) for label in bar.y) == charts.LONGEST_LABEL
    assert list(bar.hovertext) == rows["question"].tolist()


def test_a_card_shows_who_stopped_of_those_who_came() -> None:
    rows = pd.DataFrame(
        {
            "lesson_id": ["a", "a"], "lesson_number": ["5", "5"], "place": [1, 2], "question": ["Why?", None],
            "card_type": ["form", "quiz"], "people_reached": [252, 170], "people_lost": [82, None],
            "drop_off": [82 / 252, None],
        }
    )  # fmt: skip
    stopped, went_on = learning_charts.cards(rows).data
    assert (stopped.x[0], list(went_on.x)) == (82, [170, 170])  # the last card has no next one
    assert (list(went_on.y), list(went_on.text)) == (["1. Why?", "2. quiz"], ["82 (33%)", ""])


def test_whoever_has_gone_quiet_is_not_added_to_the_active() -> None:
    rows = pd.DataFrame(
        {"period_start": [date(2026, 3, 2)], "new_people": [2], "returning_people": [3], "resurrecting_people": [1],
         "dormant_people": [4]}
    )  # fmt: skip
    figure = learning_charts.lifecycle(rows)
    assert [bar.y[0] for bar in figure.data] == [2, 3, 1, -4]
    assert figure.layout.barmode == "relative"


def test_lesson_ten_comes_after_lesson_two() -> None:
    assert sorted(["10", None, "2", "0b", "0a"], key=charts.place_of) == ["0a", "0b", "2", "10", None]


def test_a_panel_names_what_its_axis_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    metric = SimpleNamespace(definition=Definition("containment", "Containment", "", unit="share"))
    monkeypatch.setattr(dashboards, "known", lambda: SimpleNamespace(metrics={"containment": metric}))
    question = Query(("containment", "conversations"), ("app_id",))
    figure = dashboards.drawn(pd.DataFrame({"app_id": ["a"], "containment": [0.9], "conversations": [10]}), question)
    assert (figure.layout.xaxis.title.text, figure.layout.xaxis.tickformat) == ("Containment", ".0%")


def test_half_a_viewer_is_nobody() -> None:
    few = pd.DataFrame({"minute": [1, 2], "peak": [1, 2]})
    assert charts.lines(few, "minute", {"peak": "views"}, points=True).layout.yaxis.dtick == 1
    assert charts.lines(few.assign(peak=[1, 200]), "minute", {"peak": "views"}, points=True).layout.yaxis.dtick is None


@pytest.mark.parametrize(
    ("value", "unit", "said"),
    [(0.0, "share", "0%"), (-0.0001, "share", "0%"), (0.004, "share", "0.4%"), (0.436, "share", "44%"),
     (None, "share", "no data"), (1234, "", "1,234"), (4.087, "", "4.1"), (1427.3, "", "1,427")],
)  # fmt: skip
def test_a_number_is_said_as_people_say_it(value: float | None, unit: str, said: str) -> None:
    assert number(value, unit) == said


def test_a_column_is_called_by_words() -> None:
    assert label_of("full_name", Definition("full_name", "full name", "")) == "Name"
    assert label_of("latency_p95", Definition("latency_p95", "95th percentile", "", unit="seconds")) == (
        "95th percentile (seconds)"
    )
    assert label_of("play_time", None) == "Play time"


def test_an_activity_is_about_something_with_a_name() -> None:
    known = ({COURSE: "Sleep"}, {"17": "How long?"}, {"vid-1": "A film"})
    assert subject_name("xapi", COURSE, *known) == "Sleep"
    assert subject_name("xapi", f"{COURSE}/quiz/17", *known) == "Sleep: How long?"
    assert subject_name("xapi", f"{COURSE}/quiz/18", *known) == "Sleep"
    assert subject_name("video", "https://videos.example.org/vid-1", *known) == "A film"
    assert subject_name("telemetry", "change_setting", *known) == "change setting"
    assert subject_name("nocodb", "0b5e", *known) == "a conversation"
    assert subject_name("xapi", "https://else.example.org", *known) == "https://else.example.org"
    assert subject_name("xapi", None, *known) is None


def test_a_cause_is_a_part_of_the_difference_or_all_of_it() -> None:
    some = {"dimension": "endpoint", "member": "/api/chat", "share": 0.38}
    assert incidents.cause(some, {}) == "endpoint /api/chat: 38% of the difference"
    more = {"dimension": "lesson_id", "member": COURSE, "share": 4.92}
    assert incidents.cause(more, {COURSE: "Sleep"}) == "lesson Sleep: all of the difference; others went the other way"


def test_a_forecast_lies_in_its_bands_behind_what_was_seen() -> None:
    days = [datetime(2026, 3, day, tzinfo=UTC) for day in (1, 2, 3)]
    ahead = pd.DataFrame({"forecast_for": days[1:], "mean": [5.0, 6.0], "low_80": [4.0, 5.0], "high_80": [6.0, 7.0],
                          "low_95": [3.0, 4.0], "high_95": [7.0, 8.0]})  # fmt: skip
    figure = forecasts.drawn(pd.DataFrame({"started_at": days[:1], "value": [5.0]}), ahead)
    assert [line.name for line in figure.data if line.name] == ["seen", "expected"]
    bands = [line for line in figure.data if line.fill == "tonexty"]
    assert [list(band.y) for band in bands] == [[3.0, 4.0], [4.0, 5.0]]


def test_an_incident_of_a_share_is_said_in_percent() -> None:
    row = {
        "metric": "api_error_rate", "dimension": None, "member": None, "severity": "low", "observed": 0.436,
        "low": -0.001, "high": 0.004,
        "explained_by": '[{"dimension": "endpoint", "member": "/api/chat", "share": 0.38}]',
    }  # fmt: skip
    assert incidents.sentence(row, {}) == (
        "**api error rate** ● low: 44% was seen; 0% to 0.4% was expected. endpoint /api/chat: 38% of the difference."
    )


@pytest.mark.parametrize("kind", ["bar", "line"])
def test_seven_draws_weeks_on_an_axis_of_time_and_a_share_in_percent(kind: Literal["bar", "line"]) -> None:
    rows = [{"week": date(2026, 3, day), "share": 0.1} for day in (2, 9)]
    figure = seven.draw(_reply(Chart(kind, "week", "share")), pd.DataFrame(rows))
    assert figure.data[0].type == "scatter"
    assert figure.layout.yaxis.tickformat == ".0%"


def test_seven_draws_who_has_no_theme_by_a_word() -> None:
    rows = pd.DataFrame({"theme": ["sleep", None], "answers": [3, 2]})
    assert list(seven.draw(_reply(Chart("bar", "theme", "answers")), rows).data[0].y) == ["sleep", "none"]


def _reply(chart: Chart) -> Reply:
    return Reply("answered", "a text", chart=chart)
