"""Seven people whose numbers are worked out by hand in the tests. Two cohorts: Harbour has five people, Hill two.

Names, addresses and texts are canaries: words that occur nowhere else, so that a test can look for them.
"""

from datetime import UTC, date, datetime, timedelta
from typing import Any

HARBOUR, HILL = "North / Harbour", "North / Hill"
PEOPLE = {f"p{n}": HARBOUR if n <= 5 else HILL for n in range(1, 8)}
CANARIES = ("Zanzibar", "zanzibar.invalid", "kumquat")
DAY = date(2026, 3, 2)  # a Monday
LESSON, OTHER = "https://courses.example.org/sleep", "https://courses.example.org/focus"


def at(day: int, hour: int = 10, minute: int = 0) -> datetime:
    return datetime.combine(DAY, datetime.min.time(), UTC) + timedelta(days=day, hours=hour, minutes=minute)


def on(day: int) -> date:
    return DAY + timedelta(days=day)


def users() -> list[dict[str, Any]]:
    return [
        {
            "person_id": person,
            "person_key": n,
            "full_name": f"{person} Zanzibar",
            "email": f"{person}@zanzibar.invalid",
            "cohort": cohort,
            "group_name": "North",
            "team_name": cohort.split(" / ")[1],
            "is_on_roster": True,
            "first_local_day": on(0),
            "last_local_day": on(7),
            "first_seen_at": at(0),
            "last_seen_at": at(7),
        }
        for n, (person, cohort) in enumerate(PEOPLE.items(), 1)
    ]


def identifiers() -> list[dict[str, Any]]:
    """p1 chats under two identifiers: two identifiers are one person."""
    return [{"identifier": f"chat:{p}", "person_id": p, "kind": "chat"} for p in PEOPLE] + [
        {"identifier": "chat:p1b", "person_id": "p1", "kind": "chat"}
    ]


def lessons() -> list[dict[str, Any]]:
    return [
        {
            "lesson_id": LESSON,
            "lesson_number": "1",
            "lesson_name": "Sleep",
            "position": 1,
            "people_started": 7,
            "people_answered": 6,
            "people_completed": 4,
            "engagement_rate": 6 / 7,
            "completion_rate": 4 / 7,
        },
        {
            "lesson_id": OTHER,
            "lesson_number": "2",
            "lesson_name": "Focus",
            "position": 2,
            "people_started": 2,
            "people_answered": 0,
            "people_completed": None,
            "engagement_rate": 0.0,
            "completion_rate": None,
        },
    ]


def progress() -> list[dict[str, Any]]:
    """Sleep: all seven start on day 0; p1, p2, p3 and p6 complete it. Focus: p1 and p2 start on day 7."""
    rows = []
    for person, cohort in PEOPLE.items():
        done = person in ("p1", "p2", "p3", "p6")
        rows.append(
            {
                "person_id": person,
                "full_name": f"{person} Zanzibar",
                "email": f"{person}@zanzibar.invalid",
                "cohort": cohort,
                "lesson_id": LESSON,
                "lesson_number": "1",
                "lesson_name": "Sleep",
                "position": 1,
                "started_at": at(0),
                "started_local_day": on(0),
                "completed_at": at(1) if done else None,
                "completed_local_day": on(1) if done else None,
                "status": "completed" if done else "partial",
                "completion_rule": "signalled" if done else None,
                "answers": 0 if person == "p7" else 2,
                "due_on": on(1),
                "is_on_time": True if done else None,
            }
        )
    for person in ("p1", "p2"):
        rows.append(
            {
                "person_id": person,
                "full_name": f"{person} Zanzibar",
                "cohort": HARBOUR,
                "lesson_id": OTHER,
                "lesson_number": "2",
                "lesson_name": "Focus",
                "position": 2,
                "started_at": at(7),
                "started_local_day": on(7),
                "status": "partial",
                "answers": 0,
            }
        )
    return rows


def responses() -> list[dict[str, Any]]:
    """Each of p1 to p6 answers a quiz card (p1, p2, p3 right) and a form card, with a word that nobody should see."""
    rows = []
    for number, person in enumerate(list(PEOPLE)[:6], 1):
        common = {
            "person_id": person,
            "full_name": f"{person} Zanzibar",
            "actor_key": f"mbox:{person}@zanzibar.invalid",
            "cohort": PEOPLE[person],
            "lesson_id": LESSON,
            "lesson_number": "1",
            "lesson_name": "Sleep",
            "day": on(0),
            "local_day": on(0),
            "responded_at": at(0, 10, number),
            "source": "xapi",
            "is_flagged": False,
        }
        rows.append(
            common
            | {
                "answer_id": f"q{number}",
                "card_id": "11",
                "card_type": "quiz",
                "question": "How long?",
                "response": "8 hours",
                "response_type": "choice",
                "is_correct": number <= 3,
            }
        )
        rows.append(
            common
            | {
                "answer_id": f"f{number}",
                "card_id": "12",
                "card_type": "form",
                "question": "Why?",
                "response": f"kumquat {person}",
                "response_type": "text",
                "sentiment": "positive" if number <= 4 else "unknown",
                "theme": "sleep",
                "rating": float(number),
                "is_flagged": number == 6,
                "safety_tier": "high" if number == 6 else None,
            }
        )
    return rows


