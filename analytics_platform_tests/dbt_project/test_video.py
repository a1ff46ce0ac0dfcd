"""Watched intervals, views and the retention curve for every dialect of player, worked out by hand."""

import itertools

import pytest

NUMBERS = itertools.count()


def event(video, who, time, kind, position=None, **more):
    """A player's event at minutes and seconds (``10:05``) past 10 o'clock on 2026-03-01."""
    return {
        "event_id": f"v{next(NUMBERS)}",
        "event_time": f"2026-03-01 10:{time}+00",
        "video_id": video,
        "actor_key": f"user:{who}",
        "session_id": f"session of {who}",
        "event_type": kind,
        "position_seconds": position,
        **more,
    }


def pairs(video, who, minute, seconds):
    """A per-second player: each watched second as a pair of events that carry the same second."""
    for i, second in enumerate(seconds):
        yield event(video, who, f"{minute:02}:{i:02}.0", "segment_start", second)
        yield event(video, who, f"{minute:02}:{i:02}.9", "segment_end", second)


def profile(verb, time, video="profile", session="p1", **more):
    """A statement of the xAPI video profile."""
    return {
        "statement_id": f"p{next(NUMBERS)}",
        "event_time": f"2026-03-01 10:{time}+00",
        "actor_key": "mbox:ann@example.org",
        "verb": verb,
        "object_id": video,
        "object_type": "Activity",
        "activity_type": "https://w3id.org/xapi/video/activity-type/video",
        "video_session_id": session,
        **more,
    }


EVENTS = [
    # per-second: ann watches 0, 1, 2 and then 1, 2 again; ben watches 0 only, and the end of his second never came.
    *pairs("per second", "ann", 0, [0, 1, 2, 1, 2]),
    next(pairs("per second", "ben", 1, [0])),
    # play/pause: ann plays 0-4, seeks to 6 and watches to the end at 8. Length 8 is told.
    event("play pause", "ann", "00:00", "play", 0, duration_seconds=8),
    event("play pause", "ann", "00:04", "seek", seek_from_seconds=4, seek_to_seconds=6),
    event("play pause", "ann", "00:06", "ended", 8),
    # ben plays from 2 and closes the tab: no sign of life, so 10 seconds are believed, and the video ends at 8.
    event("play pause", "ben", "05:00", "play", 2, duration_seconds=8),
    # heartbeat: signs of life at 5 and 10, then silence: 0-10 and 10 more. Then a new try 30 seconds later from 0,
    # paused at 3, at once played again and paused at 4.
    event("heartbeat", "ann", "00:00", "play", 0, duration_seconds=40),
    event("heartbeat", "ann", "00:05", "heartbeat", 5),
    event("heartbeat", "ann", "00:10", "heartbeat", 10),
    event("heartbeat", "ann", "00:40", "play", 0),
    event("heartbeat", "ann", "00:43", "pause", 3),
    event("heartbeat", "ann", "00:43", "play", 3),
    event("heartbeat", "ann", "00:44", "pause", 4),
    # twice: an explicit end closes a view; the pause that the player still sends belongs to it. 61 minutes would too.
    event("twice", "ann", "00:00", "play", 0, duration_seconds=2),
    event("twice", "ann", "00:02", "ended", 2),
    event("twice", "ann", "00:02", "pause", 2),
    event("twice", "ann", "00:05", "play", 0),
    event("twice", "ann", "00:06", "pause", 1),
    # A player that counts from just below zero, knows no length at first, and runs backwards once: 0-3.
    event("odd", "ann", "00:00", "play", -0.25, duration_seconds=0),
    event("odd", "ann", "00:03", "heartbeat", 3, duration_seconds=5),
    event("odd", "ann", "00:03", "pause", 2.5, duration_seconds=-1),
]
STATEMENTS = [
    # Only signals: played at 0, seeked 2 -> 5, paused at 6. Length 6: seconds 0, 1 and 5.
    profile("initialized", "00:00", video_length_seconds=6),
    profile("played", "00:01", video_time_seconds=0),
    profile("seeked", "00:03", video_from_seconds=2, video_to_seconds=5),
    profile("paused", "00:04", video_time_seconds=6),
    # With played segments: the last list alone counts, and it says 0-2.5 and 1-3 of 6.
    profile("played", "20:00", session="p2", video_time_seconds=0, video_length_seconds=6),
    profile("paused", "20:09", session="p2", video_time_seconds=2.5, video_played_segments="0[.]2.5"),
    profile("terminated", "20:20", session="p2", video_time_seconds=3, video_played_segments="0[.]2.5[,]1[.]3"),
    # Segments that run backwards or begin before the start: 0-1 and 2-3 remain.
    profile(
        "terminated",
        "40:00",
        "odd list",
        "p3",
        video_length_seconds=6,
        video_played_segments="5[.]4[,]-2[.]1[,]3[.]3[,]2[.]3",
    ),
]


