"""What an activity was about, by name: lessons, questions, videos; an address only where nothing else is known.

Does not live here: the rows (``asking``).
"""

from collections.abc import Mapping

import pandas as pd

from analytics_platform.semantics.questions import Value
from analytics_platform.serving.pages.asking import frame, named
from analytics_platform.serving.pages.words import say


def with_names(rows: pd.DataFrame, person: str) -> pd.DataFrame:
    """A person's activities whose sources and subjects are in words."""
    done = _names("activity_completions", "activity_id", "activity_name", {"person": person})
    lessons = done | _names("lessons", "lesson_id", "lesson_name")
    videos = _names("videos", "video_id", "title")
    questions = frame(named("questions"))
    asked = {} if questions.empty else dict(zip(questions["card_id"].astype(str), questions["question"], strict=True))
    subjects = [
        subject_name(str(source), subject, lessons, asked, videos)
        for source, subject in zip(rows["source"], rows["subject"], strict=True)
    ]
    return rows.assign(
        subject=pd.Series(subjects, index=rows.index, dtype=object),
        source=[say(f"sources.{source}") for source in rows["source"]],
    )


def subject_name(
    source: str,
    subject: str | None,
    lessons: Mapping[str, str],
    questions: Mapping[str, str],
    videos: Mapping[str, str],
) -> str | None:
    """A card's address ends with its number, behind the lesson's; a video's with the video's id."""
    if not subject or source == "telemetry":
        return subject.replace("_", " ") if subject else None
    if source == "nocodb":
        return say("people.a_conversation")
    lesson, last = subject.rsplit("/", 2)[0], subject.rsplit("/", 1)[-1]
    if found := lessons.get(subject):
        return found
    if lesson in lessons and questions.get(last):
        return f"{lessons[lesson]}: {questions[last]}"
    return lessons.get(lesson) or videos.get(subject) or videos.get(last) or subject


def _names(name: str, key: str, title: str, parameters: Mapping[str, Value] | None = None) -> dict[str, str]:
    rows = frame(named(name, parameters))
    return {} if rows.empty else {str(one): str(told) for one, told in zip(rows[key], rows[title], strict=True) if told}
