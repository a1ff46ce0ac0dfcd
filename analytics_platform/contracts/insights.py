"""What the platform finds in its own marts, as lake tables: series, incidents, forecasts, chances of leaving, themes.

They are made from the published snapshot and come back as dbt sources, so that both engines show the same. Each row
names the version that made it. Does not live here: how anything is found (``insights/``).
"""

from analytics_platform.contracts.model import Column, LakeTable, made

_VERSION = made("version", "text", "Version of what made it: engine, settings, declaration of the series.")
_SERIES: tuple[Column, ...] = (
    made("series_id", "text", "The series: its metric, and |dimension=member where it is a member's."),
    made("metric", "text", "The metric, as declared in insights/watched.yaml."),
    made("source", "text", "The source whose data it is of: xapi, nocodb, video, telemetry or platform."),
    made("dimension", "text", "The dimension that the series is split by; NULL for the whole."),
    made("member", "text", "The member of the dimension; NULL for the whole."),
)
_GRAIN = made("grain", "text", "hour or day: the step of the series.")

SERIES = LakeTable(
    source="insights",
    name="series",
    description="Every series worth watching, of the four sources and of the platform itself.",
    grain="One row per series, grain and point of time.",
    key="point_id",
    columns=(
        made("point_id", "text", "The point, made from series, grain and time."),
        made("day", "date", "The UTC day of the point: the partition that the row lives in."),
        *_SERIES,
        _GRAIN,
        made("started_at", "timestamp", "Start of the hour or of the UTC day."),
        made(
            "value",
            "number",
            "numerator / denominator, NULL where the denominator is too small to say; else the number.",
        ),
        made("numerator", "number", "What is counted or added up; NULL where the value is no ratio."),
        made("denominator", "number", "What it is divided by; NULL where the value is no ratio."),
        made("unit", "text", "count, share, ms, seconds, tokens, percent, score, or a currency."),
        _VERSION,
    ),
)
INCIDENTS = LakeTable(
    source="insights",
    name="incidents",
    description="Deviations of series from what was expected, from the first alarm to the end.",
    grain="One row per incident.",
    key="incident_id",
    columns=(
        made("incident_id", "text", "The incident, made from series, grain and first alarm: it stays the same."),
        made("group_id", "text", "The incident that leads those of one source which began together."),
        made("day", "date", "The UTC day of the first alarm: the partition that the row lives in."),
        *_SERIES,
        _GRAIN,
        made("started_at", "timestamp", "Point of the first alarm (UTC)."),
        made("last_at", "timestamp", "Last point so far that was over the limit (UTC)."),
        made("ended_at", "timestamp", "When it had been quiet for a cool-down (UTC); NULL while it is open."),
        made("status", "text", "open or closed."),
        made("direction", "text", "up or down, of the peak."),
        made("severity", "text", "By relative deviation of the peak, less in noise: critical, high, medium or low."),
        made("peak_at", "timestamp", "The point furthest from what was expected (UTC)."),
        made("observed", "number", "Value at the peak."),
        made("expected", "number", "What was expected there."),
        made("low", "number", "Lower end of the expected range there."),
        made("high", "number", "Upper end of the expected range there."),
        made("deviation", "number", "(observed - expected) / |expected|; NULL where nothing was expected."),
        made("z", "number", "Deviation of the peak in robust standard deviations."),
        made("signal", "text", "What spoke first: spike, level, shift, restless, silence, shape."),
        made("points", "integer", "Points over the limit so far."),
        made("nature", "text", "behaviour, or data gap where a check of the source was red."),
        made("failed_checks", "text", "The red checks, as quarantine_burst|no_rows; NULL without any."),
        made("explained_by", "text", "JSON list of the members that explain most of it, with their share."),
        made("verdict", "text", "What people said of it: confirmed or dismissed; NULL when nobody did."),
        _VERSION,
    ),
)
FORECASTS = LakeTable(
    source="insights",
    name="forecasts",
    description="Forecasts of daily series, or the reason why there is none.",
    grain="One row per series and day ahead; a series without a forecast has one row with the reason.",
    key="forecast_id",
    columns=(
        made("forecast_id", "text", "Made from the day of the forecast, series and step."),
        made("day", "date", "The last UTC day that was known when it was made: the partition."),
        *_SERIES,
        made("step", "integer", "Days ahead; 0 for the row that says why there is no forecast."),
        made("forecast_for", "timestamp", "Start of the UTC day that is forecast; NULL without a forecast."),
        made("mean", "number", "The forecast."),
        made("low_80", "number", "Lower end of the 80 % interval."),
        made("high_80", "number", "Upper end of the 80 % interval."),
        made("low_95", "number", "Lower end of the 95 % interval."),
        made("high_95", "number", "Upper end of the 95 % interval."),
        made("reason", "text", "Why there is no forecast; NULL with one."),
        made("model", "text", "The models that the forecast is made of."),
        made("folds", "integer", "Origins of the backtest."),
        made("mase", "number", "Mean absolute error over seasonal naive's in the backtest; below 1 is better."),
        made("coverage_80", "number", "Share of the backtest inside the 80 % interval."),
        made("coverage_95", "number", "Share of the backtest inside the 95 % interval."),
        made("reaches_limit", "number", "The limit that is watched; NULL where none is set."),
        made("limit_reached_at", "timestamp", "When the forecast reaches it; NULL: not within the horizon."),
        made("limit_earliest_at", "timestamp", "The earliest time by the 80 % interval."),
        made("limit_latest_at", "timestamp", "The latest time by the 80 % interval."),
        _VERSION,
    ),
)
LEARNER_RISK = LakeTable(
    source="insights",
    name="learner_risk",
    description="The chance that a learner falls silent, explained, calibrated and backtested, or why there is none.",
    grain="One row per day and learner; a day without scores has one row with the reason.",
    key="risk_id",
    columns=(
        made("risk_id", "text", "Made from day and person."),
        made("day", "date", "The last UTC day that was known: the score is of the morning after it."),
        made("person_id", "text", "The person; NULL in the row that says why there are no scores.", personal=True),
        made("chance", "number", "Chance of no activity for horizon_days, 0 to 1."),
        made("because", "text", "JSON list of the features that moved it most: feature, meaning, value, weight."),
        made("horizon_days", "integer", "Days of silence that count as having left."),
        made("reason", "text", "Why there are no scores; NULL with one."),
        made("auc", "number", "How well the score told leavers apart on the last days whose outcome is known."),
        made("base_rate", "number", "Share of the learners who left there."),
        made("calibration_error", "number", "Mean distance there of predicted chance and what happened."),
        made("learners_tested", "integer", "Learners of the backtest."),
        _VERSION,
    ),
)
THEMES = LakeTable(
    source="insights",
    name="themes",
    description="What people write about by week, in chats and in answers: clusters with a name and a size.",
    grain="One row per day of making, source, week and theme.",
    key="theme_id",
    columns=(
        made("theme_id", "text", "Made from day, source, week and name."),
        made("day", "date", "The last UTC day that was known when it was made: the partition."),
        made("source", "text", "chats (what users ask the bot) or answers (free text in lessons)."),
        made("week", "text", "The ISO week with its ISO year, as 2026-W01; business days."),
        made("week_start", "date", "Monday of the week."),
        made("theme", "text", "The taxonomy's name, else the cluster's commonest phrases, else other and a number."),
        made("texts", "integer", "Texts of the theme in the week."),
        made("people", "integer", "People who wrote them."),
        made("people_before", "number", "Mean people a week in the weeks before that were read; NULL in the first."),
        made("change", "number", "people - people_before; NULL in the first week."),
        made(
            "phrases",
            "text",
            "Words and pairs that tell the theme apart, as sleep|late bed; NULL where none may be shown.",
        ),
        made("fewest_people", "integer", "People that a theme needs in a week to be told at all."),
        made("sampled_share", "number", "Share of the texts that was read: 1 where all were."),
        _VERSION,
    ),
)

INSIGHTS: dict[str, LakeTable] = {table.path: table for table in (SERIES, INCIDENTS, FORECASTS, LEARNER_RISK, THEMES)}
