"""Bringing a connection up to the newest snapshot, and how each was when that was last tried.

Does not live here: which there are (``connections``), when they are due (``defs.connections``).
"""

from dataclasses import asdict, dataclass
from datetime import UTC, datetime

import orjson
import pyarrow as pa

from analytics_platform.errors import PlatformError
from analytics_platform.semantics import Viewer
from analytics_platform.serving.exports.connections import PowerBi, Tableau
from analytics_platform.serving.exports.exporting import Export, rows_of
from analytics_platform.serving.exports.powerbi import push
from analytics_platform.serving.exports.tableau import publish
from analytics_platform.settings import Settings

STATE = "connections.json"


@dataclass(frozen=True)
class Health:
    """How the last try went. ``error`` has no secret and no row."""

    name: str
    tried_at: str
    succeeded_at: str | None
    error: str | None
    rows: int
    snapshot: str


def refresh(settings: Settings, one: Tableau | PowerBi) -> Health:
    """Bring everything there up to the newest snapshot, and note how it went. A failure is noted and not raised."""
    now = datetime.now(UTC).isoformat(timespec="seconds")
    before = health(settings).get(one.name)
    rows, version = 0, ""
    try:
        viewer = Viewer("connections", one.role, None if one.cohorts is None else tuple(one.cohorts))
        tables: dict[str, pa.Table] = {}
        for table in one.tables:
            wanted = Export(
                table.name, group_by=tuple(table.group_by), grain=table.grain, parameters=dict(table.parameters)
            )
            found = rows_of(settings, wanted, viewer)
            tables[table.title], version = found.table, found.version
            rows += found.table.num_rows
        if isinstance(one, Tableau):
            publish(settings, one, tables)
        else:
            push(one, tables)
        state = Health(one.name, now, now, None, rows, version)
    except PlatformError as error:
        state = Health(one.name, now, before.succeeded_at if before else None, str(error), rows, version)
    _note(settings, state)
    return state


def health(settings: Settings) -> dict[str, Health]:
    """How each connection was when it was last tried."""
    file = settings.exports_folder / STATE
    if not file.exists():
        return {}
    return {entry["name"]: Health(**entry) for entry in orjson.loads(file.read_bytes())}


def _note(settings: Settings, state: Health) -> None:
    known = health(settings) | {state.name: state}
    folder = settings.exports_folder
    folder.mkdir(parents=True, exist_ok=True)
    part = folder / f".{STATE}"
    part.write_bytes(orjson.dumps([asdict(one) for one in known.values()], option=orjson.OPT_INDENT_2))
    part.replace(folder / STATE)
