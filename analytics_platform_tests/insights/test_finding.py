"""Incidents over a lake of made series: a planted one with its endpoint, a data gap, ids that stay, quiet days."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import orjson
import pyarrow as pa
import pytest

from analytics_platform.contracts import INSIGHTS, TABLES
from analytics_platform.insights.errors import IncidentUnknown
from analytics_platform.insights.feedback import Verdict
from analytics_platform.insights.finding import Found, find
from analytics_platform.insights.gaps import FailedCheck, failures_of, nature
from analytics_platform.insights.platform_days import red_checks
from analytics_platform.insights.projecting import project
from analytics_platform.insights.said import everything_said, say
from analytics_platform.lake import open_lake
from analytics_platform.lake.lake import Lake
from analytics_platform.lake.ledger import Entry
from analytics_platform.lake.workbench import days_sql, workbench, write_day
from analytics_platform.settings import Settings

FIRST, DAYS = date(2026, 1, 1), 90
SERIES, INCIDENTS = INSIGHTS["insights/series"], INSIGHTS["insights/incidents"]
EVENTS = TABLES["telemetry/events"]
DAY = FIRST + timedelta(days=80)  # the planted day
ENDPOINTS = ("/api/chat", "/api/lessons", "/api/answers", "/api/videos")


def days(count: int = DAYS) -> list[date]:
    return [FIRST + timedelta(days=number) for number in range(count)]


def counts(seed: int, hours: int = DAYS * 24) -> Any:
    """Requests of each endpoint by hour: a day's rhythm, Poisson."""
    rng = np.random.default_rng(seed)
    rhythm = 60 + 50 * np.sin(2 * np.pi * (np.arange(hours) % 24 - 8) / 24)
    return rng.poisson(rhythm, (len(ENDPOINTS), hours)), rng.poisson(0.5, (len(ENDPOINTS), hours))