def activities() -> list[dict[str, Any]]:
    """xapi on days 0 (all seven) and 7 (p1, p2); telemetry of p1 on day 1."""
    rows = [(f"x{p}", "xapi", p, 0) for p in PEOPLE] + [("xp1b", "xapi", "p1", 7), ("xp2b", "xapi", "p2", 7)]
    rows.append(("t1", "telemetry", "p1", 1))
    return [
        {
            "source": source,
            "activity_id": id,
            "day": on(day),
            "local_day": on(day),
            "happened_at": at(day),
            "actor_key": f"mbox:{person}@zanzibar.invalid",
            "person_id": person,
            "cohort": PEOPLE[person],
            "activity": "answered",
            "subject": LESSON,
        }
        for id, source, person, day in rows
    ]


def exchanges() -> list[dict[str, Any]]:
    """Ten exchanges on day 0: p1 has four under two identifiers; latencies 1 to 10 s; one failed, one regenerated."""
    who = ["p1", "p1", "p1b", "p1b", "p2", "p3", "p4", "p5", "p6", "p7"]
    return [
        {
            "message_id": f"m{n}",
            "conversation_id": f"c-{person[:2]}",
            "day": on(0),
            "local_day": on(0),
            "exchanged_at": at(0, 9, n),
            "actor_key": f"chat:{person}",
            "person_id": person[:2],
            "cohort": PEOPLE[person[:2]],
            "app_id": "coach",
            "model_id": "tiny" if n < 6 else "huge",
            "language": "en",
            "query_tokens": 10 * n,
            "answer_tokens": 1,
            "total_price": n,
            "currency": "USD" if n <= 5 else "THB",
            "latency_seconds": float(n),
            "is_regenerated": n == 2,
            "has_error": n == 10,
            "is_handed_over": n == 6,
        }
        for n, person in enumerate(who, 1)
    ]


def conversations() -> list[dict[str, Any]]:
    return [
        {
            "conversation_id": f"c-{p}",
            "actor_key": f"chat:{p}",
            "person_id": p,
            "cohort": PEOPLE[p],
            "app_id": "coach",
            "first_at": at(0, 9),
            "language": "en",
            "first_local_day": on(0),
            "last_at": at(0, 11),
            "message_count": 1,
            "exchange_count": 1,
            "is_handed_over": p == "p3",
        }
        for p in PEOPLE
    ]


def outcomes() -> list[dict[str, Any]]:
    """One conversation each; p1 and p2 abandon theirs, of p7's nobody knows; p3 comes again; p4 cheers up."""
    return [
        {
            "conversation_id": f"c-{p}",
            "person_id": p,
            "cohort": PEOPLE[p],
            "app_id": "coach",
            "first_local_day": on(0),
            "is_abandoned": None if p == "p7" else p in ("p1", "p2"),
            "is_repeat_contact": p == "p3",
            "sentiment_shift": 2 if p == "p4" else 0 if p == "p5" else None,
        }
        for p in PEOPLE
    ]


def views() -> list[dict[str, Any]]:
    """Six views of one video of a minute on day 0, 10 to 60 s of play; the last by nobody known."""
    return [
        {
            "view_id": f"v{n}",
            "day": on(0),
            "local_day": on(0),
            "video_id": "vid-1",
            "title": "Sleep",
            "started_at": at(0, 12),
            "actor_key": f"chat:p{n}" if n < 6 else None,
            "person_id": f"p{n}" if n < 6 else None,
            "cohort": HARBOUR if n < 6 else None,
            "session_id": f"s{n}",
            "duration_seconds": 60.0,
            "play_time_seconds": 10.0 * n,
            "unique_watched_seconds": 10.0 * n,
            "percent_watched": n / 6,
            "is_completed": n == 6,
            "is_valid": n >= 3,
        }
        for n in range(1, 7)
    ]


def app_days() -> list[dict[str, Any]]:
    return [
        {"person_id": f"p{n}", "cohort": PEOPLE[f"p{n}"], "local_day": on(0), "engaged_seconds": 5.0 * n}
        for n in range(1, 6)
    ]


def completions() -> list[dict[str, Any]]:
    """All seven start a quiz; p1 and p2 complete it."""
    return [
        {
            "person_id": person,
            "full_name": f"{person} Zanzibar",
            "cohort": cohort,
            "activity_id": "quiz-9",
            "activity_name": "Quiz",
            "started_at": at(0),
            "started_local_day": on(0),
            "completed_at": at(1) if person in ("p1", "p2") else None,
        }
        for person, cohort in PEOPLE.items()
    ]


