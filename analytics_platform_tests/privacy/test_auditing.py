"""Known weaknesses: which versions an advisory means, in both forms in which advisories come."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from analytics_platform.cli import app
from analytics_platform.errors import PrivacyError
from analytics_platform.privacy.auditing import audit

BY_RANGE = """id: PYSEC-2026-1
aliases: [CVE-2026-0001]
published: '2026-03-01T10:00:00Z'
affected:
- package: {name: Some_Package, ecosystem: PyPI}
  ranges:
  - type: ECOSYSTEM
    events: [{introduced: '0'}, {fixed: '1.4'}, {introduced: '2.0'}, {fixed: 2.10.1}]
"""
BY_LAST = {
    "id": "PYSEC-2026-2",
    "published": "2026-05-02T10:00:00Z",
    "affected": [
        {
            "package": {"name": "another", "ecosystem": "PyPI"},
            "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"last_affected": "3.0"}]}],
        },
        {"package": {"name": "some-package", "ecosystem": "npm"}, "versions": ["9"]},
        {"package": {"name": "listed", "ecosystem": "PyPI"}, "versions": ["1.0rc1"]},
    ],
}
WITHDRAWN = BY_RANGE.replace("PYSEC-2026-1", "PYSEC-2026-3") + "withdrawn: '2026-04-01T00:00:00Z'\n"


@pytest.fixture
def advisories(tmp_path: Path) -> Path:
    folder = tmp_path / "vulns"
    (folder / "some-package").mkdir(parents=True)
    (folder / "some-package" / "PYSEC-2026-1.yaml").write_text(BY_RANGE)
    (folder / "some-package" / "PYSEC-2026-3.yaml").write_text(WITHDRAWN)
    (folder / "PYSEC-2026-2.json").write_text(json.dumps(BY_LAST))
    (folder / "README.md").write_text("no advisory")
    return tmp_path


@pytest.mark.parametrize(
    ("name", "version", "line"),
    [
        ("some.package", "1.3", "some-package 1.3: PYSEC-2026-1, CVE-2026-0001; fixed in 1.4"),
        ("some-package", "1.4", None),
        ("some-package", "2.9", "some-package 2.9: PYSEC-2026-1, CVE-2026-0001; fixed in 2.10.1"),
        ("some-package", "2.10.1", None),
        ("some-package", "9", None),  # npm's package of that name
        ("another", "3.0", "another 3.0: PYSEC-2026-2; no fixed version is named"),
        ("another", "3.0.1", None),
        ("listed", "1.0rc1", "listed 1.0rc1: PYSEC-2026-2; no fixed version is named"),
        ("listed", "1.0", None),
    ],
)
def test_the_versions_that_an_advisory_means(advisories: Path, name: str, version: str, line: str | None) -> None:
    found = audit({name: version}, advisories)
    assert [weakness.line() for weakness in found.weaknesses] == [line] * (line is not None)
    assert (found.advisories, found.newest) == (3, "2026-05-02")


def test_an_empty_folder_is_no_clean_bill(tmp_path: Path) -> None:
    with pytest.raises(PrivacyError, match="holds no advisory"):
        audit({"another": "3.0"}, tmp_path)


def test_the_command_fails_where_something_is_known(advisories: Path, tmp_path: Path) -> None:
    lock = tmp_path / "some.lock"
    lock.write_text("another==3.0\nlisted==2.0\n")
    said = CliRunner().invoke(app, ["audit", str(advisories), "--lock", str(lock)])
    assert said.exit_code == 1
    assert "1 known weaknesses of 2 packages, by 3 advisories, the newest of 2026-05-02." in said.output
