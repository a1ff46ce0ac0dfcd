"""The fields that each kind of telemetry fills, as JSON pieces, in usual hours and in the incident.

Does not live here: who sends what when (``telemetry``).
"""

import numpy as np
import pyarrow as pa

from analytics_platform.simulator.plan import SECOND
from analytics_platform.simulator.texts import Bools, Catalogue, Ints, Text, join, member, number, to_json, written

KINDS = ("session_start", "session_end", "action", "api-request", "cognitive-process", "error", "system-metrics")
START, END, ACTION, REQUEST, PROCESS, ERROR, METRICS = range(7)
INCIDENT_FAILING = 0.4
INCIDENT_SLOWNESS = 8  # times the usual response time

_ACTIONS = [
    member("action", name) + member("details", details)
    for name, details in (
        ("open_lesson", {"lesson": "1"}),
        ("open_lesson", {"lesson": "5", "from": "reminder"}),
        ("search", {"words": "sleep"}),
        ("play_video", {"video_id": "vid-sleep"}),
        ("share", {"to": "team"}),
        ("change_setting", {"name": "reminders", "value": False}),
        ("open_chat", {}),
    )
]
_ENDPOINTS = [
    member("endpoint", path) + member("method", method)
    for path, method in (
        ("/api/lessons", "GET"),
        ("/api/lessons/1/cards", "GET"),
        ("/api/answers", "POST"),
        ("/api/videos", "GET"),
        ("/api/chat", "POST"),
        ("/api/profile", "PUT"),
    )
]
_STATUSES = (200, 201, 304, 400, 404, 500, 503)
_ERRORS = [
    member("error_type", kind)
    + member("error_message", text)
    + member("stack_trace", trace)
    + member("context", context)
    for kind, text, trace, context in (
        (
            "TypeError",
            "Cannot read properties of undefined (reading 'cards')",
            "at Lesson.render (lesson.js:42)",
            {"page": "lesson"},
        ),
        ("NetworkError", "Failed to fetch", "at fetch (api.js:17)\nat load (app.js:3)", {"online": False}),
        ("TimeoutError", "The request took longer than 30 s", "at request (api.js:88)", {"endpoint": "/api/chat"}),
    )
]


def bodies(rng: np.random.Generator, kind: Ints, happened: Ints, incident: Bools) -> tuple[Catalogue, Bools]:
    """The fields that each kind fills, kinds end to end; and which rows are responses of 500 and more."""
    is_500 = np.zeros(len(kind), np.bool_)
    requests, failing = _requests(rng, int((kind == REQUEST).sum()), incident[kind == REQUEST])
    is_500[kind == REQUEST] = failing
    metrics = kind == METRICS
    fields: dict[int, list[Text]] = {
        START: [""],
        END: [""],
        ACTION: [_one_of(rng, _ACTIONS, int((kind == ACTION).sum()))],
        REQUEST: requests,
        PROCESS: _processes(rng, int((kind == PROCESS).sum())),
        ERROR: [_one_of(rng, _ERRORS, int((kind == ERROR).sum()))],
        METRICS: _metrics(rng, happened[metrics], incident[metrics]),
    }
    texts = [join(parts, np.arange((kind == which).sum(), dtype=np.int64)) for which, parts in sorted(fields.items())]
    return written(pa.concat_arrays(texts)), is_500


def _one_of(rng: np.random.Generator, values: list[str], count: int) -> Catalogue:
    return Catalogue.of(values, rng.integers(0, len(values), count))


def _requests(rng: np.random.Generator, count: int, incident: Bools) -> tuple[list[Text], Bools]:
    usual = rng.choice(len(_STATUSES), count, p=[0.8, 0.1, 0.05, 0.02, 0.02, 0.007, 0.003])
    status = np.where(incident & (rng.random(count) < INCIDENT_FAILING), 6, usual)
    took = np.round(rng.lognormal(4.4, 0.5, count) * np.where(incident, INCIDENT_SLOWNESS, 1), 1)
    address = rng.integers(1, 255, count)
    texts: list[Text] = [
        _one_of(rng, _ENDPOINTS, count),
        Catalogue.of([member("status_code", code) for code in _STATUSES], status),
        '"response_time":',
        number(took),
        ',"ip":"192.0.2.',
        number(address),
        '",',
    ]
    return texts, status >= 5


def _processes(rng: np.random.Generator, count: int) -> list[Text]:
    failed = rng.random(count) < 0.04
    outcomes = ['"success":true,', '"success":false,"error_message":"the model gave no answer",']
    kinds = [member("membrane_type", kind) for kind in ("memory", "reasoning", "grammar")]
    return [
        _one_of(rng, kinds, count),
        '"processing_time":',
        number(np.round(rng.lognormal(5.5, 0.6, count), 1)),
        ',"input_tokens":',
        number(rng.integers(20, 2000, count)),
        ',"output_tokens":',
        number(rng.integers(5, 600, count)),
        ",",
        Catalogue.of(outcomes, failed.astype(np.int64)),
    ]


def _metrics(rng: np.random.Generator, happened: Ints, incident: Bools) -> list[Text]:
    load = 0.4 + 0.4 * np.sin((happened / (3600 * SECOND) % 24 - 8) * np.pi / 12).clip(0) + np.where(incident, 0.2, 0)
    noise = rng.normal(0, 0.03, (4, len(happened)))
    values = {
        "cpu": 80 * load + 100 * noise[0].clip(-0.1),
        "memory": 45 + 20 * load,
        "disk": 61 + 5 * noise[1],
        "response_time": 90 * (1 + load) * np.where(incident, INCIDENT_SLOWNESS, 1),
        "throughput": 120 * load + 20 * noise[2].clip(-0.1),
        "error_rate": np.where(incident, 40, 1) + noise[3].clip(-0.1),
        "cache_hit_rate": 95 - 10 * load,
        "network_io": 3000 * load,
    }
    texts: list[Text] = ['"active_sessions":', number((60 * load).astype(np.int64)), ","]
    for name, value in values.items():
        texts += [f"{to_json(name)}:", number(np.round(value, 2)), ","]
    return texts
