"""Builds the report of a video from the published snapshot. Does not live here: its files (``video_files``)."""

from collections.abc import Callable, Mapping

from analytics_platform.reports import video_data
from analytics_platform.reports.video import FEWEST_VIEWS, Facts, VideoReport, compose
from analytics_platform.reports.video_forms import html, markdown
from analytics_platform.settings import Settings
from analytics_platform.warehouse.engine import open_warehouse
from analytics_platform.warehouse.protocol import OpenReader

FORMS: Mapping[str, Callable[[VideoReport], str]] = {"md": markdown, "html": html}


def facts_of(reader: OpenReader, video_id: str, threshold: float = video_data.THRESHOLD) -> Facts:
    """Everything that the report of a video stands on; an unknown video is an error."""
    known = video_data.video(reader, video_id)
    name = known["video_id"]
    return Facts(
        video=known,
        engagement=video_data.engagement(reader, name),
        curve=video_data.retention_curve(reader, name),
        dropoffs=video_data.significant_dropoffs(reader, name, threshold),
        moments=video_data.moments(reader, name),
        others=video_data.engagement_of_band(reader, known, FEWEST_VIEWS),
        threshold=threshold,
    )


def report_of(settings: Settings, video_id: str, threshold: float = video_data.THRESHOLD) -> VideoReport:
    """The report of one video from the newest snapshot."""
    with open_warehouse(settings).reader() as reader:
        return compose(facts_of(reader, video_id, threshold))
