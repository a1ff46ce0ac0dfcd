"""What the marts know of videos: the list, a curve, drop-offs by the caller's threshold, engagement, moments.

SQL and nothing else, on either engine. An unknown video is an error that names it; a video without views has no
numbers, which is a state of its own. Does not live here: what is said of a video (``video``).
"""

from typing import Any

from analytics_platform.errors import ReportError
from analytics_platform.semantics.named import numbered_sql
from analytics_platform.warehouse.protocol import OpenReader

Rows = list[dict[str, Any]]
THRESHOLD = 0.1  # share of those still there who leave within a second


def videos(reader: OpenReader) -> Rows:
    """Every video, the most viewed first; views = 0 is a video without data."""
    return _rows(reader, "select * from video_catalogue order by views desc, video_id")


def video(reader: OpenReader, video_id: str) -> dict[str, Any]:
    """One video, by its id or another id that the catalogue counts as it."""
    found = _rows(reader, "select * from video_catalogue where video_id = $1", video_id)
    if not found:
        found = _rows(
            reader,
            """
            select * from video_catalogue
            where video_id in (select video_id from video_views where sent_video_id = $1)
            """,
            video_id,
        )
    if not found:
        some = [row["video_id"] for row in videos(reader)[:10]]
        known = f"The most viewed are: {', '.join(some)}." if some else "No video has been viewed or imported yet."
        raise ReportError(f"No video is called {video_id!r}. {known}")
    return found[0]


def retention_curve(reader: OpenReader, video_id: str) -> Rows:
    """The curves second by second; no rows where nobody has viewed the video."""
    name = video(reader, video_id)["video_id"]
    return _rows(reader, "select * from video_retention_curve where video_id = $1 order by video_second", name)


def significant_dropoffs(reader: OpenReader, video_id: str, threshold: float = THRESHOLD) -> Rows:
    """Drop-offs at the caller's threshold: the named query, whose rows at the default one are ``video_dropoffs``."""
    if not 0 < threshold <= 1:
        raise ReportError(f"The threshold is {threshold:g}; it is a share, above 0 and at most 1.")
    name = video(reader, video_id)["video_id"]
    sql = f"{numbered_sql('significant_dropoffs', 'video', 'threshold')} order by from_second"
    # DuckDB's sum of whole numbers is wider than any other's.
    return [row | {"exits": int(row["exits"])} for row in _rows(reader, sql, name, threshold)]


def engagement(reader: OpenReader, video_id: str) -> dict[str, Any]:
    """All views of a video as one row; rates are None where there is no view or no length."""
    name = video(reader, video_id)["video_id"]
    return _rows(reader, _ENGAGEMENT.format(of="where video_id = $1"), name)[0]


def engagement_of_band(reader: OpenReader, known: dict[str, Any], fewest_views: int) -> Rows:
    """The other videos of the same length band that were viewed often enough, one row each."""
    if known["length_band"] is None:
        return []
    sql = f"""
        select * from ({_ENGAGEMENT.format(of="group by video_id").replace("select", "select video_id,", 1)}) as videos
        where views >= $3
            and video_id <> $1
            and video_id in (select video_id from video_catalogue where length_band = $2)
        order by video_id
    """
    return _rows(reader, sql, known["video_id"], known["length_band"], fewest_views)


def moments(reader: OpenReader, video_id: str) -> Rows:
    """What the people who left at the default drop-offs did within the next hour, the most frequent first."""
    sql = "select * from video_moments where video_id = $1 order by from_second, people desc, what, subject"
    return _rows(reader, sql, video(reader, video_id)["video_id"])


_ENGAGEMENT = """
    select
        count(*) as views,
        count(distinct person_id) as viewers,
        count(case when person_id is null then 1 end) as anonymous_views,
        count(case when is_valid then 1 end) as valid_views,
        count(case when is_completed then 1 end) as completed_views,
        count(case when is_completed is not null then 1 end) as views_with_length,
        count(case when is_inferred then 1 end) as inferred_views,
        sum(play_time_seconds) as play_time_seconds,
        avg(play_time_seconds) as average_view_duration_seconds,
        avg(percent_watched) as average_percent_watched,
        avg(case when is_completed then 1.0 when not is_completed then 0.0 end) as completion_rate,
        min(local_day) as first_day,
        max(local_day) as last_day
    from video_views {of}
"""


def _rows(reader: OpenReader, sql: str, *parameters: object) -> Rows:
    rows: Rows = reader.query(sql, parameters).to_pylist()
    return rows
