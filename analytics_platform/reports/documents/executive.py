"""The executive report: key figures against the period before, activity by source, safety, incidents, forecasts."""

from collections.abc import Mapping
from typing import Any

from analytics_platform.reports.documents import conversations, learning
from analytics_platform.reports.documents.counts import every_day
from analytics_platform.reports.documents.document import Figure, Section, Unit, shown, table
from analytics_platform.reports.documents.marts import Marts, Row
from analytics_platform.reports.documents.periods import Period

_SCORES = {"engagement": "Engagement", "system_health": "System health", "ai_performance": "AI performance"}
_SOURCES = (("xapi", "learning"), ("nocodb", "chat"), ("video", "video"), ("telemetry", "app"))


def sections(marts: Marts, period: Period, now: Row, then: Row) -> list[Section]:
    return [
        _key_figures(marts, period, now, then),
        _activity(marts, period),
        _scores(marts, period),
        _safety(marts, period),
        _incidents(marts, period),
        _forecasts(marts),
    ]


def _key_figures(marts: Marts, period: Period, now: Row, then: Row) -> Section:
    notes = () if then else (f"There is no whole {period.grain} before this one, so nothing is compared.",)
    views = now.get("views")
    return Section(
        "Key figures",
        (
            Figure("Active people", now.get("active"), "count", "in any of the four sources", then.get("active"),
                   marts.lacks("user_activities")),
            *learning.figures(now, then),
            *conversations.figures(now, then),
            Figure("Video views", views, "count", f"of {now.get('videos') or 0:,} videos", then.get("views")),
            Figure("Hours watched", now.get("play_hours") or (0 if views == 0 else None), "hours",
                   before=then.get("play_hours")),
        ),
        notes=notes,
    )  # fmt: skip


def _activity(marts: Marts, period: Period) -> Section:
    title = "Activity"
    if lacks := marts.lacks("user_activities"):
        return Section(title, missing=lacks)
    counted = ", ".join(f"count(distinct case when source = '{key}' then person_id end) as {name}"
                        for key, name in _SOURCES)  # fmt: skip
    rows = marts.rows(
        f"""select local_day as day, count(distinct person_id) as people, {counted}
        from user_activities where local_day between $1 and $2 group by 1 order by 1""",
        period.first,
        period.last,
    )
    rows = every_day(marts, period, rows, ("people", *(name for _, name in _SOURCES))) if rows else []
    columns = (("day", "day", "day"), ("people", "people", "count"), *((n, n, "count") for _, n in _SOURCES))
    note = "Different people; one who does two things counts in both columns and once in people."
    found = table(
        "activity_by_day", "Active people by day", columns, rows, note=note, chart="line" if len(rows) > 1 else ""
    )
    return Section(title, tables=(found,) if rows else (), notes=() if rows else ("Nobody was active.",))


def _scores(marts: Marts, period: Period) -> Section:
    title = "Scores"
    if lacks := marts.lacks("kpis"):
        return Section(title, missing=lacks)
    means = ", ".join(f"avg({name}) as {name}, count({name}) as {name}_days" for name in _SCORES)
    sql = f"select {means} from kpis where grain = 'day' and day between $1 and $2"
    now, then = (marts.row(sql, one.first, one.last) for one in (period, period.before))
    figures = tuple(
        Figure(_SCORES[name], now[name], "score",
               f"mean of {now[f'{name}_days']} UTC days with data",
               then[name], "no day of this period has data")
        for name in _SCORES
    )  # fmt: skip
    return Section(title, figures, notes=("From 0 to 100; the mart kpis says what each is made of.",))


