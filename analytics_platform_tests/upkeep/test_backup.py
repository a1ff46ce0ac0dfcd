"""What is saved, what comes back on an empty home, and backups that are damaged."""

import sqlite3
import tarfile
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from analytics_platform.alerts.alert import Alert
from analytics_platform.alerts.delivering import tell
from analytics_platform.alerts.state import State
from analytics_platform.errors import UpkeepError
from analytics_platform.lake import open_lake
from analytics_platform.lake.lake import Lake
from analytics_platform.settings import Settings
from analytics_platform.upkeep.backup import restore, save
from analytics_platform_tests.lines import DAY, NOON, STATEMENTS, land, rows, statement


@pytest.fixture
def lived(settings: Settings, lake: Lake, tmp_path: Path) -> Settings:
    """A home with lines, a database that is written right now, an alert, a file, and a word list elsewhere."""
    land(lake, "xapi/statements", statement("a"), statement("b"), {"no": "statement"})
    lake.build(STATEMENTS, [DAY])
    tell(settings, [Alert("run_failed", "high", "o", "cause", "t", "t", "t")], NOON)
    (settings.home / "collector").mkdir()
    (settings.imports_folder / "done").mkdir(parents=True)
    (settings.imports_folder / "done" / "roster.csv").write_text("Email\n")
    words = tmp_path / "words.csv"
    words.write_text("cohort,word,tier,from_date,until_date\n")
    return settings.model_copy(update={"safety_words_file": str(words)})


def test_a_restore_onto_an_empty_home_builds_the_same(lived: Settings, lake: Lake, tmp_path: Path) -> None:
    store = lived.home / "collector" / "collector.db"
    with closing(sqlite3.connect(store)) as writer:
        writer.execute("pragma journal_mode = wal")
        writer.execute("create table kept (n integer)")
        writer.execute("insert into kept values (7)")
        writer.commit()  # still in the write-ahead log, with its writer open
        saved = save(lived, tmp_path / "backup.tar", NOON)
    assert saved.files >= 5
    with tarfile.open(saved.file) as tar:
        names = tar.getnames()
    assert "settings/safety_words_file/words.csv" in names
    assert not [name for name in names if name.startswith(("lake/xapi", "ledger", "quarantine"))]
    other = lived.model_copy(update={"platform_home": tmp_path / "other"})
    assert restore(other, saved.file) == saved.files
    fresh = open_lake(other)
    assert fresh.ledger.reopened(STATEMENTS, fresh.landing) == [DAY]  # everything is built from what was restored
    (entry,) = fresh.build(STATEMENTS, [DAY])
    assert entry == lake.ledger.read(STATEMENTS, DAY)
    assert rows(fresh, "xapi/statements") == rows(lake, "xapi/statements")
    with closing(sqlite3.connect(other.home / "collector" / "collector.db")) as found:
        assert found.execute("select n from kept").fetchall() == [(7,)]
    assert State(other.home).open_causes() == ["cause"]
    assert (other.imports_folder / "done" / "roster.csv").read_text() == "Email\n"


def test_a_home_without_anything_is_no_backup(settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(UpkeepError, match="has nothing to save"):
        save(settings, tmp_path / "backup.tar", NOON)
    assert not (tmp_path / "backup.tar").exists()


def test_what_is_there_is_never_overwritten(lived: Settings, tmp_path: Path) -> None:
    file = tmp_path / "backup.tar"
    save(lived, file, NOON)
    with pytest.raises(UpkeepError, match=r"overwrites nothing. Name another file"):
        save(lived, file, NOON + timedelta(days=1))
    with pytest.raises(UpkeepError, match="is not empty, and a restore overwrites nothing"):
        restore(lived, file)


def test_a_damaged_backup_changes_nothing(lived: Settings, tmp_path: Path) -> None:
    file = tmp_path / "backup.tar"
    save(lived, file, NOON)
    data = bytearray(file.read_bytes())
    place = data.index(b"Email\n")
    data[place : place + 5] = b"Emaii"
    (tmp_path / "changed.tar").write_bytes(data)
    (tmp_path / "cut.tar").write_bytes(bytes(data[: len(data) // 2]))
    other = lived.model_copy(update={"platform_home": tmp_path / "other"})
    with pytest.raises(UpkeepError, match=r"1 files differ from what was saved, the first is imports/done/roster.csv"):
        restore(other, tmp_path / "changed.tar")
    with pytest.raises(UpkeepError, match="is no whole backup"):
        restore(other, tmp_path / "cut.tar")
    with pytest.raises(UpkeepError, match="is no whole backup"):
        restore(other, tmp_path / "absent.tar")
    assert not other.home.exists()
    assert sorted(path.name for path in tmp_path.iterdir() if "tmp" in path.name) == []
