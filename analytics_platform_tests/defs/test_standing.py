"""Checks that no run of days can evaluate: partitions left failed, values that are not as usual."""

import dagster as dg

from analytics_platform.defs.assemble import definitions
from analytics_platform.defs.recent import recent
from analytics_platform.defs.standing import left_failed
from analytics_platform_tests.organisation import Organisation

DAILY = dg.DailyPartitionsDefinition(start_date="2026-03-01", end_date="2026-03-10")


def test_a_partition_is_left_failed_until_it_is_built(instance: dg.DagsterInstance) -> None:
    broken = True

    @dg.asset(partitions_def=DAILY)
    def counted() -> None:
        if broken:
            raise ValueError("planted")

    def build(day: str) -> None:
        dg.materialize([counted], partition_key=day, instance=instance, raise_on_error=False)

    build("2026-03-02")
    build("2026-03-03")
    assert left_failed(instance, [counted.key]) == {"counted": ["2026-03-02", "2026-03-03"]}
    broken = False
    build("2026-03-02")
    assert left_failed(instance, [counted.key]) == {"counted": ["2026-03-03"]}
    build("2026-03-03")
    assert left_failed(instance, [counted.key]) == {}


def test_the_standing_checks_of_an_organisation(organisation: Organisation, instance: dg.DagsterInstance) -> None:
    job = definitions(organisation.settings).resolve_job_def("standing_checks")
    done = job.execute_in_process(instance=instance)
    found = {(one.asset_key.to_user_string(), one.check_name): one for one in done.get_asset_check_evaluations()}
    assert found["published/marts", "no_partition_left_failed"].passed
    assert not found["xapi/statements", "latest_complete_day"].passed  # its days are of March
    usual = [one for (_, check), one in found.items() if check == "usual_values"]
    assert len(usual) >= 10
    assert [one.description for one in usual if not one.passed] == []


def test_recent_runs_and_red_checks(organisation: Organisation) -> None:
    runs, red = recent(organisation.settings, 5)
    assert [(run.job, run.status) for run in runs[:2]] == [("insights", "success"), ("daily", "success")]
    assert all(run.seconds and run.days == "2026-03-02 to 2026-03-17" for run in runs[:2])
    assert not [one for one in red if one.blocks]
