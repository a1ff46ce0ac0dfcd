"""The lake's free-text answers, and tables of labels written beside them. What labelling and screening share.

Statements and exported answers alike; polls and quizzes hold no free text, of a rating only its comment is read. Does
not live here: any label (``answer_labeller``, ``alarms``).
"""

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

import duckdb
import pyarrow as pa

from analytics_platform.contracts import TABLES
from analytics_platform.contracts.imports import EXPORTS
from analytics_platform.contracts.sql import quill_text
from analytics_platform.lake.lake import Lake
from analytics_platform.lake.workbench import days_sql

BATCH = 2_000  # texts that are labelled at once
CHUNK_DAYS = 31  # days whose answers are in the workbench at once

# A rating reads "⭐⭐⭐ — comment"; a rating without a letter in it is no text. Any card or interaction that is not
# known to be a choice, a number or a picture may hold free text.
_FREE_TEXT = f"""
select answer_id, day, trim(text) as text
from (
    select answer_id, day, card_type,
        case when card_type = 'rate' then regexp_replace({quill_text("response")}, '^[^—–]*? [—–] ', '')
            else {quill_text("response")} end as text
    from (
        select statement_id as answer_id, day, card_type, response from statements
        where is_question and coalesce(interaction_type, 'other') in ('fill-in', 'long-fill-in', 'other')
        union all
        select response_id as answer_id, day, card_type, response from exports
    )
    where response is not null and coalesce(card_type, 'form') not in ('poll', 'quiz', 'submit-media')
)
where trim(text) <> '' and (card_type is distinct from 'rate' or regexp_matches(text, '\\p{{L}}'))"""


def read_answers(connection: duckdb.DuckDBPyConnection, folder: Path, lake: Lake, days: Sequence[date]) -> None:
    """Fill ``answers`` (answer_id, day, text) with the free texts of some days."""
    statements = days_sql(lake, TABLES["xapi/statements"], days, folder)
    exports = days_sql(lake, EXPORTS, days, folder)
    sources = f"with statements as ({statements}), exports as ({exports})"
    connection.execute(f"create or replace temp table answers as {sources} {_FREE_TEXT}")


def batches(connection: duckdb.DuckDBPyConnection) -> Iterator[list[str]]:
    """The distinct texts of ``answers``, some thousand at a time, in a fixed order."""
    connection.execute("create or replace temp table distinct_texts as select distinct text from answers order by text")
    first = 0
    while found := connection.execute(f"select text from distinct_texts limit {BATCH} offset {first}").fetchall():
        yield [one for (one,) in found]
        first += BATCH


def collect(connection: duckdb.DuckDBPyConnection, table: str, rows: pa.Table) -> None:
    """Add rows to a temporary table, which is made with the first ones (there may be none)."""
    connection.register("rows_to_add", rows)
    connection.execute(f"create temp table if not exists {table} as select * from rows_to_add limit 0")
    connection.execute(f"insert into {table} select * from rows_to_add")
    connection.unregister("rows_to_add")
