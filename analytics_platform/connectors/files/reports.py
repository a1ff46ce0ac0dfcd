"""What an import says: what was read, what would change or has changed, and each row that was refused and why.

Reasons and counts hold no personal values; ``details`` may, and are for the person who brought the file. Does not live
here: deciding any of it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

MOST_DETAILS = 20
MOST_REJECTS = 1000  # kept one by one; all are counted


@dataclass(frozen=True)
class Reject:
    """A row that was not taken. ``line`` is its line in the file."""

    line: int
    reason: str


@dataclass
class Rejects:
    """Refused rows: the first thousand one by one, all of them counted."""

    count: int = 0
    first: list[Reject] = field(default_factory=list)

    def add(self, line: int, reason: str) -> None:
        self.count += 1
        if len(self.first) < MOST_REJECTS:
            self.first.append(Reject(line, reason))


@dataclass(frozen=True)
class Report:
    """One import. ``batch_id`` is None when nothing was to be stored, or nothing was meant to be."""

    kind: str
    file: str
    read: int
    taken: int
    changes: Mapping[str, int]
    dry_run: bool
    batch_id: str | None = None
    rejects: Rejects = field(default_factory=Rejects)
    details: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def changes_anything(self) -> bool:
        return any(count for name, count in self.changes.items() if name not in UNCHANGED)

    def summary(self) -> str:
        """One line without any personal value: for logs."""
        counts = ", ".join(f"{name} {count:,}" for name, count in self.changes.items())
        return f"{self.kind}: {self.read:,} rows read, {self.taken:,} good, {self.rejects.count:,} refused; {counts}"

    def lines(self) -> Iterator[str]:
        """The whole report, for the person who brought the file."""
        yield f"{self.file}: {self.read:,} rows read, {self.taken:,} good, {self.rejects.count:,} refused."
        yield from self.notes
        for reject in self.rejects.first:
            yield f"  line {reject.line}: {reject.reason}"
        if self.rejects.count > len(self.rejects.first):
            yield f"  … and {self.rejects.count - len(self.rejects.first):,} more refused rows"
        yield (
            ("Would change" if self.dry_run else "Changes")
            + ": "
            + (", ".join(f"{name} {count:,}" for name, count in self.changes.items()) or "nothing")
        )
        for detail in self.details[:MOST_DETAILS]:
            yield f"  {detail}"
        if len(self.details) > MOST_DETAILS:
            yield f"  … and {len(self.details) - MOST_DETAILS:,} more"
        yield self._end()

    def _end(self) -> str:
        if not self.changes_anything:
            return "Nothing is new, so nothing is stored."
        if self.dry_run:
            return "A dry run: nothing is stored."
        return (
            f"Stored as batch {self.batch_id}. The marts show it after the next run: make dev asks for one within a"
            " minute, or run `analytics-platform materialize`."
        )


UNCHANGED = ("unchanged", "already stored", "without an answer")
