"""A file that holds what its manifest says, whole or not at all, by hand and by schedule."""

import hashlib
import json
from datetime import date
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest

from analytics_platform.errors import SettingsError
from analytics_platform.lake.store import open_store
from analytics_platform.semantics import Role, Viewer
from analytics_platform.semantics.errors import NotAllowed, UnknownName
from analytics_platform.serving.exports import exporting
from analytics_platform.serving.exports.exporting import Export, export
from analytics_platform.serving.exports.scheduled import FILE, scheduled
from analytics_platform.settings import Settings
from analytics_platform_tests.lake.buckets import BUCKET, KEYS, emulator
from analytics_platform_tests.semantics.snapshot import put


def test_a_mart_with_its_manifest_and_schema(seven: Settings, tmp_path: Path) -> None:
    written = export(seven, Export("user_responses"), str(tmp_path / "out"))
    table = pq.read_table(tmp_path / "out" / "user_responses.parquet")
    manifest = json.loads((tmp_path / "out" / "user_responses.manifest.json").read_text())
    schema = json.loads((tmp_path / "out" / "user_responses.schema.json").read_text())
    assert (written.rows, table.num_rows, manifest["rows"]) == (12, 12, 12)
    content = (tmp_path / "out" / "user_responses.parquet").read_bytes()
    assert manifest["sha256"] == hashlib.sha256(content).hexdigest()
    assert (manifest["bytes"], manifest["snapshot"]) == (len(content), written.version)
    assert [column["name"] for column in schema["columns"]] == table.column_names
    assert all(column["description"] for column in schema["columns"])
    assert len(list((tmp_path / "out").iterdir())) == 3


def test_metrics_as_csv_and_less_for_a_viewer(seven: Settings, tmp_path: Path) -> None:
    wanted = Export("completion_rate,people_started", "csv", ("cohort",))
    export(seven, wanted, str(tmp_path))
    every = pd.read_csv(tmp_path / "completion_rate+people_started.csv")
    assert list(every["people_started"]) == [5, 2]
    export(seven, wanted, str(tmp_path), Viewer("v", Role.VIEWER))
    # Two people are hidden, and the others with them: a total less five would be the two.
    assert list(pd.read_csv(tmp_path / "completion_rate+people_started.csv")["cohort"]) == []
    with pytest.raises(NotAllowed):
        export(seven, Export("user_responses"), str(tmp_path), Viewer("v", Role.VIEWER))
    with pytest.raises(UnknownName, match="Near it: user_responses"):
        export(seven, Export("user_respnses"), str(tmp_path))


def test_an_export_that_dies_leaves_the_old_file(
    seven: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    export(seven, Export("users", "json"), str(tmp_path))
    before = (tmp_path / "users.json").read_bytes()
    assert len(json.loads(before)) == 7

    def dying(*_arguments: object):  # type: ignore[no-untyped-def]
        yield b"[{"
        raise OSError("the disk is full")

    monkeypatch.setattr(exporting, "stream", dying)
    with pytest.raises(OSError, match="full"):
        export(seven, Export("users", "json"), str(tmp_path))
    assert (tmp_path / "users.json").read_bytes() == before


@pytest.mark.parametrize("kind", ["s3", "gs"])
def test_a_bucket_gets_the_same_bytes_and_a_manifest_of_them(
    kind: str, seven: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    export(seven, Export("user_responses"), str(tmp_path / "out"))
    (tmp_path / "bucket").mkdir()
    with emulator(kind, tmp_path / "bucket") as port:
        there = seven.model_copy(update={"lake_endpoint": f"http://127.0.0.1:{port}"})
        place = f"{kind}://{BUCKET}/weekly"
        for _ in range(2):  # again, and it is the same
            export(there, Export("user_responses"), place)
        store = open_store(place, tmp_path / "scratch", there.lake_endpoint)
        found = {key: store.read(key) for key in store.keys("")}
    assert found.keys() == {f"user_responses.{end}" for end in ("parquet", "manifest.json", "schema.json")}
    content = found["user_responses.parquet"] or b""
    assert content == (tmp_path / "out" / "user_responses.parquet").read_bytes()
    assert json.loads(found["user_responses.manifest.json"] or b"")["sha256"] == hashlib.sha256(content).hexdigest()


def test_the_schedule_is_a_file(settings: Settings) -> None:
    put(settings)
    assert scheduled(settings) == []
    (settings.home / FILE).write_text(
        "- {name: users}\n- {name: answers, group_by: [cohort], every: week, format: csv, to: s3://b/c, role: viewer}\n"
    )
    users, answers = scheduled(settings)
    assert (users.format, users.is_due(date(2026, 3, 3))) == ("parquet", True)
    assert [answers.is_due(date(2026, 3, day)) for day in (2, 3)] == [True, False]
    assert (answers.viewer().role, answers.export().group_by) == (Role.VIEWER, ("cohort",))
    (settings.home / FILE).write_text("- {name: users, every: hour}\n")
    with pytest.raises(SettingsError, match=r"export 1: every"):
        scheduled(settings)
