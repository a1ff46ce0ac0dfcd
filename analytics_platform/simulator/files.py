"""The files that people bring by hand: a roster, a lesson map, links, one cohort's response export, a list of videos.

They fit the statements: the export repeats what its learners answered over xAPI, and adds answers of people whom
nobody can name. What must come out is decided here and told by ``truth_files``. Does not live here: importing them.
"""

import csv
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path

import numpy as np

from analytics_platform.simulator.lessons import lessons
from analytics_platform.simulator.organisation import Organisation
from analytics_platform.simulator.people import HOME_PAGE, KINDS
from analytics_platform.simulator.texts import Bools
from analytics_platform.simulator.viewing import VIDEO_ADDRESS, videos
from analytics_platform.simulator.words import catalogue

ABSENT = 2  # members of each roster who never show up
EXPORTED = 300  # the export is of this many people at most, over all cohorts
DUE_COHORTS = (0, 2)
_UNNAMED = (
    ("Anonymous learner", 0, 1, "I answered on paper, it was about sleep."),
    ("Anonymous learner", 1, 1, "Chat | E-mail"),
    ("anonymous learner 2", 0, 1, "none"),
    ("Anonymous Learner (3)", 0, 2, "⭐⭐⭐⭐ — better than last week"),
    ("Anonymous Learner (3)", 0, 5, "0"),
)
Rows = list[tuple[str, ...]]
Answer = tuple[int, int, int]  # person, card, place in results


@dataclass(frozen=True)
class Files:
    """What the files say. ``answers`` are those that the people of the export gave over xAPI."""

    organisation: Organisation
    answers: Sequence[Answer]

    @property
    def cohorts(self) -> list[str]:
        """Every cohort; the last one has no roster."""
        return cohort_names()

    @property
    def rostered(self) -> list[str]:
        return self.cohorts[:-1]

    def absent(self, cohort: int) -> list[tuple[str, str, str]]:
        """Members who never show up: first name, last name, address."""
        return [("Quinn", f"Absent{n}", f"quinn.absent{n}.{cohort}@example.org") for n in range(1, ABSENT + 1)]

    def roster(self) -> Rows:
        people, rows = self.organisation.people, Rows()
        for number, entry in enumerate(catalogue("people")["cohort"][:-1]):
            names = [(*people.names[i].split(" ", 1), people.emails[i]) for i in self._members(number)]
            for first, last, email in [*names, *self.absent(number)]:
                shown = email.capitalize() if len(rows) % 7 == 0 else email  # people write addresses as they like
                rows.append((first, last, shown, entry["group"], entry["team"], "", "", f"m{len(rows):05d}"))
        return [("First Name", "Last Name", "Email", "Group", "Team", "Phone", "Location", "ID"), *rows]

    def lesson_map(self) -> Rows:
        """The course, and a lesson without a url that is still to come."""
        words, due = lessons(), [f"Due {self.cohorts[cohort]}" for cohort in DUE_COHORTS]
        rows = [
            (number, title, url, *[str(self.due(lesson))] * len(due))
            for lesson, (number, title, url) in enumerate(zip(words.numbers, words.titles, words.urls, strict=True))
        ]
        return [("Lesson Number", "Lesson name", "URL", *due), *rows, ("11", "Still to come", "", *[""] * len(due))]

    def due(self, lesson: int) -> date:
        """The last day for a lesson: early enough that slow people miss it."""
        plan = self.organisation.plan
        gap = max(2.0, plan.days / (len(lessons().urls) - 0.5))
        return plan.start + timedelta(days=int(gap * lesson) + 2)

    @cached_property
    def linked(self) -> dict[str, Bools]:
        """Whose identifiers somebody has confirmed, by kind."""
        rng, people = self.organisation.plan.rng("files"), self.organisation.people
        luck = rng.random((3, people.count))
        kinds = np.array(KINDS)[people.kind]
        unrostered = people.cohort == len(self.cohorts) - 1
        return {
            "account": (kinds == "account") & (luck[0] < 0.85),
            "openid": (kinds == "openid") & (luck[0] < 0.85),
            # Without a roster nobody knows the address behind a SHA-1.
            "mbox_sha1sum": (kinds == "mbox_sha1sum") & unrostered,
            "user": luck[1] < 0.75,
            "chat": luck[2] < 0.6,
        }

    def links(self) -> Rows:
        people, rows = self.organisation.people, Rows()
        for i, email in enumerate(people.emails):
            written = {
                "account": f"account:{HOME_PAGE}/|{people.accounts[i]}",
                "openid": f"https://id.example.org/{people.user_ids[i]}",
                "mbox_sha1sum": people.identifiers(i)[0].partition(":")[2],
                "user": f"user:{people.user_ids[i]}",
                "chat": f"chat:{people.chat_ids[i]}",
            }
            rows += [(name, email, "asked") for kind, name in written.items() if self.linked[kind][i]]
        rows += [(key, people.emails[i], "from the class list") for i, key in self.named.items()]
        return [("identifier_a", "identifier_b", "note"), *rows]

    @cached_property
    def named(self) -> dict[int, str]:
        """The people of the export whose name there has been confirmed, with the key that it becomes."""
        people = self.organisation.people
        return {i: f"name:{self.cohorts[0]}|{people.names[i]}" for n, i in enumerate(self.sample) if n % 10 < 6}

    @cached_property
    def unnamed(self) -> list[str]:
        """Learners of the export whom nobody has confirmed: names cut short, and anonymous labels."""
        cut = [i for n, i in enumerate(self.sample) if n % 10 == 6][:2]
        return [f"{name.split()[0]} {name.split()[1][0]}." for name in (self.organisation.people.names[i] for i in cut)]

    @property
    def sample(self) -> list[int]:
        """The people whose answers may be exported."""
        return sample(self.organisation)

    def export(self) -> Rows:
        """Each learner's answers in the order of the course, then those of people without a known name."""
        words, names = lessons(), self.organisation.people.names
        rows = [
            (names[person], *_card(card), _response(words.results[result]))
            for person, card, result in sorted(self.answers)
            if person in self.named and _response(words.results[result])
        ]
        rows += [(name, *_card(1), f"Written by hand: {name}") for name in self.unnamed]
        rows += [
            (label, *_card(int(words.first_card[lesson]) + place), text) for label, lesson, place, text in _UNNAMED
        ]
        head = ("Learner", "Card", "Card type", "Lesson Number", "Global Q#", "PDF Page #", "Response")
        return [head, *rows]

    def _members(self, cohort: int) -> list[int]:
        found: list[int] = np.flatnonzero(self.organisation.people.cohort == cohort).tolist()
        return found

    def videos(self) -> Rows:
        """Every video, and the address by which statements call it."""
        every = videos()
        rows = list(zip(every.ids, every.titles, map(str, every.seconds), [""] * len(every.ids), strict=True))
        aliases = [(VIDEO_ADDRESS + video, "", "", video) for video in every.ids]
        return [("Video ID", "Title", "Duration", "Alias of"), *rows, *aliases]

    def write(self, folder: Path) -> None:
        """Write the files as CSV, each in a dialect of its own."""
        folder.mkdir(parents=True, exist_ok=True)
        _write(folder / "roster.csv", self.roster(), ",", "utf-8-sig")
        _write(folder / "lesson-map.csv", self.lesson_map(), ";", "utf-8-sig")
        _write(folder / "links.csv", self.links(), ",", "utf-8")
        _write(folder / "responses.csv", self.export(), ",", "utf-8")
        _write(folder / "videos.csv", self.videos(), ",", "utf-8")


