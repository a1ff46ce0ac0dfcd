"""The SQL of a named query, written once for all values of its texts: writing it takes longer than running it.

A text parameter (a person, a cohort, a word) becomes a ``Place`` while roles and suppression are written in, and the
value afterwards. Dates, numbers and truth values stay where they are. Pure.
"""

import re
import secrets
from dataclasses import replace

from sqlglot import exp

from analytics_platform.semantics.named import NamedQuery, Place
from analytics_platform.semantics.questions import Named

NAME = f"given_{secrets.token_hex(8)}_"
"""Nobody can guess it, so that no text of the data or of a viewer's cohorts is taken for a place."""
_PLACES = re.compile(rf"\b{NAME}(\d+)\(\)", re.IGNORECASE)


def shaped(named: NamedQuery, question: Named) -> tuple[Named, tuple[str, ...]]:
    """The question with places for its texts, and the texts."""
    texts = {p.name for p in named.parameters if p.kind == "text"}
    given = {name: str(v) for name, v in question.parameters.items() if name in texts and v not in (None, "")}
    places = {name: Place(f"{NAME}{number}") for number, name in enumerate(given)}
    return replace(question, parameters={**question.parameters, **places}), tuple(given.values())


def written(sql: str, texts: tuple[str, ...], engine: str) -> str:
    """In one pass: what a text says is not read again."""
    return _PLACES.sub(lambda found: exp.Literal.string(texts[int(found[1])]).sql(dialect=engine), sql)
