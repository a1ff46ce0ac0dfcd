"""The lake that both engines build from: few rows, and every edge at which engines are known to part.

NULLs; the borders of day, week, year and daylight saving in Europe/Berlin, to the microsecond; halves and negatives;
repeats; Unicode, empty texts and lists; integers that no float holds. Rows name only what they are about.
Does not live here: running anything (``engines``), comparing (``comparing``).
"""

from typing import Any

Row = dict[str, Any]
Rows = dict[str, list[Row]]

ZONE = "Europe/Berlin"
CHANGED = "2026-03-28"  # the day of which later() tells
FIRST, LAST = "2026-03-27", "2026-03-30"  # Berlin leaps on 2026-03-29 at 01:00 UTC; it is a Sunday
BIG = 2**53 + 1  # no float holds it
LESSON = "https://courses.example.org/leçon-🙂"
TEXTS = ["", " ", "none", "naïve café — “quoted” 'it''s'", "ครับ 🙂👩‍👩‍👧", "שלום", "a\tb\nc", "%_\\", "Ａ", "e\u0301"]
MOMENTS = [
    "2026-03-27 00:00:00+00",
    "2026-03-27 22:59:59.999999+00",
    "2026-03-27 23:00:00+00",  # Berlin's Saturday begins
    "2026-03-28 23:00:00+00",  # Berlin's Sunday begins
    "2026-03-29 00:59:59.999999+00",  # the last moment of winter time
    "2026-03-29 01:00:00+00",
    "2026-03-29 21:59:59.999999+00",
    "2026-03-29 22:00:00+00",  # Berlin's Monday begins, an hour earlier in UTC
    "2026-03-29 23:59:59.999999+00",
    "2026-03-30 00:00:00.000001+00",
]


def lake() -> Rows:
    """The first state: four days in a row, and two moments around new year that only a full build sees."""
    new_year = ["2025-12-31 22:59:59.999999+00", "2025-12-31 23:00:00+00"]
    return {
        "xapi/statements": [
            *_answers(),
            *_lessons(),
            *_profile(),
            *_elsewhere(),
            *_at(new_year, "statement_id", "y", verb="launched", actor_key="mbox:ann@example.org"),
            # Who began before and was never seen again is at risk.
            _statement("last year", new_year[0], actor_key="mbox:dan@example.org"),
        ],
        "nocodb/conversations": _conversations(),
        "nocodb/messages": [*_messages(), *_asking()],
        "video/events": [*_views(), *_leaving()],
        "telemetry/events": _sessions() + _measured(),
        **_kept(),
        "labels/exchanges": _labels(),
        "labels/translations": [
            {
                "translation_id": f"m1|{language}",
                "day": "2026-03-28",
                "message_id": "m1",
                "conversation_id": "c1",
                "language": language,
                "text_key": "k",
                "query": "naïve ราคา",
                "answer": None,
                "version": "v",
            }
            for language in ("de", "th")
        ],
        **_insights(),
    }


def later() -> Rows:
    """The changed day, whole: a late line and other prices. Its telemetry goes altogether; the tests empty that."""
    late = _statement("late", "2026-03-28 12:00:00+00", verb="answered", card_id="9", card_type="rate", response="5")
    rows = _answers() + _lessons() + _profile() + _elsewhere()
    answers = [row for row in rows if row["event_time"].startswith(CHANGED)]
    messages = [row for row in _messages() if row["event_time"].startswith(CHANGED)]
    for row in messages:
        row["total_price"], row["language"] = "-1.500000001", "th"
        row["is_deleted"] = row["message_id"] in ("gone", "m12")
    messages.append(_message("m13", "2026-03-28 11:00:00+00", parent_message_id="q1"))
    # One statement of the same day is voided, and one of the day before, which nobody asks for.
    voidings = [_voiding("late", "x0"), _voiding("later", "border0"), _voiding("again", "void late")]
    return {"xapi/statements": [*answers, late, _far(CHANGED, "0[.]10"), *voidings], "nocodb/messages": messages}


