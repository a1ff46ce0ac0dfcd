"""Safety rules in tiers: what fires, which rule and version it was, and what a model may change about it.

Rules always run. Everyday speech ("this assignment is killing me"), simple negation, quotation, teaching and news, and
(below the gravest tier) jest do not fire. A model
may raise a tier; where it answers less, the rules' tier stays and the label says so. Positive language is found apart
and never alarms. Does not live here: the phrases (``taxonomies/safety.yaml``), words per cohort (``safety_words``).
"""

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import yaml

from analytics_platform.enrichment.errors import TaxonomyError
from analytics_platform.enrichment.labels import Label
from analytics_platform.enrichment.safety.safety_phrases import Phrase, compile_phrase

PACKAGED = Path(__file__).parents[1] / "taxonomies" / "safety.yaml"
TIERS = ("none", "medium", "high", "critical")
NO_ALARM = "none"
EXCUSED = "not meant"  # a rule knows the wording, and why it is no alarm here
NEGATION_REACH = 3
WORK_REACH = 5
LONG = 12
"""Words beyond which an Indonesian that speaks of oneself says so; shorter ones leave "I" out."""

_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")
_QUOTED = re.compile(r"[\"“”«„](?P<a>[^\"“”»„]{3,})[\"“”»]|(?<!\w)['‘](?P<b>[^'’]{6,})['’](?!\w)")
_CLAUSE_END = re.compile(r"[.!?;:…\n]|,")
_WHOLE = ["don't", "can't", "won't", "i'm", "i've", "didn't", "doesn't"]
_BARE = {word.replace("'", ""): word for word in _WHOLE}
_BARE_WORD = re.compile(rf"\b(?:{'|'.join(_BARE)})\b")
_THAI_NEGATION = re.compile(r"(?:ไม่|มิ|อย่า)(?:ได้|เคย|คิด|ใช่|จะ|มีวัน|ว่า|เลย|ที่)*$")
_SELF = frozenset(
    ["i", "i'm", "i've", "me", "my", "myself", "we", "us", "our", "saya", "aku", "gue", "gw", "gua", "ku", "diriku"]
)
_NOT_MINE = frozenset(["berlaku", "pelaku", "perilaku", "bangku", "mengaku", "melaku", "terpaku", "membeku", "penyiku"])
_THAI_SELF = ("ฉัน", "เรา", "ผม", "หนู", "กู", "ตัวเอง")
# "saya tidak pernah berpikir untuk menyakiti diri": what stands between a negation and its verb
_THINKING = frozenset(["pernah", "berpikir", "kepikiran", "terpikir", "berniat", "untuk", "buat"]) | frozenset(
    ["ever", "thought", "think", "thinking", "considered", "of", "about", "to"]
)
_JEST = re.compile(r"\b(?:(?:ha){2,}h?|(?:he){2,}|lo+l|lmao|rofl|jk|w+k+w+k*\w*)\b|5{3,}|[😂🤣😆😹]")
_THAI = re.compile("[\u0e00-\u0e7f]")
_STRETCHED = re.compile(r"([^\W\d_])\1{2,}")
_THAI_SPACE = re.compile(r"(?<=[\u0e00-\u0e7f])\s+(?=[\u0e00-\u0e7f])")


@dataclass(frozen=True)
class Firing:
    """One rule that fired, and the words on which it did."""

    rule: str
    tier: str
    words: str
    version: str


@dataclass(frozen=True)
class Rule:
    """Phrases of one tier and language, and the everyday phrases that look alike."""

    id: str
    tier: str
    language: str
    phrases: tuple[Phrase, ...]
    unless: tuple[Phrase, ...] = ()
    negatable: bool = True
    of_self: bool = False
    of_self_when_long: bool = False


