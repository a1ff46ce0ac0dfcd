"""Which lines came as things happened, and which are history that was delivered later.

An import of old statements, or a first load from another system, says nothing about the delay of live lines, and its
end does not mean that the source fell silent. Does not live here: who asks (``alerts.sources``,
``insights.platform_days``).
"""

from collections.abc import Sequence
from datetime import date

from analytics_platform.contracts import LakeTable
from analytics_platform.lake.lake import Lake
from analytics_platform.lake.workbench import days_sql, workbench

# Of rows with ``received_at`` and ``event_time``. Two days: a file once a day, or a phone that was offline for a night,
# is live; what comes later is history.
IS_LIVE = "received_at - event_time <= interval 2 days"


def live_days(lake: Lake, table: LakeTable, days: Sequence[date]) -> list[date]:
    """Those of the days of which at least one line came live."""
    with workbench(lake) as (connection, folder):
        rows = days_sql(lake, table, days, folder)
        return [
            day
            for (day,) in connection.execute(
                f"select distinct day from ({rows}) where {IS_LIVE} order by day"
            ).fetchall()
        ]