def _at(moments: list[str], key: str, prefix: str, **more: Any) -> list[Row]:
    return [{key: f"{prefix}{i}", "event_time": moment, **more} for i, moment in enumerate(moments)]


def _statement(id: str, moment: str, **more: Any) -> Row:
    row = {
        "statement_id": id,
        "event_time": moment,
        "actor_key": "mbox:ann@example.org",
        "verb": "launched",
        "object_type": "Activity",
        "object_id": LESSON,
        "lesson_url": LESSON,
    }
    return row | more


def _answers() -> list[Row]:
    rows = [
        _statement(f"border{i}", moment, verb="answered", card_id=str(i % 3), card_type="quiz", success=i % 2 == 0)
        for i, moment in enumerate(MOMENTS)
    ]
    rows += [
        _statement(
            f"text{i}", f"2026-03-28 10:00:{i:02}+00", verb="answered", card_id="t", card_type="form", response=text,
            object_name=text, actor_key=f"account:{text}",
        )
        for i, text in enumerate(TEXTS)
    ]  # fmt: skip
    rows += [
        _statement(
            f"half{i}", f"2026-03-28 11:00:{i:02}.5+00", verb="answered", card_id=None, response="x",
            score_scaled=number, duration_seconds=number, actor_key="mbox:bob@example.org",
        )
        for i, number in enumerate([None, -0.5, 0.5, 1.5, 2.5, -2.5, 0.1, 1e-9, 12345678.875])
    ]  # fmt: skip
    words = "It's naïve 🙂, but I'd quote it — in \"full\"."
    rows.append(
        _statement("quote", f"{CHANGED} 10:30:00+00", verb="answered", card_id="t", card_type="form", response=words)
    )
    # One delivery a day of the same id, without a claimed time: repeats; with one: two statements.
    rows += [_statement("again", f"2026-03-{day} 09:00:00+00", claimed_at=None) for day in (27, 28, 30)]
    return rows + [_statement("claimed", f"2026-03-{day} 09:00:00+00") for day in (27, 28)]


def _lessons() -> list[Row]:
    return [
        _statement("done", "2026-03-28 12:00:00+00", verb="completed"),
        _statement("card done", "2026-03-28 12:00:01+00", verb="completed", object_id=f"{LESSON}/quiz/1"),
        _statement("passed", "2026-03-28 12:00:02+00", actor_key="mbox:bob@example.org", completion=True),
        _statement("other", "2026-03-28 12:00:03+00", object_id="https://lms.example.org/mod/", lesson_url=None),
        _statement("elsewhere", "2026-03-28 12:00:04+00", lesson_url=None, object_type="Agent"),
    ]


def _profile() -> list[Row]:
    """The xAPI video profile: a list of segments counts for more than the signals; a broken or empty one is no list."""
    kind = "https://w3id.org/xapi/video/activity-type/video"
    said = ["0[.]12.5[,]30[.]41[,]5[.]4[,]-1[.]0.5", "", "x[.]y", "0[.]0.5[,]0.5[.]1.5[,]0.25[.]1"]
    rows = []
    for i, segments in enumerate(said):
        common = {"object_id": "video:é", "activity_type": kind, "video_session_id": f"p{i}", "lesson_url": None}
        rows.append(_statement(f"vp{i}", f"2026-03-28 1{i}:00:00+00", verb="played", video_time_seconds=0.5, **common))
        rows.append(
            _statement(
                f"ve{i}", f"2026-03-28 1{i}:01:00.25+00", verb="terminated", video_time_seconds=41.5,
                video_played_segments=segments, video_length_seconds=60.5, **common,
            )
        )  # fmt: skip
    return [*rows, _far("2026-03-30", "0[.]10[,]10[.]25")]


def _far(day: str, segments: str) -> Row:
    """A session's list; its first one comes late, and opens the day of the second."""
    return _statement(
        f"far {day}", f"{day} 18:00:00+00", verb="paused", video_time_seconds=10, video_played_segments=segments,
        video_length_seconds=60.5, object_id="video:far", video_session_id="far", lesson_url=None,
        activity_type="https://w3id.org/xapi/video/activity-type/video",
    )  # fmt: skip


