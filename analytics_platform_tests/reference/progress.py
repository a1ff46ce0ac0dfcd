"""How people and cohorts come along: lesson_progress, lessons, drop-off, cohort_daily_progress, courses, at risk.

Lives here: these marts, row by row. Does not live here: what a lesson is (``lessons``).
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from analytics_platform_tests.reference.completions import states
from analytics_platform_tests.reference.lessons import InLesson, Lessons
from analytics_platform_tests.reference.people import Person, newest_batch
from analytics_platform_tests.reference.world import World, monday

Row = dict[str, Any]
SILENT_DAYS = 7


def share(part: float | None, whole: float | None) -> float | None:
    """No denominator, no rate."""
    return None if part is None or not whole else part / whole


def who(world: World, person: Person) -> Row:
    return {
        "person_id": person.id, "full_name": person.full_name, "email": person.email, "cohort": person.cohort,
    }  # fmt: skip


def naming(lessons: Lessons, lesson: str) -> Row:
    position, number, name = lessons.names(lesson)
    return {"lesson_id": lesson, "lesson_number": number, "lesson_name": name, "position": position}


def local_day(world: World, at: datetime | None) -> date | None:
    return world.local_day(at) if at else None


def due_on(world: World, lessons: Lessons, lesson: str, cohort: str | None) -> date | None:
    """The cohort's own date, else the one of every cohort; of the current map alone, which may have none."""
    current = [row for row in world.due_dates if lessons.maps and row["valid_from"] == str(lessons.maps[-1][0])]
    by_number = {line.number: line.lesson for lines in lessons.current.values() for line in lines}
    dates = {
        row.get("cohort"): date.fromisoformat(row["due_on"])
        for row in newest_batch(current)
        if by_number.get(row["lesson_number"]) == lesson
    }
    return dates.get(cohort, dates.get(None))


def lesson_progress(world: World, lessons: Lessons) -> Iterator[Row]:
    for there in lessons.progress.values():
        person, cards = world.people[there.person], lessons.cards[there.lesson]
        due, done = due_on(world, lessons, there.lesson, person.cohort), local_day(world, there.completed_at)
        yield (
            who(world, person)
            | naming(lessons, there.lesson)
            | {
                "course_id": lessons.course[there.lesson],
                "started_at": there.started_at,
                "started_local_day": world.local_day(there.started_at),
                "last_at": there.last_at,
                "completed_at": there.completed_at,
                "completed_local_day": done,
                "status": "completed" if done else "partial",
                "completion_rule": there.rule,
                "cards_reached": None if there.furthest is None else 1 + cards.index(there.furthest),
                "cards_known": None if there.furthest is None else len(cards),
                "answers": there.answers,
                "due_on": due,
                "is_on_time": done <= due if done and due else None,
            }
        )


def in_lessons(lessons: Lessons) -> dict[str, list[InLesson]]:
    found = defaultdict(list)
    for there in lessons.progress.values():
        found[there.lesson].append(there)
    return found


def lessons_mart(world: World, lessons: Lessons) -> Iterator[Row]:
    people = in_lessons(lessons)
    members = {person.id for person in world.persons if person.is_on_roster}
    for lesson in {*lessons.statements, *lessons.current}:
        ones, is_mapped = lessons.statements.get(lesson, []), lesson in lessons.current
        there = people.get(lesson, [])
        completed = [one.person for one in there if one.completed_at]
        answered = sum(one.answers > 0 for one in there)
        assigned = len(members) or None if is_mapped else None
        yield naming(lessons, lesson) | {
            "is_mapped": is_mapped,
            "course_id": lessons.course[lesson],
            "activity_name": world.known.names.get(lesson),
            "cards_seen": len({one.card_number for one in ones if one.card_number}),
            "people_started": len(there),
            "people_answered": answered,
            "people_completed": len(completed) or None,
            "people_assigned": assigned,
            "answers": sum(one.answers for one in there),
            "engagement_rate": share(answered, len(there)),
            "completion_rate": share(len(completed) or None, len(there)),
            "completion_rate_assigned": share(len(members & set(completed)), assigned) if completed else None,
            "first_seen_at": min((one.started_at for one in there), default=None),
            "last_seen_at": max((one.last_at for one in there), default=None),
        }


def _stops(lessons: Lessons, lesson: str, there: list[InLesson]) -> Iterator[Row]:
    """Who of these people reached each card of a lesson, and who went no further."""
    cards = lessons.cards[lesson]
    reached = [sum(one.furthest is not None and one.furthest >= card for one in there) for card in cards]
    for place, card in enumerate(cards, 1):
        of_card = [one for one in lessons.statements[lesson] if one.card_number and int(one.card_number) == card]
        texts = [one.name for one in of_card if one.name is not None]
        lost = reached[place - 1] - reached[place] if place < len(cards) else None
        names = naming(lessons, lesson)
        del names["position"]
        yield names | {
            "place": place,
            "card_id": of_card[-1].card_number,
            "card_type": of_card[-1].card_type,
            "question": texts[-1] if texts else None,
            "people_reached": reached[place - 1],
            "people_lost": lost,
            "drop_off": share(lost, reached[place - 1]),
        }


def lesson_dropoff(world: World, lessons: Lessons) -> Iterator[Row]:
    for lesson, there in in_lessons(lessons).items():
        yield from _stops(lessons, lesson, there)


