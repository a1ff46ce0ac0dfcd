"""Who started and completed which activity: activity_completions.

Lives here: one person's state in one activity that is no question. Does not live here: lessons (``lessons``), which
fold several activities into one.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any

from analytics_platform_tests.reference.lessons import Told
from analytics_platform_tests.reference.statements import Statement
from analytics_platform_tests.reference.world import World


@dataclass
class State(Told):
    statements: list[Statement] = field(default_factory=list)
    kind: str | None = None
    completed_at: datetime | None = None
    rule: str | None = None

    @property
    def success(self) -> bool | None:
        said = {one.success for one in self.statements} | {
            {"passed": True, "failed": False}.get(one.verb) for one in self.statements
        }
        return True if True in said else False if False in said else None

    @property
    def score(self) -> float | None:
        return max((one.score for one in self.statements if one.score is not None), default=None)

    @property
    def attempts(self) -> int | None:
        return len({one.attempt for one in self.statements if one.attempt}) or None


@lru_cache(maxsize=1)
def states(world: World) -> dict[tuple[str, str], State]:
    """By person and activity."""
    found: dict[tuple[str, str], State] = {}
    for one in world.statements:
        if one.object_url is None or one.is_question:
            continue
        state = found.setdefault((world.people[one.actor].id, one.object_url), State())
        state.add(one)
        state.statements.append(one)
    for (_, url), state in found.items():
        state.kind = world.known.kinds.get(url)
        state.completed_at, state.rule = state.completed(world.known.move_on.get(url))
    return found


def activity_completions(world: World) -> Iterator[dict[str, Any]]:
    for (who, url), state in states(world).items():
        person, done = world.people[who], state.completed_at
        assert state.started_at is not None
        yield {
            "person_id": who, "full_name": person.full_name, "email": person.email, "cohort": person.cohort,
            "activity_id": url,
            "activity_type": state.kind,
            "activity_name": world.known.names.get(url),
            "course_id": world.known.courses.get(url),
            "started_at": state.started_at,
            "started_local_day": world.local_day(state.started_at),
            "last_at": state.last_at,
            "completed_at": done,
            "completed_local_day": world.local_day(done) if done else None,
            "completion_rule": state.rule,
            "success": state.success,
            "score_scaled": state.score,
            "attempts": state.attempts,
        }  # fmt: skip
