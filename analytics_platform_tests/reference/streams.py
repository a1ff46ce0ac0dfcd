"""What players, the app and the chatbot send in a story: drawn from a seed, with what goes wrong in each.

Lives here: events that pause, leap, fall silent and come without a position, an id or a session. Does not live here:
statements of learning, files (``stories``), delivery.
"""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from analytics_platform_tests.reference.delivering import Line
from analytics_platform_tests.reference.statements import VIDEO
from analytics_platform_tests.reference.stories import NAMES, moment

PAUSES = (1, 4, 9.5, 10, 12, 31, 240, 1800, 3599, 3700, 9000, 50_000)  # seconds between two signals
KINDS = ("play", "pause", "seek", "heartbeat", "heartbeat", "ended", "rate_change", "segment_start", "initialized")
VERBS = {"play": "played", "pause": "paused", "seek": "seeked", "ended": "terminated", "heartbeat": "interacted"}


def _signals(rng: random.Random, kinds: tuple[str, ...]) -> Iterator[tuple[datetime, str, dict[str, float | None]]]:
    """One viewing: time goes by, and the position mostly with it."""
    at, position = moment(rng), float(rng.randint(0, 20))
    speed = rng.choice([1, 1, 1, 2])
    for _ in range(rng.randint(1, 12)):
        kind = rng.choice(kinds)
        said: dict[str, float | None] = {"at": position if rng.random() < 0.9 else None}
        if kind == "seek":
            target = float(rng.randint(0, 300))
            said = {"at": said["at"]} if rng.random() < 0.2 else {"from": position, "to": target}
            position = said.get("to") or position
        yield at, kind, said
        seconds = rng.choice(PAUSES) * rng.uniform(0.9, 1.1)
        at += timedelta(seconds=seconds)
        if rng.random() < 0.7 and position < 400:
            position = round(position + seconds * speed * rng.choice([1, 1, 1.05, 0.5]), 2)


def player_events(rng: random.Random, count: int) -> list[Line]:
    lines: list[Line] = []
    for view in range(count):
        user, session = rng.choice([*NAMES, None]), rng.choice([f"s{view}", f"s{view % 5}", None])
        video, length = f"v{rng.randint(1, 4)}", rng.choice([None, None, 100, 240])
        for number, (at, kind, said) in enumerate(_signals(rng, KINDS)):
            facts = {
                "event_id": f"p{view}-{number}",
                "video_id": video,
                "user_id": f"u-{user}" if user else None,
                "session_id": session,
                "event_timestamp": at.isoformat(),
                "event_type": kind,
                "video_time_sec": said.get("at"),
                "from": said.get("from"),
                "to": said.get("to"),
                "duration": length,
                "playback_rate": rng.choice([1, 2, 99]) if kind == "rate_change" else None,
            }
            if kind == "segment_start" and facts["video_time_sec"] is not None:
                facts["video_time_sec"] = float(int(facts["video_time_sec"]))
                end = facts | {"event_id": f"p{view}-{number}e", "event_type": "VIEW_SEGMENT_END"}
                late = at + timedelta(milliseconds=900)
                lines.append(Line("video/events", end | {"event_timestamp": late.isoformat()}, late))
            lines.append(Line("video/events", facts, at))
    return lines


def profile_statements(rng: random.Random, count: int) -> list[Line]:
    """Statements of the video profile, some with lists of what was played, which grow within a session."""
    lines: list[Line] = []
    for view in range(count):
        who, segments = rng.choice(NAMES), list[str]()
        extensions: dict[str, Any] = {f"{VIDEO}extensions/length": rng.choice([100, 240])}
        if rng.random() < 0.7:
            extensions[f"{VIDEO}extensions/session-id"] = f"profile-{view}"
        context = {"extensions": extensions} | ({"registration": f"r{view % 3}"} if rng.random() < 0.5 else {})
        lists = rng.random() < 0.6
        for number, (at, kind, said) in enumerate(_signals(rng, (*VERBS, "initialized", "completed"))):
            told = {f"{VIDEO}extensions/time": said.get("at")}
            if kind == "seek" and "to" in said:
                told = {f"{VIDEO}extensions/time-from": said["from"], f"{VIDEO}extensions/time-to": said["to"]}
            if lists and kind in ("pause", "ended"):
                begin = rng.randint(0, 90)
                segments.append(f"{begin}[.]{begin + rng.choice([0, 5, 20.5])}")
                told[f"{VIDEO}extensions/played-segments"] = "[,]".join(segments)
            payload = {
                "id": f"video-{view}-{number}",
                "timestamp": at.isoformat(),
                "actor": {"mbox": f"mailto:{who}@example.org"},
                "verb": {"id": f"https://w3id.org/xapi/video/verbs/{VERBS.get(kind, kind)}"},
                "object": {
                    "id": f"https://videos.example.org/{'ab'[view % 2]}",
                    "definition": {"type": f"{VIDEO}activity-type/video", "name": {"en": f"Video {view % 2}"}},
                },
                "result": {"extensions": {key: value for key, value in told.items() if value is not None}},
                "context": context,
            }
            lines.append(Line("xapi/statements", payload, at))
    return lines


