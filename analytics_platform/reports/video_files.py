"""Reports of videos as files: ``reports/video/<video>/report.{md,html}`` below PLATFORM_HOME.

A file is written whole or the old one stays; the same marts give the same bytes. Does not live here: what a report says
(``video``), one report for the screen (``video_writing``).
"""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from analytics_platform.reports.message_files import write
from analytics_platform.reports.video import compose
from analytics_platform.reports.video_forms import html, markdown
from analytics_platform.reports.video_writing import facts_of
from analytics_platform.settings import Settings
from analytics_platform.warehouse.engine import open_warehouse

MOST_VIDEOS = 50  # of a run; a page carries its charts, about 5 MB
_VIEWED = """
    select video_id, count(*) as views from video_views where local_day between $1 and $2
    group by video_id order by views desc, video_id"""


@dataclass(frozen=True)
class VideoFiles:
    """One report: its video, where it lies, what it says in Markdown."""

    video_id: str
    folder: Path
    text: str


def write_video_reports(
    settings: Settings, days: Sequence[date], most: int = MOST_VIDEOS
) -> tuple[list[VideoFiles], int]:
    """The reports of the videos viewed on these local days, the most viewed first; how many were left out."""
    if not days:
        return [], 0
    written = []
    with open_warehouse(settings).reader() as reader:
        if "video_views" not in reader.snapshot.rows:
            return [], 0
        viewed = reader.query(_VIEWED, [min(days), max(days)])["video_id"].to_pylist()
        for video_id in viewed[:most]:
            report = compose(facts_of(reader, video_id))
            folder = settings.reports_folder / "video" / folder_name(video_id)
            folder.mkdir(parents=True, exist_ok=True)
            text = markdown(report)
            write(folder / "report.md", text)
            write(folder / "report.html", html(report))
            written.append(VideoFiles(video_id, folder, text))
    return written, max(0, len(viewed) - most)


def folder_name(video_id: str) -> str:
    """A video's id as a name of a folder. Ids may be addresses, so a digest keeps like ones apart."""
    plain = re.sub(r"[^\w.-]+", "-", video_id).strip("-.")[-60:]
    return f"{plain}-{hashlib.sha256(video_id.encode()).hexdigest()[:8]}"
