"""The instance of a cloud deployment on real parts: PostgreSQL holds the runs, a bucket holds the output of steps."""

from pathlib import Path

import dagster as dg
import pytest
from pydantic import SecretStr

from analytics_platform.deploy.instance import instance_config, write_instance
from analytics_platform.settings import Settings
from analytics_platform_tests.lake.buckets import KEYS, emulator
from analytics_platform_tests.postgres import postgres_server

pytestmark = pytest.mark.slow


@dg.asset
def step() -> None:
    """Its execution writes Dagster's own lines to stderr."""


def test_the_laptop_needs_no_service(settings: Settings) -> None:
    config = instance_config(settings)
    assert "storage" not in config
    assert "compute_logs" not in config
    assert config["telemetry"] == {"enabled": False}


def test_no_password_is_written(settings: Settings) -> None:
    made = settings.model_copy(update={"dagster_storage_url": SecretStr("postgresql+psycopg2://me:secret@db/dagster")})
    assert "secret" not in (write_instance(made) / "dagster.yaml").read_text()


def test_a_bucket_of_google_is_named_as_its_class_wants_it(settings: Settings) -> None:
    config = instance_config(settings.model_copy(update={"dagster_logs_url": "gs://logs/dagster/prod"}))
    assert config["compute_logs"]["class"] == "GCSComputeLogManager"
    assert config["compute_logs"]["config"] == {"bucket": "logs", "prefix": "dagster/prod", "upload_interval": 30}


def test_a_run_lives_in_postgresql_and_its_output_in_a_bucket(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("dagster_postgres", reason="needs the extra [postgres]")
    pytest.importorskip("dagster_aws", reason="needs the extra [aws]")
    with postgres_server() as server, emulator("s3", tmp_path) as port:
        url = server.replace("postgresql://", "postgresql+psycopg2://")
        for name, value in {**KEYS, "AWS_DEFAULT_REGION": "us-east-1", "DAGSTER_STORAGE_URL": url}.items():
            monkeypatch.setenv(name, value)
        cloud = {"dagster_logs_url": "s3://lake/dagster", "lake_endpoint": f"http://127.0.0.1:{port}"}
        home = write_instance(settings.model_copy(update={"dagster_storage_url": SecretStr(url), **cloud}))
        with dg.DagsterInstance.from_config(str(home)) as instance:
            run = dg.materialize([step], instance=instance).run_id
            (captured,) = instance.all_logs(run, of_type=dg.DagsterEventType.LOGS_CAPTURED)
            assert captured.dagster_event is not None
            key = captured.dagster_event.logs_captured_data.file_key
        with dg.DagsterInstance.from_config(str(home)) as other:  # as another machine would
            assert [record.dagster_run.run_id for record in other.get_run_records()] == [run]
            log = other.compute_log_manager.get_log_data([run, "compute_logs", key])
            assert b"Finished execution of step" in (log.stderr or b"")  # pytest keeps the stdout
