"""What a response to an interaction says in words, and whether the definition's pattern holds for it.

Lives here: xAPI's interaction types (xAPI-Data.md, appendix C), as the definitions of answers read them. Does not
live here: which statements are answers.
"""

import re
from typing import Any

from analytics_platform_tests.reference.landed import Json, part

ENDLESS = 200  # longer lists are nobody's answer
OPTIONS = re.compile(r"^(?:\{(?:lang|case_matters|order_matters)=[^}]*\})+")
LISTS = {"choice": "choices", "sequencing": "choices", "likert": "scale", "matching": "source", "performance": "steps"}


def in_language(words: Any) -> str | None:
    """A text of a language map, English first."""
    if not isinstance(words, dict):
        return words if isinstance(words, str) else None
    return words.get("en-US") or words.get("en") or next(iter(words.values()), None)


def words_and_verdict(definition: Json, response: str | None) -> tuple[str | None, bool | None]:
    """The response as people read it, and whether the pattern holds; None where that cannot be decided."""
    if response is None:
        return None, None
    kind = definition.get("interactionType")
    words = in_words(definition, kind, response)
    patterns = definition.get("correctResponsesPattern")
    if not isinstance(patterns, list) or not patterns or len(response.split("[,]")) > ENDLESS:
        return words, None
    verdicts = [_holds(definition, kind, str(pattern), response) for pattern in patterns]
    if True in verdicts:
        return words, True
    return words, None if None in verdicts else False


def in_words(definition: Json, kind: str | None, response: str) -> str:
    names = _names(definition, LISTS.get(kind or ""))
    pieces = response.split("[,]")
    if not names or len(pieces) > ENDLESS:
        return response
    targets = _names(definition, "target")
    return "[,]".join(_piece(piece, kind, names, targets) for piece in pieces)


def _piece(piece: str, kind: str | None, names: dict[str, str], targets: dict[str, str]) -> str:
    if kind in ("matching", "performance") and piece.count("[.]") == 1:
        left, right = piece.split("[.]")
        return f"{names.get(left, left)}[.]{targets.get(right, right)}"
    return names.get(piece, piece)


def _names(definition: Json, field: str | None) -> dict[str, str]:
    listed = definition.get(field) if field else None
    found = [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
    return {one["id"]: in_language(part(one, "description")) or one["id"] for one in found if "id" in one}


def _holds(definition: Json, kind: str | None, pattern: str, response: str) -> bool | None:
    match kind:
        case "choice" | "matching":
            by_id = set(pattern.split("[,]")) == set(response.split("[,]"))
            return by_id or _worded(definition, kind, pattern, set) == _worded(definition, kind, response, set)
        case "sequencing":
            return pattern == response or _worded(definition, kind, pattern, list) == _worded(
                definition, kind, response, list
            )
        case "performance":
            return None if "[:]" in pattern else set(pattern.split("[,]")) == set(response.split("[,]"))
        case "true-false":
            return pattern.strip().lower() == response.strip().lower()
        case "fill-in" | "long-fill-in":
            return _filled(pattern, pattern) == _filled(response, pattern)
        case "numeric":
            return _within(pattern, response)
        case "other":
            return pattern == response
    return None


def _worded(definition: Json, kind: str, value: str, collect: Any) -> Any:
    return collect(in_words(definition, kind, value).split("[,]"))


def _filled(value: str, pattern: str) -> list[str]:
    found = OPTIONS.match(pattern)
    options, bare = found.group() if found else "", OPTIONS.sub("", value)
    items = [item.strip() for item in (bare if "case_matters=true" in options else bare.lower()).split("[,]")]
    return sorted(items) if "order_matters=false" in options else items


def _within(pattern: str, response: str) -> bool | None:
    try:
        given = float(response)
        if "[:]" not in pattern:
            return given == float(pattern)
        low, high = (end.strip() for end in pattern.split("[:]"))
        return (not low or given >= float(low)) and (not high or given <= float(high))
    except ValueError:
        return None
