"""``analytics-platform collect``: days of conversations and messages from NocoDB, with progress and resuming.

Does not live here: pulling (``pulling``). Imports are inside the command, so that ``--help`` answers at once.
"""

import re
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from analytics_platform.connectors.nocodb.days import Pulled


def collect(
    start_date: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="First UTC day.")],
    end_date: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Last UTC day; today otherwise.")
    ] = None,
    app_id: Annotated[str, typer.Option(help="Only rows of this app; deleted rows are not looked for then.")] = "",
    batch_size: Annotated[int | None, typer.Option(min=2, max=1000, help="Records of one request.")] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Leave out days that the same command has done.")] = False,
) -> None:
    """Pull conversations and messages of some days from NocoDB into landing. Again: only what is new or edited."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    from analytics_platform.connectors.nocodb.changes import demanded
    from analytics_platform.connectors.nocodb.pulling import pull
    from analytics_platform.connectors.positions import Positions
    from analytics_platform.settings import load

    settings = load()
    if batch_size:
        settings = settings.model_copy(update={"nocodb_page_size": batch_size})
    first, last, today = start_date.date(), (end_date or datetime.now(UTC)).date(), datetime.now(UTC).date()
    if last < first or first > today:
        raise typer.BadParameter(f"{first} to {last} holds no day up to today ({today})", param_hint="--start-date")
    if first < settings.platform_first_day:
        raise typer.BadParameter(
            f"{first} lies before PLATFORM_FIRST_DAY ({settings.platform_first_day}), so it has no partition",
            param_hint="--start-date",
        )
    if not re.fullmatch(r"[\w.:@ -]*", app_id):  # it becomes part of a filter, where brackets and ~ mean something
        raise typer.BadParameter(f"{app_id!r} is no id of an app: letters, digits and . : @ - _", param_hint="--app-id")
    last = min(last, today)
    state = Positions(settings.home / "pumps" / "positions" / "collect.json")
    run = f"{first}..{last} {app_id}".strip()
    done = set(state.read().get(run, "").split("\n")) if resume else set()
    asked = [(table, day) for day in _days(first, last) for table in demanded(settings).pulled]
    todo = [(table, day) for table, day in asked if f"{table.path} {day}" not in done]
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns) as progress:
        task = progress.add_task("collecting", total=len(asked), completed=len(asked) - len(todo))

        def tell(pulled: "Pulled") -> None:
            done.add(f"{pulled.table} {pulled.day}")
            state.write(run, "\n".join(sorted(done)))
            progress.update(task, advance=1, description=str(pulled.day))

        pulled = pull(settings, todo, app_id, tell)
    for one in pulled:
        if one.landed or one.gone:
            typer.echo(one.line())
    came, landed = sum(one.came for one in pulled), sum(one.landed + one.gone for one in pulled)
    typer.echo(f"{len(pulled)} table days pulled: {came:,} rows came, {landed:,} lines landed.")
    if landed:
        typer.echo(f"Build them with: analytics-platform materialize --from {first} --to {last}")


def _days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]