def _voiding(name: str, voided: str) -> Row:
    verb = "http://adlnet.gov/expapi/verbs/voided"
    return _statement(
        f"void {name}", "2026-03-28 13:00:00+00", verb="voided", verb_id=verb, object_type="StatementRef",
        object_id=voided, lesson_url=None, voids_statement_id=voided,
    )  # fmt: skip


def _elsewhere() -> list[Row]:
    """Other systems: choices in words, a quiz in two attempts, units that ask for more or less, courses, a likert."""
    kind, unit, course = "http://adlnet.gov/expapi/activities/", "https://lms.example.org/au/é?id=1", "urn:course:🙂"
    asked = {"interaction_type": "choice", "activity_type": f"{kind}cmi.interaction", "lesson_url": unit}
    rows = [
        _statement(
            f"x{i}", f"2026-03-28 09:00:{i:02}+00", verb=("answered", "evaluated")[i % 2], object_id=f"{unit}#q{i % 3}",
            response="a[,]b", response_words="Å | 1[,]B", matches_pattern=(None, True, False)[i % 3],
            success=(None, None, None, True, False)[i % 5], course_url=course, registration=f"r{i % 2}",
            clock_skewed=i % 2 == 0, **asked | ({"interaction_type": "likert"} if i == 7 else {}),
        )
        for i in range(9)
    ]  # fmt: skip
    for i, word in enumerate(("Passed", "Completed", "CompletedAndPassed", "NotApplicable", "Other")):
        told = [("launched", {"move_on": word}), ("completed", {"completion": True}), ("satisfied", {}), ("passed", {})]
        for n, (verb, more) in enumerate(told[: 2 + i % 3]):
            rows.append(
                _statement(
                    f"u{i}{n}", f"2026-03-28 15:0{i}:0{n}.5+00", verb=verb, object_id=f"{unit}&u={i}", lesson_url=None,
                    activity_type=f"{kind}lesson", course_url=course, score_scaled=(n - 1) / 3, attempt_id=f"t{n % 2}",
                    **more,
                )
            )  # fmt: skip
    same = {"activity_type": f"{kind}course", "lesson_url": None, "verb": "completed"}
    rows += [_statement(f"c{i}", "2026-03-28 16:00:00+00", object_id=course, object_name=name, **same)
             for i, name in enumerate(("Näme", "A name", None))]  # fmt: skip
    return rows


def _conversations() -> list[Row]:
    return [
        {"conversation_id": "c1", "event_time": "2026-03-28 10:00:00+00", "actor_key": "user:1", "is_deleted": False},
        {"conversation_id": "c2", "event_time": "2026-03-29 21:59:59.999999+00", "is_deleted": True, "mode": ""},
        {"conversation_id": "lost", "event_time": "2026-03-28 11:00:00+00", "actor_key": "user:1", "is_deleted": True},
        {"conversation_id": "alone", "event_time": "2026-03-30 00:00:00+00", "actor_key": "user:é", "status": "normal"},
    ]


def _message(id: str, moment: str, **more: Any) -> Row:
    return {
        "message_id": id, "event_time": moment, "conversation_id": "c1", "actor_key": "user:1", "currency": "USD",
        "query_tokens": 10, "answer_tokens": 20, "total_price": "0.000000001", "answer": "Ten.", "latency_seconds": 0.5,
        "language": "en",
    } | more  # fmt: skip


