"""Refusals: every answer with an error status is one of these, raised where the rule stands.

Refusal              any status
├── Invalid          400, and where in the input; the path grows as the error travels outwards
│   ├── NotJson      what should be JSON is none
│   └── TooLarge     413: a part of the input is larger than is allowed
└── Overloaded       503 or 429 with Retry-After: nothing was stored, the caller may come again
StoreUnavailable     the store cannot write or read now (disk full, server away)
"""

from analytics_platform.errors import PlatformError

# Of a statement, and what parts of a request are called here.
_PROPERTIES = frozenset(
    {"actor", "verb", "object", "result", "context", "timestamp", "stored", "authority", "version", "attachments", "id"}
    | {"statementId", "event_id", "event_type", "video_id", "user_id", "session_id", "event_timestamp", "part"}
    | {"X-Experience-API-Version", "Content-Type", "video_time_sec", "duration", "data"}
)


class Refusal(PlatformError):
    """A request that is answered with an error status."""

    def __init__(self, status: int, why: str, headers: tuple[tuple[str, str], ...] = ()) -> None:
        super().__init__(why)
        self.status = status
        self.why = why
        self.headers = headers

    @property
    def where(self) -> str:
        return ""


class Invalid(Refusal):
    """Input that breaks a rule. ``where`` is the path to it, as ``[3].actor.account.homePage``."""

    def __init__(self, why: str, *path: str | int) -> None:
        super().__init__(400, why)
        self._path: list[str | int] = list(path)

    def within(self, step: str | int) -> None:
        """The same error seen from one level further out."""
        self._path.insert(0, step)

    @property
    def where(self) -> str:
        steps = (f"[{step}]" if isinstance(step, int) else f".{step}" for step in self._path)
        return "".join(steps).removeprefix(".")

    @property
    def top(self) -> str:
        """The property of a statement or event that the path begins with, or ''; no name that a sender made up."""
        named = next((step for step in self._path if isinstance(step, str)), "")
        return named if named in _PROPERTIES else ""

    def __str__(self) -> str:
        return f"{self.where}: {self.why}" if self._path else self.why


class NotJson(Invalid):
    """Input that is no JSON at all."""


class TooLarge(Invalid):
    """Input that is larger than is allowed."""

    def __init__(self, why: str, *path: str | int) -> None:
        super().__init__(why, *path)
        self.status = 413


class Overloaded(Refusal):
    """Nothing was stored; the caller may come again after some seconds."""

    def __init__(self, why: str, status: int = 503, seconds: int = 2) -> None:
        super().__init__(status, why, (("Retry-After", str(seconds)),))


class StoreUnavailable(PlatformError):
    """The store cannot write or read now."""
