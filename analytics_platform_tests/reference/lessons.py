"""Which lesson an activity is, and how far each person came in each lesson.

Lives here: lesson maps, cards, what a person did in a lesson, completion. Does not live here: activities that are no
lessons (``completions``), the state of cohorts (``progress``).
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property, lru_cache

from analytics_platform_tests.reference.landed import Json
from analytics_platform_tests.reference.statements import Statement
from analytics_platform_tests.reference.world import World

SHOWN_BY = 5  # people who must have shown a lesson's cards before its list counts as known


@dataclass
class Told:
    """What statements told of an activity's completion, each at its first moment."""

    started_at: datetime | None = None
    last_at: datetime | None = None
    moments: dict[str, datetime] = field(default_factory=dict)  # completed, passed, result, satisfied

    def add(self, one: Statement) -> None:
        self.started_at = min(self.started_at or one.at, one.at)
        self.last_at = max(self.last_at or one.at, one.at)
        if one.verb in ("completed", "passed"):
            self._first(one.verb, one.at)
        if one.completion is True:
            self._first("result", one.at)
        if one.verb in ("satisfied", "waived"):
            self._first("satisfied", one.at)

    def _first(self, kind: str, at: datetime) -> None:
        self.moments[kind] = min(self.moments.get(kind, at), at)

    def completed(self, move_on: str | None) -> tuple[datetime | None, str | None]:
        """When it was completed, and by which rule."""
        told = self.moments
        done = min((told[kind] for kind in ("completed", "result") if kind in told), default=None)
        passed = told.get("passed")
        asked = {
            "Passed": [passed], "Completed": [done], "CompletedAndPassed": [done, passed],
            "NotApplicable": [self.started_at],
        }  # fmt: skip
        if move_on in asked:
            wanted = asked[move_on]
            by_rule = None if None in wanted else max(at for at in wanted if at)
            satisfied = told.get("satisfied")
            if by_rule is not None and (satisfied is None or by_rule < satisfied):
                return by_rule, f"moveOn {move_on}"
            return satisfied, "satisfied" if satisfied else None
        for kind in ("satisfied", "completed", "passed", "result"):
            if kind in told and told[kind] == min(told.values()):
                return told[kind], kind
        return None, None


@dataclass
class InLesson:
    """A person in a lesson."""

    person: str
    lesson: str
    statements: list[Statement] = field(default_factory=list)
    own: Told = field(default_factory=Told)
    completed_at: datetime | None = None
    rule: str | None = None
    furthest: int | None = None  # the largest card number reached

    @property
    def started_at(self) -> datetime:
        """Who completed the lesson itself has begun it, whatever that statement counts for."""
        return min([self.statements[0].at, *self.own.moments.values()])

    @property
    def last_at(self) -> datetime:
        return max([self.statements[-1].at, *self.own.moments.values()])

    @property
    def answers(self) -> int:
        return sum(one.is_answer for one in self.statements)


@dataclass(frozen=True)
class MapLine:
    lesson: str
    position: int
    number: str
    name: str | None


