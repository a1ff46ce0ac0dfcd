"""The partitions of everything: UTC days, from the first day that has data on. Any range of them is one run."""

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta

import dagster as dg

from analytics_platform.lake import open_lake
from analytics_platform.lake.day_files import first_known_day
from analytics_platform.settings import Settings

ONE_RUN = dg.BackfillPolicy.single_run()
OWNERS = ["team:data-engineering"]
# How Dagster tells a run its partition, or the first and last of a range.
PARTITION = "dagster/partition"
RANGE_START, RANGE_END = "dagster/asset_partition_range_start", "dagster/asset_partition_range_end"

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def daily(settings: Settings) -> dg.DailyPartitionsDefinition:
    """Today is a partition too: lines of today are wanted on screen before the day is over."""
    first = settings.platform_first_partition or settings.platform_first_day
    return dg.DailyPartitionsDefinition(start_date=str(first), timezone="UTC", end_offset=1)


def with_first_partition(settings: Settings, asked: Iterable[date] = ()) -> Settings:
    """The settings with the first partition set: the first day that has lines, or was built, or is asked for now.

    Dagster takes a definition's start when code is loaded, and each run loads it anew: a run for history that came
    later has its partitions, and the UI shows them after "Reload definitions". From NocoDB any day can be pulled, a
    bucket is not listed at each start, and an empty home knows nothing: there PLATFORM_FIRST_DAY holds.
    """
    is_open = bool(settings.nocodb_url or settings.lake_url)
    known = None if is_open else first_known_day(open_lake(settings).store)
    first = min([known or settings.platform_first_day, settings.platform_first_partition or date.max, *asked])
    return settings.model_copy(update={"platform_first_partition": max(first, settings.platform_first_day)})


def days_of(context: dg.AssetExecutionContext) -> list[date]:
    """The days that this run builds, in order. A run of marts that are made whole names none: it builds today."""
    return named_days(context) or [datetime.now(UTC).date()]


def named_days(context: dg.AssetExecutionContext) -> list[date]:
    """The days of the run's partition or range; none for a run without partitions."""
    return days_in(context.run.tags)


def days_in(tags: Mapping[str, str]) -> list[date]:
    """The days of a run's tags; none where its partitions are no days, or where it has none."""
    first, last = tags.get(RANGE_START) or tags.get(PARTITION), tags.get(RANGE_END) or tags.get(PARTITION)
    if first is None or last is None or not days_named([first, last]):
        return []
    start = date.fromisoformat(first)
    return [start + timedelta(days=number) for number in range((date.fromisoformat(last) - start).days + 1)]


def days_named(keys: Iterable[str]) -> list[date]:
    """Partition keys that are days, sorted: weeks and months have partitions of their own."""
    return sorted(date.fromisoformat(key) for key in keys if _DAY.fullmatch(key))


def retry_later(context: dg.AssetExecutionContext, cause: Exception) -> dg.RetryRequested:
    """For what can fail for a while (disk, network, a lock): three more tries after 5, 20 and 80 seconds."""
    wait = 5 * 4**context.retry_number
    context.log.warning(f"{cause}. Trying again in {wait} s.")
    return dg.RetryRequested(max_retries=3, seconds_to_wait=wait)
