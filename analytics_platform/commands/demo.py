"""make demo: simulate, import files, materialise what is new, publish, and say what became of every line.

Runs the same Dagster job as the schedule does, in this process and on the instance that ``make dev`` shows.
"""

import json
import re
import time
from datetime import UTC, date, datetime, timedelta

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table as Grid

from analytics_platform.commands.materializing import materialize, reopened
from analytics_platform.commands.planted import compare
from analytics_platform.connectors.files.importing import import_file
from analytics_platform.connectors.files.kind import Options
from analytics_platform.connectors.files.reports import Report
from analytics_platform.contracts import TABLES
from analytics_platform.errors import SettingsError
from analytics_platform.lake import open_lake
from analytics_platform.lake.lake import Lake
from analytics_platform.settings import Settings
from analytics_platform.simulator import Plan, simulate
from analytics_platform.simulator.files import export_cohort
from analytics_platform.simulator.run import FILES_FOLDER
from analytics_platform.warehouse.engine import open_warehouse

console = Console(highlight=False)
STARTED = ".simulation"  # there while a simulation has begun and not ended
SIMULATED = re.compile(r"-sim\d+-\d+\.ndjson\.zst$")  # a segment that the simulator wrote, by its writer


def run_demo(settings: Settings, people: int, days: int, seed: int) -> bool:
    """The whole demo; true when everything was built and every check that stops a run was green."""
    try:
        return _demo(settings, people, days, seed)
    except KeyboardInterrupt:
        console.print(f"Stopped. {where_it_stands(settings)}", soft_wrap=True)
        raise SystemExit(130) from None  # as a shell says it of Ctrl-C


def _demo(settings: Settings, people: int, days: int, seed: int) -> bool:
    started = time.monotonic()
    prepare(settings, Plan(start=datetime.now(UTC).date() - timedelta(days=days), people=people, days=days, seed=seed))
    waiting = reopened(settings)
    if not waiting and open_warehouse(settings).current():
        console.print("Every day is built from all its lines and published: nothing to do.")
    else:
        span = f"{waiting[0]} to {waiting[-1]}" if waiting else "no days"
        console.print(f"Materialising {len(waiting)} days of every asset ({span}) …")
        if not materialize(settings, waiting):
            return False
        if left := reopened(settings):
            console.print(
                f"[red]{len(left)} days still wait[/red] ({left[0]} to {left[-1]}): analytics-platform status."
            )
            return False
    return summary(settings, time.monotonic() - started)


def where_it_stands(settings: Settings) -> str:
    """What an interrupted demo has done, and what the same command does next."""
    if not (settings.home / "truth.json").exists():
        return "The simulation has not ended: the same command takes its lines away and begins anew."
    if waiting := reopened(settings):
        return f"Everything is simulated; days not published yet: {len(waiting)}. The same command builds them."
    return "Everything is simulated, built and published: the same command says what became of it."


def prepare(settings: Settings, plan: Plan) -> None:
    """Simulate and import, unless that was done; an interrupted demo goes on."""
    truth, started = settings.home / "truth.json", settings.home / STARTED
    if truth.exists() and not started.exists():
        console.print(f"Landing is simulated already ({truth}).")
        return
    if truth.exists():  # interrupted among the imports, and a file that was imported changes nothing
        about = json.loads(truth.read_text("utf-8"))["plan"]
        plan = Plan(start=date.fromisoformat(about["start"]), people=about["people"], days=about["days"])
    else:
        refuse_foreign_data(settings)
        simulate_into(settings, plan)
    for report in import_simulated(settings, plan):
        console.print(f"Imported {report.file}: {report.summary()}", soft_wrap=True, markup=False)
    started.unlink()


def refuse_foreign_data(settings: Settings) -> None:
    """The demo invents people: never beside real ones."""
    started = settings.home / STARTED
    if started.exists() and begun_anew(open_lake(settings)):
        console.print("A simulation was interrupted: its lines are taken away and written again.")
    if not open_lake(settings).store.keys("landing"):
        settings.home.mkdir(parents=True, exist_ok=True)
        started.touch()
        return
    raise SettingsError(
        f"{settings.lake_root} holds lines that were not simulated, and the demo would add invented people to them."
        " A demo of its own: PLATFORM_HOME=demo make demo. To build what waits here: analytics-platform materialize."
    )


