"""The people of the demo organisation: one set, known to each source under another identifier.

Lives here: who they are, in which cohort, how active, who stops early, and who is there on a day. Does not live here:
how far they get in the course (``course``).
"""

import hashlib
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from analytics_platform.simulator.plan import Plan
from analytics_platform.simulator.rhythm import weekday_factor
from analytics_platform.simulator.texts import Bools, Ints, member, to_json
from analytics_platform.simulator.words import LANGUAGES, catalogue

HOME_PAGE = "https://7taps.com"
# What a 7taps actor is known by, and how often.
KINDS = ("account", "account_with_email", "mbox", "mbox_sha1sum", "openid")
_KIND_SHARES = (0.78, 0.07, 0.09, 0.03, 0.03)
_STOPPING = 0.08  # share of people who fall silent
SILENT_DAYS = 7  # an at-risk person has shown no event for so long


@dataclass(frozen=True)
class People:
    """Columns, one entry for each person."""

    plan: Plan
    cohort: NDArray[np.int64]
    language: NDArray[np.int64]  # index into LANGUAGES
    kind: NDArray[np.int64]  # index into KINDS
    level: NDArray[np.float64]  # chance to be active on a working day
    joined: Ints  # first day
    stops: Ints  # first day without any event; plan.days: never

    @property
    def count(self) -> int:
        return self.plan.people

    def active(self, day: int) -> Bools:
        """Who shows up on a day by habit; the first person always, so that no day is without anybody."""
        chance = self.level * weekday_factor(self.plan.date(day))
        there = self.plan.rng("presence", day).random(self.count) < chance
        there[0] = True
        return there & (self.joined <= day) & (day < self.stops)

    @cached_property
    def names(self) -> list[str]:
        words = catalogue("people")
        first, last = words["first"], words["last"]
        return [f"{first[i % len(first)]} {last[i // len(first) % len(last)]}" for i in range(self.count)]

    @cached_property
    def emails(self) -> list[str]:
        return [f"{name.lower().replace(' ', '.')}{i}@example.org" for i, name in enumerate(self.names)]

    @cached_property
    def accounts(self) -> list[str]:
        return [_digest(self.plan.seed, "7taps", i) for i in range(self.count)]

    @cached_property
    def chat_ids(self) -> list[str]:
        return [_digest(self.plan.seed, "chat", i)[:24] for i in range(self.count)]

    @cached_property
    def user_ids(self) -> list[str]:
        return [f"u{i:06d}" for i in range(self.count)]

    @cached_property
    def actors(self) -> list[str]:
        """Each person's actor as 7taps sends it, then each person's actor as the other learning system does."""
        shown = [self._seven_taps_actor(i) for i in range(self.count)]
        other = [{"objectType": "Agent", "mbox": f"mailto:{email}"} for email in self.emails]
        return [member("actor", actor) for actor in shown + other]

    def _seven_taps_actor(self, i: int) -> dict[str, object]:
        account = {"name": self.accounts[i], "homePage": HOME_PAGE}
        match KINDS[self.kind[i]]:
            case "account_with_email":
                return {"objectType": "Agent", "name": self.emails[i], "account": account}
            case "mbox":
                return {"objectType": "Agent", "name": self.names[i], "mbox": f"mailto:{self.emails[i]}"}
            case "mbox_sha1sum":
                return {"mbox_sha1sum": _sha1(self.emails[i])}
            case "openid":
                return {"openid": f"https://id.example.org/{self.user_ids[i]}"}
        return {"objectType": "Agent", "account": account}

    def identifiers(self, i: int) -> list[str]:
        """Every ``actor_key`` under which a person can be met in the lake."""
        seven_taps = {
            "mbox": f"mbox:{self.emails[i]}",
            "mbox_sha1sum": f"mbox_sha1sum:{_sha1(self.emails[i])}",
            "openid": f"openid:https://id.example.org/{self.user_ids[i]}",
        }.get(KINDS[self.kind[i]], f"account:{HOME_PAGE}|{self.accounts[i]}")
        keys = [seven_taps, f"mbox:{self.emails[i]}", f"chat:{self.chat_ids[i]}", f"user:{self.user_ids[i]}"]
        return list(dict.fromkeys(keys))

    @cached_property
    def user_pieces(self) -> list[str]:
        return [member("user_id", user) for user in self.user_ids]

    @cached_property
    def chat_pieces(self) -> list[str]:
        return [member("from_end_user_id", chat) for chat in self.chat_ids]

    @cached_property
    def inputs_pieces(self) -> list[str]:
        """A chat user's inputs: JSON as text inside JSON (SQLite), or an object (PostgreSQL)."""
        pieces = []
        for i in range(self.count):
            language = LANGUAGES[self.language[i]]
            inputs = {
                "language": language,
                "currency": CURRENCIES[language],
                "tier": ("free", "plus", "team")[i % 3],
                "balances": to_json({"credits": i % 50}),
                "lessons": ["1", "2"],
            }
            pieces.append(member("inputs", inputs if i % 3 == 0 else to_json(inputs)))
        return pieces


CURRENCIES = {"en": "USD", "th": "THB", "id": "IDR"}


def make_people(plan: Plan) -> People:
    """Draw the people of a plan."""
    rng = plan.rng("people")
    count = plan.people
    cohorts = catalogue("people")["cohort"]
    cohort = np.arange(count) % len(cohorts)
    spoken = np.array([LANGUAGES.index(entry["language"]) for entry in cohorts])
    stops = np.full(count, plan.days, np.int64)
    stopping = rng.random(count) < _STOPPING
    latest = plan.days - 1 - SILENT_DAYS  # the last possible day with an event
    if latest > 3:
        stops[stopping] = rng.integers(3, latest + 1, count)[stopping] + 1
    stops[0] = plan.days
    joined = rng.integers(0, min(3, plan.days), count)
    joined[0] = 0
    return People(
        plan=plan,
        cohort=cohort,
        # Some people write in another language than their cohort does.
        language=np.where(rng.random(count) < 0.1, rng.integers(0, len(LANGUAGES), count), spoken[cohort]),
        kind=rng.choice(len(KINDS), count, p=_KIND_SHARES),
        level=rng.choice([0.15, 0.4, 0.75], count, p=[0.3, 0.5, 0.2]),
        joined=joined,
        stops=stops,
    )


def _digest(seed: int, purpose: str, i: int) -> str:
    return hashlib.md5(f"{seed}|{purpose}|{i}".encode(), usedforsecurity=False).hexdigest()


def _sha1(email: str) -> str:
    """https://github.com/adlnet/xAPI-Spec/blob/1.0.3/xAPI-Data.md#inversefunctional: of the mailto IRI."""
    return hashlib.sha1(f"mailto:{email}".encode(), usedforsecurity=False).hexdigest()