class Lessons:
    """Lessons of a world: places by url, cards, and people's progress."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.maps = self._maps()  # by the day from which each holds, oldest first
        self.named = {one.lesson for one in world.statements if one.lesson}

    def _maps(self) -> list[tuple[date, list[MapLine]]]:
        batches = defaultdict(list)
        for row in self.world.lesson_map:
            batches[row["valid_from"], row["batch_id"]].append(row)
        ordered = [sorted(batches[key], key=lambda row: row["position"]) for key in sorted(batches)]
        self.urls = {}  # of any map: the lesson that it is now
        found = []
        for place, rows in enumerate(ordered):
            lines = [MapLine(self._lesson_of(row, ordered[place:]), row["position"], *_named(row)) for row in rows]
            self.urls |= {row["url"]: line.lesson for row, line in zip(rows, lines, strict=True) if row.get("url")}
            found.append((date.fromisoformat(rows[0]["valid_from"]), lines))
        return found

    @staticmethod
    def _lesson_of(row: Json, later: list[list[Json]]) -> str:
        """Its url while that is current, else the newest url of the same number and name."""
        if row.get("url") in {one.get("url") for one in later[-1] if one.get("url")}:
            return str(row["url"])
        for rows in reversed(later):
            for one in rows:
                if one["lesson_number"] == row["lesson_number"] and one["name"] == row["name"] and one.get("url"):
                    return str(one["url"])
        return str(row.get("url") or f"lesson:{row['lesson_number']}|{row['name']}")

    @property
    def current(self) -> dict[str, list[MapLine]]:
        """The newest map's lines by lesson; two lines where two lessons share a url."""
        lines = defaultdict(list)
        for line in self.maps[-1][1] if self.maps else []:
            lines[line.lesson].append(line)
        return dict(lines)

    def names_on(self, lesson: str, day: date) -> tuple[int | None, str | None, str | None]:
        """Position, number and name by the map of a day; the first map holds for all that lies before it."""
        held = [lines for first, lines in self.maps if first <= day] or [lines for _, lines in self.maps[:1]]
        return _joined([line for line in held[-1] if line.lesson == lesson]) if held else (None, None, None)

    def names(self, lesson: str) -> tuple[int | None, str | None, str | None]:
        return _joined(self.current.get(lesson, []))

    def place(self, url: str | None) -> str | None:
        """The lesson that an activity belongs to: by the longest url of a map that begins it, else what is named."""
        if url is None:
            return None
        mapped = [known for known in self.urls if url == known or url.startswith(f"{known}/")]
        if mapped:
            return self.urls[max(mapped, key=len)]
        return url if url in self.named else None

    def is_own(self, url: str | None) -> bool:
        """Whether an activity is a lesson itself and no page below it."""
        return url is not None and (url in self.urls or self.place(url) == url)

    # Cards

    @cached_property
    def statements(self) -> dict[str, list[Statement]]:
        """The statements that count for each lesson."""
        found = defaultdict(list)
        for one in self.world.statements:
            lesson = self.place(one.counts_for)
            if lesson is not None:
                found[lesson].append(one)
        return dict(found)

    @cached_property
    def cards(self) -> dict[str, list[int]]:
        """The numbers of each lesson's cards, in their order."""
        return {
            lesson: sorted({int(one.card_number) for one in ones if one.card_number})
            for lesson, ones in self.statements.items()
        }

    def is_list_known(self, lesson: str) -> bool:
        shown = {self.world.people[one.actor].id for one in self.statements.get(lesson, ()) if one.card_number}
        return len(shown) >= SHOWN_BY

    # People

    @cached_property
    def progress(self) -> dict[tuple[str, str], InLesson]:
        found: dict[tuple[str, str], InLesson] = {}
        for lesson, ones in self.statements.items():
            for one in ones:
                who = self.world.people[one.actor].id
                found.setdefault((who, lesson), InLesson(who, lesson)).statements.append(one)
        for one in self.world.statements:
            there = found.get((self.world.people[one.actor].id, self.place(one.object_url) or ""))
            if there and not one.is_question and self.is_own(one.object_url):
                there.own.add(one)
        for there in found.values():
            self._complete(there)
        return found

    def _complete(self, there: InLesson) -> None:
        there.own.started_at = there.started_at  # who is in the lesson has started it
        signalled, _ = there.own.completed(self.world.known.move_on.get(there.lesson))
        numbered = [(int(one.card_number), one.at) for one in there.statements if one.card_number]
        there.furthest = max((number for number, _ in numbered), default=None)
        to_the_end = None
        if there.furthest is not None and self.is_list_known(there.lesson):
            last = self.cards[there.lesson][-1]
            to_the_end = min((at for number, at in numbered if number == last), default=None)
        if signalled and (to_the_end is None or signalled <= to_the_end):
            there.completed_at, there.rule = signalled, "signalled"
        elif to_the_end:
            there.completed_at, there.rule = to_the_end, "every card reached"

    # Courses

    @cached_property
    def course(self) -> dict[str, str]:
        """The course of each lesson: the map, else the newest one told, else the lesson itself."""
        told = self.world.known.courses
        return {
            lesson: "map" if lesson in self.current else told.get(lesson, lesson)
            for lesson in {*self.statements, *self.current}
        }


@lru_cache(maxsize=1)
def lessons_of(world: World) -> Lessons:
    return Lessons(world)


def _named(row: Json) -> tuple[str, str | None]:
    return row["lesson_number"], row.get("name")


def _joined(lines: list[MapLine]) -> tuple[int | None, str | None, str | None]:
    """Lessons that share a url are one under both numbers."""
    if not lines:
        return None, None, None
    return lines[0].position, " / ".join(one.number for one in lines), " / ".join(one.name or "" for one in lines)
