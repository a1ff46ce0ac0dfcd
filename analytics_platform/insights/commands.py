"""``analytics-platform anomalies score`` and ``forecast``: a CSV file in, verdicts or a forecast out.

Typer commands that the command line mounts. Nothing heavy is imported before a command runs. Does not live here: the
judging (scoring, forecasting), the formats (reading, writing).
"""

import sys
from pathlib import Path
from typing import Annotated

import typer

anomalies = typer.Typer(help="Anomalies in series: score a file.", no_args_is_help=True)

FILE_HELP = "CSV with the columns timestamp, value and, where there are many series, series. A - is standard input."
TIME_HELP = "Name of the column with times: ISO 8601, or seconds since 1970."
File = Annotated[Path, typer.Argument(help=FILE_HELP, metavar="FILE.csv")]
TimeColumn = Annotated[str, typer.Option("--timestamp", help=TIME_HELP)]
ValueColumn = Annotated[str, typer.Option("--value", help="Name of the column with values.")]
SeriesColumn = Annotated[str, typer.Option("--series", help="Name of the column that tells series apart.")]


@anomalies.command()
def score(
    file: File,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print every row with its verdict, as CSV.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print incidents and rows, as JSON.")] = False,
    timestamp: TimeColumn = "timestamp",
    value: ValueColumn = "value",
    series: SeriesColumn = "series",
) -> None:
    """Score every row of a file; the score of a row uses nothing after it. Without an option: a table of incidents.

    Rows come out in the order of the file: timestamp, value, expected, low, high, z, score, is_anomaly, incident, then
    z_outlier, iqr_outlier, direction, severity, signal. The score goes from 0 to 1 and means the same for every series:
    the row that opens an incident has 0.6 or more and is_anomaly, every other row 0.4 or less. An incident has its
    number while it is open. The first two days (24 rows of daily values) are history and have the score 0.
    """
    from analytics_platform.insights.answering import Form, Known, tell
    from analytics_platform.insights.reading import Columns

    if as_csv and as_json:
        raise typer.BadParameter("give --csv or --json, not both")
    form = Form.csv if as_csv else Form.json if as_json else Form.table
    tell(file, Columns(timestamp, value, series), form, sys.stdout.buffer, _note, Known())


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
    from analytics_platform.insights.forecasting.telling import as_object, lines
    from analytics_platform.insights.reading import Columns
    from analytics_platform.insights.spool import read_series
    from analytics_platform.insights.writing import as_json as printed

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
