"""Which reports are asked for, once for a period and a snapshot; the asset with its preview; the posting job."""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import dagster as dg
import pytest
import yaml

from analytics_platform.contracts import TABLES
from analytics_platform.defs.check_states import failing_checks
from analytics_platform.defs.days import PARTITION
from analytics_platform.defs.documents import Candidate, closed_periods_sensor, due, posting, report_assets, report_jobs
from analytics_platform.defs.setting_groups import setting_groups
from analytics_platform.lake.lake import Lake
from analytics_platform.reports.documents.periods import parse
from analytics_platform.settings import Settings
from analytics_platform.warehouse.publishing import Snapshot
from analytics_platform_tests.alerts.servers import mail_server
from analytics_platform_tests.lines import land, statement
from analytics_platform_tests.reports.test_documents import active, put

pytestmark = pytest.mark.filterwarnings("ignore::dagster.BetaWarning")
NOW = datetime(2026, 3, 16, 6, 0, tzinfo=UTC)
KEY = dg.AssetKey(["marts", "users"])


def snapshot(first: str | None, last: str | None, version: str = "v2") -> Snapshot:
    return Snapshot(version, "f", "b", "2026-03-16T05:00:00Z", first, last, {})


@pytest.mark.parametrize(
    ("key", "written", "hours_ago", "published", "expected"),
    [
        ("2026-W11", None, None, ("2026-03-01", "2026-03-15"), True),
        ("2026-W11", None, None, ("2026-03-01", "2026-03-14"), False),  # its Sunday is not published
        ("2026-W11", None, None, ("2026-03-16", "2026-03-16"), False),  # before the data began
        ("2026-W11", None, None, (None, None), False),
        ("2026-W11", "v2", 100, ("2026-03-01", "2026-03-15"), False),  # of this snapshot
        ("2026-W11", "v1", 7, ("2026-03-01", "2026-03-15"), True),  # late data
        ("2026-W11", "v1", 5, ("2026-03-01", "2026-03-15"), False),  # written a short while ago
        ("2026-W10", "v1", 100, ("2026-03-01", "2026-03-15"), False),  # too old to be written again
        ("2026-03-15", "v1", 2, ("2026-03-01", "2026-03-15"), True),
    ],
)
def test_what_is_due(
    key: str, written: str | None, hours_ago: int | None, published: tuple[str | None, str | None], expected: bool
) -> None:
    at = NOW - timedelta(hours=hours_ago) if hours_ago else None
    found = due([Candidate(parse(key), written, at)], snapshot(*published), NOW)
    assert [period.key for period in found] == ([key] if expected else [])


def test_the_sensor_asks_for_what_closed_with_a_key_of_period_and_snapshot(
    settings: Settings, instance: dg.DagsterInstance, lake: Lake
) -> None:
    today = datetime.now(UTC).date()
    yesterday = today - timedelta(days=1)
    sensor = closed_periods_sensor(settings, report_jobs())

    def asked() -> list[dg.RunRequest]:
        with dg.build_sensor_context(instance=instance) as context:
            return list(sensor(context).run_requests or [])  # type: ignore[union-attr]

    assert asked() == []
    put(settings, user_activities=[{"source": "xapi", "person_id": "a", "local_day": d, "day": d}
                                   for d in (yesterday, today)])  # fmt: skip
    daily = asked()[0]
    assert (daily.job_name, daily.partition_key) == ("reports_daily", str(yesterday))
    assert (daily.run_key or "").startswith(f"{yesterday}:2026")
    assert asked()[0].run_key == daily.run_key
    written = settings.reports_folder / "executive" / str(yesterday - timedelta(days=4))
    written.mkdir(parents=True)
    (written / "about.json").write_text('{"snapshot": "v0"}')
    missed = [str(yesterday - timedelta(days=n)) for n in (3, 2, 1)]  # the platform stood still
    put(settings, user_activities=[{"source": "xapi", "person_id": "a", "local_day": d, "day": d}
                                   for d in (today - timedelta(days=9), today)])  # fmt: skip
    days = [request.partition_key for request in asked() if request.job_name == daily.job_name]
    assert days == [*missed, str(yesterday)]
    shutil.rmtree(written)
    assert [one.partition_key for one in asked() if one.job_name == daily.job_name] == [str(yesterday)]
    noon = datetime.combine(yesterday, time(12), UTC)
    land(lake, "xapi/statements", statement("late", timestamp=noon.isoformat()), at=noon)
    assert str(yesterday) not in [request.partition_key for request in asked()]  # its lines are not built yet
    lake.build(TABLES["xapi/statements"], [yesterday])
    instance.add_run(
        dg.DagsterRun(daily.job_name, status=dg.DagsterRunStatus.STARTED, tags={PARTITION: str(yesterday)})
    )
    assert daily.job_name not in [request.job_name for request in asked()]  # it is being written


