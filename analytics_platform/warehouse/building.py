"""One build of the marts: the lake days are brought, dbt runs for the days that need it, and what it read is noted.

Whoever builds marts goes through here, so that no order of builds and no death in one can leave a mart that nobody
asks for again. Does not live here: the call of dbt (``dbt``), the notes (``built``), publishing.
"""

from collections.abc import Collection, Sequence
from datetime import date

from analytics_platform.settings import Settings
from analytics_platform.warehouse import built, dbt, whole
from analytics_platform.warehouse.dbt import NodeResult
from analytics_platform.warehouse.engine import open_warehouse
from analytics_platform.warehouse.protocol import Log


def build_marts(
    settings: Settings,
    days: Sequence[date],
    select: Sequence[str],
    build: str,
    log: Log,
    read: Collection[str] = (),
) -> list[NodeResult]:
    """Build the asked days and each day whose lake files changed since the last whole build; no days is everything.

    Everything is built, too, when the models changed since, as after an update: facts that are kept by day would have
    the old models' rows on all other days, and a fact that is new none.
    Where no lake file, model or setting changed, dbt is not asked: run again, it would make the same rows. ``select``
    narrows dbt to some nodes; none means all, tests included. ``build`` is the name of this build, ``read``
    are the lake tables that only the selected marts are made of.
    """
    there = open_warehouse(settings).load(days, log)
    before, recipe = built.read_built(settings), whole.recipe(settings)
    differing = before.differing(there)
    if days and before.build and before.recipe != recipe:
        log("The models, or settings that they are told, changed since the last build: everything is built anew.")
        days = []
    if days and not select and not differing and before.can_be_published:
        held = whole.results(settings, before.build)
        if held:
            log("No lake file changed since the last build, so its marts and tests hold.")
            whole.note(settings, build, held)
            built.finish(settings, build, there, recipe)
            return held
    built.begin(settings, everything=not days)
    wanted = built.days_to_build(days, differing) if days else []
    more = sorted(set(wanted) - set(days))
    if more:
        log(f"{len(more)} more days are built, because their lake files changed: {more[0]} to {more[-1]}.")
    results = dbt.build(settings, wanted, select, log)
    if all(result.succeeded for result in results):
        if select:
            built.finish_part(settings, build, before, there, read)
        else:
            whole.note(settings, build, results)
            built.finish(settings, build, there, recipe)
    return results
