"""A published snapshot of millions of facts in seconds: the people and months of a small one, copied by SQL.

Each copy has people, exchanges, views and sessions of its own, some months earlier. What counts the whole organisation
is copied over the months only, and goes on saying the small one's numbers: this is for measuring readers, not for
reading. Does not live here: any reader.
"""

import shutil
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb

    from analytics_platform.settings import Settings

FACTS = ("fact_activities", "fact_responses", "fact_video_views", "fact_exchanges", "fact_sessions", "fact_engagement")
MONTHS, DAYS_OF_A_MONTH = 12, 30
# Identifiers of a person and of what one person did.
OWN = {"actor_key", "person_id", "identifier", "email", "statement_id", "conversation_id", "message_id", "response_id",
       "parent_message_id", "view_id", "session_id", "session_key", "answer_id", "firing_id"}  # fmt: skip
NUMBERED = {"person_key", "identifier_key"}
PERSONAL = {"actor_key", "person_id", "person_key", "conversation_id"}
MOVED = {"day", "local_day"}
LEFT = {"unmatched_identifiers", "learner_risk", "incidents", "forecasts"}  # about the whole organisation, or guesses


def enlarge(small: "Settings", folder: Path, facts: int) -> int:
    """Publish in ``folder``, which becomes a home, what ``small`` has published, until it has so many facts."""
    import duckdb

    from analytics_platform.warehouse import publishing

    shutil.copytree(small.home, folder, dirs_exist_ok=True, ignore=_left_behind)
    settings = small.model_copy(update={"platform_home": folder})
    published = settings.published_folder
    old = publishing.current(small)
    if old is None:
        raise SystemExit(f"{small.home} has no published snapshot: make demo, or set PLATFORM_HOME.")
    published.mkdir(parents=True, exist_ok=True)
    file = published / publishing.DRAFT
    shutil.copyfile(small.published_folder / old.file, file)
    with duckdb.connect(str(file)) as connection:
        connection.execute("set timezone = 'UTC'; set preserve_insertion_order = false; drop schema about cascade")
        copies = max(1, round(facts / count(connection)))
        for schema, table in connection.execute("""
            select schema_name, table_name from duckdb_tables() where schema_name in ('main', 'facts')
        """).fetchall():
            _copy(connection, f'"{schema}"."{table}"', copies)
        connection.execute("drop table if exists facts.rows_of_views; checkpoint")
        total = count(connection)
    _publish(settings, file)
    return total


def count(connection: "duckdb.DuckDBPyConnection") -> int:
    rows = connection.execute("select table_name, schema_name from duckdb_tables()").fetchall()
    places = [f'(select count(*) from "{schema}"."{table}")' for table, schema in rows if table in FACTS]
    found = connection.execute(f"select {' + '.join(places)}").fetchone()
    return int(found[0]) if found else 0


def _copy(connection: "duckdb.DuckDBPyConnection", table: str, copies: int) -> None:
    """Copy number 0 is the small organisation as it was."""
    columns = connection.execute(f"select column_name, column_type from (describe {table})").fetchall()
    names = {name for name, _ in columns}
    if table.split(".")[1].strip('"') in LEFT or not names & (PERSONAL | MOVED):
        return
    times = copies if names & PERSONAL else min(copies, MONTHS)
    if times == 1:
        return
    shown = ", ".join(f'{_value(name, kind)} as "{name}"' for name, kind in columns)
    order = " order by day" if "day" in names else ""
    connection.execute(f"""
        create or replace table {table} as
        select {shown} from {table}, range({times}) as copies (copy){order}
    """)


def _value(name: str, kind: str) -> str:
    if name in OWN:
        return f'if(copy = 0, "{name}", "{name}" || \'~\' || copy)'
    if name in NUMBERED:
        return f'if(copy = 0, "{name}", (hash("{name}", copy) >> 2)::bigint)'
    if kind == "DATE":
        return f'("{name}" - (copy % {MONTHS} * {DAYS_OF_A_MONTH})::integer)'
    if kind.startswith("TIMESTAMP"):
        return f'("{name}" - to_days((copy % {MONTHS} * {DAYS_OF_A_MONTH})::integer))'
    return f'"{name}"'


def _publish(settings: "Settings", file: Path) -> None:
    from analytics_platform.warehouse import publishing

    now = datetime.now(UTC)
    version = f"{now:%Y%m%dT%H%M%S%fZ}"
    snapshot = publishing._label(file, version, f"marts-{version}.duckdb", "bench", now)
    publishing._write_manifest(settings.published_folder / publishing.DRAFT_MANIFEST, snapshot)
    publishing.publish(settings, "bench", now, lambda _line: None)


def _left_behind(folder: str, names: Sequence[str]) -> set[str]:
    """Readers read the snapshot, the manifests, the ledger and the last hour of landing; nothing of the warehouse."""
    inside = Path(folder).name
    return {name for name in names if name in ("published", "dagster_home", "bench", "labels", "simulated", "scratch")
            or (inside == "warehouse" and name != "manifests")}  # fmt: skip
