"""The demo organisation of a plan: its people and their course, made once and handed to every source.

Does not live here: what a source says about a day.
"""

from dataclasses import dataclass

import numpy as np

from analytics_platform.simulator.course import Course, plan_course
from analytics_platform.simulator.people import People, make_people
from analytics_platform.simulator.plan import Plan
from analytics_platform.simulator.texts import Ints


@dataclass(frozen=True)
class Organisation:
    plan: Plan
    people: People
    course: Course

    def present(self, day: int) -> Ints:
        """The people of a day: who comes by habit and who takes a lesson. Never empty."""
        there = self.people.active(day) | (self.course.started == day).any(axis=1)
        return np.flatnonzero(there)


def found(plan: Plan) -> Organisation:
    people = make_people(plan)
    return Organisation(plan, people, plan_course(people))
