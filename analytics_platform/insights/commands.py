"""``analytics-platform anomalies …`` and ``forecast``: a CSV file in, verdicts, causes or a forecast out.

Typer commands that the command line mounts. Nothing heavy is imported before a command runs. Does not live here: the
judging (scoring, forecasting), the formats (series_csv, writing, records).
"""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from analytics_platform.insights.feedback import Verdict

anomalies = typer.Typer(
    help="Anomalies in series: score a file, say what an incident was, ask what caused it.", no_args_is_help=True
)

FILE_HELP = "CSV with the columns timestamp, value and, where there are many series, series. A - is standard input."
TIME_HELP = "Name of the column with times: ISO 8601, or seconds since 1970."
File = Annotated[Path, typer.Argument(help=FILE_HELP, metavar="FILE.csv")]
TimeColumn = Annotated[str, typer.Option("--timestamp", help=TIME_HELP)]
ValueColumn = Annotated[str, typer.Option("--value", help="Name of the column with values.")]
SeriesColumn = Annotated[str, typer.Option("--series", help="Name of the column that tells series apart.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Incident = Annotated[
    str,
    typer.Argument(
        help="Id of an incident of the platform; with --from: CSV file of what was said, made where there is none.",
        metavar="ID",
    ),
]
From = Annotated[
    str | None, typer.Option("--from", help="Start of a file's incident, as it was printed.", metavar="TIME")
]
To = Annotated[str | None, typer.Option("--to", help="Its end. Default: its start.", metavar="TIME")]
Named = Annotated[str, typer.Option("--series", help="Its series; empty where the file has one.", metavar="NAME")]
Given = Annotated[
    str | None,
    typer.Option("--given", help="When this was said: it counts from then on. Default: now.", metavar="TIME"),
]


@anomalies.command()
def score(
    file: File,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print every row with its verdict, as CSV.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print incidents and rows, as JSON.")] = False,
    timestamp: TimeColumn = "timestamp",
    value: ValueColumn = "value",
    series: SeriesColumn = "series",
    feedback: Annotated[
        Path | None, typer.Option(help="CSV of confirmed and dismissed incidents: see confirm and dismiss.")
    ] = None,
    checks: Annotated[
        Path | None, typer.Option(help="CSV of failed checks: source,check,from,to (empty: still red).")
    ] = None,
    source: Annotated[
        str | None, typer.Option(help="Source of all series, as the checks name it. Default: the series' own name.")
    ] = None,
) -> None:
    """Score every row of a file; the score of a row uses nothing after it. Without an option: a table of incidents.

    Rows come out in the order of the file: timestamp, value, expected, low, high, z, score, is_anomaly, incident, then
    z_outlier, iqr_outlier, direction, severity, signal. The score goes from 0 to 1 and means the same for every series:
    the row that opens an incident has 0.6 or more and is_anomaly, every other row 0.4 or less. An incident has its
    number while it is open. The first two days (24 rows of daily values) are history and have the score 0. Memory is
    bounded: the file may be larger than it. With --checks an incident while a check of its source was red is a data
    gap, else behaviour.
    """
    from analytics_platform.insights.file_verdicts import Form, Known, tell
    from analytics_platform.insights.gaps import Checks
    from analytics_platform.insights.records import read_checks, read_feedback
    from analytics_platform.insights.series_csv import Columns

    if as_csv and as_json:
        raise typer.BadParameter("give --csv or --json, not both")
    form = Form.csv if as_csv else Form.json if as_json else Form.table
    if source and not checks:
        raise typer.BadParameter("--source says whose checks to look at: give --checks FILE.csv too")
    known = Known(read_feedback(feedback) if feedback else (), Checks(read_checks(checks), source) if checks else None)
    tell(file, Columns(timestamp, value, series), form, sys.stdout.buffer, _note, known)
    sys.stdout.buffer.flush()


@anomalies.command()
def confirm(incident: Incident, start: From = None, end: To = None, series: Named = "", given: Given = None) -> None:
    """Say that an incident was one: its rows are never trained on, and its series alarms a little sooner."""
    _said(incident, "confirmed", start, end, series, given)


@anomalies.command()
def dismiss(incident: Incident, start: From = None, end: To = None, series: Named = "", given: Given = None) -> None:
    """Say that an incident was none: its rows are normal, and its series needs more to alarm."""
    _said(incident, "dismissed", start, end, series, given)


def _said(incident: str, verdict: str, start: str | None, end: str | None, series: str, given: str | None) -> None:
    from datetime import UTC, datetime

    from analytics_platform.insights.feedback import Verdict
    from analytics_platform.insights.records import add_feedback, read_feedback

    if start is None:
        _said_of_ours(incident, Verdict(verdict))
        return
    feedback = Path(incident)
    now = given or datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    add_feedback(feedback, series, (start, end or start), Verdict(verdict), now)
    typer.echo(
        f"{verdict.capitalize()}; {feedback} now holds {len(read_feedback(feedback))}. It counts for rows after {now}:"
        f" anomalies score FILE.csv --feedback {feedback}"
    )


def _said_of_ours(incident_id: str, verdict: "Verdict") -> None:
    from datetime import UTC, datetime

    from analytics_platform.insights.said import say
    from analytics_platform.lake import open_lake
    from analytics_platform.settings import load

    found = say(open_lake(load()), incident_id, verdict, datetime.now(UTC))
    typer.echo(
        f"{verdict.capitalize()}: {found['series_id']} by {found['grain']}, {found['started_at']:%Y-%m-%d %H:%M} UTC."
        " The next run of insights knows it."
    )


@anomalies.command()
def cause(
    file: Annotated[
        Path, typer.Argument(help="CSV with timestamp, value and a column for each dimension.", metavar="FILE.csv")
    ],
    by: Annotated[list[str], typer.Option(help="A dimension: name of a column. May be given several times.")],
    of: Annotated[
        str | None, typer.Option(help="Column that the value is a part of, for a rate: errors of requests.")
    ] = None,
    start: Annotated[
        str | None, typer.Option("--from", help="Start. Default: the last incident of the sum.", metavar="TIME")
    ] = None,
    end: To = None,
    as_json: AsJson = False,
    timestamp: TimeColumn = "timestamp",
    value: ValueColumn = "value",
) -> None:
    """Which members of a dimension explain a deviation, and what share of it.

    A member's deviation is what it is off its own season and level before the incident; with --of, what it has over the
    rate of everything before. Shares of all members add up to 1; a negative one went the other way. A * marks the
    fewest members that explain four fifths.
    """
    from analytics_platform.insights.explaining import as_object, cause_lines, explain
    from analytics_platform.insights.records import moment
    from analytics_platform.insights.series_csv import Columns
    from analytics_platform.insights.verdict_formats import as_json as printed

    if end and not start:
        raise typer.BadParameter("--to needs --from")
    span = (moment(start, "--from") if start else None, moment(end, "--to") if end else None)
    found = explain(file, Columns(timestamp, value), by, of, span)
    typer.echo(printed([as_object(each) for each in found]) if as_json else "\n".join(cause_lines(found)))


def forecast(
    file: File,
    horizon: Annotated[int, typer.Option(min=1, max=5000, help="Steps to forecast, in the step of the series.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    limit: Annotated[float | None, typer.Option(help="Also say when this value will be reached.")] = None,
    timestamp: TimeColumn = "timestamp",
    value: ValueColumn = "value",
    series: SeriesColumn = "series",
) -> None:
    """Forecast each series of a file with 80 and 95 % intervals, or say why not.

    The model is chosen by a rolling-origin backtest; its MASE against seasonal naive and the coverage of its intervals
    there are printed. With a MASE of 1 or more, fewer than two seasons or three folds, there is no forecast.
    """
    from analytics_platform.insights.forecasting.forecast import forecast as forecast_of
    from analytics_platform.insights.forecasting.forecast_text import as_object, lines
    from analytics_platform.insights.series_csv import Columns
    from analytics_platform.insights.sorted_file import read_series
    from analytics_platform.insights.verdict_formats import as_json as printed

    every, notes = read_series(file, Columns(timestamp, value, series))
    found = forecast_of(every, horizon)
    last = [float(each.values[-1]) if len(each.values) else float("nan") for each in every]
    if as_json:
        answers = [as_object(each, limit, final) for each, final in zip(found, last, strict=True)]
        typer.echo(printed({"horizon": horizon, "notes": notes, "series": answers}))
        return
    for note in notes:
        _note(note)
    for each, final in zip(found, last, strict=True):
        typer.echo("\n".join(lines(each, limit, final)))


def _note(text: str) -> None:
    typer.echo(f"Note: {text}.", err=True)
