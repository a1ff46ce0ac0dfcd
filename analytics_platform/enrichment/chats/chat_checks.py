"""What must hold for days of chats that were just labelled. Read from the files, not from memory; pure of Dagster."""

from collections.abc import Sequence
from datetime import date

from analytics_platform.contracts import CHAT_LABELS, TABLES
from analytics_platform.enrichment.answers.free_texts import CHUNK_DAYS
from analytics_platform.lake.checks import Finding
from analytics_platform.lake.lake import Lake
from analytics_platform.lake.workbench import days_sql, workbench

MESSAGES, EXCHANGES = TABLES["nocodb/messages"], CHAT_LABELS["labels/exchanges"]


def every_turn_once(lake: Lake, days: Sequence[date]) -> Finding:
    """Each exchange with a text of the user has one row of labels, and no label is of another exchange."""
    chunks = [_count(lake, days[first : first + CHUNK_DAYS]) for first in range(0, len(days), CHUNK_DAYS)]
    turns, labelled, rows = map(sum, zip(*chunks, strict=True))
    return Finding(
        turns == labelled == rows,
        f"{rows:,} rows of labels for {turns:,} turns of users, of which {turns - labelled:,} have none.",
        {"turns": turns, "labels": rows, "without a label": turns - labelled},
    )


def _count(lake: Lake, days: Sequence[date]) -> tuple[int, ...]:
    with workbench(lake) as (connection, folder):
        messages = days_sql(lake, MESSAGES, days, folder)
        labels = days_sql(lake, EXCHANGES, days, folder)
        return (
            connection.execute(f"""
                with turns as (select message_id, day from ({messages}) where trim(coalesce(query, '')) <> ''
                    and not is_deleted),
                labels as (select message_id, day from ({labels}))
                select (select count(*) from turns),
                    (select count(*) from turns where (message_id, day) in (select (message_id, day) from labels)),
                    (select count(*) from labels)
            """).fetchone()
            or ()
        )
