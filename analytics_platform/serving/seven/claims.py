"""Which sentences of a model may be said: every number in them stands in the rows, and they speak of the rows. Pure.

Does not live here: sentences that Seven makes herself (``sentences``).
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

_SENTENCE = re.compile(r"(?<=[.!?。])\s+|\n+")
_NUMBER = re.compile(r"(?<![\w.])[-−]?\d[\d,]*(?:\.\d+)?\s?%?")
_NEVER = re.compile(r"https?:|www\.|\w@\w|```|<\w|\bpassword|\bapi[ _-]?key", re.IGNORECASE)
MOST_SENTENCES, LONGEST = 4, 400


def supported(text: str, rows: Sequence[Mapping[str, object]]) -> list[str]:
    """At most four sentences: each number in the rows, at least one number or name of the rows, no links."""
    numbers, names = _numbers(rows), _names(rows)
    kept = []
    for sentence in (part.strip() for part in _SENTENCE.split(text)):
        if not sentence or len(sentence) > LONGEST or _NEVER.search(sentence):
            continue
        bare = sentence
        for name in names:  # digits inside a name are no claim
            bare = re.sub(re.escape(name), " ", bare, flags=re.IGNORECASE)
        said = [hit.group() for hit in _NUMBER.finditer(bare)]
        if all(_stands(one, numbers) for one in said) and (said or bare != sentence):
            kept.append(sentence)
    return kept[:MOST_SENTENCES]


def _numbers(rows: Sequence[Mapping[str, object]]) -> list[float]:
    found: list[float] = [float(len(rows))]
    for value in (value for row in rows for value in row.values()):
        if isinstance(value, bool) or value is None:
            continue
        if isinstance(value, date):
            found += [float(value.year), float(value.month), float(value.day)]
        elif not isinstance(value, str):
            try:
                found.append(float(value))  # type: ignore[arg-type]  # Decimal and the like
            except (TypeError, ValueError):
                continue
    return found


def _names(rows: Iterable[Mapping[str, object]]) -> list[str]:
    found = {
        str(value) for row in rows for value in row.values() if isinstance(value, str | date) and len(str(value)) > 1
    }
    return sorted(found, key=len, reverse=True)[:500]


def _stands(said: str, numbers: Sequence[float]) -> bool:
    """Whether the number is one of the rows', rounded as it is written; a percentage is a share of theirs."""
    plain = said.replace(",", "").replace("−", "-").replace("%", "").strip()
    digits = len(plain.partition(".")[2])
    scale = 100 if said.endswith("%") else 1
    half = 0.5 * 10**-digits + 1e-9
    return any(abs(abs(number) * scale - abs(float(plain))) <= half for number in numbers)
