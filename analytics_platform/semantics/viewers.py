"""Who asks: a role and, for some, the cohorts that they may see. Pure.

- viewer: numbers about five people or more; no rows of people, no names, no free text
- analyst: every row of the marts, with names and texts
- admin: the same, and what concerns the platform itself (keys, usage)

Does not live here: what follows for a query (``roles``).
"""

from dataclasses import dataclass
from enum import StrEnum

FEWEST_PEOPLE = 5  # metrics.md, Conversations: smaller cells are suppressed in anything that leaves in aggregate
FEWEST_PEOPLE_OF_A_TEXT = 25


class Role(StrEnum):
    VIEWER = "viewer"
    ANALYST = "analyst"
    ADMIN = "admin"


@dataclass(frozen=True)
class Viewer:
    """``cohorts`` are the only ones whose people this viewer sees; None means all."""

    name: str
    role: Role
    cohorts: tuple[str, ...] | None = None

    @property
    def sees_people(self) -> bool:
        return self.role is not Role.VIEWER

    @property
    def sees_everything(self) -> bool:
        return self.sees_people and self.cohorts is None


ADMIN = Viewer("platform", Role.ADMIN)  # the platform's own reports and exports
LOCAL = Viewer("local", Role.ADMIN)  # the command line on this machine: whoever runs it can read the file anyway
