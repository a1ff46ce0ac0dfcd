"""``analytics-platform risk``: who is about to leave, how good that score was in the past, and why each has theirs.

Imports are inside the command, so that ``--help`` answers at once. Does not live here: the score (backtest, model).
"""

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

FILE_HELP = (
    "CSV with a row for each learner and active day: learner, day, and where known started, completed, dropped,"
    " support (counts; empty is 0) and sentiment (-1 to 1; empty is unknown). Without it: the published marts."
)


def risk(
    file: Annotated[Path | None, typer.Argument(help=FILE_HELP, metavar="FILE.csv")] = None,
    horizon: Annotated[int, typer.Option(min=1, max=365, help="Days of silence that count as having left.")] = 14,
    today: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Morning of the score. Default: after the last activity."),
    ] = None,
    top: Annotated[int, typer.Option(min=1, help="Learners to print; --json has all.")] = 20,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Chance that each learner falls silent, what made it, and what the score was worth on days it had not seen.

    The model is fitted and calibrated on earlier days and measured on the last ones whose outcome is known: AUC and a
    table of predicted chance against what happened. It abstains, and says why, where history is short, learners are
    few, or the AUC is below 0.6.
    """
    from analytics_platform.insights.risk.backtest import score_learners
    from analytics_platform.insights.risk.learners import from_file, from_marts
    from analytics_platform.insights.risk.risk_text import as_object, lines
    from analytics_platform.insights.verdict_formats import as_json as printed

    if file:
        learners = from_file(file)
    else:
        from analytics_platform.settings import load
        from analytics_platform.warehouse.engine import open_warehouse

        with open_warehouse(load()).reader() as reader:
            learners = from_marts(reader)
    start = date(1970, 1, 1)
    day = (today.date() - start).days if today else learners.next_day
    found = score_learners(learners.activity, day, horizon)
    told = str(start + timedelta(days=day))
    if as_json:
        typer.echo(printed(as_object(found, learners.names, told, horizon)))
    else:
        typer.echo("\n".join(lines(found, learners.names, told, horizon, top)))
