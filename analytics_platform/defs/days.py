"""The partitions of everything: UTC days, from PLATFORM_FIRST_DAY on. Any range of them is one run."""

from datetime import date

import dagster as dg

from analytics_platform.settings import Settings

ONE_RUN = dg.BackfillPolicy.single_run()
OWNERS = ["team:data-engineering"]


def daily(settings: Settings) -> dg.DailyPartitionsDefinition:
    """Today is a partition too: lines of today are wanted on screen before the day is over."""
    return dg.DailyPartitionsDefinition(start_date=str(settings.platform_first_day), timezone="UTC", end_offset=1)


def days_of(context: dg.AssetExecutionContext) -> list[date]:
    """The days that this run builds, in order."""
    return sorted(date.fromisoformat(key) for key in context.partition_keys)


def retry_later(context: dg.AssetExecutionContext, cause: Exception) -> dg.RetryRequested:
    """For what can fail for a while (disk, network, a lock): three more tries after 5, 20 and 80 seconds."""
    wait = 5 * 4**context.retry_number
    context.log.warning(f"{cause}. Trying again in {wait} s.")
    return dg.RetryRequested(max_retries=3, seconds_to_wait=wait)