@dataclass(frozen=True)
class SafetyRules:
    """A compiled set of rules."""

    version: str
    rules: tuple[Rule, ...]
    confidences: Mapping[str, float]
    negations: frozenset[str]
    works: Mapping[str, frozenset[str]]
    quoting: Mapping[str, frozenset[str]]
    teaching: Mapping[str, frozenset[str]] = field(default_factory=dict)
    positive: Mapping[str, tuple[Phrase, ...]] = field(default_factory=dict)

    @cached_property
    def _by_word(self) -> dict[str, list[tuple[Rule, Phrase]]]:
        found: dict[str, list[tuple[Rule, Phrase]]] = {}
        for rule in self.rules:
            for phrase in rule.phrases:
                for word in phrase.words:
                    found.setdefault(word, []).append((rule, phrase))
        return found

    @cached_property
    def _by_piece(self) -> tuple[list[tuple[str, Rule, Phrase]], list[tuple[str, Rule, Phrase]]]:
        """Beginnings of words with their phrase: those of every text, and those of a text in Thai."""
        found = [(piece, rule, phrase) for rule in self.rules for phrase in rule.phrases for piece in phrase.beginnings]
        thai = [bool(_THAI.search(piece)) for piece, _, _ in found]
        pairs = list(zip(found, thai, strict=True))
        return [one for one, is_thai in pairs if not is_thai], [one for one, is_thai in pairs if is_thai]

    def screen(self, text: str) -> list[Firing]:
        """The rules that fire on a text, the gravest first; each rule at most once."""
        return self._read(text)[0]

    def _read(self, text: str) -> tuple[list[Firing], list[Firing]]:
        """What fires, and what would but for negation, everyday speech, quotation, teaching or jest."""
        plain = plain_text(text)
        firings: dict[str, Firing] = {}
        excused: dict[str, Firing] = {}
        for rule, phrase in self._candidates(plain):
            if rule.id in firings:
                continue
            for match in phrase.pattern.finditer(plain):
                firing = Firing(rule.id, rule.tier, match.group(), self.version)
                if self._counts(plain, match, rule):
                    firings[rule.id] = firing
                    break
                excused[rule.id] = firing
        return _gravest_first(firings), _gravest_first(excused)

    def label(self, text: str) -> Label:
        """The safety label of a text: the gravest tier that fired, or ``none``."""
        firings, excused = self._read(text)
        tier = firings[0].tier if firings else NO_ALARM
        reasons = tuple(f"{firing.tier}: {firing.rule} ({firing.words})" for firing in firings) or tuple(
            f"{EXCUSED}: {firing.rule} ({firing.words})" for firing in excused
        )
        confidence = self.confidences.get(tier, 0.97)
        return Label("safety", tier, confidence, "rules", self.version, (tier,), reasons)

    def positives(self, text: str) -> tuple[str, ...]:
        """Which kinds of positive language a text holds (gratitude, growth, celebration)."""
        plain = plain_text(text)
        return tuple(name for name, found in self.positive.items() if any(one.pattern.search(plain) for one in found))

    def with_rules(self, rules: Iterable[Rule], version: str) -> "SafetyRules":
        return replace(self, rules=(*self.rules, *rules), version=f"{self.version}+{version}")

    def _candidates(self, plain: str) -> list[tuple[Rule, Phrase]]:
        # In the order of the text: of a set, another process would name other words.
        words = dict.fromkeys(_WORD.findall(plain))
        found = [pair for word in words for pair in self._by_word.get(word, ())]
        anywhere, in_thai = self._by_piece
        found += [(rule, phrase) for piece, rule, phrase in anywhere if piece in plain]
        if _THAI.search(plain):
            found += [(rule, phrase) for piece, rule, phrase in in_thai if piece in plain]
        return found

    def _counts(self, plain: str, match: re.Match[str], rule: Rule) -> bool:
        for phrase in rule.unless:
            if any(
                near.start() < match.end() and match.start() < near.end() for near in phrase.pattern.finditer(plain)
            ):
                return False
        asks = rule.of_self or (rule.of_self_when_long and len(_WORD.findall(plain)) > LONG)
        if asks and not _speaks_of_self(plain, rule.language):
            return False
        if rule.negatable and self._is_negated(plain, match, rule.language):
            return False
        if rule.tier != TIERS[-1] and _JEST.search(plain):
            return False
        return not (
            self._is_quoted(plain, match, rule.language)
            or self._is_of_a_work(plain, match, rule.language)
            or self._is_taught(plain, rule.language)
        )

    def _is_negated(self, plain: str, match: re.Match[str], language: str) -> bool:
        before = plain[: match.start()]
        if language == "th":
            return bool(_THAI_NEGATION.search(before.rstrip()))
        words = _WORD.findall(_CLAUSE_END.split(before)[-1])
        verb = len(words)
        while verb and words[verb - 1] in _THINKING:
            verb -= 1
        if 0 < verb < len(words) and words[verb - 1] in self.negations:
            words = words[:verb]  # "don't want to think about …" is none of these: its negation is of another verb
        return sum(word in self.negations for word in words[-NEGATION_REACH:]) % 2 == 1

    def _is_quoted(self, plain: str, match: re.Match[str], language: str) -> bool:
        for quoted in _QUOTED.finditer(plain):
            if quoted.start() < match.start() and match.end() <= quoted.end():
                outside = plain[: quoted.start()] + " " + plain[quoted.end() :]
                return _holds(outside, self.quoting[language] | self.works[language], language)
        return False

    def _is_of_a_work(self, plain: str, match: re.Match[str], language: str) -> bool:
        before = _CLAUSE_END.split(plain[: match.start()])[-1]
        if language == "th":
            return any(work in before[-25:] for work in self.works["th"])
        words = _WORD.findall(before)[-WORK_REACH:]
        places = [place for place, word in enumerate(words) if word in self.works[language]]
        return bool(places) and not _SELF.intersection([*words[places[-1] :], *_WORD.findall(match.group())])

    def _is_taught(self, plain: str, language: str) -> bool:
        if not any(_holds(plain, words, taught) for taught, words in self.teaching.items()):
            return False
        return not _speaks_of_self(plain, language)