def _messages() -> list[Row]:
    zero = "00000000-0000-0000-0000-000000000000"
    return [
        _message("m1", "2026-03-28 10:00:00+00", parent_message_id=zero),
        _message("m2", "2026-03-28 10:00:01.5+00", parent_message_id="m1", query_tokens=BIG, answer_tokens=2**61),
        _message("m3", "2026-03-28 10:00:02.5+00", parent_message_id="m1", total_price="1234567890123456789.123456789"),
        _message("gone", "2026-03-28 10:00:03+00", parent_message_id="m1", is_deleted=True),
        _message("lost", "2026-03-29 10:00:03+00", conversation_id="lost"),
        _message("m4", "2026-03-29 10:00:00+00", parent_message_id="m1", total_price="-0.1", error=""),
        _message("m5", "2026-03-29 10:00:01+00", parent_message_id=zero, currency=None, error="timeout"),
        _message("m6", "2026-03-29 10:00:02+00", currency="THB", answer="a person, please #AGENT", status="error"),
        _message("m7", "2026-03-29 22:00:00+00", conversation_id="orphan", query_tokens=None, answer_tokens=None,
                 total_price=None, latency_seconds=None, answer=None),
        _message("m9", "2026-03-29 21:59:59.999999+00", conversation_id="c2"),  # Berlin's last moment of Sunday
        _message("m8", "2026-03-30 10:00:00+00", conversation_id="c2", actor_key=None, answer="", is_agent_based=True),
        # Two further answers; later() brings an answer before the one, and deletes that before the other.
        _message("m10", "2026-03-30 11:00:00+00", parent_message_id="q1"),
        _message("m11", "2026-03-30 11:00:01+00", parent_message_id="q2"),
        _message("m12", "2026-03-28 11:00:00+00", parent_message_id="q2"),
    ]  # fmt: skip


def _event(n: int, moment: str, kind: str, position: float | None, **more: Any) -> Row:
    row = {"event_id": f"v{n}", "event_time": moment, "video_id": "v", "actor_key": "user:1", "session_id": "s1"}
    return row | {"event_type": kind, "position_seconds": position} | more


def _views() -> list[Row]:
    pairs = [
        _event(100 + 2 * s + e, f"2026-03-28 20:00:{s:02}.{e}+00", f"segment_{('start', 'end')[e]}", s, session_id="s2")
        for s in range(4)
        for e in (0, 1)
    ]
    return [
        _event(1, "2026-03-28 23:59:50+00", "play", 0, duration_seconds=30.5),
        _event(2, "2026-03-28 23:59:55.5+00", "heartbeat", 5.5),
        _event(3, "2026-03-29 00:00:01+00", "seeked", None, seek_from_seconds=11.0, seek_to_seconds=2.5),
        _event(4, "2026-03-29 00:00:04.25+00", "pause", 5.75, playback_rate=1.5),
        _event(5, "2026-03-29 00:00:05+00", "ended", 31.0),
        _event(6, "2026-03-29 12:00:00+00", "play", 0.25, session_id=None),
        _event(7, "2026-03-29 12:00:07+00", "error", None, session_id=None),
        _event(8, "2026-03-29 12:00:08+00", "play", 1.0, session_id=None, actor_key=None),
        _event(9, "2026-03-29 21:59:30+00", "play", -0.5, session_id="s3", duration_seconds=0),
        *pairs,
    ]


def _leaving() -> list[Row]:
    """Of 24 viewers nine leave at 10 s: a drop-off; players disagree by a second, and one skips over it."""
    stops = [10.0] * 7 + [11.5, 10.25] + [61.0] * 15
    rows = []
    for n, stop in enumerate(stops):
        more = {"video_id": "drop", "actor_key": f"user:v{n}", "session_id": None}
        began, left = "2026-03-29 18:00:00+00", f"2026-03-29 18:{int(stop) // 60:02}:{int(stop) % 60:02}.5+00"
        rows += [_event(200 + 2 * n, began, "play", 0, **more), _event(201 + 2 * n, left, "pause", stop, **more)]
    skipping = {"video_id": "drop", "actor_key": "user:v9", "session_id": None}
    return [
        *rows,
        _event(300, "2026-03-29 18:00:05+00", "seek", None, seek_from_seconds=5, seek_to_seconds=30, **skipping),
    ]


