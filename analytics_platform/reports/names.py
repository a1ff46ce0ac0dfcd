"""People's names as far as the privacy setting lets a report show them: full, first, initials, none."""

from collections import Counter
from collections.abc import Sequence
from typing import Literal

Privacy = Literal["full", "first", "initials", "none"]
NAMELESS = "(no name on the roster)"


def shown(full_name: str | None, privacy: Privacy) -> str:
    """A name as it may be shown; '' when names may not be shown at all."""
    if privacy == "none":
        return ""
    words = (full_name or "").split()
    if not words:
        return NAMELESS
    # Without a roster a source's name may be an e-mail address, which is more than a first name.
    if privacy != "full" and "@" in words[0]:
        words = [words[0].partition("@")[0].replace(".", " ").split(" ")[0].capitalize() or NAMELESS]
    if privacy == "full":
        return " ".join(words)
    if privacy == "first":
        return words[0]
    return " ".join(f"{word[0].upper()}." for word in words)


def listed(full_names: Sequence[str | None], privacy: Privacy) -> list[str]:
    """Names in their order, equal ones counted (Ann ×2); people without one are counted at the end."""
    if privacy == "none":
        return []
    names = Counter(shown(name, privacy) for name in full_names if (name or "").split())
    nameless = len(full_names) - names.total()
    each = [name if count == 1 else f"{name} ×{count}" for name, count in sorted(names.items())]
    return each + ([f"{nameless} without a name on the roster"] if nameless else [])
