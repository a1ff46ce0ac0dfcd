"""What lies above a statement's activity, and which activity an attempt is an attempt at.

Lives here: urls and elements of contextActivities. Does not live here: what a statement makes of them (``statements``).
"""

import re
from dataclasses import dataclass

ATTEMPT = re.compile(r"[?&](attempt|attemptid|attempt_id|registration)=", re.IGNORECASE)
NO_LESSON = ("/objective", "/lms", "/source", "/system", "/site", "/profile", "/cmi.interaction", "/question")


def folded(url: str) -> str | None:
    """A url without the attempt in its query and without trailing slashes; None where that leaves no activity."""
    if not ATTEMPT.search(url):
        return url.rstrip("/")
    bare, _, fragment = url.partition("#")
    path, _, query = bare.partition("?")
    fields = [one for one in query.split("&") if one]
    fragment = f"#{fragment}" if fragment else ""
    if path.endswith("/attempt.php"):  # Moodle's
        module = next((one[5:] for one in fields if re.fullmatch("cmid=[0-9]+", one)), None)
        return f"{path.removesuffix('attempt.php')}view.php?id={module}{fragment}" if module else None
    kept = [one for one in fields if not ATTEMPT.match(f"&{one}")]
    return (path + (f"?{'&'.join(kept)}" if kept else "") + fragment).rstrip("/")


def is_attempt(url: str, kind: str) -> bool:
    return kind.endswith("/attempt") or bool(ATTEMPT.search(url))


@dataclass(frozen=True)
class Above:
    """An activity of the context, in the order in which it stands."""

    place: str
    raw: str
    kind: str

    @property
    def url(self) -> str | None:
        if self.kind.endswith(NO_LESSON) or (self.kind.endswith("/attempt") and not ATTEMPT.search(self.raw)):
            return None
        return folded(self.raw)

    @property
    def is_course(self) -> bool:
        return self.kind.endswith("/course")
