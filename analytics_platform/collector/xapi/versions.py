"""The versions of xAPI that are spoken side by side: of a request, and of a statement.

A request is held to the rules of the version that its header names. Those of 2.0 take whatever those of 1.0.x take,
and ``contextAgents`` and ``contextGroups`` besides. A statement keeps the version that it was accepted with, and is
read as it was stored by clients of either version: what it says never depends on who reads it.
Does not live here: the rules themselves (``statements``), which client speaks what (``app``).
"""

import re
from enum import Enum
from typing import Any


class Spoken(Enum):
    """What a request speaks; the value is what its answer says, the latest patch of the version.

    https://github.com/adlnet/xAPI-Spec/blob/1.0.3/xAPI-Communication.md#3.3.s3.b2
    """

    ONE = "1.0.3"
    TWO = "2.0.0"
    UNSAID = ""  # bulk loads and files: each statement speaks for itself, by the rules of 2.0


# https://github.com/adlnet/xAPI-Spec/blob/1.0.3/xAPI-Communication.md#2.8.s4 (About)
ALL = ["1.0.0", "1.0.1", "1.0.2", Spoken.ONE.value, Spoken.TWO.value]

_HEADER = re.compile(r"([12])\.0(?:\.\d{1,3})?", re.ASCII).fullmatch
NEW_IN_TWO = ("contextAgents", "contextGroups")

# Of a statement: in a request of 2.0 those of 1.0.x are as good.
# https://github.com/adlnet/xAPI-Spec/blob/1.0.3/xAPI-Data.md#2.4.10.s3
STATEMENT = {
    Spoken.ONE: re.compile(r"1\.0(?:\.\d+)?", re.ASCII).fullmatch,
    Spoken.TWO: re.compile(r"[12]\.0(?:\.\d+)?", re.ASCII).fullmatch,
}


def spoken_in(header: str | None) -> Spoken | None:
    """What a header X-Experience-API-Version names; None if it names nothing that is spoken here."""
    found = _HEADER(header) if header is not None else None
    return None if found is None else Spoken.ONE if found[1] == "1" else Spoken.TWO


def version_of(statement: dict[str, Any], spoken: Spoken) -> str:
    """The version that a statement has, or is given: https://github.com/adlnet/xAPI-Spec/blob/1.0.3/xAPI-Data.md#2.4.10.s3.b3"""
    if "version" in statement:
        return str(statement["version"])
    return Spoken.TWO.value if spoken is Spoken.UNSAID and needs_two(statement) else unnamed(spoken)


def unnamed(spoken: Spoken) -> str:
    """What a statement without a version is given."""
    return Spoken.TWO.value if spoken is Spoken.TWO else "1.0.0"


def needs_two(statement: dict[str, Any]) -> bool:
    """Whether a statement says what a request of 1.0.x may not."""
    inner = statement["object"]
    contexts = [statement.get("context", {})] + [inner.get("context", {})] * (inner.get("objectType") == "SubStatement")
    return any(name in context for context in contexts for name in NEW_IN_TWO)


def may_need_two(context: bytes) -> bool:
    """The same guessed from a context's text: never no where it is yes."""
    return any(name.encode() in context for name in NEW_IN_TWO)
