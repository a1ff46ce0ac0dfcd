"""The command line: credentials, import, ship."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from analytics_platform import settings
from analytics_platform.collector import commands

from .samples import with_id


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[CliRunner]:
    monkeypatch.setenv("PLATFORM_HOME", str(tmp_path))
    settings.load.cache_clear()
    yield CliRunner()
    settings.load.cache_clear()


def said(run: CliRunner, app: typer.Typer, *words: str) -> str:
    result = run.invoke(app, list(words))
    assert result.exit_code == 0, result.output
    return result.output


def test_a_credential_from_first_to_last(run: CliRunner) -> None:
    name = said(run, commands.credentials, "add", "7taps", "--scope", "write").split()[2]
    assert f"{name}  write" in said(run, commands.credentials, "list")
    said(run, commands.credentials, "revoke", name)
    assert "revoked" in said(run, commands.credentials, "list")
    assert run.invoke(commands.credentials, ["revoke", name]).exit_code == 1


def test_import_and_ship(run: CliRunner, tmp_path: Path) -> None:
    file = tmp_path / "export.ndjson"
    file.write_text("\n".join(json.dumps(statement) for statement in (with_id(), with_id(), {"actor": 1})))
    told = said(run, commands.imports, "xapi", str(file))
    assert "stored: 2" in told
    assert "export.ndjson #3" in told
    assert "3 lines shipped" in told
    assert "0 lines shipped" in said(run, commands.collector, "ship")
