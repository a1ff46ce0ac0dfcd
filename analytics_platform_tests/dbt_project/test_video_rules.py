"""What counts as watched where players are odd: each rule of the metrics, worked out by hand."""

import pytest

from analytics_platform_tests.dbt_project.test_video import event, profile


def at(hour, minute=0, second=0):
    return f"2026-03-01 {hour:02}:{minute:02}:{second:02}+00"


def player(video, who, when, kind, position=None, **more):
    return event(video, who, "00:00", kind, position) | {"event_time": when} | more


def statement(verb, when, **more):
    return profile(verb, "00:00") | {"event_time": when} | more


def listed(verb, when, position, segments, video, session="s"):
    return statement(
        verb,
        when,
        object_id=video,
        video_session_id=session,
        video_time_seconds=position,
        video_length_seconds=1000,
        video_played_segments=segments,
    )


EVENTS = [
    # A change of speed that tells no position, in the middle of 130 seconds.
    player("no position", "ann", at(10), "play", 0),
    player("no position", "ann", at(10, 0, 30), "rate_change"),
    player("no position", "ann", at(10, 2, 10), "pause", 130),
    # A pause without a position changes nothing either: play counts to the heartbeat.
    player("no position", "ben", at(10), "play", 0),
    player("no position", "ben", at(10, 0, 20), "pause"),
    player("no position", "ben", at(10, 0, 40), "heartbeat", 40),
    player("no position", "ben", at(10, 0, 40), "pause", 40),
    # Whole-second clocks: ann starts and stops within a second; ben is running, stops and goes on within one.
    player("one second", "ann", at(10), "play", 5),
    player("one second", "ann", at(10), "pause", 5.4),
    player("one second", "ben", at(10), "play", 0),
    player("one second", "ben", at(10, 0, 8), "pause", 8),
    player("one second", "ben", at(10, 0, 8), "play", 8),
    player("one second", "ben", at(10, 0, 12), "ended", 12),
    # An end and the player's own rewind in one instant: nothing is watched again.
    player("one second", "cem", at(10), "play", 0),
    player("one second", "cem", at(10, 0, 12), "ended", 12),
    player("one second", "cem", at(10, 0, 12), "seek", seek_from_seconds=12, seek_to_seconds=0),
    # After an end and two hours the viewer seeks first, then plays: one new view, not two.
    player("seek first", "ann", at(10), "play", 0),
    player("seek first", "ann", at(10, 0, 10), "ended", 10),
    player("seek first", "ann", at(12), "seek", seek_from_seconds=10, seek_to_seconds=4),
    player("seek first", "ann", at(12, 0, 1), "play", 4),
    player("seek first", "ann", at(12, 0, 3), "pause", 6),
    # Two of three views say that the video is 20 s long, one says 50 and one says nothing: all are clipped at 20.
    player("length", "ann", at(10), "play", 0, duration_seconds=20),
    player("length", "ann", at(10, 0, 19), "pause", 19),
    player("length", "ben", at(10), "play", 15, duration_seconds=20),
    player("length", "cem", at(10), "play", 0, duration_seconds=50),
    player("length", "cem", at(10, 0, 40), "pause", 40),
    player("length", "dan", at(10), "play", 0),
    player("length", "dan", at(10, 0, 30), "pause", 30),
    # A lecture without heartbeats: 90 minutes between play and pause are 90 minutes of the video.
    player("lecture", "ann", at(10), "play", 0),
    player("lecture", "ann", at(11, 30), "pause", 5400),
    # 90 minutes in which the video went on by ten: two views, and ten seconds are believed.
    player("lecture", "ben", at(10), "play", 0),
    player("lecture", "ben", at(11, 30), "pause", 600),
    # Played again without a pause in between: 600 s on the clock, 590 in the video, at single speed.
    player("lecture", "cem", at(10), "play", 0),
    player("lecture", "cem", at(10, 10), "play", 590),
    player("lecture", "cem", at(10, 10, 10), "pause", 600),
    # At double speed the clock shows half as much.
    player("lecture", "dan", at(10), "play", 0, playback_rate=2),
    player("lecture", "dan", at(10, 10), "play", 1200),
    player("lecture", "dan", at(10, 10, 1), "pause", 1202),
    # Neither agrees with the clock: 10 s are believed.
    player("lecture", "eve", at(10), "play", 0),
    player("lecture", "eve", at(10, 10), "play", 300),
    player("lecture", "eve", at(10, 10, 5), "pause", 305),
    # A seek that only says where it goes on: what lies between was not watched.
    player("one place", "ann", at(10), "play", 0),
    player("one place", "ann", at(10, 0, 4), "seek", 500),
    player("one place", "ann", at(10, 0, 9), "pause", 505),
    # The page is loaded again: nobody knows that it plays until somebody presses play.
    player("loaded again", "ann", at(10), "play", 0, duration_seconds=60),
    player("loaded again", "ann", at(10, 0, 30), "initialized", 0),
    player("loaded again", "ann", at(10, 1), "pause", 5),
    # One session id used by two people; one of nobody known.
    player("shared", "ann", at(10), "play", 0, session_id="1"),
    player("shared", "ben", at(10, 0, 5), "play", 0, session_id="1"),
    player("shared", "ann", at(10, 0, 8), "pause", 8, session_id="1"),
    player("shared", "ben", at(10, 0, 8), "pause", 3, session_id="1"),
    player("shared", "x", at(10), "play", 0, session_id="1", actor_key=None),
    player("shared", "x", at(10, 0, 2), "pause", 2, session_id="1", actor_key=None),
    # Pairs and play/pause of one player are one view: the pairs count, and the difference is told.
    player("both", "ann", at(10), "play", 0),
    *(player("both", "ann", at(10, 0, s), f"segment_{e}", s) for s in range(3) for e in ("start", "end")),
    player("both", "ann", at(10, 0, 4), "pause", 4),
    # Double speed is told without a position: from 300 on 10 s are believed, in five seconds on the clock.
    player("speed", "ann", at(10), "play", 290),
    player("speed", "ann", at(10, 0, 5), "rate_change", playback_rate=2),
    player("speed", "ann", at(10, 0, 10), "heartbeat", 300),
    # Ann's player ran in the morning. In the evening she only seeks, and what comes hours later is another view.
    player("next view", "ann", at(8), "play", 0),
    player("next view", "ann", at(8, 0, 10), "heartbeat", 10),
    player("next view", "ann", at(18), "seek", seek_from_seconds=10, seek_to_seconds=60),
    player("next view", "ann", at(20), "play", 7260),
    player("next view", "ann", at(20, 0, 5), "pause", 7265),
    # Left at 14.5 of 9.5 seconds: at the end, which lies in the last one.
    player("beyond", "ann", at(10), "heartbeat", 4.5, duration_seconds=9.5),
    # Numbers that no video has make no trouble.
    player("absurd", "ann", at(10), "play", 1e308, duration_seconds=1e300, playback_rate=1e300),
    player("absurd", "ann", at(10, 0, 1), "play", 0, playback_rate=-1),
    player("absurd", "ann", at(10, 0, 4), "pause", 3),
]
PEOPLE = [f"mbox:{who}@example.org" for who in ("ann", "ben")]
STATEMENTS = [
    # A list, then more play without one: 0-100, and 100-130 after it.
    listed("played", at(10), 0, None, "after the list"),
    listed("paused", at(10, 1, 40), 100, "0[.]100", "after the list"),
    listed("played", at(10, 2), 100, None, "after the list"),
    listed("paused", at(10, 2, 30), 130, None, "after the list"),
    # The list comes without a position while the player runs on: 0-10 by the list, and 60-80 from the next sign on.
    listed("played", at(10), 0, None, "list between"),
    listed("interacted", at(10, 0, 30), None, "0[.]10", "list between"),
    listed("played", at(10, 1), 60, None, "list between"),
    listed("paused", at(10, 1, 20), 80, None, "list between"),
    # The session goes on after two hours, and its list says all that was played: 0-100 first, then 100-130 and 0-10.
    listed("paused", at(10, 1, 40), 100, "0[.]100", "goes on"),
    listed("played", at(12), 100, None, "goes on"),
    listed("terminated", at(12, 0, 40), 10, "0[.]100[,]100[.]130[,]0[.]10", "goes on"),
    # Between the two lists 20 s were played and counted, which the second list tells again.
    listed("paused", at(10, 1, 40), 100, "0[.]100", "twice told"),
    listed("played", at(10, 2), 100, None, "twice told"),
    listed("paused", at(10, 2, 20), 120, None, "twice told"),
    listed("terminated", at(12), 125, "0[.]120[,]120[.]125", "twice told"),
    # The same after two months: 120 s were counted, and 5 are new.
    listed("paused", "2026-01-02 10:01:40+00", 100, "0[.]100", "months later"),
    listed("played", "2026-01-02 10:02:00+00", 100, None, "months later"),
    listed("paused", "2026-01-02 10:02:20+00", 120, None, "months later"),
    listed("terminated", at(12), 125, "0[.]120[,]120[.]125", "months later"),
    # The first list comes with the second view, and contains the 60 s that signals told in the first one.
    listed("played", at(10), 0, None, "signals first"),
    listed("paused", at(10, 1), 60, None, "signals first"),
    listed("terminated", at(12), 100, "0[.]60[,]0[.]100", "signals first"),
    # The same session id begins its list anew: nothing of it was counted.
    listed("paused", at(10), 100, "0[.]100", "anew"),
    listed("paused", at(12), 50, "20[.]50", "anew"),
    # Two people under one registration, without a session: a view each.
    *(
        statement(
            verb,
            at(10, 0, second),
            object_id="registration",
            video_session_id=None,
            registration="r",
            actor_key=who,
            video_time_seconds=position,
        )
        for i, who in enumerate(PEOPLE)
        for verb, second, position in (("played", 2 * i, 0), ("paused", 2 * i + 7, 7))
    ),
    # The profile's seek says one place only as well.
    listed("played", at(10), 0, None, "one place told"),
    listed("seeked", at(10, 0, 4), 500, None, "one place told"),
    listed("paused", at(10, 0, 9), 505, None, "one place told"),
    # A seek that names no place is none: the list's first piece ended at 6, so far the view went straight.
    listed("seeked", at(10), None, None, "no place"),
    listed("terminated", at(10, 1), 40, "0[.]6[,]30[.]40", "no place"),
    # A lone end without a time ends the view, and its list counts.
    listed("played", at(10), 0, None, "end"),
    listed("terminated", at(10, 0, 30), None, "0[.]30", "end"),
    listed("played", at(10, 0, 31), 0, None, "end", session="s"),
    listed("paused", at(10, 0, 36), 5, None, "end", session="s"),
    # The last list came without a position: it tells itself how far play went, not the position of the list before.
    listed("paused", at(10), 17, "8[.]28", "no position of the list"),
    listed("paused", at(10, 0, 30), None, "8[.]28[,]51[.]71", "no position of the list"),
    # Lists without a stretch say nothing: signals tell 0-30; and 0-100 by the list before, with 30 s after it.
    listed("played", at(10), 0, "0[.]0", "no stretch"),
    listed("paused", at(10, 0, 30), 30, "30[.]30", "no stretch"),
    listed("paused", at(10, 1, 40), 100, "0[.]100", "no stretch any more"),
    listed("played", at(10, 2), 100, "100[.]100", "no stretch any more"),
    listed("paused", at(10, 2, 30), 130, "100[.]100[,]130[.]130", "no stretch any more"),
    # Without a session id each view's list stands alone.
    listed("paused", at(10, 1, 40), 100, "0[.]100", "no session", session=None),
    listed("paused", at(12), 110, "0[.]100[,]100[.]110", "no session", session=None),
]