@pytest.fixture(scope="module")
def warehouse(make_warehouse):
    warehouse = make_warehouse()
    warehouse.put("video/events", EVENTS)
    warehouse.put("xapi/statements", STATEMENTS)
    warehouse.build(select="+video_retention_curve +fact_video_views")
    return warehouse


@pytest.fixture(scope="module")
def curve(warehouse):
    def read(video):
        rows = warehouse.rows(f"""
            select times_watched, views_watching, views, duration_seconds, duration_is_estimated
            from video_retention_curve where video_id = '{video}' order by video_second
        """)
        return [row[0] for row in rows], [row[1] for row in rows], {row[2:] for row in rows}

    return read


def test_per_second_pairs(curve):
    # Nobody told the length: the furthest second seen is 2, so it ends at 3.
    assert curve("per second") == ([2, 2, 2], [2, 1, 1], {(2, 3.0, True)})


def test_play_seek_ended_and_a_closed_tab(curve):
    # ann 0-4 and 6-8, ben 2-8.
    assert curve("play pause") == ([1, 1, 2, 2, 1, 1, 2, 2], [1, 1, 2, 2, 1, 1, 2, 2], {(2, 8.0, False)})


def test_heartbeats_and_the_last_sign_of_life(curve):
    # 0-20 once, 0-4 again: one view that watched 24 seconds, 20 of them different.
    watched, unique, rest = curve("heartbeat")
    assert watched == [2] * 4 + [1] * 16 + [0] * 20
    assert unique == [1] * 20 + [0] * 20
    assert rest == {(1, 40.0, False)}


def test_an_explicit_end_closes_the_view(warehouse):
    assert warehouse.rows("""
        select cast(started_at as varchar), cast(ended_at as varchar), play_time_seconds
        from facts.fact_video_views where video_id = 'twice' order by started_at
    """) == [
        ("2026-03-01 10:00:00+00", "2026-03-01 10:00:02+00", 2.0),
        ("2026-03-01 10:00:05+00", "2026-03-01 10:00:06+00", 1.0),
    ]


def test_the_xapi_video_profile_with_and_without_played_segments(curve):
    # Signals 0-2, 5-6; segments 0-2.5 and 1-3 hold seconds 0, 1, 2 and 1, 2.
    assert curve("profile") == ([2, 3, 2, 0, 0, 1], [2, 2, 1, 0, 0, 1], {(2, 6.0, False)})


def test_nothing_is_watched_before_the_start_or_backwards(curve, warehouse):
    assert curve("odd") == ([1, 1, 1, 0, 0], [1, 1, 1, 0, 0], {(1, 5.0, False)})
    assert curve("odd list") == ([1, 0, 1, 0, 0, 0], [1, 0, 1, 0, 0, 0], {(1, 6.0, False)})
    assert warehouse.rows("""
        select video_id, play_time_seconds, unique_watched_seconds
        from facts.fact_video_views where video_id like 'odd%' order by 1
    """) == [("odd", 3.0, 3.0), ("odd list", 2.0, 2.0)]


def test_a_view_knows_what_it_watched_and_what_of_it_was_new(warehouse):
    assert warehouse.rows("""
        select video_id, actor_key, play_time_seconds, unique_watched_seconds, furthest_seconds
        from facts.fact_video_views where video_id in ('per second', 'heartbeat', 'play pause') order by 1, 2
    """) == [
        ("heartbeat", "user:ann", 24.0, 20.0, 10.0),
        ("per second", "user:ann", 5.0, 3.0, 3.0),
        ("per second", "user:ben", 1.0, 1.0, 1.0),
        ("play pause", "user:ann", 6.0, 6.0, 8.0),
        ("play pause", "user:ben", 6.0, 6.0, 2.0),
    ]
    assert warehouse.rows("""
        select play_time_seconds, unique_watched_seconds from facts.fact_video_views
        where video_id = 'profile' order by started_at
    """) == [(3.0, 3.0), (4.5, 3.0)]
