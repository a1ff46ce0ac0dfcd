"""A list by its newest rows is asked over its last days first, and gives the rows of the whole list."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from analytics_platform.semantics import Named, Role, Viewer, query
from analytics_platform.semantics.newest import tried
from analytics_platform.semantics.registry import registry
from analytics_platform.semantics.shapes import NAME
from analytics_platform.settings import Settings
from analytics_platform.warehouse.publishing import current
from analytics_platform_tests.semantics.snapshot import put

LAST = date(2026, 3, 31)


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """One answer on every third day of a year, the newest on the last day."""
    settings = Settings(platform_home=tmp_path_factory.mktemp("newest"), _env_file=None)
    days = [LAST - timedelta(days=3 * number) for number in range(120)]
    answers = [
        {"answer_id": f"a{number}", "day": day, "local_day": day, "person_id": f"p{number % 2}",
         "responded_at": datetime(day.year, day.month, day.day, 12, tzinfo=UTC), "response": f"it's {number}"}
        for number, day in enumerate(days)
    ]  # fmt: skip
    put(settings, user_responses=[*answers, {"answer_id": "without a time", "person_id": "p0"}])
    return settings


def ids(settings: Settings, **shape: Any) -> list[str]:
    found: list[str] = query(settings, replace(Named("responses"), **shape)).table["answer_id"].to_pylist()
    return found


def starts(settings: Settings, question: Named) -> list[object]:
    snapshot = current(settings)
    assert snapshot is not None
    tries = tried(registry(settings), question, snapshot)
    return [asked.parameters.get("start") for asked in tries if isinstance(asked, Named)]


def test_few_rows_are_found_in_the_last_days(settings: Settings) -> None:
    assert starts(settings, Named("responses", limit=3)) == [date(2026, 3, 24), date(2026, 1, 30), None]
    answer = query(settings, Named("responses", limit=3))
    assert answer.table["answer_id"].to_pylist() == ["a0", "a1", "a2"]
    assert "2026-03-24" in answer.sql


@pytest.mark.parametrize("limit", [3, 15, 119, 121, 500])
def test_they_are_the_first_of_the_whole_list(settings: Settings, limit: int) -> None:
    whole = ids(settings)
    assert len(whole) == 121
    assert whole[-1] == "without a time"
    assert ids(settings, limit=limit) == whole[:limit]
    assert ids(settings, limit=limit, offset=7) == whole[7 : 7 + limit]
    of_one = ids(settings, parameters={"person": "p1"})
    assert ids(settings, parameters={"person": "p1"}, limit=limit) == of_one[:limit]


def test_the_days_that_were_asked_for_hold(settings: Settings) -> None:
    until = Named("responses", {"end": date(2025, 12, 1)}, limit=2)
    assert starts(settings, until) == [date(2025, 11, 24), date(2025, 10, 2), None]
    assert ids(settings, parameters=until.parameters, limit=1) == ["a40"]  # 120 days before the last
    since = Named("responses", {"start": date(2026, 3, 27)}, limit=9)
    assert starts(settings, since) == [date(2026, 3, 27)]
    assert ids(settings, parameters=since.parameters, limit=9) == ["a0", "a1"]


@pytest.mark.parametrize("question", [Named("responses"), Named("responses", limit=5, order=("answer_id",)),
                                      Named("responses", limit=5, count="person_id"),
                                      Named("responses", limit=1_000_000)])  # fmt: skip
def test_other_orders_and_most_of_a_list_are_asked_as_they_are(settings: Settings, question: Named) -> None:
    assert starts(settings, question) == [None]


@pytest.mark.parametrize("words", ["it's 1", f'{NAME}0() "', "O'Brien `x` \\"], ids=["digits", "a place", "quotes"])
def test_texts_are_written_into_sql_that_was_written_once(settings: Settings, words: str) -> None:
    """For every role: the SQL of one text serves another, and no text ends its own quotes."""
    for viewer in (Viewer("all", Role.ADMIN), Viewer("some", Role.ANALYST, ("O'Brien",))):
        answer = query(settings, Named("responses", {"contains": words}), viewer)
        assert f"{NAME}1" not in answer.sql
        wanted = 31 if words == "it's 1" and viewer.role is Role.ADMIN else 0  # 1, 10 to 19 and 100 to 119
        assert answer.table.num_rows == wanted