@pytest.fixture(scope="module")
def warehouse(make_warehouse):
    warehouse = make_warehouse()
    warehouse.put("video/events", EVENTS)
    warehouse.put("xapi/statements", STATEMENTS)
    warehouse.build(select="+fact_video_views +video_retention_curve")
    return warehouse


@pytest.fixture(scope="module")
def views(warehouse):
    """Columns of a video's views, by viewer and start."""

    def read(video, columns="play_time_seconds"):
        return warehouse.rows(f"""
            select split_part(split_part(actor_key, ':', 2), '@', 1), {columns} from facts.fact_video_views
            where video_id = '{video}' order by actor_key nulls last, started_at
        """)

    return read


def test_an_event_without_a_position_changes_nothing(views):
    assert views("no position") == [("ann", 130.0), ("ben", 40.0)]


def test_play_and_pause_within_one_second_are_no_ten_seconds(views):
    played = [(who, round(seconds, 6)) for who, seconds in views("one second")]
    assert played == [("ann", 0.4), ("ben", 12.0), ("cem", 12.0)]


def test_a_view_that_starts_with_a_seek_is_cut_once(views):
    assert views("seek first") == [("ann", 10.0), ("ann", 2.0)]


def test_every_view_is_clipped_by_the_length_that_most_were_told(views):
    assert views("length", "play_time_seconds, duration_seconds, last_seconds") == [
        ("ann", 19.0, 20.0, 19.0),
        ("ben", 5.0, 20.0, 25.0),
        ("cem", 20.0, 20.0, 40.0),
        ("dan", 20.0, 20.0, 30.0),
    ]


