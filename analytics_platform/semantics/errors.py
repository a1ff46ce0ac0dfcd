"""What can be wrong with a question. Each error names the parameter, and what to ask instead.

SemanticsError (PlatformError)
├── UnknownName      no such metric, query, dimension or column; the nearest names are in the message
├── WrongQuestion    a value, a combination or a missing parameter
├── NoData           the mart behind it is not in the snapshot yet
├── NotAllowed       the viewer's role or cohorts do not reach so far
└── NotReady         what compiles metrics is still being loaded; ask again
"""

import difflib
from collections.abc import Iterable

from analytics_platform.errors import PlatformError


class SemanticsError(PlatformError):
    """``parameter`` is the part of the question that is wrong."""

    def __init__(self, message: str, parameter: str = "") -> None:
        super().__init__(message)
        self.parameter = parameter


class UnknownName(SemanticsError):
    """No such name."""


class WrongQuestion(SemanticsError):
    """A value, a combination or a missing parameter."""


class NoData(SemanticsError):
    """The mart behind it is not in the snapshot yet."""


class NotAllowed(SemanticsError):
    """The viewer's role or cohorts do not reach so far."""


class NotReady(SemanticsError):
    """What compiles metrics is still being loaded."""


def unknown(kind: str, name: str, known: Iterable[str], parameter: str) -> UnknownName:
    """Says which names are near."""
    names = sorted(set(known))
    near = difflib.get_close_matches(name, names, 3, 0.5) or [n for n in names if name and name in n][:3]
    if near:
        return UnknownName(f"There is no {kind} {name!r}. Near it: {', '.join(near)}.", parameter)
    shown = ", ".join(names[:20]) + (" …" if len(names) > 20 else "")
    return UnknownName(f"There is no {kind} {name!r}. There are: {shown or 'none'}.", parameter)
