"""The message as Markdown, HTML and CSV: all of it is there, and nothing from outside breaks out of its place."""

import csv
import io
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from analytics_platform import settings as settings_module
from analytics_platform.cli import app
from analytics_platform.reports import markdown
from analytics_platform.reports.message_files import FORMS, message_of, slug, write_messages
from analytics_platform.reports.names import listed, shown
from analytics_platform.settings import Settings
from analytics_platform_tests.reports.snapshot import COHORT, DAY, answer, lesson, member, progress, put
from analytics_platform_tests.reports.test_progress import flag

pytestmark = pytest.mark.slow

EVIL = '<script>alert(1)</script> *bold* | [x](javascript:1) & =HYPERLINK("x") long enough'


@pytest.fixture
def told(settings: Settings) -> Settings:
    put(
        settings,
        users=[member("p0", "Ann Hill"), member("p1", "=cmd|'/c calc'!A1"), member("p2", "Bo <b>Sand"), member("p3")],
        lessons=[lesson("1", 1, "Sleep | <i>well</i>"), lesson("2", 2, "Focus")],
        lesson_progress=[progress("p0", "1", 9, 10), progress("p1", "1", 10)],
        user_responses=[answer("a", "p2", EVIL, "Bo <b>Sand"), answer("b", "p1", EVIL, "=cmd", **flag("high"))],
    )
    return settings


def rendered(settings: Settings, form: str) -> str:
    return FORMS[form](message_of(settings, COHORT, DAY))


def test_markdown_is_whole_and_escaped(told: Settings) -> None:
    text = rendered(told, "md")
    assert text.startswith("# North / Harbour: Tuesday, 10 March 2026\n")
    assert text.index("## Please look at these first (1)") < text.index("## Lesson 1") < text.index("## Worth quoting")
    assert "- **Completed (1)**: Ann\n" in text
    assert "- **Not started (2)**: Bo, 1 without a name on the roster" in text
    assert "**Next: lesson 2, Focus**" in text
    assert "<script" not in text
    assert "&lt;script&gt;" in text
    assert "\\[x\\](javascript:1)" in text
    assert "Sleep \\| &lt;i&gt;well" in text


@pytest.mark.parametrize(
    ("text", "escaped"),
    [("- a list", "\\- a list"), ("1. first", "1\\. first"), ("2026-03-10", "2026\\-03-10"), ("# no", "\\# no"),
     ("two\nlines", "two lines"), ("a_b", "a\\_b"), ("&lt;", "&amp;lt;"), ("fine, thanks!", "fine, thanks!")],
)  # fmt: skip
def test_text_stays_text(text: str, escaped: str) -> None:
    assert markdown.escape(text) == escaped


def test_html_is_whole_escaped_and_alone(told: Settings) -> None:
    page = rendered(told, "html")
    assert page.startswith("<!doctype html>")
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert "http" not in page
    assert "Sleep | &lt;i&gt;well&lt;/i&gt;" in page
    assert page.count("<blockquote>") == 1


def test_csv_has_a_row_for_each_member_and_no_formula(told: Settings) -> None:
    text = rendered(told, "csv")
    assert text.startswith("\ufeffdate,cohort,kind,")
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
    assert [(row["kind"], row["name"], row["status"]) for row in rows] == [
        ("flagged", "'=cmd", ""),
        ("progress", "Ann", "completed"),
        ("progress", "'=cmd|'/c", "partial"),
        ("progress", "Bo", "not started"),
        ("progress", "(no name on the roster)", "not started"),
        ("quote", "Bo", ""),
    ]
    assert not any(value.startswith(("=", "+", "-", "@")) for row in rows for value in row.values())


@pytest.mark.parametrize(
    ("privacy", "name"), [("full", "Ann Maria Hill"), ("first", "Ann"), ("initials", "A. M. H."), ("none", "")]
)
def test_names_as_far_as_privacy_allows(told: Settings, privacy: Any, name: str) -> None:
    assert shown("Ann Maria Hill", privacy) == name
    settings = told.model_copy(update={"report_names": privacy})
    everything = "".join(rendered(settings, form) for form in FORMS)
    assert ("Ann" in everything) == (privacy in ("full", "first"))
    assert ("Hill" in everything) == (privacy == "full")


def test_names_that_are_no_names() -> None:
    assert shown("ann.hill@example.org", "first") == "Ann"
    assert shown("ann.hill@example.org", "initials") == "A."
    assert listed(["Ann A", "Ann B", None, "Bo"], "first") == ["Ann ×2", "Bo", "1 without a name on the roster"]


def test_files_of_every_cohort(told: Settings) -> None:
    files = write_messages(told, DAY)
    folder = told.home / "reports" / "progress" / "2026-03-10"
    assert files == [folder / f"north-harbour.{form}" for form in ("md", "html", "csv")]
    assert (folder / "north-harbour.md").read_text("utf-8") == rendered(told, "md")
    assert sorted(folder.iterdir()) == sorted(files)
    put(told, users=[member("p0", "Ann", is_on_roster=False)])
    assert write_messages(told, DAY) == []


def test_file_names_of_cohorts_do_not_collide_or_leave_their_folder() -> None:
    names = ["North / Harbour", "North Harbour!", "../../etc", "ไทย", "สยาม", "A" * 300]
    assert slug(names[0]) == "north-harbour"
    assert len({slug(name) for name in names}) == len(names)
    assert all("/" not in slug(name) and ".." not in slug(name) and 0 < len(slug(name)) < 80 for name in names)


def test_the_command(told: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(settings_module, "load", lambda: told)
    command = ["report", "progress", "--cohort", COHORT, "--date", str(date(2026, 3, 10))]
    shown_text = CliRunner().invoke(app, command, catch_exceptions=False).output
    assert shown_text == rendered(told, "md")
    file = tmp_path / "message.html"
    said = CliRunner().invoke(app, [*command, "--format", "html", "--output", str(file)], catch_exceptions=False)
    assert said.output == f"Wrote {file}\n"
    assert file.read_text("utf-8") == rendered(told, "html")