def test_play_is_inferred_where_position_and_clock_agree(views):
    assert views("lecture", "play_time_seconds, inferred_seconds") == [
        ("ann", 5400.0, 5400.0),
        ("ben", 10.0, 0.0),
        ("ben", 0.0, 0.0),
        ("cem", 600.0, 590.0),
        ("dan", 1202.0, 1200.0),
        ("eve", 15.0, 0.0),
    ]


def test_a_seek_with_one_place_only_says_where_it_goes_on(views):
    # 4 s until the seek by the clock, and 500-505.
    assert views("one place") == [("ann", 9.0)]
    assert views("one place told") == [("ann", 9.0)]


def test_a_seek_without_a_place_changes_nothing(views):
    assert views("no place", "furthest_before_seek_seconds") == [("ann", 6.0)]


def test_a_player_that_is_loaded_again_does_not_play(views):
    # 10 s are believed until it was loaded again, and none after it.
    assert views("loaded again") == [("ann", 10.0)]


def test_a_session_id_is_not_a_person(views):
    assert views("shared", "session_id, play_time_seconds") == [("ann", "1", 8.0), ("ben", "1", 3.0), (None, "1", 2.0)]


def test_a_registration_is_not_a_viewer(views):
    assert views("registration", "session_id, play_time_seconds") == [("ann", None, 7.0), ("ben", None, 7.0)]


