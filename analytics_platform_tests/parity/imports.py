"""Imported files and labels beside the lake of ``edges``: who is who, which lesson is which, what fired.

Names and urls with every kind of sign, a member who left, a chain of links, a map that renumbers, a lesson without a
url, answers of an export that are statements and such that are none. Does not live here: running anything.
"""

from analytics_platform_tests.dbt_project.people import due, export, lesson_map, links, roster
from analytics_platform_tests.parity.edges import LESSON, Row, Rows

ANN, BOB = "mbox:ann@example.org", "mbox:bob@example.org"
COHORT = "Nørd / 🙂"


def imported() -> Rows:
    """Every imported table and both tables of labels."""
    first = roster("b1", ("Ann Ö'Neil", "ann@example.org", COHORT), ("Bob", "bob@example.org", COHORT))
    second = roster("b2", ("Ann Ö'Neil", "ann@example.org", COHORT), ("ครับ", None, COHORT), on="2026-03-29")
    maps = lesson_map("b1", "2026-01-01", ("0a", "Leçon 🙂", LESSON), ("0b", "", None))
    maps += lesson_map("b2", "2026-03-29", ("1", "Leçon 🙂", LESSON), ("01", "Same place", LESSON), ("2", "New", None))
    return {
        "people/roster": first + second,
        "people/links": links("b1", ("user:1", "account:naïve"), ("account:naïve", ANN), ("name:North|Bob", BOB)),
        "lessons/map": maps,
        "lessons/due_dates": due("b2", "2026-03-29", ("1", None, "2026-03-28"), ("1", COHORT, "2026-03-29")),
        "responses/exports": [
            export(1, "Bob", "1", "How?", "a | b", kind="poll"),
            export(2, "Bob", "1", "How?", "⭐⭐ — très  bien", kind="rate"),
            export(3, "Anonymous 1", "99", "ครับ 🙂👩‍👩‍👧", "ครับ 🙂👩‍👩‍👧"),
            export(4, "Bo b", "1", "", ""),
        ],
        "videos/catalogue": [
            {"row_id": f"b:{n}", "batch_id": "b", "file_line": n, "day": "2026-03-28", **line}
            for n, line in enumerate(
                [
                    {"video_id": "v", "title": "Vidéo 🙂", "duration_seconds": 30.25},
                    {"video_id": "video:é", "alias_of": "v"},
                    {"video_id": "unseen", "title": ""},
                ]
            )
        ],
        "labels/answers": [
            _label("text0", language="unknown", sentiment="neutral", sentiment_confidence=0.5),
            _label("text4", language="th", sentiment="positive", theme="thanks", positives="gratitude|growth"),
        ],
        "labels/safety": [
            _firing(1, "text4", "critical", "a rule"),
            _firing(2, "text4", "medium", "word:all:🙂"),
            _firing(3, "text5", "high", "word", cohort=COHORT),
            _firing(4, "half1", "high", "word", cohort=COHORT),
        ],
    }


def _label(answer: str, **more: object) -> Row:
    return {"answer_id": answer, "day": "2026-03-28", "method": "local", "version": "v1", **more}


def _firing(number: int, answer: str, tier: str, rule: str, cohort: str | None = None) -> Row:
    row = {"firing_id": f"f{number}", "answer_id": answer, "day": "2026-03-28", "tier": tier, "rule": rule}
    return row | {"cohort": cohort, "words": "…", "version": "v1", "fired_at": "2026-03-29 00:00:00.5+00"}