def telemetry(rng: random.Random, count: int) -> list[Line]:
    lines = []
    for number in range(count):
        kind = rng.choice(["action", "action", "api-request", "cognitive-process", "system-metrics", "error", "odd"])
        at, user = moment(rng), rng.choice([*NAMES[:4], None])
        facts: dict[str, Any] = {"event_type": kind, "timestamp": at.isoformat(), "event_id": f"t{number}"}
        if user and kind != "system-metrics":
            facts["user_id"] = f"u-{user}"
        if rng.random() < 0.5 and kind != "system-metrics":
            facts["session_id"] = f"visit-{number % 6}"
        took = rng.choice([None, round(rng.uniform(1, 4000), 1)])
        facts |= {
            "action": {"action": rng.choice(["open", "search"])},
            "api-request": {
                "endpoint": rng.choice(["/api/a?x=1", "/api/a", "/api/b", None]),
                "status_code": rng.choice([200, 404, 500, 503, None]),
                "response_time": took,
            },
            "cognitive-process": {
                "membrane_type": rng.choice(["memory", "reasoning", None]),
                "processing_time": took,
                "success": rng.choice([True, False, None]),
                "input_tokens": rng.choice([None, 7]),
            },
            "system-metrics": {"cpu": rng.choice([None, 70.5, 99]), "memory": 40, "active_sessions": 3},
            "error": {"error_type": rng.choice(["TypeError", None]), "context": rng.choice([None, {"page": "lesson"}])},
        }.get(kind, {})
        lines.append(Line("telemetry/events", facts, at))
    return lines


def chats(rng: random.Random, count: int) -> list[Line]:
    """Conversations with answers that were made again, some more than a week later, and rows that were edited."""
    lines = []
    for talk in range(count):
        at, who = moment(rng), rng.choice([*NAMES[:4], None])
        user = {"from_end_user_id": f"c-{who}"} if who else {}
        app = {"app_id": rng.choice(["app", None])}
        if rng.random() < 0.8:
            row = {"id": f"talk{talk}", "created_at": at.isoformat(), "mode": "chat", "is_deleted": rng.choice([0, 1])}
            lines.append(Line("nocodb/conversations", row | user | app, at))
        parents: list[str | None] = [None, "00000000-0000-0000-0000-000000000000"]
        for number in range(rng.randint(0, 5)):
            at += timedelta(seconds=rng.choice([20, 400, 90_000, 700_000]), microseconds=rng.randrange(999_999))
            id = f"m{talk}-{number}"
            message = {
                "id": id, "conversation_id": f"talk{talk}", "CreatedAt": at.isoformat(),
                "parent_message_id": rng.choice(parents[-3:]),
                "answer": rng.choice(["Hello.", "One moment. #AGENT"]),
                "error": rng.choice([None, None, "timeout"]),
                "message_tokens": rng.choice([None, 10]), "answer_tokens": 5,
                "total_price": rng.choice(["0.000000001", "1.5", None]),
                "currency": rng.choice(["USD", "USD", "THB", None]),
                "inputs": rng.choice([{"language": "th", "tier": "free"}, '{"language": "en"}', None]),
                "model_id": rng.choice(["m1", "m2", None]),
                "provider_response_latency": rng.choice([None, 0.5, 2.25]),
            }  # fmt: skip
            parents.append(id)
            lines.append(Line("nocodb/messages", message | user | app, at))
            if rng.random() < 0.2:
                gone = {"is_deleted": rng.choice([None, 0, 1])}
                edited = message | gone | {"answer": "Edited.", "UpdatedAt": (at + timedelta(hours=3)).isoformat()}
                lines.append(Line("nocodb/messages", edited | user | app, at + timedelta(hours=4)))
    return lines