def test_where_two_dialects_tell_of_a_view_one_counts_and_the_difference_is_kept(views):
    columns = "dialect, play_time_seconds, other_dialect, other_play_time_seconds, dialect_difference_seconds"
    assert views("both", columns) == [("ann", "pairs", 3.0, "signals", 4.0, -1.0)]


def test_play_after_the_last_list_counts(views):
    assert views("list between", "play_time_seconds, dialect") == [("ann", 30.0, "list")]
    assert views("after the list", "play_time_seconds, dialect, last_seconds") == [("ann", 130.0, "list", 130.0)]


def test_a_list_that_goes_on_after_a_silence_is_counted_once(views, warehouse):
    columns = "play_time_seconds, unique_watched_seconds"
    assert views("goes on", columns) == [("ann", 100.0, 100.0), ("ann", 40.0, 40.0)]
    assert views("twice told", columns) == [("ann", 120.0, 120.0), ("ann", 5.0, 5.0)]
    assert views("months later", columns) == [("ann", 120.0, 120.0), ("ann", 5.0, 5.0)]
    assert views("signals first", columns) == [("ann", 60.0, 60.0), ("ann", 100.0, 100.0)]
    assert views("anew", columns) == [("ann", 100.0, 100.0), ("ann", 30.0, 30.0)]
    assert views("no session", columns) == [("ann", 100.0, 100.0), ("ann", 110.0, 110.0)]
    assert warehouse.rows("""
        select from_seconds, to_seconds, times from steps.intermediate.int_video_stretches
        where video_id = 'goes on' order by day, from_seconds, to_seconds
    """) == [(0.0, 10.0, 1), (0.0, 100.0, 1), (100.0, 130.0, 1)]


def test_a_list_without_a_stretch_says_nothing(views):
    assert views("no stretch", "play_time_seconds, dialect") == [("ann", 30.0, "signals")]
    assert views("no stretch any more", "play_time_seconds, dialect") == [("ann", 130.0, "list")]


def test_an_end_without_a_position_ends_the_view(views):
    assert views("end", "play_time_seconds, dialect") == [("ann", 30.0, "list"), ("ann", 5.0, "signals")]


def test_a_list_without_a_position_ends_where_it_went_furthest(views):
    assert views("no position of the list", "play_time_seconds, last_seconds") == [("ann", 40.0, 71.0)]


def test_a_speed_that_is_told_without_a_position_holds(views):
    assert views("speed", "last_seconds, strftime(left_at, '%M:%S')") == [("ann", 310.0, "00:15")]


def test_a_new_view_does_not_play_because_the_one_before_it_did(views):
    assert views("next view") == [("ann", 20.0), ("ann", 0.0), ("ann", 5.0)]


def test_who_leaves_beyond_the_end_leaves_in_the_last_second(warehouse):
    assert warehouse.rows("""
        select video_second, exits, views_at_risk from video_retention_curve
        where video_id = 'beyond' and video_second >= 8 order by 1
    """) == [(8, 0, 1), (9, 1, 1)]


def test_numbers_that_no_video_has_are_unknown(views):
    assert views("absurd", "play_time_seconds, furthest_seconds") == [("ann", 3.0, 3.0)]