def _speaks_of_self(plain: str, language: str) -> bool:
    if language == "th":
        return any(word in plain for word in _THAI_SELF)
    words = _WORD.findall(plain)
    return not _SELF.isdisjoint(words) or (language == "id" and any(_is_of_me(word) for word in words))


def _is_of_me(word: str) -> bool:
    """An Indonesian word that ends in "my", as ibuku."""
    return len(word) > 4 and word.endswith("ku") and word not in _NOT_MINE


def _gravest_first(firings: Mapping[str, Firing]) -> list[Firing]:
    return sorted(firings.values(), key=lambda firing: (-TIERS.index(firing.tier), firing.rule))


def with_model(rules: Label, model: Label) -> Label:
    """What rules and a model say together: the graver of the two. A lower answer of the model stays visible."""
    if model.label not in TIERS:
        return rules
    if TIERS.index(model.label) > TIERS.index(rules.label):
        raised = (*rules.reasons, f"{model.label}: raised by {model.method} {model.version}")
        return Label(
            "safety", model.label, model.confidence, f"rules+{model.method}", model.version, (model.label,), raised
        )
    if model.label != rules.label:
        kept = (*rules.reasons, f"kept although {model.method} {model.version} says {model.label}")
        return replace(rules, reasons=kept)
    return rules


def plain_text(text: str) -> str:
    """The text as the rules read it."""
    plain = text.lower().replace("\u2019", "'").replace("\u0e4d\u0e32", "\u0e33")
    plain = _THAI_SPACE.sub("", _STRETCHED.sub(r"\1", plain))
    return _BARE_WORD.sub(lambda found: _BARE[found.group()], plain)


@cache
def packaged_rules() -> SafetyRules:
    return read_rules(PACKAGED)


def read_rules(file: Path) -> SafetyRules:
    """The rules of a file; its content is their version."""
    content = file.read_bytes()
    try:
        document: dict[str, Any] = yaml.safe_load(content)
    except yaml.YAMLError as error:
        raise TaxonomyError(f"{file} is not YAML: {error}") from error
    missing = {"tiers", "rules", "negations", "works", "quoting"} - document.keys()
    if missing:
        raise TaxonomyError(f"{file} lacks {', '.join(sorted(missing))}; see {PACKAGED}.")
    return SafetyRules(
        version=f"safety-{hashlib.sha256(content).hexdigest()[:8]}",
        rules=tuple(_rule(file, rule) for rule in document["rules"]),
        confidences={tier: float(body["confidence"]) for tier, body in document["tiers"].items()},
        negations=frozenset(str(word) for words in document["negations"].values() for word in words),
        works={language: frozenset(words) for language, words in document["works"].items()},
        quoting={language: frozenset(words) for language, words in document["quoting"].items()},
        teaching={language: frozenset(words) for language, words in document.get("teaching", {}).items()},
        positive={
            name: tuple(compile_phrase(phrase, language) for language, phrases in kinds.items() for phrase in phrases)
            for name, kinds in document.get("positive", {}).items()
        },
    )


def _rule(file: Path, rule: Mapping[str, Any]) -> Rule:
    if rule.get("tier") not in TIERS[1:]:
        raise TaxonomyError(f"{file}: rule {rule.get('id')} needs a tier of {', '.join(TIERS[1:])}.")
    language = str(rule["language"])
    try:
        phrases = tuple(compile_phrase(phrase, language) for phrase in rule["phrases"])
        unless = tuple(compile_phrase(phrase, language) for phrase in rule.get("unless", ()))
    except (re.error, ValueError) as error:
        raise TaxonomyError(f"{file}: a phrase of rule {rule['id']} cannot be read: {error}") from error
    return Rule(
        str(rule["id"]),
        str(rule["tier"]),
        language,
        phrases,
        unless,
        bool(rule.get("negatable", True)),
        rule.get("of_self") is True,
        rule.get("of_self") == "long",
    )


def _holds(text: str, words: frozenset[str], language: str) -> bool:
    if language == "th":
        return any(word in text for word in words)
    return not words.isdisjoint(_WORD.findall(text))