def _asking() -> list[Row]:
    """Six of them ask the bot within the hour."""
    return [
        _message(
            f"left{n}", f"2026-03-29 18:{30 + n}:00+00", conversation_id="left", actor_key=f"user:v{n}", app_id="a"
        )
        for n in range(6)
    ]


def _action(n: int, moment: str, **more: Any) -> Row:
    return {"event_id": f"t{n}", "event_time": moment, "kind": "action", "actor_key": "user:1", "action": "open"} | more


def _sessions() -> list[Row]:
    """Silence of 30 minutes to the microsecond, a session over a day long, an id over a pause, and nobody."""
    return [
        _action(1, "2026-03-28 10:00:00+00"),
        _action(2, "2026-03-28 10:30:00+00"),
        _action(3, "2026-03-28 11:00:00.000001+00"),
        _action(4, "2026-03-27 08:00:00+00", session_id="long"),
        _action(5, "2026-03-27 23:59:59.999999+00", session_id="long"),
        _action(6, "2026-03-28 12:00:00+00", session_id="long"),
        _action(7, "2026-03-29 10:00:00+00", kind="api_request", status_code=500, session_id="é"),
        _action(8, "2026-03-29 11:00:00+00", kind="error", session_id="é", actor_key=None, action=None),
        _action(10, "2026-03-29 21:59:59.999999+00", actor_key="user:late"),
        _action(9, "2026-03-29 11:00:00+00", actor_key=None, action=""),
    ]


def _measured() -> list[Row]:
    """Times with repeats and halves, none at all, a run that does not say how it ended; readings and errors."""
    times = [None, 0.5, 0.5, 1.5, 2.5, 1e-9, 12345678.875, 100.0]
    requests = [
        _action(100 + i, moment, kind="api_request", endpoint=f"/api/é?{i}" if i % 2 else None, status_code=status,
                response_ms=took)
        for i, (moment, status, took) in enumerate(zip(MOMENTS, [200, 404, 503, None] * 3, times * 2, strict=False))
    ]  # fmt: skip
    runs = [
        _action(200 + i, f"2026-03-2{8 + i % 2} 10:00:{i:02}+00", kind="cognitive_process",
                process_kind="memory" if i else None, processing_ms=took, success=[True, False, None][i % 3],
                input_tokens=BIG if i else None)
        for i, took in enumerate(times)
    ]  # fmt: skip
    machine = [
        _action(300 + i, f"2026-03-28 10:{i:02}:00+00", kind="system_metrics", actor_key=None, cpu=cpu, memory=50.5,
                active_sessions=i, response_ms=1.5)
        for i, cpu in enumerate([None, 0.5, 99.5])
    ]  # fmt: skip
    places = ['{"page": "leçon"}', '{"endpoint": null, "file": "a.js"}', "{}", None]
    errors = [
        _action(400 + i, f"2026-03-28 11:00:0{i}+00", kind="error", error_type="Type" if i else "", context=place)
        for i, place in enumerate(places)
    ]
    # Of a day that outlives its events (_kept) what is left of them counts no more.
    left = _action(500, "2026-03-26 10:00:00+00", kind="api_request", endpoint="/gone", status_code=503)
    return [*requests, *runs, *machine, *errors, left]


def _kept() -> Rows:
    """A day of telemetry that outlives its events, each table with a row full and one as empty as may be."""
    day = {"day": "2026-03-26"}
    moments = {"first_at": "2026-03-26 00:00:00+00", "last_at": "2026-03-26 22:59:59.999999+00"}
    return {
        "kept/telemetry_days": [{**day, "events": BIG, "requests": 3, "errors": 1, "p95_ms": 0.5, "cpu_max": 99.5}],
        "kept/api_days": [
            {**day, "endpoint": "/api/é", "requests": 3, "errors": 1, "client_errors": 0, "avg_ms": 1 / 3},
            {**day, "endpoint": "unknown", "requests": 0, "errors": 0},
        ],
        "kept/ai_days": [{**day, "process_kind": "memory", "runs": 2, "succeeded": 1, "failed": 0, "p50_ms": 0.1}],
        "kept/error_days": [
            {**day, **moments, "error_type": "Type", "place": "leçon", "actor_key": actor, "occurrences": 2}
            for actor in ("user:1", None)
        ],
        "kept/engagement_days": [{**day, **moments, "actor_key": "user:1", "visits": 1, "events": 5, "requests": 0}],
    }


