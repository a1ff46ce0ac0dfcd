"""telemetry/events: what the app says of itself, in sessions with a rhythm of day and week, and one API incident.

Every kind of the contract is here: session start and end, actions, API requests, AI processes, errors, system metrics.
Does not live here: when people are present (``people``).
"""

from collections import Counter
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics_platform.contracts import TABLES
from analytics_platform.simulator.batch import Batch, Facts, Pieces
from analytics_platform.simulator.organisation import Organisation
from analytics_platform.simulator.plan import SECOND
from analytics_platform.simulator.rhythm import LATEST, spread, times_of_day
from analytics_platform.simulator.telemetry_fields import (
    ACTION,
    END,
    ERROR,
    KINDS,
    METRICS,
    PROCESS,
    REQUEST,
    START,
    bodies,
)
from analytics_platform.simulator.texts import (
    Bools,
    Catalogue,
    Ints,
    identifiers,
    iso_time,
    joined,
    member,
    optional,
    others,
    uuid,
)

TABLE = TABLES["telemetry/events"]
EVENTS_PER_PERSON = 4.5
EVENTS_PER_SESSION = 9
INCIDENT_HOURS = (13, 15)
_LONGEST = 5400  # seconds of a session


@dataclass(frozen=True)
class Rows:
    """Columns, one entry for each event, kinds end to end so that each kind's text is made at once."""

    kind: Ints
    happened: Ints
    in_session: Bools
    group: Ints
    person: Ints
    session: NDArray[np.uint8]
    sessions: int


def draw_telemetry(organisation: Organisation, day: int) -> Batch:
    """The telemetry of one day."""
    plan, rng = organisation.plan, organisation.plan.rng("telemetry", day)
    rows = _rows(organisation, day, rng)
    first, end = (plan.midnight(day) + hour * 3600 * SECOND for hour in INCIDENT_HOURS)
    incident = (rows.happened >= first) & (rows.happened < end) & (day == plan.incident_day)
    fields, is_500 = bodies(rng, rows.kind, rows.happened, incident)
    ids = identifiers(rng, len(rows.kind))
    named = rng.random(len(rows.kind)) < 0.95
    users = Catalogue.of(
        [*organisation.people.user_pieces, ""], np.where(rows.person < 0, organisation.people.count, rows.person)
    )

    def pieces(claimed: Ints) -> Pieces:
        return {
            "open": "{",
            "id": optional(named, '"event_id":"', uuid(ids), '",'),
            "type": Catalogue.of([member("event_type", name) for name in KINDS], rows.kind),
            "user": users,
            "session": optional(rows.in_session, '"session_id":"', uuid(rows.session), '",'),
            "fields": fields,
            "time": joined('"timestamp":"', iso_time(claimed), '"'),
            "close": "}",
        }

    def facts(event_time: Ints) -> Facts:
        requests = rows.kind == REQUEST
        counts = Counter({"telemetry.sessions": rows.sessions, "api.requests": int(requests.sum())})
        counts["api.errors_5xx"] = int((is_500 & requests).sum())
        if day == plan.incident_day:
            inside = requests & (event_time >= first) & (event_time < end)
            counts["api_incident.requests"] = int(inside.sum())
            counts["api_incident.errors_5xx"] = int((inside & is_500).sum())
        return Facts(counts)

    other_id = joined('"event_id":"', uuid(others(ids)), '",')  # a broken copy is another event
    return Batch(
        table=TABLE,
        person=rows.person.astype(np.int32),
        happened=rows.happened,
        claims=np.ones(len(ids), np.bool_),
        named=named,
        group=rows.group,
        pieces=pieces,
        variants={
            "missing_type": lambda _: {"id": other_id, "type": ""},
            "impossible_time": lambda _: {"id": other_id, "time": '"timestamp":"2026-13-45T25:61:00Z"'},
            "conflict": lambda _: {"session": '"session_id":"another-session",'},
        },
        facts=facts,
    )


def _rows(organisation: Organisation, day: int, rng: np.random.Generator) -> Rows:
    """Sessions with a start, mostly an end, and events between; and system metrics at even distances."""
    plan, present = organisation.plan, organisation.present(day)
    asked = plan.asked(TABLE.path)
    asked = round(EVENTS_PER_PERSON * len(present)) if asked is None else asked
    metrics = min(288, asked // 10)
    sessions = max(1, (asked - metrics) // EVENTS_PER_SESSION)
    person = present[rng.integers(0, len(present), sessions)]
    began = plan.midnight(day) + times_of_day(rng, sessions, LATEST - _LONGEST * SECOND)
    length = (rng.gamma(2, 400, sessions).clip(20, _LONGEST) * SECOND).astype(np.int64)
    ending = np.flatnonzero(rng.random(sessions) < 0.85)
    within = np.repeat(np.arange(sessions), spread(rng, max(0, asked - metrics - sessions - len(ending)), sessions))
    of = np.concatenate([np.arange(sessions), ending, within])
    kinds = rng.choice([ACTION, REQUEST, PROCESS, ERROR], len(within), p=[0.36, 0.46, 0.15, 0.03])
    kind = np.concatenate([np.full(sessions, START), np.full(len(ending), END), kinds])
    share = np.select([kind == START, kind == END], [0.0, 1.0], rng.random(len(kind)))
    order = np.argsort(kind, kind="stable")
    of, kind, share = of[order], kind[order], share[order]
    ticks = plan.midnight(day) + np.arange(metrics, dtype=np.int64) * (LATEST // max(1, metrics))
    # Metrics come over a line of their own, one by one; a session's events come over one device.
    nobody, alone = np.full(metrics, -1), np.arange(sessions, sessions + metrics)
    return Rows(
        kind=np.concatenate([kind, np.full(metrics, METRICS)]).astype(np.int64),
        happened=np.concatenate([began[of] + (share * length[of]).astype(np.int64), ticks]),
        in_session=np.arange(len(of) + metrics) < len(of),
        group=np.concatenate([of, alone]),
        person=np.concatenate([person[of], nobody]),
        session=identifiers(rng, sessions)[np.concatenate([of, np.zeros(metrics, np.int64)])],
        sessions=sessions,
    )
