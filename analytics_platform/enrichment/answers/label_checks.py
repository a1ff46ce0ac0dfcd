"""What must hold for days that were just labelled. Read from the files, not from memory; pure of Dagster."""

from collections.abc import Sequence
from datetime import date

from analytics_platform.contracts import MADE
from analytics_platform.enrichment.answers.free_texts import CHUNK_DAYS, read_answers
from analytics_platform.lake.checks import Finding
from analytics_platform.lake.lake import Lake
from analytics_platform.lake.workbench import days_sql, workbench

_COUNTS = """
    select
        (select count(*) from answers),
        (select count(*) from answers where (answer_id, day) in (select (answer_id, day) from labels_answers)),
        (select count(*) from labels_answers),
        count(*),
        count(distinct (firing_id, day)),
        count(*) filter (where (answer_id, day) not in (select (answer_id, day) from answers))
    from labels_safety"""


def examine(lake: Lake, days: Sequence[date]) -> dict[str, Finding]:
    """A finding for each made table, by its path."""
    chunks = [_count(lake, days[first : first + CHUNK_DAYS]) for first in range(0, len(days), CHUNK_DAYS)]
    texts, labelled, labels, firings, once, strays = map(sum, zip(*chunks, strict=True))
    return {
        "labels/answers": Finding(
            texts == labelled == labels,
            f"{labels:,} labels for {texts:,} free-text answers, of which {texts - labelled:,} have none.",
            {"answers": texts, "labels": labels, "without a label": texts - labelled},
        ),
        "labels/safety": Finding(
            firings == once and not strays,
            f"{firings:,} firings, {firings - once:,} of them repeated and {strays:,} on no answer.",
            {"firings": firings, "repeated": firings - once, "on no answer": strays},
        ),
    }


def _count(lake: Lake, days: Sequence[date]) -> tuple[int, ...]:
    with workbench(lake) as (connection, folder):
        read_answers(connection, folder, lake, days)
        for path, table in MADE.items():
            view = path.replace("/", "_")
            connection.execute(f"create temp view {view} as {days_sql(lake, table, days, folder / view)}")
        return connection.execute(_COUNTS).fetchone() or ()
