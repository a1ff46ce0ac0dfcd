"""The import commands, as a person types them."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from analytics_platform import settings as settings_module
from analytics_platform.cli import app
from analytics_platform.errors import FileRefused

from .conftest import Desk

FILES = {
    "roster": "Email,Group\na@example.org,North\n",
    "links": "identifier_a,identifier_b\nuser:u1,a@example.org\n",
    "lesson-map": "Number,Name\n1,Sleep\n",
    "responses": "Learner,Card,Lesson Number,Response\nAnn,Card 1 (form): How?,1,none\n",
}
OPTIONS = {"responses": ["--cohort", "North", "--exported-on", "2026-03-09"], "roster": ["--valid-from", "2026-03-01"]}


@pytest.fixture
def run(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    monkeypatch.setattr(settings_module, "load", lambda: desk.settings)
    return CliRunner()


@pytest.mark.parametrize("kind", FILES)
def test_dry_run_then_import_then_nothing_new(kind: str, run: CliRunner, desk: Desk) -> None:
    command = ["import", kind, str(desk.write(FILES[kind])), *OPTIONS.get(kind, [])]
    dry = run.invoke(app, [*command, "--dry-run"], catch_exceptions=False)
    assert "1 rows read, 1 good, 0 refused" in dry.output
    assert "A dry run: nothing is stored." in dry.output
    assert "Stored as batch 20" in run.invoke(app, command, catch_exceptions=False).output
    assert "Nothing is new" in run.invoke(app, command, catch_exceptions=False).output


def test_an_unusable_file_is_an_error_with_words(run: CliRunner, desk: Desk) -> None:
    file = str(desk.write("a,b\n1,2\n"))
    with pytest.raises(FileRefused, match="Its header reads: a, b"):
        run.invoke(app, ["import", "roster", file], catch_exceptions=False)
    assert run.invoke(app, ["import", "roster", str(Path(file).with_name("gone.csv"))]).exit_code == 2
