"""Whoever dies or fails, and wherever, leaves days that wait; the next runs complete them, and the marts are right.

Each interruption has a late line of its own to lose. At the end the marts equal those of a build from nothing.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta

import dagster as dg
import pytest

from analytics_platform.defs.assemble import definitions
from analytics_platform.defs.days import RANGE_END, RANGE_START
from analytics_platform.defs.running import run_days
from analytics_platform.enrichment.answers import answer_labeller
from analytics_platform.lake import open_lake
from analytics_platform.lake.ledger import Ledger
from analytics_platform.lake.notes import Notes
from analytics_platform.lake.ranges import days_in
from analytics_platform.operations.waiting import waiting_steps
from analytics_platform.settings import PROJECT_ROOT, Settings
from analytics_platform.warehouse import built, dbt, publishing
from analytics_platform.warehouse.building import build_marts
from analytics_platform.warehouse.dbt import NodeResult
from analytics_platform.warehouse.engine import open_warehouse
from analytics_platform_tests.lines import STATEMENTS, land, statement
from analytics_platform_tests.organisation import START

pytestmark = pytest.mark.proof

NOW = datetime(2026, 4, 1, 12, tzinfo=UTC)
Marts = Callable[[Settings], dict[str, tuple[int, int]]]
KILLED_RUN = """
import sys
from datetime import date
from pathlib import Path
from analytics_platform.defs.running import run_days
from analytics_platform.settings import Settings
settings = Settings(platform_home=Path(sys.argv[1]), platform_timezone="Europe/Berlin", _env_file=None)
run_days(settings, [date.fromisoformat(sys.argv[2])], lambda line: print(line, flush=True))
"""


class Interrupted(BaseException):
    """As good as a kill: nothing catches it."""


def interrupt(*_: object, **__: object) -> None:
    raise Interrupted


@contextmanager
def killed_at(place: object, name: str) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(place, name, interrupt)
        with pytest.raises(Interrupted):
            yield


def lose(settings: Settings, number: int) -> date:
    """Land a late answer on a day of its own."""
    day = START + timedelta(days=number)
    late = statement(
        f"late {number}",
        timestamp=f"{day}T10:00:00Z",
        actor={"mbox": f"mailto:late{number}@example.org"},
        result={"response": f"Late answer {number}"},
    )
    land(open_lake(settings), "xapi/statements", late, at=NOW)
    return day


def waits(settings: Settings) -> dict[str, list[date]]:
    return {step: sorted(days) for step, days in waiting_steps(settings, NOW.date()).items()}


def test_days_that_a_run_lost_at_any_step_wait_until_they_are_published(
    changing: Settings, instance: dg.DagsterInstance, marts_of: Marts
) -> None:
    settings, lake, shown = changing, open_lake(changing), marts_of(changing)
    assert waits(settings) == {"lake": [], "labels": [], "marts": [], "snapshot": []}

    first = lose(settings, 1)
    with killed_at(Ledger, "write"):
        lake.build(STATEMENTS, [first])
    assert first in waits(settings)["lake"]

    second = lose(settings, 2)
    lake.build(STATEMENTS, [first, second])
    assert waits(settings)["lake"] == []
    with killed_at(Notes, "add"):
        answer_labeller.label_days(settings, [first])
    assert waits(settings)["labels"] == [first, second]

    answer_labeller.label_days(settings, [first, second])
    assert (waits(settings)["labels"], waits(settings)["marts"]) == ([], [first, second])
    with killed_at(dbt, "build"):
        build_marts(settings, [first], [], "killed before dbt", print)
    assert waits(settings)["marts"] == [first, second]

    # A test that fails: everything is built, and nothing is published until the day is right.
    real, red = dbt.build, NodeResult("test.planted", "fail", 0.0, "planted", 1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(dbt, "build", lambda *asked: [*real(*asked), red])
        build_marts(settings, [first], [], "failed", print)
    assert waits(settings)["marts"] == [first, second]
    assert not built.read_built(settings).can_be_published

    with killed_at(built, "finish"):
        build_marts(settings, [first], [], "killed after dbt", print)
    assert waits(settings)["marts"] == [first, second]

    # Killed for good, in the middle of dbt, by the kernel.
    third = lose(settings, 3)
    command = [sys.executable, "-W", "ignore", "-c", KILLED_RUN, str(settings.home), str(third)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=PROJECT_ROOT, start_new_session=True
    ) as process:
        said = []
        for line in process.stdout or ():
            said.append(line)
            if "OK created" in line and "int_statements" in line:
                break
        os.killpg(process.pid, signal.SIGKILL)
    assert process.returncode == -signal.SIGKILL, "".join(said)
    assert waits(settings) == {"lake": [], "labels": [], "marts": [first, second, third], "snapshot": []}
    assert marts_of(settings) == shown  # readers saw nothing of all this

    # The next tick asks, and its runs complete what was lost. The first of them dies while it publishes.
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(publishing, "_swap", interrupt)
        run_what_the_sensor_asks_for(settings, instance)
    assert [step for step, days in waits(settings).items() if days] == ["snapshot"]
    run_what_the_sensor_asks_for(settings, instance)
    assert waits(settings) == {"lake": [], "labels": [], "marts": [], "snapshot": []}

    found = marts_of(settings)
    assert found["user_responses"][0] == shown["user_responses"][0] + 3
    build_marts(settings, [], [], "from nothing", print)
    open_warehouse(settings).publish("from nothing", datetime.now(UTC), print)
    assert marts_of(settings) == found


def run_what_the_sensor_asks_for(settings: Settings, instance: dg.DagsterInstance) -> None:
    sensor = definitions(settings).resolve_sensor_def("reopened_days")
    with dg.build_sensor_context(instance=instance) as context:
        requests = sensor.evaluate_tick(context).run_requests or []
    assert requests
    for request in requests:
        span = date.fromisoformat(request.tags[RANGE_START]), date.fromisoformat(request.tags[RANGE_END])
        try:
            run_days(settings, days_in([span]), print, instance)
        except Interrupted:
            return