def begun_anew(lake: Lake) -> bool:
    """Take away what an interrupted simulation left; false, and nothing is touched, where others' lines lie beside."""
    found = [(table, segment) for table in TABLES.values() for segment in lake.landing.segments(table)]
    if not all(SIMULATED.search(key) for key in lake.store.keys("landing")):
        return False
    for table, segment in found:
        lake.store.delete(segment.key)
        lake.landing.inbox.take_away(table, segment.day, [segment.name])
    return bool(found)


def simulate_into(settings: Settings, plan: Plan) -> None:
    """Simulate with a progress bar."""
    lake = open_lake(settings)
    columns = (TextColumn("Simulating {task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as bar:
        task = bar.add_task("days", total=plan.days)

        def step(day: object, done: int, _days: int) -> None:
            bar.update(task, completed=done, description=str(day))

        truth = simulate(plan, lake.landing, lake.store, settings.home / "truth.json", step)
    console.print(f"{truth.lines:,} lines of {plan.people} people on {plan.days} days; the truth is in truth.json.")


def import_simulated(settings: Settings, plan: Plan, now: datetime | None = None) -> list[Report]:
    """Import the files that a simulation wrote, as a person would with ``analytics-platform import``."""
    folder, last = settings.home / FILES_FOLDER, plan.date(plan.days - 1)
    options: dict[str, Options] = {
        "lesson-map": Options(valid_from=plan.start, now=now),
        "roster": Options(valid_from=plan.start, now=now),
        "links": Options(valid_from=plan.start, now=now),
        "responses": Options(valid_from=last, cohort=export_cohort(), now=now),
        "videos": Options(now=now),
    }
    return [import_file(settings, kind, folder / f"{kind}.csv", said) for kind, said in options.items()]


def summary(settings: Settings, seconds: float) -> bool:
    """Print what became of the lines and where to look; false when a ledger does not balance or miss the truth."""
    ledger = open_lake(settings).ledger
    names = ("received", "stored", "duplicate", "quarantined")
    grid = Grid(title="Lines, from the ledger, and whether they agree with what was simulated")
    for heading in ("source", *names, "agree"):
        grid.add_column(heading, justify="left" if heading == "source" else "right")
    expected, right = _expected(settings), True
    for table in TABLES.values():
        entries = ledger.entries(table)
        counts = {name: sum(getattr(entry, name) for entry in entries) for name in names}
        agrees = counts == expected[table.path] if table.path in expected else None
        right = right and agrees is not False and all(entry.balances for entry in entries)
        verdict = {True: "yes", False: "[red]no[/red]", None: "unknown"}[agrees]
        grid.add_row(table.path, *(f"{count:,}" for count in counts.values()), verdict)
    console.print(grid)
    warehouse = open_warehouse(settings)
    snapshot = warehouse.current()
    if snapshot:
        grid = Grid(title=f"Published marts, {snapshot.first_day} to {snapshot.last_day}")
        grid.add_column("mart")
        grid.add_column("rows", justify="right")
        for mart, rows in snapshot.rows.items():
            grid.add_row(mart, f"{rows:,}")
        console.print(grid)
    _print_planted(settings)
    console.print(f"Done in {seconds:.0f} s. Look next:")
    console.print('  .venv/bin/analytics-platform query "select * from lessons"', markup=False)
    console.print(f"  the marts, in any tool:  {warehouse.place}", soft_wrap=True, markup=False)
    console.print(f"  make dev, then the graph and the checks at http://127.0.0.1:{settings.dagster_port}")
    console.print(f"  and the pages at http://127.0.0.1:{settings.pages_port} (they need the extra ui)")
    console.print('  .venv/bin/analytics-platform ask "where do learners drop off"', markup=False)
    return right


def _print_planted(settings: Settings) -> None:
    grid = Grid(title="What the simulation planted, and the marts found")
    grid.add_column("what")
    for heading in ("planted", "found", "precision", "recall"):
        grid.add_column(heading, justify="right")
    for one in compare(settings):
        shares = (f"{share:.2f}" if share is not None else "none" for share in (one.precision, one.recall))
        grid.add_row(one.what, f"{one.planted:,}", f"{one.found:,}", *shares)
    if grid.row_count:
        console.print(grid)


def _expected(settings: Settings) -> dict[str, dict[str, int]]:
    """What the simulator says became of its lines, by table; empty when nothing was simulated."""
    truth = settings.home / "truth.json"
    if not truth.exists():
        return {}
    tables = json.loads(truth.read_text())["tables"]
    return {
        path: {
            "received": table["total"]["lines"],
            "stored": table["total"]["stored"],
            "duplicate": table["total"]["duplicate"],
            "quarantined": sum(table["total"]["quarantined"].values()),
        }
        for path, table in tables.items()
    }
