"""video/events: what video players send, every dialect in one table of typed events.

One event has one position. A per-second player sends VIEW_SEGMENT_START/END pairs, others play/pause/heartbeat.
Statements of the xAPI video profile stay in xapi/statements; dbt unites both in ``int_video_signals``.
"""

from analytics_platform.contracts.model import Column, Rule, Table

_SHAPE = {
    "event_id": "VARCHAR",
    "video_id": "VARCHAR",
    "user_id": "VARCHAR",
    "session_id": "VARCHAR",
    "event_timestamp": "VARCHAR",
    "event_type": "VARCHAR",
    "video_time_sec": "DOUBLE",
    "duration": "DOUBLE",
    "playback_rate": "DOUBLE",
    "from": "DOUBLE",
    "to": "DOUBLE",
    "device": "VARCHAR",
}

_TYPE = "lower(replace(p.event_type, '-', '_'))"

EVENTS = Table(
    source="video",
    name="events",
    description="Events of video players.",
    grain="One row per player event.",
    key="event_id",
    shape=_SHAPE,
    key_paths=("$.event_id",),
    claimed_sql="p.event_timestamp",
    columns=(
        # A repeated delivery of an event without an id has the same text, so the text's hash names it.
        Column("event_id", "text", "The event's id; the payload's hash when the player gave none.",
               "coalesce(p.event_id, 'md5:' || md5(payload::varchar))"),
        Column("video_id", "text", "The video.", "p.video_id"),
        Column("actor_key", "text", "The viewer, with the kind of identifier in front; NULL when unknown.",
               "'user:' || nullif(p.user_id, '')", personal=True),
        Column("session_id", "text", "The player's session.", "nullif(p.session_id, '')"),
        Column("event_type", "text", "segment_start, segment_end, play, pause, seek, heartbeat, ended, rate_change …",
               f"case {_TYPE} when 'view_segment_start' then 'segment_start'"
               f" when 'view_segment_end' then 'segment_end' else {_TYPE} end"),
        Column("position_seconds", "number", "Where in the video it happened.", "p.video_time_sec"),
        Column("duration_seconds", "number", "The video's length, when the player knows it.", "p.duration"),
        Column("playback_rate", "number", "Speed of playback; NULL is unknown.", "p.playback_rate"),
        Column("seek_from_seconds", "number", "A seek's start.", 'p."from"'),
        Column("seek_to_seconds", "number", "A seek's end.", 'p."to"'),
        Column("device", "text", "The viewer's device.", "p.device"),
    ),
    rules=(
        Rule("missing_video", "video_id is null or video_id = ''", "send video_id"),
        Rule("missing_type", "event_type is null or event_type = ''", "send event_type"),
        Rule("impossible_position", "position_seconds < 0 or not isfinite(position_seconds)",
             "send video_time_sec as seconds from the start"),
    ),
)  # fmt: skip