def put(lake: Lake, metric: str, members: Any) -> None:
    """Series of a metric by endpoint and as a whole, hours only, beside what is there."""
    start = datetime(FIRST.year, FIRST.month, FIRST.day, tzinfo=UTC)
    wanted = [(None, members.sum(axis=0)), *zip(ENDPOINTS, members, strict=True)]
    rows = [
        {
            "point_id": f"{metric}{endpoint}{hour}",
            "day": (start + timedelta(hours=hour)).date(),
            "series_id": f"{metric}|endpoint={endpoint}" if endpoint else metric,
            "metric": metric,
            "source": "telemetry",
            "dimension": "endpoint" if endpoint else None,
            "member": endpoint,
            "grain": "hour",
            "started_at": start + timedelta(hours=hour),
            "value": float(value),
            "unit": "count",
            "version": "test",
        }
        for endpoint, values in wanted
        for hour, value in enumerate(values)
    ]
    with workbench(lake) as (connection, folder):
        schema = connection.sql(f"select * from ({days_sql(lake, SERIES, [], folder)})").to_arrow_table().schema
        table = pa.Table.from_pylist(rows, schema)
        connection.register("new", table)
        for day in days(len(members[0]) // 24):
            old = days_sql(lake, SERIES, [day], folder / metric)
            columns = ", ".join(column.name for column in SERIES.columns)
            write_day(
                connection, lake, folder, SERIES, day,
                f"select {columns} from new where day = date '{day}' union all select {columns} from ({old})"
                f" where metric <> '{metric}'",
            )  # fmt: skip


def stored(lake: Lake, which: Sequence[date]) -> list[dict[str, Any]]:
    with workbench(lake) as (connection, folder):
        rows = days_sql(lake, INCIDENTS, which, folder)
        found: list[dict[str, Any]] = (
            connection.sql(f"select * from ({rows}) order by incident_id").to_arrow_table().to_pylist()
        )
        return found


def entry(day: date, received: int = 1000, quarantined: int = 5) -> Entry:
    return Entry("telemetry", "events", day, received, received - quarantined, 0, 0, quarantined)


@pytest.fixture
def planted(lake: Lake) -> Lake:
    """90 days; on one afternoon an endpoint fails for two hours."""
    requests, errors = counts(7)
    hour = 80 * 24 + 13
    errors[0, hour : hour + 2] += 60
    put(lake, "api_requests", requests)
    put(lake, "api_errors", errors)
    return lake


def whole(found: Found) -> list[dict[str, Any]]:
    return [row for row in found.rows if row["dimension"] is None and row["metric"] == "api_errors"]


def test_the_planted_incident_is_found_with_its_endpoint_and_keeps_its_id(planted: Lake, settings: Settings) -> None:
    (row,) = whole(find(settings, days()))
    assert (row["metric"], row["started_at"], row["direction"], row["severity"], row["status"]) == (
        "api_errors",
        datetime(DAY.year, DAY.month, DAY.day, 13, tzinfo=UTC),
        "up",
        "critical",
        "closed",
    )
    assert row["low"] <= row["expected"] <= row["high"] < row["observed"]
    assert row["nature"] == "behaviour"
    (cause,) = orjson.loads(row["explained_by"])
    assert (cause["dimension"], cause["member"]) == ("endpoint", "/api/chat")
    assert cause["share"] > 0.9
    first = stored(planted, [DAY])
    assert {one["group_id"] for one in first} == {row["incident_id"]}
    find(settings, [DAY])
    assert stored(planted, [DAY]) == first
    find(settings, [days()[-1]])
    assert stored(planted, [DAY]) == first


def test_an_open_incident_is_carried_on_under_its_id(lake: Lake, settings: Settings) -> None:
    requests, errors = counts(7, 85 * 24)
    errors[0, 80 * 24 + 22 : 81 * 24 + 3] += 60  # over midnight
    put(lake, "api_requests", requests[:, : 81 * 24])
    put(lake, "api_errors", errors[:, : 81 * 24])
    (before,) = whole(find(settings, days(81)))
    assert (before["status"], before["ended_at"]) == ("open", None)
    put(lake, "api_requests", requests)
    put(lake, "api_errors", errors)
    assert whole(find(settings, days(85)[81:])) == []  # it began the day before
    after = {row["incident_id"]: row for row in stored(lake, days(85))}[before["incident_id"]]
    assert after["status"] == "closed"
    assert after["last_at"] > before["last_at"]
    (anew,) = whole(find(settings, days(85)))  # what is known of it now, as if it were found for the first time
    assert {name: after[name] for name in before} == {name: anew[name] for name in before}


def test_a_quarantine_burst_makes_it_a_data_gap(planted: Lake, settings: Settings) -> None:
    for day in days():
        planted.ledger.write(entry(day, quarantined=400 if day == DAY else 5))
    (row,) = whole(find(settings, days()))
    assert (row["nature"], row["failed_checks"]) == ("data gap", "quarantine_burst:events")


def test_a_series_over_all_sources_is_a_gap_with_each_and_its_members_with_their_own() -> None:
    failed = [FailedCheck(source, "no_rows", 0, 9) for source in ("video", "xapi")]

    def told(source: str, dimension: str | None = None, member: str | None = None) -> str:
        return nature(source, 0, 9, failures_of(source, dimension, member, failed)).kind

    assert told("telemetry") == "behaviour"
    assert told("xapi", "lesson_id", "5") == "data gap"
    assert told("platform") == "data gap"
    assert told("platform", "cohort", "North") == "data gap"
    assert told("platform", "lake_table", "video/events") == "data gap"
    assert told("platform", "source", "nocodb") == "behaviour"


def test_red_checks_by_hand() -> None:
    usual = [entry(FIRST + timedelta(days=n)) for n in range(10)]  # 0.5 % in quarantine
    assert red_checks(entry(DAY, 1000, 49), usual) == []
    assert red_checks(entry(DAY, 1000, 50), usual) == ["quarantine_burst"]
    assert red_checks(entry(DAY, 100, 9), usual) == []  # few lines are no burst
    assert red_checks(entry(DAY, 0, 0), usual) == ["no_rows"]
    assert red_checks(entry(DAY, 0, 0), []) == []
    assert red_checks(Entry("telemetry", "events", DAY, 10, 9, 0, 0, 0), usual) == ["ledger_balances"]


def test_quiet_days_alarm_at_most_once_a_series_in_eight_weeks(lake: Lake, settings: Settings) -> None:
    requests, errors = counts(11)
    put(lake, "api_requests", requests)
    put(lake, "api_errors", errors)
    found = find(settings, days())
    assert found.series == 10
    alarms = [row["series_id"] for row in found.rows]
    assert max((alarms.count(name) for name in alarms), default=0) <= 1


def test_what_people_say_of_an_incident_is_kept_and_shown(planted: Lake, settings: Settings) -> None:
    (row,) = whole(find(settings, days()))
    now = datetime(2026, 4, 1, tzinfo=UTC)
    say(planted, row["incident_id"], Verdict.dismissed, now)
    say(planted, row["incident_id"], Verdict.confirmed, now + timedelta(minutes=1))
    feedback, verdicts = everything_said(planted)
    assert [(each.series, each.verdict) for each in feedback] == [
        ("api_errors@hour", Verdict.dismissed),
        ("api_errors@hour", Verdict.confirmed),
    ]
    assert verdicts == {row["incident_id"]: "confirmed"}
    find(settings, days())
    assert {one["verdict"] for one in stored(planted, [DAY]) if one["incident_id"] == row["incident_id"]} == {
        "confirmed"
    }
    with pytest.raises(IncidentUnknown, match="There is no incident nonsense"):
        say(planted, "nonsense", Verdict.confirmed, now)


def test_a_forecast_of_noise_abstains_and_one_of_a_season_does_not(settings: Settings) -> None:
    lake, rng = open_lake(settings), np.random.default_rng(3)
    day = np.arange(DAYS)
    values = {
        "sessions": 1000 + 300 * np.sin(2 * np.pi * day / 7) + 3 * day + rng.normal(0, 10, DAYS),
        "api_requests": 1000 + np.cumsum(rng.normal(0, 10, DAYS)),  # tomorrow is today and noise
    }
    rows = [
        {"point_id": f"{name}{n}", "day": FIRST + timedelta(days=n), "series_id": name, "metric": name,
         "source": "telemetry", "grain": "day", "value": float(series[n]), "unit": "count", "version": "test",
         "started_at": datetime(FIRST.year, FIRST.month, FIRST.day, tzinfo=UTC) + timedelta(days=n)}
        for name, series in values.items() for n in range(DAYS)
    ]  # fmt: skip
    with workbench(lake) as (connection, folder):
        schema = connection.sql(f"select * from ({days_sql(lake, SERIES, [], folder)})").to_arrow_table().schema
        connection.register("new", pa.Table.from_pylist(rows, schema))
        for one in days():
            write_day(connection, lake, folder, SERIES, one, f"select * from new where day = date '{one}'")
    limited = settings.model_copy(update={"forecast_limits": {"sessions": 1500.0}})
    found = {line.metric: each for line, each in project(limited, days()[-1])}
    season, noise = found["sessions"], found["api_requests"]
    assert season.reason is None
    assert season.mase is not None
    assert season.mase < 1
    assert len(season.mean) == 28
    assert noise.reason is not None
    with workbench(lake) as (connection, folder):
        rows_of = days_sql(lake, INSIGHTS["insights/forecasts"], [days()[-1]], folder)
        told = connection.execute(
            f"select metric, count(*), min(step), bool_and(reason is null), max(limit_reached_at) is not null"
            f" from ({rows_of}) group by metric order by metric"
        ).fetchall()
    assert told[0][:4] == ("api_requests", 1, 0, False)
    assert told[1] == ("sessions", 28, 1, True, True)
