"""Words that a cohort wants watched, from a dated file: ``cohort,word,tier,from_date,until_date`` (CSV with a header).

An empty cohort means every cohort; an empty until_date means until further notice. A new word scans the past by being
compiled alone (``only``). Does not live here: the packaged phrases (``taxonomies/safety.yaml``).
"""

import csv
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from analytics_platform.enrichment.errors import TaxonomyError
from analytics_platform.enrichment.safety.rules import TIERS, Rule, SafetyRules
from analytics_platform.enrichment.safety.safety_phrases import compile_phrase
from analytics_platform.enrichment.texts.text import is_thai

COLUMNS = ("cohort", "word", "tier", "from_date", "until_date")


@dataclass(frozen=True)
class WatchedWord:
    """One line of the file."""

    cohort: str
    word: str
    tier: str
    from_date: date
    until_date: date | None = None

    @property
    def rule_id(self) -> str:
        return f"word:{self.cohort or 'all'}:{self.word}"

    def watches(self, cohort: str, day: date) -> bool:
        return self.cohort in ("", cohort) and self.from_date <= day and (not self.until_date or day <= self.until_date)


def read_words(file: Path) -> list[WatchedWord]:
    """The watched words of a file; a wrong line is named."""
    with file.open(encoding="utf-8-sig", newline="") as lines:
        reader = csv.DictReader(lines)
        missing = set(COLUMNS[:4]) - set(reader.fieldnames or ())
        if missing:
            raise TaxonomyError(
                f"{file} lacks the columns {', '.join(sorted(missing))}; it needs {', '.join(COLUMNS)}."
            )
        return [_word(file, number, row) for number, row in enumerate(reader, 2)]


def for_cohort(rules: SafetyRules, words: Iterable[WatchedWord], cohort: str, day: date) -> SafetyRules:
    """The rules of a cohort on a day: the packaged ones and the words that it watches then."""
    watched = [word for word in words if word.watches(cohort, day)]
    return rules.with_rules(map(_rule, watched), _version(watched)) if watched else rules


def only(rules: SafetyRules, words: Iterable[WatchedWord]) -> SafetyRules:
    """These words alone, to scan texts of the past for a word that is new."""
    watched = list(words)
    return SafetyRules(
        _version(watched), tuple(map(_rule, watched)), rules.confidences, rules.negations, rules.works, rules.quoting
    )


def _rule(word: WatchedWord) -> Rule:
    language = "th" if is_thai(word.word) else "en"
    return Rule(word.rule_id, word.tier, language, (compile_phrase(word.word.lower(), language),))


def _version(words: list[WatchedWord]) -> str:
    return f"words-{hashlib.sha256(repr(words).encode()).hexdigest()[:8]}"


def _word(file: Path, number: int, row: dict[str, str]) -> WatchedWord:
    word, tier = (row["word"] or "").strip(), (row["tier"] or "").strip()
    if not word or tier not in TIERS[1:]:
        raise TaxonomyError(f"{file}:{number}: needs a word and a tier of {', '.join(TIERS[1:])}.")
    try:
        first = date.fromisoformat(row["from_date"].strip())
        until = date.fromisoformat(row["until_date"].strip()) if (row.get("until_date") or "").strip() else None
    except ValueError as error:
        raise TaxonomyError(f"{file}:{number}: {error}; dates are written 2026-03-01.") from error
    return WatchedWord((row["cohort"] or "").strip(), word, tier, first, until)
