"""The watched folder: files are taken when they are complete, moved with their report, and never taken twice."""

import os
import time
from datetime import date
from pathlib import Path

from analytics_platform.connectors.files.dropping import dropped_files, options_of, refused_files, take_dropped
from analytics_platform.connectors.files.kinds import kind_of

from .conftest import NOON, Desk

ROSTER = "Email,Group,Team\nann@example.org,North,Harbour\nnobody,North,Harbour\n"
ANSWERS = "Learner,Card,Lesson Number,Response\nAnn,Card 1 (form): How?,1,none\n"


def drop(desk: Desk, place: str, text: str, age: float = 60) -> Path:
    file = desk.settings.imports_folder / place
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, "utf-8")
    os.utime(file, (time.time() - age,) * 2)
    return file


def test_files_are_imported_and_moved_with_their_report(desk: Desk) -> None:
    assert take_dropped(desk.settings, NOON) == []
    dropped = [
        drop(desk, "roster/members.csv", ROSTER),
        drop(desk, "responses/North/Harbour/export.csv", ANSWERS),
        drop(desk, "links/members.csv", ROSTER),
    ]
    taken = take_dropped(desk.settings, NOON)
    assert [(one.kind, one.report is None) for one in taken] == [
        ("roster", False),
        ("links", True),
        ("responses", False),
    ]
    folder = desk.settings.imports_folder
    assert not any(file.exists() for file in dropped)
    done = folder / "done" / "roster" / "20260310T120000-members.csv"
    assert done.read_text("utf-8") == ROSTER
    report = done.with_name(done.name + ".report.txt").read_text("utf-8")
    assert "2 rows read, 1 good, 1 refused" in report
    assert "line 3: the e-mail address is none" in report
    refused = folder / "rejected" / "links" / "20260310T120000-members.csv.report.txt"
    assert "no column for identifier a" in refused.read_text("utf-8")
    assert desk.rows("responses/exports", "cohort, response") == [("North / Harbour", "none")]
    assert take_dropped(desk.settings, NOON) == []
    assert all("ann" not in one.summary().lower() for one in taken)


def test_a_refused_file_is_open_until_one_of_its_name_is_taken_or_it_is_gone(desk: Desk) -> None:
    def refuse(place: str, minute: int) -> Path:
        drop(desk, place, "Name\nAnn\n")
        return take_dropped(desk.settings, NOON.replace(minute=minute))[0].file

    refuse("roster/members.csv", 1)
    other = refuse("roster/other.csv", 2)
    refuse("responses/North/Harbour/export.csv", 3)
    assert [(one.kind, one.name) for one in refused_files(desk.settings)] == [
        ("responses", "export.csv"), ("roster", "members.csv"), ("roster", "other.csv"),
    ]  # fmt: skip
    assert "members.csv" not in refused_files(desk.settings)[1].reason
    drop(desk, "roster/members.csv", ROSTER)
    drop(desk, "responses/South/Pier/export.csv", ANSWERS)  # of others
    take_dropped(desk.settings, NOON.replace(minute=4))
    other.unlink()
    assert [(one.kind, one.refused_at) for one in refused_files(desk.settings)] == [("responses", "20260310T120300")]


def test_answers_without_a_cohort_are_told_where_to_lie(desk: Desk) -> None:
    drop(desk, "responses/export.csv", ANSWERS)
    (taken,) = take_dropped(desk.settings, NOON)
    words = taken.file.with_name(taken.file.name + ".report.txt").read_text("utf-8")
    assert "In this folder a cohort is a folder: responses/<group>/<team>/export.csv." in words


def test_what_is_still_being_copied_waits(desk: Desk) -> None:
    drop(desk, "roster/now.csv", ROSTER, age=0)
    drop(desk, "roster/half.csv.part", ROSTER)
    drop(desk, "roster/.hidden.csv", ROSTER)
    assert list(dropped_files(desk.settings)) == []


def test_a_date_in_the_name_is_the_day(desk: Desk) -> None:
    assert options_of(kind_of("lesson-map"), Path("map-2026-03-01.csv"), NOON).valid_from == date(2026, 3, 1)
    assert options_of(kind_of("lesson-map"), Path("map-2026-13-41.csv"), NOON).valid_from is None
    assert options_of(kind_of("roster"), Path("North/Harbour/r.csv"), NOON).cohort == "North / Harbour"
    drop(desk, "lesson-map/map 2026-03-01.csv", "Number,Name\n1,A\n")
    take_dropped(desk.settings, NOON)
    assert desk.rows("lessons/map", "valid_from::varchar") == [("2026-03-01",)]
