"""videos.csv: lengths as people write them, one line a video, and the newest file is the whole catalogue."""

import pytest

from analytics_platform.connectors.files.kinds.videos import seconds

from .conftest import Desk, refusals


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("90", 90.0),
        ("90.5", 90.5),
        ("1:30", 90.0),
        ("1:00:00", 3600.0),
        ("0", None),
        ("-1", None),
        ("nan", None),
        ("inf", None),
        ("soon", None),
        ("25:00:00", None),
    ],
)
def test_lengths(written: str, found: float | None) -> None:
    assert seconds(written) == found


def test_a_catalogue_is_taken_in_whole_and_bad_lines_are_named(desk: Desk) -> None:
    text = """Video ID;Title;Length;Same as
a;Sleep;1:30;
b;;;a
c;Chained;;b
a;Again;;
;Nameless;;
d;Endless;long;
"""
    report = desk.take("videos", text)
    assert desk.rows("videos/catalogue", "video_id, title, duration_seconds, alias_of") == [
        ("a", "Sleep", 90.0, None),
        ("b", None, None, "a"),
    ]
    assert refusals(report) == [
        (5, "repeats line 2"),
        (6, "names no video"),
        (7, "'long' is no length; write seconds or h:mm:ss, a day at most"),
        (4, "'b' is an alias itself; name the video that it stands for"),
    ]
    assert report.changes == {"new videos": 2, "dropped videos": 0, "changed videos": 0, "unchanged": 0}


def test_the_same_catalogue_again_changes_nothing(desk: Desk) -> None:
    text = "video,title,duration\na,Sleep,90\n"
    desk.take("videos", text)
    before = desk.segments()
    assert desk.take("videos", text).changes["unchanged"] == 1
    assert desk.segments() == before
    changed = desk.take("videos", "video,title,duration\nb,Rest,60\n").changes
    assert (changed["new videos"], changed["dropped videos"]) == (1, 1)
    desk.build()
