"""Published marts without people's names, addresses and texts (PRIVACY=pseudonymous), and who is who in a file apart.

Whatever tells a person from others (identifiers, person_id, keys) becomes a hash with the newest PRIVACY_KEY, the same
in every table, so that joins and counts stay as they are; every other column that dbt marks ``personal`` is empty. The
file is written anew: a copy with columns emptied would keep the old bytes in free pages. With another key every
pseudonym is another one from the next publish on. ``PLATFORM_HOME/privacy/people.duckdb`` says who stands behind a
pseudonym; only this account reads it. Does not live here: when a draft is made (``publishing``).
"""

from collections.abc import Iterable
from pathlib import Path

import duckdb
import orjson

from analytics_platform.lake import open_lake
from analytics_platform.lake.parse_sql import quote_name, quote_text
from analytics_platform.settings import Settings
from analytics_platform.warehouse.lineage import Manifest, marts, steps
from analytics_platform.warehouse.manifest import manifest_path

TEXTS = ("person_id", "actor_key", "identifier", "suggested_identifier", "session_key")
NUMBERS = ("person_key", "identifier_key", "answer_key")
PREFIX = "ps_"  # insights are made from the snapshot: what is a pseudonym already stays


def people_file(settings: Settings) -> Path:
    return settings.home / "privacy" / "people.duckdb"


def pseudonymous_copy(settings: Settings, source: Path, target: Path) -> None:
    """Write the warehouse's marts to a new file without names, and the people table beside it."""
    erasures = open_lake(settings).erasures
    assert erasures is not None  # noqa: S101 - open_lake gives one
    key = erasures.newest_key()
    personal = personal_columns(orjson.loads(manifest_path(settings).read_bytes()))
    target.unlink(missing_ok=True)
    with duckdb.connect(str(target)) as connection:
        connection.execute(f"attach {quote_text(str(source))} as whole (read_only)")
        tables = connection.execute(
            "select schema_name, table_name from duckdb_tables() where database_name = 'whole' order by all"
        ).fetchall()
        for schema, table in tables:
            connection.execute(f"create schema if not exists {quote_name(schema)}")
            # A view's column is personal in the view; the facts below it are hidden by the same names.
            hidden = set().union(*personal.values()) if schema == "facts" else personal.get(table, set())
            columns = connection.execute(
                "select column_name, data_type from duckdb_columns() where database_name = 'whole'"
                " and schema_name = ? and table_name = ? order by column_index",
                [schema, table],
            ).fetchall()
            shown = ", ".join(_shown(column, kind, hidden, key) for column, kind in columns)
            place = f"{quote_name(schema)}.{quote_name(table)}"
            connection.execute(f"create table {place} as select {shown} from whole.{place}")
        _views(connection)
        _write_people(settings, connection, key)
        connection.execute("detach whole")
        connection.execute("checkpoint")


def personal_columns(manifest: Manifest) -> dict[str, set[str]]:
    """The personal columns of each model, by its name."""
    return {model.name: set(model.personal) for model in (*marts(manifest), *steps(manifest))}


def _shown(column: str, kind: str, personal: Iterable[str], key: str) -> str:
    if column in TEXTS and kind == "VARCHAR":
        return f"{pseudonym_sql(quote_name(column), key)} as {quote_name(column)}"
    if column == "subject" and kind == "VARCHAR":  # what something was done to: mostly a url, sometimes a person
        name = quote_name(column)
        is_person = f"regexp_matches({name}, '^(mbox|mbox_sha1sum|openid|account|chat|user|name|id):')"
        return f"case when {is_person} then {pseudonym_sql(name, key)} else {name} end as {name}"
    if column in NUMBERS and kind == "BIGINT":
        digits = f"substr({_keyed(f'{quote_name(column)}::varchar', key)}, 1, 15)"
        return f"cast('0x' || {digits} as bigint) as {quote_name(column)}"
    if column in personal:
        return f"cast(null as {kind}) as {quote_name(column)}"
    return quote_name(column)


def pseudonym_sql(value: str, key: str) -> str:
    hashed = f"'{PREFIX}' || substr({_keyed(value, key)}, 1, 32)"
    return f"case when starts_with({value}, '{PREFIX}') then {value} else {hashed} end"


def _keyed(value: str, key: str) -> str:
    own = f"pseudonym:{key}"
    return f"sha256({quote_text(own)} || sha256({quote_text(own)} || {value}))"


def _views(connection: duckdb.DuckDBPyConnection) -> None:
    """Views stand on tables and on one another: one that cannot be made yet is made in the next round."""
    left = [
        sql
        for (sql,) in connection.execute(
            "select sql from duckdb_views() where database_name = 'whole' and not internal"
        ).fetchall()
    ]
    while left:
        again: list[str] = []
        for sql in left:
            try:
                connection.execute(sql)
            except duckdb.CatalogException:
                again.append(sql)
        if len(again) == len(left):
            connection.execute(again[0])  # says what is missing
        left = again


def _write_people(settings: Settings, connection: duckdb.DuckDBPyConnection, key: str) -> None:
    file = people_file(settings)
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = file.with_name(".people.draft")
    draft.unlink(missing_ok=True)
    there = connection.execute(
        "select count(*) from duckdb_tables() where database_name = 'whole' and schema_name = 'main'"
        " and table_name in ('users', 'person_identifiers')"
    ).fetchone()
    if there != (2,):
        return  # a build of few marts: who is who is not among them
    connection.execute(f"attach {quote_text(str(draft))} as people")
    draft.chmod(0o600)
    for table, columns in (
        ("users", "person_id, person_key, full_name, email, cohort"),
        ("person_identifiers", "identifier, person_id, person_key, kind, linked_by"),
    ):
        connection.execute(
            f"create table people.{table} as"
            f" select {pseudonym_sql('person_id', key)} as pseudonym, {columns} from whole.main.{table}"
        )
    connection.execute("detach people")
    draft.replace(file)