def test_a_check_that_a_run_planned_and_did_not_come_to_keeps_its_last_word() -> None:
    """As those of imports, where nothing is new."""
    failing = [True]

    @dg.multi_asset(
        specs=[dg.AssetSpec("files")],
        check_specs=[dg.AssetCheckSpec("as_contracted", asset="files")],
        can_subset=True,
    )
    def files() -> Iterator[dg.MaterializeResult[None] | dg.AssetCheckResult]:
        yield dg.MaterializeResult(asset_key="files")
        if failing:
            yield dg.AssetCheckResult(asset_key="files", check_name="as_contracted", passed=False)

    (key,) = files.check_keys
    with dg.DagsterInstance.ephemeral() as instance:
        dg.materialize([files], instance=instance)
        assert failing_checks(instance, {key}) == ["as_contracted of files"]
        failing.clear()
        dg.materialize([files], instance=instance)
        assert failing_checks(instance, {key}) == ["as_contracted of files"]


def test_a_week_is_written_with_a_preview_and_says_what_failed(settings: Settings) -> None:
    put(settings, user_activities=active("a", 9, 15))

    @dg.asset(key=KEY, check_specs=[dg.AssetCheckSpec("unique", asset=KEY), dg.AssetCheckSpec("warned", asset=KEY)])
    def users() -> Iterator[dg.MaterializeResult[None] | dg.AssetCheckResult]:
        yield dg.MaterializeResult()
        yield dg.AssetCheckResult(check_name="unique", passed=False)
        yield dg.AssetCheckResult(check_name="warned", passed=False, severity=dg.AssetCheckSeverity.WARN)

    defs = dg.Definitions(assets=[users, *report_assets(settings, set(users.check_keys))], jobs=report_jobs())
    with dg.DagsterInstance.ephemeral() as instance:
        dg.materialize([users], instance=instance)
        keys = set(defs.get_repository_def().asset_graph.asset_check_keys)
        assert failing_checks(instance, keys) == ["unique of marts/users"]
        job = defs.resolve_job_def("reports_weekly")
        done = job.execute_in_process(instance=instance, partition_key="2026-03-09")
    (made,) = done.asset_materializations_for_node("reports__weekly")
    preview = made.metadata["executive report"].value
    assert str(preview).startswith("# Executive report\n\nweek 11 of 2026 (2026-03-09 to 2026-03-15)\n")
    assert "failed a blocking check: unique of marts/users" in str(preview)
    assert made.metadata["failed blocking checks"].value == 1
    assert (settings.reports_folder / "technical" / "2026-W11" / "report.html").exists()


def test_reports_are_posted_once(settings: Settings, tmp_path: Path) -> None:
    yesterday = datetime.now(UTC).date() - timedelta(days=1)
    folder = settings.reports_folder / "executive" / str(yesterday)
    folder.mkdir(parents=True)
    (folder / "report.md").write_text("# Executive report\n")
    (folder / "report.html").write_text("<!doctype html>")
    lists = tmp_path / "lists.yaml"
    lists.write_text(
        yaml.safe_dump(
            {"lists": [{"report": "executive", "every": "day", "route": "mail", "to": ["a@e.org", "b@e.org"]},
                       {"report": "technical", "every": "day", "route": "mail", "to": ["a@e.org"]}]}
        )
    )  # fmt: skip
    with mail_server(tmp_path) as box:
        routes = tmp_path / "routes.yaml"
        mail = {"name": "mail", "channel": "email", "host": "127.0.0.1", "port": box.port, "ca_file": box.ca_file,
                "user": "u", "password": "a password of mail", "sender": "s@e.org", "to": ["nobody@e.org"]}  # fmt: skip
        routes.write_text(yaml.safe_dump({"routes": [mail]}))
        mine = settings.model_copy(update={"report_lists_file": str(lists), "alert_routes_file": str(routes)})
        groups: dict[str, object] = {**setting_groups(mine)}
        job, _ = posting(mine)
        with dg.DagsterInstance.ephemeral() as instance:
            assert job.execute_in_process(instance=instance, resources=groups).success
            assert job.execute_in_process(instance=instance, resources=groups).success
        assert [envelope.rcpt_tos for envelope in box.received] == [["a@e.org"], ["b@e.org"]]
        content = box.received[0].content
        assert isinstance(content, bytes)
        assert f'filename="executive-{yesterday}.html"'.encode() in content