def lesson_dropoff_by_cohort(world: World, lessons: Lessons) -> Iterator[Row]:
    for lesson, there in in_lessons(lessons).items():
        groups = defaultdict(list)
        for one in there:
            groups[world.people[one.person].cohort, monday(world.local_day(one.started_at))].append(one)
        for (cohort, week), some in groups.items():
            if all(one.furthest is None for one in some):
                continue  # nobody of them came to any card
            for row in _stops(lessons, lesson, some):
                yield row | {"cohort": cohort, "started_week": week}


def cohort_daily_progress(world: World, lessons: Lessons) -> Iterator[Row]:
    """From the first day on which anybody of the cohort had opened the lesson, to the last day with any event."""
    members = defaultdict(list)
    for person in world.persons:
        for cohort, left_on in person.memberships.items():
            members[cohort].append((person.id, left_on))
    for cohort, those in members.items():
        for lesson in lessons.statements:
            theirs = {person: lessons.progress.get((person, lesson)) for person, _ in those}
            opened = {person: world.local_day(one.started_at) for person, one in theirs.items() if one}
            left = {person: left_on for person, left_on in those if left_on is not None}
            opened = {person: day for person, day in opened.items() if person not in left or day < left[person]}
            done = {person: local_day(world, one.completed_at) for person, one in theirs.items() if one}
            day, last = min(opened.values(), default=None), world.last_local_day
            while day and last and day <= last:
                there = [person for person, left_on in those if left_on is None or day < left_on]
                completed = sum(done.get(person) is not None and done[person] <= day for person in there)
                started = sum(person in opened and opened[person] <= day for person in there)
                position, number, name = lessons.names_on(lesson, day)
                yield {
                    "cohort": cohort,
                    "local_day": day,
                    "lesson_id": lesson,
                    "lesson_number": number,
                    "lesson_name": name,
                    "position": position,
                    "roster_size": len(there),
                    "completed": completed,
                    "partial": started - completed,
                    "not_started": len(there) - started,
                    "completed_share": share(completed, len(there)),
                    "due_on": due_on(world, lessons, lesson, cohort),
                }
                day += timedelta(days=1)


def course_progress(world: World, lessons: Lessons) -> Iterator[Row]:
    own = states(world)  # by person and activity
    in_course, shown = defaultdict(set), set(lessons.statements)
    for lesson, course in lessons.course.items():
        in_course[course].add(lesson)
    named = {*world.known.courses.values(), *in_course}
    named |= {url for url, kind in world.known.kinds.items() if kind.endswith("/course")}
    started = {(there.person, lessons.course[there.lesson]) for there in lessons.progress.values()}
    started |= {(person, url) for person, url in own if url in named}
    for person, course in started:
        theirs = [
            one for one in lessons.progress.values() if one.person == person and lessons.course[one.lesson] == course
        ]
        state = own.get((person, course))
        done = [one.completed_at for one in theirs if one.completed_at]
        every = in_course[course]
        known = course == "map" or every == {course}
        at, rule = (state.completed_at, "signalled") if state and state.completed_at else (None, None)
        if at is None and known and every and len(done) == len(every):
            at, rule = max(done), "every lesson completed"
        firsts = [one.started_at for one in theirs] + ([state.started_at] if state else [])
        lasts = [one.last_at for one in theirs] + ([state.last_at] if state else [])
        yield who(world, world.people[person]) | {
            "course_id": course,
            "course_name": world.known.names.get(course),
            "started_at": min(firsts),
            "last_at": max(lasts),
            "lessons_started": len(theirs),
            "lessons_completed": len(done),
            "lessons_in_course": len(every if course == "map" else every & shown),
            "completed_at": at,
            "completed_local_day": local_day(world, at),
            "completion_rule": rule,
            "success": state.success if state else None,
            "score_scaled": state.score if state else None,
            "attempts": state.attempts if state else None,
        }


def at_risk_learners(world: World, lessons: Lessons) -> Iterator[Row]:
    last_seen = {world.people[one.actor].id: one.at for one in world.seen}
    courses = defaultdict(list)
    for row in course_progress(world, lessons):
        finished = row["completed_at"] or 0 < row["lessons_in_course"] == row["lessons_completed"]
        if not finished and (row["course_id"] == "map" or not lessons.maps):
            courses[row["person_id"]].append(row)
    for person, unfinished in courses.items():
        as_of, seen = world.last_local_day, last_seen[person]
        silent = (as_of - world.local_day(seen)).days if as_of else 0
        if silent < SILENT_DAYS:
            continue
        of_these = {row["course_id"] for row in unfinished}
        waiting = [
            one for one in lessons.progress.values()
            if one.person == person and lessons.course[one.lesson] in of_these and not one.completed_at
        ]  # fmt: skip
        last = max(waiting, key=lambda one: (one.started_at, one.lesson), default=None)
        _, number, name = lessons.names(last.lesson) if last else (None, None, None)
        yield who(world, world.people[person]) | {
            "as_of_day": as_of,
            "last_seen_at": seen,
            "last_local_day": world.local_day(seen),
            "days_silent": silent,
            **{
                column: sum(row[column] for row in unfinished)
                for column in ("lessons_started", "lessons_completed", "lessons_in_course")
            },
            "open_lesson_id": last.lesson if last else None,
            "open_lesson_number": number,
            "open_lesson_name": name,
        }
