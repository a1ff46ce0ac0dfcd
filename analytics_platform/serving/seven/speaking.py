"""In which language Seven speaks: that of the question; sentences with places, and phrases of readings and reasons.

Does not live here: the texts (``texts.toml``), what is said (``sentences``).
"""

import re
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from analytics_platform.serving.seven.languages import is_indonesian, is_thai

_KEPT = re.compile(r'"[^"]*"|\d+\w? \([^()]*\)|https?://\S+')  # names and what was said stay as they are


@lru_cache(maxsize=1)
def _texts() -> dict[str, dict[str, str]]:
    return tomllib.loads((Path(__file__).parent / "texts.toml").read_text(encoding="utf-8"))


@lru_cache(maxsize=4)
def _phrases(language: str) -> tuple[re.Pattern[str], dict[str, str]]:
    said = {phrase.lower(): theirs for phrase, theirs in _texts().get(f"{language}_phrases", {}).items()}
    either = "|".join(re.escape(phrase) for phrase in sorted(said, key=len, reverse=True))
    return re.compile(rf"(?<![\w-])(?:{either})(?![\w-])", re.IGNORECASE), said


@dataclass(frozen=True)
class Voice:
    """``language`` is en, id or th."""

    language: str = "en"

    def say(self, key: str, **values: object) -> str:
        text = _texts().get(self.language, {}).get(key) or _texts()["en"][key]
        return text.format(**values)

    def put(self, english: str) -> str:
        """A reading, a label or a reason, phrase by phrase; what stands in quotes stays."""
        if self.language == "en":
            return english
        pattern, said = _phrases(self.language)
        parts, at = [], 0
        for kept in [*_KEPT.finditer(english), None]:
            end = kept.start() if kept else len(english)
            parts.append(pattern.sub(lambda hit: said[hit[0].lower()], english[at:end]))
            if kept:
                parts.append(kept[0])
                at = kept.end()
        return "".join(parts)


ENGLISH = Voice()


def voice_of(question: str) -> Voice:
    return Voice("th" if is_thai(question) else "id" if is_indonesian(question) else "en")
