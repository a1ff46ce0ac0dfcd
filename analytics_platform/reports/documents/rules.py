"""What the numbers recommend: each rule is a sentence with its thresholds, and says with which numbers it fired. Pure.

A rule needs enough people or events behind it, and says nothing where a number is missing.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from analytics_platform.reports.documents.document import Advice, shown

Numbers = Mapping[str, Any]


@dataclass(frozen=True)
class Rule:
    """``needs`` are the numbers that it looks at; it fires where ``holds``."""

    text: str
    needs: tuple[str, ...]
    holds: Callable[[Numbers], bool]
    fired: Callable[[Numbers], str]
    action: str


def _percent(value: float) -> str:
    return shown(value, "share")


RULES: Mapping[str, tuple[Rule, ...]] = {
    "people": (
        Rule(
            "Active people fell by 20 % or more, from at least 20.",
            ("active", "active_before"),
            lambda n: n["active_before"] >= 20 and n["active"] <= 0.8 * n["active_before"],
            lambda n: (
                f"{n['active']} people were active, {n['active_before']} in the period before"
                f" ({100 * (n['active'] / n['active_before'] - 1):+.0f} %)."
            ),
            "Ask the cohorts' leads what changed (holidays, an ended course, a broken link) before writing to people.",
        ),
        Rule(
            "20 % or more of at least 20 people who have started are at risk.",
            ("at_risk", "started_people"),
            lambda n: n["started_people"] >= 20 and n["at_risk"] >= 0.2 * n["started_people"],
            lambda n: (
                f"{n['at_risk']} of {n['started_people']} people who have started a lesson have been silent for 7"
                f" days or more ({_percent(n['at_risk'] / n['started_people'])})."
            ),
            "Write to them now, the longest silent last: see the mart at_risk_learners.",
        ),
        Rule(
            "An answer or a message in a chat was flagged as critical or high.",
            ("grave_flags",),
            lambda n: n["grave_flags"] > 0,
            lambda n: (
                f"{n['grave_flags']} answers and messages of this period are flagged critical or high."
                if n["grave_flags"] != 1
                else "1 answer or message of this period is flagged critical or high."
            ),
            "Read each of them and make sure that somebody has answered: see the mart safety_flags.",
        ),
    ),
    "learning": (
        Rule(
            "Fewer than 40 % of at least 20 lessons that were started in the period were completed by its end.",
            ("starts", "completed_starts"),
            lambda n: n["starts"] >= 20 and n["completed_starts"] < 0.4 * n["starts"],
            lambda n: (
                f"{n['completed_starts']} of {n['starts']} started lessons were completed"
                f" ({_percent(n['completed_starts'] / n['starts'])})."
            ),
            "Look at the cards at which people stop, and remind those who have begun.",
        ),
        Rule(
            "A card loses 20 % or more of at least 20 people who reach it.",
            ("worst_card", "worst_reached", "worst_lost"),
            lambda n: n["worst_reached"] >= 20 and n["worst_lost"] >= 0.2 * n["worst_reached"],
            lambda n: (
                f"{n['worst_lost']} of {n['worst_reached']} people went no further than {n['worst_card']}"
                f" ({_percent(n['worst_lost'] / n['worst_reached'])})."
            ),
            "Try the card on a phone, shorten it, or move it further back.",
        ),
        Rule(
            "Fewer than half of at least 20 people are right at their first try.",
            ("hardest", "hardest_attempted", "hardest_right"),
            lambda n: n["hardest_attempted"] >= 20 and n["hardest_right"] < 0.5 * n["hardest_attempted"],
            lambda n: (
                f"{n['hardest_right']} of {n['hardest_attempted']} people were right at first at {n['hardest']}"
                f" ({_percent(n['hardest_right'] / n['hardest_attempted'])})."
            ),
            "Check the key of the question first, then what the lesson says about it.",
        ),
    ),
    "conversations": (
        Rule(
            "20 % or more of at least 20 conversations were handed to a person.",
            ("conversations", "handed"),
            lambda n: n["conversations"] >= 20 and n["handed"] >= 0.2 * n["conversations"],
            lambda n: (
                f"{n['handed']} of {n['conversations']} conversations were handed over"
                f" ({_percent(n['handed'] / n['conversations'])})."
            ),
            "See which topics are handed over, and give the bot what it lacks there.",
        ),
        Rule(
            "2 % or more of at least 50 exchanges ended with an error.",
            ("exchanges", "exchange_errors"),
            lambda n: n["exchanges"] >= 50 and n["exchange_errors"] >= 0.02 * n["exchanges"],
            lambda n: (
                f"{n['exchange_errors']} of {n['exchanges']} exchanges ended with an error"
                f" ({_percent(n['exchange_errors'] / n['exchanges'])})."
            ),
            "Look at the errors by model, and at the provider's status.",
        ),
    ),
    "pipeline": (
        Rule(
            "A day of the period is missing in a source.",
            ("days_missing",),
            lambda n: n["days_missing"] > 0,
            lambda n: f"{n['days_missing']} days of sources are not built.",
            "Materialise them: the table of sources says which source it is.",
        ),
        Rule(
            "1 % or more of at least 100 lines of a source are in quarantine.",
            ("quarantine_source", "quarantine_received", "quarantine_lines"),
            lambda n: n["quarantine_received"] >= 100 and n["quarantine_lines"] >= 0.01 * n["quarantine_received"],
            lambda n: (
                f"{n['quarantine_lines']} of {n['quarantine_received']} lines of {n['quarantine_source']} are in"
                f" quarantine ({_percent(n['quarantine_lines'] / n['quarantine_received'])})."
            ),
            "Read the reasons: analytics-platform quarantine list. Mend the source or the contract.",
        ),
        Rule(
            "1 % or more of at least 100 API requests failed.",
            ("requests", "request_errors"),
            lambda n: n["requests"] >= 100 and n["request_errors"] >= 0.01 * n["requests"],
            lambda n: (
                f"{n['request_errors']} of {n['requests']} requests were answered with 500 or above"
                f" ({_percent(n['request_errors'] / n['requests'])})."
            ),
            "Begin with the endpoint that has most errors.",
        ),
    ),
}


def advise(numbers: Numbers, *groups: str) -> tuple[tuple[Advice, ...], int]:
    """What fired, and how many rules were looked at."""
    rules = [rule for group in groups for rule in RULES[group]]
    fired = [
        Advice(rule.text, rule.fired(numbers), rule.action)
        for rule in rules
        if all(numbers.get(need) is not None for need in rule.needs) and rule.holds(numbers)
    ]
    return tuple(fired), len(rules)
