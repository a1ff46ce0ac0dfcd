"""What a viewer gets of named queries and of conditions: nothing about four people, by no subtraction that we know."""

from collections.abc import Iterator
from typing import Any

import duckdb
import pytest
from sqlglot import exp, parse_one

from analytics_platform.semantics import Filter, Named, Query, Registry, Role, Viewer, query
from analytics_platform.semantics.errors import NotAllowed
from analytics_platform.semantics.registry import registry
from analytics_platform.semantics.suppression import Cells, Members, of_answer, only_shown
from analytics_platform.settings import Settings
from analytics_platform_tests.semantics.organisation import DAY
from analytics_platform_tests.semantics.snapshot import put

VIEWER = Viewer("v", Role.VIEWER)
SIZES = {"big": 9, "six": 6, "two": 2}
"""Two people are a small cell, and six beside them would give it away: a viewer may see big, and the total."""


@pytest.fixture(scope="module")
def cohorts(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Each person of three cohorts writes once about sleep, and once about work if their number is even."""
    settings = Settings(platform_home=tmp_path_factory.mktemp("cohorts") / "home", _env_file=None)
    people = [(f"{cohort} {n}", cohort, n) for cohort, size in SIZES.items() for n in range(size)]
    answers = [
        {"answer_id": f"{theme} {person}", "person_id": person, "cohort": cohort, "theme": theme, "lesson_id": "l",
         "local_day": DAY}
        for person, cohort, n in people for theme in ("sleep", "work") if theme == "sleep" or n % 2 == 0
    ]  # fmt: skip
    progress = [
        {"cohort": cohort, "local_day": DAY, "lesson_id": "l", "roster_size": size, "completed": size - 1,
         "partial": 1, "not_started": 0, "completed_share": (size - 1) / size}
        for cohort, size in SIZES.items()
    ]  # fmt: skip
    series = [
        {"series_id": "active_people", "metric": "active_people", "grain": "day", "day": DAY, "value": 17.0},
        {"series_id": "active_people", "metric": "active_people", "grain": "day", "value": 2.0},
        {"series_id": "answers|cohort=two", "metric": "answers", "dimension": "cohort", "member": "two", "value": 2.0},
    ]  # fmt: skip
    put(
        settings,
        users=[{"person_id": person, "cohort": cohort} for person, cohort, _ in people],
        user_responses=answers,
        cohort_daily_progress=progress,
        lesson_progress=[{"person_id": person, "lesson_id": "l"} for person, _, _ in people],
        metric_series=series,
        kpis=[{"grain": "day", "active_users": 3, "sessions": 4, "requests": 90}],
    )
    return settings


def seen(settings: Settings, name: str, **parameters: Any) -> list[dict[str, Any]]:
    return query(settings, Named(name, parameters), VIEWER).rows


def test_a_named_query_hides_what_a_total_would_tell(cohorts: Settings) -> None:
    assert [row["cohort"] for row in seen(cohorts, "cohorts")] == ["big"]
    assert [row["cohort"] for row in seen(cohorts, "progress_now")] == ["big"]


def test_asking_for_one_row_shows_no_more_than_asking_for_all(cohorts: Settings) -> None:
    assert seen(cohorts, "progress_now", cohort="six") == seen(cohorts, "progress_now", cohort="two") == []
    assert [row["roster_size"] for row in seen(cohorts, "progress_now", cohort="big")] == [9]


def test_a_count_of_few_people_in_a_row_is_hidden_with_those_that_would_tell_it(cohorts: Settings) -> None:
    """Nine people, eight completed and one partly: with any two of the three counts the third is known."""
    [row] = seen(cohorts, "progress_now")
    assert (row["roster_size"], row["completed"], row["partial"], row["not_started"]) == (9, None, None, None)
    assert row["completed_share"] is None


def test_a_slice_is_judged_with_its_neighbours(cohorts: Settings) -> None:
    """Sleep: 9, 6 and 2 people. Work: 5, 3 and 1: in all 9, of which the two small ones are 4."""
    assert {row["theme"]: row["people"] for row in seen(cohorts, "themes")} == {"sleep": 17, "work": 9}
    assert {row["theme"]: row["people"] for row in seen(cohorts, "themes", cohort="big")} == {"sleep": 9}
    assert seen(cohorts, "themes", cohort="six") == seen(cohorts, "themes", cohort="two") == []
    everybody = query(cohorts, Named("themes", {"cohort": "six"})).rows
    assert {row["theme"]: row["people"] for row in everybody} == {"sleep": 6, "work": 3}


@pytest.mark.parametrize(
    "where",
    [
        Filter("cohort", "=", ("two",)),
        Filter("cohort", "=", ("six",)),
        Filter("cohort", "!=", ("two",)),
        Filter("cohort", "in", ("big", "six")),
        Filter("cohort", "in", ("six", "two")),
        Filter("cohort", "contains", ("i",)),
        Filter("cohort", "<", ("t",)),
    ],
    ids=repr,
)
@pytest.mark.parametrize("group_by", [(), ("cohort",)])
def test_no_condition_gets_at_a_cell(where: Filter, group_by: tuple[str, ...], cohorts: Settings) -> None:
    """Each of these, less what a viewer sees anyway (17 in all, 9 of them big), would tell of two people."""
    asked = Query(("people_started",), group_by, (where,))
    shown = [row for row in query(cohorts, asked, VIEWER).rows if row.get("cohort") != "big"]
    assert shown == []


def test_what_gives_nothing_away_is_shown(cohorts: Settings) -> None:
    big = Filter("cohort", "=", ("big",))
    assert query(cohorts, Query(("people_started",), (), (big,)), VIEWER).rows == [{"people_started": 9}]
    assert query(cohorts, Query(("people_started",)), VIEWER).rows == [{"people_started": 17}]
    two = (big, Filter("lesson", "=", ("l",)))
    assert query(cohorts, Query(("people_started",), ("cohort",), two), VIEWER).rows == [
        {"cohort": "big", "people_started": 9}
    ]


def test_series_of_cohorts_and_points_of_few_people_are_not_for_viewers(cohorts: Settings) -> None:
    assert [row["value"] for row in seen(cohorts, "series", series="active_people")] == [17.0]
    assert seen(cohorts, "series", series="answers|cohort=two") == []
    assert len(query(cohorts, Named("series", {"series": "answers|cohort=two"})).rows) == 1
    [kpi] = seen(cohorts, "kpis")
    assert (kpi["active_users"], kpi["sessions"], kpi["requests"]) == (None, None, 90)


@pytest.fixture(scope="module")
def known(seven: Settings) -> Registry:
    return registry(seven)


def test_every_named_query_says_how_it_is_judged(known: Registry, seven: Settings) -> None:
    """Its key is there and has no two rows; its slices, counts and hidden rows name what it has."""
    for name, named in known.named.items():
        values = {p.name: {"text": "vid-1", "number": 0.5}.get(p.kind, "x") for p in named.parameters if p.is_required}
        answer = query(seven, Named(name, values))
        columns = set(answer.table.column_names)
        assert {*named.cells.keys, *named.counts} <= columns, name
        assert {column for others in named.counts.values() for column in others} <= columns, name
        assert set(named.slices) <= {p.name for p in named.parameters if p.is_condition}, name
        assert bool(named.cells.keys) == (named.shows == "groups"), name
        if named.shows == "groups":
            keys = [tuple(row[key] for key in named.cells.keys) for row in answer.rows]
            assert len(keys) == len(set(keys)), f"{name}: {named.cells.keys} is no key"


def test_every_named_query_answers_viewers_with_each_condition(known: Registry, seven: Settings) -> None:
    """The SQL that is written around it runs, and shows no row of fewer people than it says."""
    for name, named in known.named.items():
        values = {p.name: {"integer": 1, "number": 0.5, "boolean": True, "date": DAY}.get(p.kind, "x")
                  for p in named.parameters}  # fmt: skip
        for given in ({p.name: values[p.name] for p in named.parameters if p.is_required}, values):
            try:
                answer = query(seven, Named(name, given), VIEWER)
            except NotAllowed:
                assert named.shows == "people"
                continue
            if named.shows == "groups":
                assert all(row[named.people] >= named.fewest for row in answer.rows), name


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as open_connection:
        yield open_connection


def test_a_row_whose_condition_leaves_few_over_is_hidden(connection: duckdb.DuckDBPyConnection) -> None:
    """Where a query cannot be split by a condition: 20 people without it, 17 with it, so three are the others."""
    of = "select * from (values ('a', {0}), ('b', {1})) as t(k, people)"
    with_it, without = (parse_one(of.format(*sizes)) for sizes in ((17, 9), (20, 9)))
    select = only_shown(with_it, "people", Cells((), ("k",)), 5, [], [without])
    assert connection.sql(select.sql("duckdb")).fetchall() == [("b", 9)]


def test_no_key_is_a_key_too(connection: duckdb.DuckDBPyConnection) -> None:
    """A row of everybody is judged by its members; NULL is a member like others."""
    whole = parse_one("select 12 as people")
    finer = parse_one("select * from (values (null, 3), ('a', 9)) as t(k, people)")
    chosen = exp.not_(of_answer("k").eq("b"))
    select = only_shown(whole, "people", Cells(()), 5, [Members(finer, Cells(("k",)), chosen)], [])
    assert connection.sql(select.sql("duckdb")).fetchall() == []
