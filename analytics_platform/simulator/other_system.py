"""Statements of another learning system: quizzes with e-mail actors, times, scores, durations and completion.

Does not live here: the course (``course_statements``).
"""

import numpy as np

from analytics_platform.simulator import verbs
from analytics_platform.simulator.blocks import NO_RESULT, Block, durations
from analytics_platform.simulator.organisation import Organisation
from analytics_platform.simulator.rhythm import times_of_day
from analytics_platform.simulator.texts import Catalogue, member, to_json

_LMS_ACTIVITIES = 20


def other_system_block(organisation: Organisation, day: int, rng: np.random.Generator, count: int) -> Block:
    """Quizzes of another learning system: e-mail actors, times, scores, completion."""
    pool = organisation.present(day)
    who = pool[rng.integers(0, len(pool), count)]
    score = rng.binomial(100, rng.beta(6, 2, count))
    attempted = rng.random(count) < 0.4
    results = [
        f'"result":{{"score":{to_json({"scaled": raw / 100, "raw": raw, "min": 0, "max": 100})},'
        f'"success":{to_json(raw >= 60)},"completion":true'
        for raw in range(101)
    ]
    return Block(
        person=who.astype(np.int32),
        happened=organisation.plan.midnight(day) + times_of_day(rng, count),
        claims=np.ones(count, np.bool_),
        wrapped=np.zeros(count, np.bool_),
        group=np.arange(count, dtype=np.int64),
        actor=who + organisation.people.count,
        verb=verbs.shown(rng, np.where(attempted, verbs.number_of("attempted"), verbs.number_of("completed")), 0.8),
        object=Catalogue.of(_OTHER_OBJECTS, rng.integers(0, _LMS_ACTIVITIES, count)),
        result=Catalogue.of([*results, ""], np.where(attempted, len(results), score)),
        duration=np.where(attempted, NO_RESULT, durations(rng, count, 0.7)),
    )


_OTHER_OBJECTS = [
    member(
        "object",
        {
            "id": f"https://lms.example.org/mod/quiz/view.php?id={400 + i}",
            "definition": {
                "type": "http://adlnet.gov/expapi/activities/assessment",
                "name": {"en": f"Check {i + 1}", "id": f"Kuis {i + 1}"},
            },
        },
    )
    + member("context", {"platform": "Moodle", "language": "en"})
    for i in range(_LMS_ACTIVITIES)
]