def _safety(marts: Marts, period: Period) -> Section:
    title = "Safety"
    if lacks := marts.lacks("safety_flags"):
        return Section(title, missing=lacks)
    rows = marts.rows(
        """select tier, count(distinct answer_id) as texts, count(distinct rule) as rules
        from safety_flags where local_day between $1 and $2 group by tier
        order by case tier when 'critical' then 0 when 'high' then 1 else 2 end""",
        period.first,
        period.last,
    )
    columns = (
        ("tier", "tier", "text"),
        ("texts", "answers and messages in chats", "count"),
        ("rules", "rules that fired", "count"),
    )
    note = "Who wrote them stands in the mart safety_flags, for those who may read it."
    found = (table("safety", "Flagged answers and messages", columns, rows, note=note),) if rows else ()
    return Section(title, tables=found, notes=() if rows else ("No answer and no message of this period was flagged.",))


def _incidents(marts: Marts, period: Period) -> Section:
    title = "Incidents"
    if lacks := marts.lacks("incidents"):
        return Section(title, missing=lacks)
    rows = marts.rows(
        """select started_at, metric, dimension, member, direction, severity, observed, expected, status, nature
        from incidents where day between $1 and $2 and coalesce(verdict, '') <> 'dismissed'
        order by case severity when 'critical' then 0 when 'high' then 1 when 'medium' then 2 else 3 end,
            started_at, metric
        limit 20""",
        period.first,
        period.last,
    )
    names = {} if marts.lacks("lessons") else _lesson_names(marts)
    for row in rows:
        row["what"] = watched(row, names)
        unit: Unit = "share" if row["metric"].endswith("_rate") else "number"
        row |= {name: shown(row[name], unit) for name in ("observed", "expected")}
        row["began"] = f"{row['started_at']:%Y-%m-%d %H:%M}"
    columns = (("began", "began (UTC)", "day"), ("what", "what", "text"), ("direction", "", "text"),
               ("severity", "severity", "text"), ("observed", "observed", "text"), ("expected", "expected", "text"),
               ("status", "status", "text"), ("nature", "nature", "text"))  # fmt: skip
    found = (table("incidents", "Most serious first", columns, rows),) if rows else ()
    return Section(title, tables=found, notes=() if rows else ("No incident began in this period.",))


def _lesson_names(marts: Marts) -> dict[str, str]:
    return {row["lesson_id"]: row["lesson_name"] for row in marts.rows("select lesson_id, lesson_name from lessons")}


def watched(row: Mapping[str, Any], lessons: Mapping[str, str]) -> str:
    """The number that was watched, in words; a lesson has its name, not its address."""
    metric = str(row["metric"]).replace("_", " ")
    if not row["dimension"]:
        return metric
    member = lessons.get(row["member"]) or row["member"]
    return f"{metric} of {str(row['dimension']).removesuffix('_id').replace('_', ' ')} {member}"


def _forecasts(marts: Marts) -> Section:
    title = "Forecasts"
    if lacks := marts.lacks("forecasts"):
        return Section(title, missing=lacks)
    rows = marts.rows(
        """select metric, step, forecast_for, mean, low_80, high_80, mase, coverage_80, reason from forecasts
        where is_latest and step in (0, 1, 7) and series_id = metric order by metric, step limit 60"""
    )
    said = [row for row in rows if row["step"]]
    for row in said:
        row["metric"] = row["metric"].replace("_", " ")
        row["range"] = f"{row['low_80']:,.1f} to {row['high_80']:,.1f}"
        row["on"] = f"{row['forecast_for']:%Y-%m-%d}"
    columns = (("metric", "metric", "text"), ("on", "for", "day"), ("mean", "expected", "number"),
               ("range", "80 % between", "text"), ("mase", "MASE in tests on the past", "number"),
               ("coverage_80", "inside 80 % in tests on the past", "share"))  # fmt: skip
    note = "A MASE below 1: over past weeks the forecast was nearer to what came than repeating the week before."
    found = (table("forecasts", "Next steps", columns, said, note=note),) if said else ()
    silent: dict[str, list[str]] = {}
    for row in rows:
        if not row["step"] and row["reason"]:
            silent.setdefault(row["reason"], []).append(row["metric"].replace("_", " "))
    notes = tuple(f"No forecast of {', '.join(names)}: {reason}." for reason, names in silent.items()) or (
        () if said else ("No forecast was made yet.",)
    )
    return Section(title, tables=found, notes=notes)
