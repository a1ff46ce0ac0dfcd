"""Reports of videos as files: those viewed on the days, the most viewed first, and again the same bytes."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from analytics_platform.reports.video_files import folder_name, write_video_reports
from analytics_platform.settings import Settings
from analytics_platform_tests.semantics.snapshot import put

DAY = date(2026, 3, 10)


def view(number: int, video: str, day: date = DAY) -> dict[str, Any]:
    return {"view_id": f"{video}-{number}", "video_id": video, "sent_video_id": video, "person_id": f"p{number}",
            "local_day": day, "day": day, "started_at": datetime(2026, 3, 10, 12, tzinfo=UTC), "is_valid": True,
            "is_completed": number % 2 == 0, "play_time_seconds": 60.0, "percent_watched": 0.5}  # fmt: skip


def publish(settings: Settings) -> None:
    videos = ("https://video.example.org/talk?v=1", "talk 2", "unseen", "older")
    viewed = [view(n, videos[0]) for n in range(9)] + [view(n, videos[1]) for n in range(3)]
    put(
        settings,
        video_catalogue=[
            {"video_id": video, "title": video, "views": 9, "duration_seconds": 120.0, "duration_from": "catalogue"}
            for video in videos
        ],
        video_views=[*viewed, view(1, "older", date(2026, 3, 1))],
        video_retention_curve=[
            {"video_id": videos[0], "video_second": second, "views": 9, "views_watching": 9, "views_at_risk": 9,
             "exits": 0, "skips": 0, "unique_retention": 1.0, "absolute_retention": 1.0, "survival": 1.0,
             "hazard": 0.0, "mean_hazard": 0.0, "chance": None, "is_end": False}
            for second in range(3)
        ],
    )  # fmt: skip


def files(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def test_videos_of_the_days_have_reports_and_again_the_same(settings: Settings) -> None:
    publish(settings)
    written, left_out = write_video_reports(settings, [DAY])
    assert [one.video_id for one in written] == ["https://video.example.org/talk?v=1", "talk 2"]
    assert left_out == 0
    before = files(settings.reports_folder / "video")
    assert len(before) == 4
    assert "Fewer than 5 people" in written[1].text
    assert "Fewer than 5 people" not in written[0].text
    write_video_reports(settings, [DAY])
    assert files(settings.reports_folder / "video") == before
    assert write_video_reports(settings, [date(2026, 4, 1)]) == ([], 0)


def test_of_many_videos_the_most_viewed_are_written(settings: Settings) -> None:
    publish(settings)
    written, left_out = write_video_reports(settings, [DAY], most=1)
    assert ([one.video_id for one in written], left_out) == (["https://video.example.org/talk?v=1"], 1)


def test_like_ids_have_folders_of_their_own() -> None:
    names = {folder_name(id) for id in ("a/b", "a-b", "../../etc", "..", "x" * 500)}
    assert len(names) == 5
    assert all("/" not in name and not name.startswith(".") and len(name) < 80 for name in names)