def curve() -> list[dict[str, Any]]:
    return [
        {
            "video_id": "vid-1",
            "video_second": second,
            "views": 6,
            "views_watching": 6 - second // 10,
            "times_watched": 6 - second // 10,
            "unique_retention": (6 - second // 10) / 6,
            "absolute_retention": (6 - second // 10) / 6,
            "duration_seconds": 60.0,
            "duration_is_estimated": False,
        }
        for second in range(60)
    ]


def sessions() -> list[dict[str, Any]]:
    return [
        {
            "session_key": f"s{n}",
            "session_id": f"s{n}",
            "actor_key": f"chat:p{n}",
            "person_id": f"p{n}",
            "cohort": HARBOUR,
            "day": on(0),
            "local_day": on(0),
            "started_at": at(0, 8),
            "ended_at": at(0, 8, n),
            "duration_seconds": 60.0 * n,
            "events": 4,
            "actions": 2,
            "requests": 2,
            "errors": 1 if n == 1 else 0,
        }
        for n in range(1, 6)
    ]


def roster_days() -> list[dict[str, Any]]:
    rows = []
    for day in (0, 1):
        for cohort, size, completed in ((HARBOUR, 5, 3 * day), (HILL, 2, day)):
            rows.append(
                {
                    "cohort": cohort,
                    "local_day": on(day),
                    "lesson_id": LESSON,
                    "lesson_number": "1",
                    "lesson_name": "Sleep",
                    "position": 1,
                    "roster_size": size,
                    "completed": completed,
                    "partial": size - completed,
                    "not_started": 0,
                    "completed_share": completed / size,
                }
            )
    return rows


def flags() -> list[dict[str, Any]]:
    return [
        {
            "firing_id": "g1",
            "answer_id": "f6",
            "source": "answer",
            "day": on(0),
            "local_day": on(0),
            "person_id": "p6",
            "full_name": "p6 Zanzibar",
            "cohort": HILL,
            "tier": "high",
            "rule": "rule-1",
            "words": "kumquat",
            "version": "1",
            "fired_at": at(0, 10, 6),
        }
    ]


def at_risk() -> list[dict[str, Any]]:
    return [
        {
            "person_id": "p7",
            "full_name": "p7 Zanzibar",
            "email": "p7@zanzibar.invalid",
            "cohort": HILL,
            "as_of_day": on(7),
            "last_seen_at": at(0),
            "last_local_day": on(0),
            "days_silent": 7,
            "lessons_started": 1,
            "lessons_completed": 0,
            "lessons_in_course": 2,
        }
    ]


def dropoff() -> list[dict[str, Any]]:
    return [
        {
            "lesson_id": LESSON,
            "lesson_number": "1",
            "lesson_name": "Sleep",
            "place": place,
            "card_id": card,
            "card_type": kind,
            "question": text,
            "people_reached": reached,
            "people_lost": lost,
            "drop_off": share,
        }
        for place, card, kind, text, reached, lost, share in (
            (1, "11", "quiz", "How long?", 7, 1, 1 / 7),
            (2, "12", "form", "Why?", 6, None, None),
        )
    ]


def questions() -> list[dict[str, Any]]:
    return [
        {
            "question_id": f"q-{card}",
            "lesson_id": LESSON,
            "lesson_number": "1",
            "lesson_url": LESSON,
            "card_id": card,
            "card_type": kind,
            "question": text,
            "is_opinion": kind == "form",
            "people_reached": 6,
            "people_answered": 6,
            "answers": 6,
        }
        for card, kind, text in (("11", "quiz", "How long?"), ("12", "form", "Why?"))
    ]


def retention() -> list[dict[str, Any]]:
    return [
        {
            "cohort_kind": "first week",
            "cohort": "2026-03-02",
            "week_number": week,
            "cohort_size": 7,
            "active": active,
            "is_complete": week == 0,
            "classic_rate": 1.0 if week == 0 else None,
            "rolling_rate": active / 7,
        }
        for week, active in ((0, 7), (1, 2))
    ]


def lifecycle() -> list[dict[str, Any]]:
    return [
        {
            "period": "day",
            "period_start": on(0),
            "active_people": 7,
            "new_people": 7,
            "returning_people": 0,
            "resurrecting_people": 0,
            "dormant_people": 0,
        },
        {
            "period": "day",
            "period_start": on(1),
            "active_people": 1,
            "new_people": 0,
            "returning_people": 1,
            "resurrecting_people": 0,
            "dormant_people": 6,
        },
    ]


def calendar() -> list[dict[str, Any]]:
    return [{"calendar_day": on(day)} for day in range(-30, 60)]


def marts() -> dict[str, list[dict[str, Any]]]:
    return {
        "users": users(),
        "person_identifiers": identifiers(),
        "lessons": lessons(),
        "lesson_progress": progress(),
        "user_responses": responses(),
        "user_activities": activities(),
        "exchanges": exchanges(),
        "conversations": conversations(),
        "video_views": views(),
        "video_retention_curve": curve(),
        "sessions": sessions(),
        "cohort_daily_progress": roster_days(),
        "safety_flags": flags(),
        "at_risk_learners": at_risk(),
        "lesson_dropoff": dropoff(),
        "questions": questions(),
        "user_retention": retention(),
        "user_lifecycle": lifecycle(),
        "user_engagement_daily": app_days(),
        "activity_completions": completions(),
        "conversation_outcomes": outcomes(),
        "calendar": calendar(),
    }