def cohort_names() -> list[str]:
    return [f"{entry['group']} / {entry['team']}" for entry in catalogue("people")["cohort"]]


def export_cohort() -> str:
    """The cohort that the export is of."""
    return cohort_names()[0]


def sample(organisation: Organisation) -> list[int]:
    """The people of the first cohort, as far as an export is kept small."""
    found: list[int] = np.flatnonzero(organisation.people.cohort[:EXPORTED] == 0).tolist()
    return found


def _card(card: int) -> tuple[str, ...]:
    """Card, type, lesson, running number and page as an export has them; the colon is sometimes missing."""
    words = lessons()
    lesson = int(np.searchsorted(words.first_card, card, side="right")) - 1
    place, sign = card - int(words.first_card[lesson]) + 1, "" if card % 5 == 4 else ":"
    ask = catalogue("lessons")["lesson"][lesson]["cards"][place - 1]["ask"]
    shown = f"Card {place} ({words.card_types[card]}){sign} {ask}"
    return shown, words.card_types[card], words.numbers[lesson], str(card + 1), str(lesson + 1)


def _response(result: str) -> str:
    """The answer inside the opening of a result; '' for a picture."""
    return str(json.loads("{" + result + "}}")["result"].get("response", ""))


def _write(file: Path, rows: Iterable[Sequence[str]], separator: str, encoding: str) -> None:
    with file.open("w", encoding=encoding, newline="") as out:
        csv.writer(out, delimiter=separator).writerows(rows)
