"""Running a simulation: day by day, each table drawn, planted and written to landing, and the truth gathered.

Days are independent of each other, so several are made at once; memory is that of a few days however many there are.
Does not live here: what a source says.
"""

from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import numpy as np

from analytics_platform.lake.landing import Landing
from analytics_platform.lake.store import Store
from analytics_platform.simulator.batch import Batch
from analytics_platform.simulator.conversations import draw_conversations
from analytics_platform.simulator.messages import draw_messages
from analytics_platform.simulator.organisation import Organisation, found
from analytics_platform.simulator.plan import Plan
from analytics_platform.simulator.planting import plant
from analytics_platform.simulator.segments import MOST_LINES, write
from analytics_platform.simulator.statements import draw_statements
from analytics_platform.simulator.telemetry import draw_telemetry
from analytics_platform.simulator.truth import DayTable, Truth
from analytics_platform.simulator.truth_document import as_json
from analytics_platform.simulator.video import draw_video

FILES_FOLDER = "simulated"
Progress = Callable[[str, int, int], None]

SOURCES: dict[str, Callable[[Organisation, int], Batch]] = {
    "xapi/statements": draw_statements,
    "nocodb/conversations": draw_conversations,
    "nocodb/messages": draw_messages,
    "video/events": draw_video,
    "telemetry/events": draw_telemetry,
}


def simulate(
    plan: Plan,
    landing: Landing,
    store: Store,
    truth_file: Path | None = None,
    progress: Progress | None = None,
    workers: int = 2,
) -> Truth:
    """Write a plan's days to landing, its truth to ``truth_file``, and files to import beside that.

    ``progress`` gets (day, days done, days).

    The same plan gives the same segments, byte for byte, whatever the number of workers.
    """
    organisation = found(plan)
    truth = Truth(organisation)
    with ThreadPoolExecutor(workers, thread_name_prefix="simulate") as pool:
        ahead: deque[Future[list[DayTable]]] = deque()
        for day in range(plan.days + workers):
            if day < plan.days:
                ahead.append(pool.submit(simulate_day, organisation, day, landing, store))
            if day >= workers:
                done = day - workers
                truth.add(done, ahead.popleft().result())
                if progress is not None:
                    progress(str(plan.date(done)), done + 1, plan.days)
    if truth_file is not None:
        truth_file.parent.mkdir(parents=True, exist_ok=True)
        truth_file.write_text(as_json(truth), "utf-8")
        truth.files.write(truth_file.parent / FILES_FOLDER)
    return truth


def simulate_day(organisation: Organisation, day: int, landing: Landing, store: Store) -> list[DayTable]:
    """Write one day of every table in the plan's mix; needs no other day."""
    plan, parts = organisation.plan, []
    for number, (table, draw) in enumerate(SOURCES.items()):
        if not plan.includes(table):
            continue
        batch = draw(organisation, day)
        deliveries = plant(plan, day, batch, plan.rng("planting", day * len(SOURCES) + number), MOST_LINES)
        write(batch, deliveries, landing, store, plan.date(day), f"sim{plan.seed}")
        named = np.unique(batch.person[batch.person >= 0]).astype(np.int64)
        parts.append(DayTable(table, day, deliveries.tally, batch.facts(deliveries.event_time), named))
    return parts