def _labels() -> list[Row]:
    """Of every message but one; two topics, ties, nothing known."""
    shared = {"language": "en", "language_confidence": 0.9, "intent": "question", "intent_confidence": 0.25,
              "hands_over": False, "method": "local", "version": "v1"}  # fmt: skip
    said = [
        ("m1", "2026-03-28", "c1", "pricing|account", "negative", True),
        ("m2", "2026-03-28", "c1", "account", "unknown", False),
        ("m3", "2026-03-28", "c1", None, "mixed", False),
        ("m4", "2026-03-29", "c1", "pricing", "positive", True),
        ("m6", "2026-03-29", "c1", "leçon", "neutral", False),
        ("m7", "2026-03-29", "orphan", "pricing", "unknown", True),
        ("m9", "2026-03-29", "c2", "pricing", "neutral", True),
        ("m8", "2026-03-30", "c2", None, "unknown", False),
    ]
    return [
        {**shared, "message_id": id, "day": day, "conversation_id": conversation, "topics": topics,
         "topic": topics.split("|")[0] if topics else "unknown", "topic_confidence": 0.5 if topics else 0.0,
         "sentiment": sentiment, "sentiment_confidence": 0.125, "safety": "high" if id == "m3" else "none",
         "asks": asks}
        for id, day, conversation, topics, sentiment, asks in said
    ]  # fmt: skip


def _insights() -> Rows:
    """A point, an incident, a forecast and a score each, with what may be missing missing."""
    series = {"series_id": "answers|lesson_id=é", "metric": "answers", "source": "xapi", "dimension": "lesson_id",
              "member": "é", "version": "v1"}  # fmt: skip
    whole = {**series, "series_id": "answers", "dimension": None, "member": None}
    return {
        "insights/series": [
            {**one, "point_id": f"p{i}{grain}", "day": "2026-03-28", "grain": grain, "started_at": moment, "value": 0.5,
             "numerator": 1.0 if i else None, "denominator": 2.0 if i else None, "unit": "share"}
            for i, one in enumerate((series, whole))
            for grain, moment in (("hour", "2026-03-28 23:00:00+00"), ("day", "2026-03-28 00:00:00+00"))
        ],
        "insights/incidents": [
            {**one, "incident_id": f"i{i}", "group_id": "i0", "day": "2026-03-28", "grain": "hour",
             "started_at": "2026-03-28 23:00:00+00", "last_at": "2026-03-29 01:00:00+00", "ended_at": None,
             "status": "open", "observed": 1e-9, "points": 3, "explained_by": '[{"member":"é"}]' if i else None}
            for i, one in enumerate((whole, series))
        ],
        "insights/forecasts": [
            {**whole, "forecast_id": f"f{day}", "day": f"2026-03-{day}", "step": day - 28, "mean": 0.1,
             "forecast_for": "2026-03-30 00:00:00+00"}
            for day in (28, 29)
        ],
        "insights/learner_risk": [
            {"risk_id": f"r{day}", "day": f"2026-03-{day}", "person_id": None, "horizon_days": 14, "reason": "short"}
            for day in (28, 29)
        ],
        "insights/themes": [
            {"theme_id": f"t{day}{week}", "day": f"2026-03-{day}", "source": "chats", "week": f"2026-W{week}",
             "week_start": "2026-03-09", "theme": "ราคา · é", "texts": 7, "people": 5, "people_before": 0.5,
             "change": 4.5, "phrases": None, "fewest_people": 25, "sampled_share": 1.0, "version": "v"}
            for day, week in ((28, 11), (29, 11), (29, 12))
        ],
    }  # fmt: skip
