"""One person leaves an installation whole, and nobody else is touched; a kill at any step leaves it resumable."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from analytics_platform.collector.store.databases import open_database
from analytics_platform.commands.materializing import reopened
from analytics_platform.contracts import IMPORTS, TABLES
from analytics_platform.defs.running import run_days
from analytics_platform.errors import PrivacyError
from analytics_platform.lake import open_lake
from analytics_platform.lake.lake import Lake
from analytics_platform.privacy import erasing
from analytics_platform.privacy.erasing import Erasure, not_reached
from analytics_platform.privacy.exporting import export
from analytics_platform.privacy.home_files import clean
from analytics_platform.privacy.identity import Person, resolve
from analytics_platform.privacy.searching import search
from analytics_platform.settings import Settings
from analytics_platform.warehouse.publishing import current
from analytics_platform_tests.lines import DAY, STATEMENTS, land, statement
from analytics_platform_tests.privacy.planted import ADDRESS, CANARIES, WORDS

ADA = {"mbox": f"mailto:{ADDRESS}"}
EVE = {"mbox": "mailto:eve@example.org"}


def rows_of_others(settings: Settings) -> dict[str, Any]:
    """Of marts that show people, every row of everybody but the canary."""
    snapshot = current(settings)
    assert snapshot is not None
    with duckdb.connect(str(settings.published_folder / snapshot.file), read_only=True) as connection:
        who = connection.execute("select person_id from person_identifiers where identifier = ?", [f"mbox:{ADDRESS}"])
        own = (who.fetchone() or ["nobody"])[0]
        found = {}
        for mart in ("users", "person_identifiers", "lesson_progress", "video_views"):
            found[mart] = connection.execute(
                f"select * from {mart} where coalesce(person_id, '') <> ? order by all", [own]
            ).fetchall()
        # Rows without a user hang on her conversation and her session.
        for mart, key, hanging in (
            ("exchanges", f"chat:{CANARIES['chat']}", "conversation_id"),
            ("sessions", f"user:{CANARIES['app']}", "session_id"),
        ):
            others = f"coalesce(actor_key, '') <> ? and not starts_with(coalesce({hanging}, ''), 'canary-')"
            found[mart] = connection.execute(f"select * from {mart} where {others} order by all", [key]).fetchall()
        found["answers"] = connection.execute(
            "select answer_id, response from user_responses where coalesce(person_id, '') <> ?"
            " and response not ilike '%canary.example%' and response not like '%erased%' order by all",
            [own],
        ).fetchall()
    return found


@pytest.mark.proof
def test_a_person_leaves_every_file_and_the_others_stay(planted: Settings, tmp_path: Path) -> None:
    shutil.copytree(planted.home, tmp_path / "home", symlinks=True)
    settings = planted.model_copy(update={"platform_home": tmp_path / "home"})
    before = rows_of_others(settings)
    lake = open_lake(settings)
    received = {path: [e.received for e in lake.ledger.entries(t)] for path, t in {**TABLES, **IMPORTS}.items()}
    told: list[str] = []

    person = resolve(settings, ADDRESS)
    assert {f"account:https://7taps.com|{CANARIES['account']}", f"chat:{CANARIES['chat']}",
            f"user:{CANARIES['app']}", f"mbox:{ADDRESS}"} <= set(person.identifiers)  # fmt: skip
    counts = export(settings, f"chat:{CANARIES['chat']}", tmp_path / "export")
    about = (tmp_path / "export" / "about.md").read_text()
    assert CANARIES["phone"] in about
    assert CANARIES["name"] in about
    assert counts["sent-nocodb-messages.csv"] == 2  # one of them has no user, only the conversation
    assert search(tmp_path / "export", [CANARIES["diagnosis"], CANARIES["secret"], CANARIES["trace"]])

    would = list((dry := Erasure(settings, lambda: False, dry_run=True)).steps(dry.begin(ADDRESS)))
    assert rows_of_others(settings) == before
    assert sum(one.count for one in would if "xapi/statements" in one.place) == 4

    def rebuild() -> bool:
        return run_days(settings, reopened(settings), told.append)

    erasure = Erasure(settings, rebuild)
    removed = list(erasure.steps(erasure.begin(ADDRESS)))
    assert not erasure.is_under_way
    assert search(settings.home, WORDS, leave_out=("models/",)) == {}
    after = rows_of_others(settings)
    assert {mart: len(rows) for mart, rows in after.items()} == {mart: len(rows) for mart, rows in before.items()}
    moved = [row for mart, rows in after.items() for row in set(before[mart]) ^ set(rows)]
    # The teacher's statement about her went as well, and counts in the teacher's rows no more.
    assert [row for row in moved if "other.teacher@example.org" not in row] == []
    lines = sum(one.count for one in removed if one.place.startswith("landing") and "lines on" in one.what)
    assert lines == 5 + 1 + 2 + 3 + 1 + 1 + 3  # statements, conversation, messages, app, video, roster, links
    for path, table in {**TABLES, **IMPORTS}.items():
        entries = lake.ledger.entries(table)
        assert all(entry.balances for entry in entries)
        assert [entry.received for entry in entries] == received[path]
    assert reopened(settings) == []  # nothing waits
    note = json.loads((settings.home / "privacy" / "erasures.ndjson").read_text())
    assert note["removed"]["landing and lake: xapi/statements"] == 6  # five of hers, one that mentioned her
    assert [words for words in not_reached(settings) if words.startswith("Backups")]


@pytest.fixture
def small(settings: Settings, lake: Lake) -> Settings:
    """Two people in landing, a report, a log, a database and a file that was brought; no marts."""
    land(lake, "xapi/statements", statement("a", actor=ADA), statement("b", actor=EVE, context={"instructor": ADA}))
    lake.build(STATEMENTS, [DAY])
    home = settings.home
    for name, text in {
        "reports/executive/2026-03-10/report.md": f"Best of the day: {ADDRESS}",
        "reports/executive/2026-03-11/report.md": "Nobody",
        "dagster_home/storage/r/compute_logs/a.err": f"failed for {ADDRESS.upper()}\n",
        "imports/done/roster/r.csv": f'Email,Name\n{ADDRESS},"Ada\nLong"\neve@example.org,Eve\n',
    }.items():
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_text(text)
    open_database(settings.collector_store)
    return settings


def erase(settings: Settings) -> None:
    erasure = Erasure(settings, lambda: True)
    list(erasure.steps(erasure.resume() if erasure.is_under_way else erasure.begin(ADDRESS)))


class Killed(BaseException):
    pass


@pytest.mark.parametrize("step", ["_collector", "_lake_days", "_derived", "_marts", "_files", "_note"])
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_kill_at_any_step_leaves_it_resumable(
    step: str, when: str, small: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole: Callable[..., Any] = getattr(Erasure, step)

    def killed(*arguments: Any) -> Any:
        if when == "after":
            done = whole(*arguments)
            list(done if done is not None else ())
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(Erasure, step, killed)
        with pytest.raises(Killed):
            erase(small)
    with pytest.raises(PrivacyError, match="--resume"):
        Erasure(small, lambda: True).begin("mbox:other@example.org")
    erase(small)
    _is_gone(small)


def test_a_kill_between_landing_and_the_lake_leaves_it_resumable(
    small: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: Any) -> Any:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(Lake, "build", killed)
        with pytest.raises(Killed):
            erase(small)
    erase(small)
    _is_gone(small)


def _is_gone(settings: Settings) -> None:
    assert search(settings.home, [ADDRESS, "quastenflosser"]) == {}
    (entry,) = open_lake(settings).ledger.entries(STATEMENTS)
    assert (entry.received, entry.stored, entry.reasons, entry.balances) == (2, 1, {"erased": 1}, True)
    assert not (settings.home / "reports/executive/2026-03-10/report.md").exists()
    assert (settings.home / "reports/executive/2026-03-11/report.md").exists()
    assert (settings.home / "dagster_home/storage/r/compute_logs/a.err").read_text() == "failed for [erased]\n"
    assert (settings.home / "imports/done/roster/r.csv").read_text().splitlines() == [
        "Email,Name",
        "eve@example.org,Eve",
    ]


def test_what_another_process_writes_in_between_is_found(small: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    def writing(home: Path, *_: Any) -> Any:
        (home / "late.log").write_text(ADDRESS)
        return iter(())

    with monkeypatch.context() as patch:
        patch.setattr(erasing, "clean", writing)
        with pytest.raises(PrivacyError, match="still hold the person"):
            erase(small)
    erase(small)
    _is_gone(small)


def test_marts_that_cannot_be_built_leave_it_under_way(small: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    class Published:
        def current(self) -> str:
            return "snapshot"

        def forget(self) -> None:
            pass

    monkeypatch.setattr(erasing, "open_warehouse", lambda _: Published())
    erasure = Erasure(small, lambda: False)
    with pytest.raises(PrivacyError, match="old snapshot with the person in it"):
        list(erasure.steps(erasure.begin(ADDRESS)))
    assert erasure.is_under_way
    assert (small.home / "privacy" / "under_way.json").stat().st_mode & 0o077 == 0


def test_nobody_is_erased_by_a_name_or_a_typing_error(small: Settings) -> None:
    for given in ("Wilhelmina", "  ", "01234"):
        with pytest.raises(PrivacyError):
            resolve(small, given)


def test_a_short_word_is_no_needle(settings: Settings) -> None:
    person = Person(None, None, ("user:42", "account:https://a.example|bob", "chat:abcdef", "user:u-4711-x"))
    assert person.needles == ("u-4711-x",)
    assert list(clean(settings.home, Person(None, None, ()), (), dry_run=True)) == []
