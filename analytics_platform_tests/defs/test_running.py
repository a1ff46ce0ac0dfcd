"""Days from the command line: each range is run, and once more if it lacked what another built; the first partition."""

import signal
from collections.abc import Iterable, Iterator
from datetime import date, timedelta

import dagster as dg
import pytest

from analytics_platform.defs import running
from analytics_platform.defs.assemble import definitions
from analytics_platform.defs.days import daily, with_first_partition
from analytics_platform.lake.lake import Lake
from analytics_platform.settings import Settings
from analytics_platform_tests.lines import DAY, STATEMENTS, land, statement

DAYS = [date(2026, 3, 1), date(2026, 5, 1), date(2026, 7, 1)]


@pytest.mark.parametrize(
    ("ends", "tried", "succeeded"),
    [
        ([True, True, True], 3, True),
        ([False, True, True, True], 4, True),
        ([False, True, False, True, False], 5, False),
        ([False, False, False], 3, False),  # nothing was built meanwhile
    ],
)
def test_a_range_that_failed_beside_others_is_run_once_more(
    monkeypatch: pytest.MonkeyPatch, ends: list[bool], tried: int, succeeded: bool
) -> None:
    outcomes: Iterator[bool] = iter(ends)
    runs: list[date] = []

    def run(_job: object, _instance: object, span: tuple[date, date], _say: object) -> bool:
        runs.append(span[0])
        return next(outcomes)

    monkeypatch.setattr(running, "_run", run)
    job = dg.JobDefinition(graph_def=dg.GraphDefinition("nothing"), resource_defs={})
    with dg.DagsterInstance.ephemeral() as instance:
        assert running._run_ranges(job, instance, DAYS, lambda _: None) is succeeded
    assert (len(runs), sorted(set(runs))) == (tried, DAYS)


def first_partition(settings: Settings, asked: Iterable[date] = ()) -> str:
    first = daily(with_first_partition(settings, asked)).get_first_partition_key()
    assert first
    return first


def test_ctrl_c_is_no_failure_that_is_tried_again() -> None:
    @dg.op
    def stopped() -> None:
        signal.raise_signal(signal.SIGINT)

    @dg.job
    def stopping() -> None:
        stopped()

    said: list[str] = []
    with dg.DagsterInstance.ephemeral() as instance, pytest.raises(KeyboardInterrupt):
        running._run_ranges(stopping, instance, DAYS, said.append)
    assert not said


def test_partitions_begin_with_the_first_day_that_has_data(settings: Settings, lake: Lake) -> None:
    """Else a new home is "0 % filled" of thousands of days."""
    assert first_partition(settings) == "2020-01-01"  # nothing is known yet
    land(lake, "xapi/statements", statement("a"))
    assert first_partition(settings) == str(DAY)
    with_nocodb = settings.model_copy(update={"nocodb_url": "https://chats.example.org"})
    assert first_partition(with_nocodb) == "2020-01-01"  # any day can be pulled
    # History that is asked for, and stays once it was built, though nothing was there.
    assert first_partition(settings, [DAY - timedelta(days=9)]) == str(DAY - timedelta(days=9))
    lake.build(STATEMENTS, [DAY - timedelta(days=9)])
    assert first_partition(settings) == str(DAY - timedelta(days=9))
    assert first_partition(settings, [date(2019, 5, 1)]) == "2020-01-01"


def test_every_asset_of_days_begins_on_one_day(settings: Settings, lake: Lake) -> None:
    land(lake, "xapi/statements", statement("a"))
    starts = {
        found.get_first_partition_key()
        for found in definitions(settings).get_repository_def().asset_graph.all_partitions_defs
        if isinstance(found, dg.DailyPartitionsDefinition)
    }
    assert starts == {str(DAY)}
