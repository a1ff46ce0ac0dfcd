"""Alarms: the safety rules and the cohorts' words that fire on answers, each (answer, rule) once.

A watched word belongs to a cohort. Whose answers it applies to is decided in dbt, where people are known. Does not live
here: the rules (``rules``), the words' file (``safety_words``), scanning the past for a new one (``rescanning``).
"""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow as pa

from analytics_platform.contracts import MADE
from analytics_platform.enrichment.errors import TaxonomyError
from analytics_platform.enrichment.methods.deciding import Decisions
from analytics_platform.enrichment.safety.rules import Rule, SafetyRules
from analytics_platform.enrichment.safety.safety_words import WatchedWord, only, read_words
from analytics_platform.settings import Settings

SAFETY = MADE["labels/safety"]
FIRINGS = pa.schema(
    [(name, pa.string()) for name in ("text", "rule", "tier", "cohort", "words", "version")] + [("until", pa.date32())]
)


@dataclass(frozen=True)
class Watch:
    """What is watched for now: packaged rules for everybody, and the words that are in force, each of its cohort."""

    sets: tuple[SafetyRules, ...]
    words: Mapping[str, WatchedWord]
    decisions: Decisions = field(default_factory=Decisions)

    @classmethod
    def of(cls, settings: Settings, rules: SafetyRules, today: date) -> "Watch":
        """Words count from their from_date on, for answers of any day before it, too; and until their until_date."""
        words = [word for word in _words(settings) if word.from_date <= today]
        sets = (rules, only(rules, words)) if words else (rules,)
        return cls(sets, {word.rule_id: word for word in words}, Decisions.of(settings.home))

    def narrowed(self, ids: Collection[str]) -> "Watch":
        """These rules alone."""
        sets = (replace(one, rules=tuple(rule for rule in one.rules if rule.id in ids)) for one in self.sets)
        return replace(self, sets=tuple(sets))

    def screen(self, texts: Sequence[str]) -> pa.Table:
        """A row for each rule that fires on each text, but for those that a person decided to be harmless."""
        rows = []
        for one in texts:
            for firing in (firing for rules in self.sets for firing in rules.screen(one)):
                if self.decisions.silences(one, firing.tier):
                    continue
                word = self.words.get(firing.rule)
                rows.append(
                    {
                        "text": one,
                        "rule": firing.rule,
                        "tier": firing.tier,
                        "cohort": (word.cohort or None) if word else None,
                        "words": firing.words,
                        "version": firing.version,
                        "until": word.until_date if word else None,
                    }
                )
        return pa.Table.from_pylist(rows, FIRINGS)

    def digests(self) -> dict[str, str]:
        """What each rule says now, as a short digest: another one is another rule."""
        return {rule.id: _digest(rule, one, self.words.get(rule.id)) for one in self.sets for rule in one.rules}


def fired_sql(before: str, day: date, at: datetime) -> str:
    """The alarms of a day out of ``answers`` and ``fired``. What is there already keeps its time and version."""
    return f"""
    with before as ({before}),
    now as (
        select md5(answer_id || '|' || rule) as firing_id, day, answer_id, rule, tier, cohort, words, version
        from answers join fired using (text)
        where day = date '{day}' and (until is null or day <= until)
    )
    select now.* replace (coalesce(before.version, now.version) as version),
        coalesce(before.fired_at, timestamptz '{at.astimezone(UTC).isoformat()}') as fired_at
    from now left join before using (firing_id)"""


def _words(settings: Settings) -> list[WatchedWord]:
    if not settings.safety_words_file:
        return []
    file = Path(settings.safety_words_file)
    if not file.is_file():
        raise TaxonomyError(
            f"SAFETY_WORDS_FILE names {file}, which is no file. Put it there, or leave the setting out."
        )
    return read_words(file)


def _digest(rule: Rule, rules: SafetyRules, word: WatchedWord | None) -> str:
    """A rule's own phrases, and what decides about all of them: negations, works, quotation."""
    phrases = [[phrase.pattern.pattern for phrase in found] for found in (rule.phrases, rule.unless)]
    shared = [
        sorted(rules.negations),
        *(sorted(found) for kind in (rules.works, rules.quoting) for found in kind.values()),
    ]
    own = (
        rule.tier,
        rule.language,
        rule.negatable,
        rule.of_self,
        phrases,
        shared,
        str(word.until_date) if word else "",
    )
    return hashlib.sha256(repr(own).encode()).hexdigest()[:16]
