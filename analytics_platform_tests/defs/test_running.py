"""Several ranges of days from the command line: each is run, and one that lacked what another built, once more."""

from collections.abc import Iterator
from datetime import date

import dagster as dg
import pytest

from analytics_platform.defs import running

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
