"""Erasing a person everywhere, step by step; whoever is killed goes on where it stopped.

1. The identifiers' keyed hashes go on the list, so that nothing of the person comes in again.
2. Collector: statements, documents, waiting lines, refused requests, attachments.
3. Landing, and the lake's days that are built from it anew (quarantine and keys with them); labels and insights.
4. The warehouse is built from scratch and published; old snapshots go.
5. Reports, exports, logs and every other file of the home; then every byte of it is searched.

What an erasure under way has to remember lies in ``privacy/under_way.json``, readable by this account only, and goes
at the end; ``privacy/erasures.ndjson`` keeps counts and no identifier. Does not live here: how each place is changed.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import orjson

from analytics_platform.contracts import IMPORTS, LAKE_TABLES, TABLES
from analytics_platform.errors import PrivacyError
from analytics_platform.lake import open_lake
from analytics_platform.lake.erased import Erased, hashed
from analytics_platform.lake.lake import Lake
from analytics_platform.lake.scrubbing import holding
from analytics_platform.privacy.holdings import DERIVED, holdings, ids_for, without_rows
from analytics_platform.privacy.home_files import clean
from analytics_platform.privacy.identity import Person, resolve
from analytics_platform.privacy.searching import search
from analytics_platform.settings import Settings
from analytics_platform.warehouse.engine import open_warehouse

RAW = {**TABLES, **IMPORTS}


@dataclass(frozen=True)
class Removed:
    """What was removed in one place, or would be."""

    place: str
    count: int
    what: str


@dataclass
class UnderWay:
    """What an erasure remembers until it is whole."""

    person: Person
    rows: tuple[str, ...] = ()
    hanging: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()
    days: tuple[tuple[str, str], ...] = ()
    removed: tuple[Removed, ...] = ()

    @property
    def identifiers(self) -> tuple[str, ...]:
        return (*self.person.identifiers, *self.hanging)


class Erasure:
    """One erasure. ``rebuild`` materialises what waits and says whether that went well."""

    def __init__(self, settings: Settings, rebuild: Callable[[], bool], dry_run: bool = False) -> None:
        self._settings, self._rebuild, self._dry_run = settings, rebuild, dry_run
        self._file = settings.home / "privacy" / "under_way.json"
        self._lake = open_lake(settings)

    @property
    def is_under_way(self) -> bool:
        return self._file.exists()

    def begin(self, given: str) -> UnderWay:
        """Find out who it is and what hangs on them, and remember it. An erasure that did not end goes first."""
        if self.is_under_way:
            raise PrivacyError("An erasure did not end. Finish it first: analytics-platform people erase --resume")
        person = resolve(self._settings, given)
        with holdings(self._lake, person) as held_rows:
            held = held_rows.held()
        names = {name for name in (*person.names, *held.names) if "@" not in name}
        person = replace(person, names=tuple(sorted(names)), phones=held.phones)
        work = UnderWay(person, held.rows, held.hanging, held.texts)
        if not self._dry_run:
            self._remember(work)
        return work

    def resume(self) -> UnderWay:
        if not self.is_under_way:
            raise PrivacyError("No erasure is under way. Begin one: analytics-platform people erase ID --dry-run")
        said: dict[str, Any] = orjson.loads(self._file.read_bytes())
        who = said["person"]
        lists = (tuple(who[name]) for name in ("identifiers", "names", "phones"))
        return UnderWay(
            Person(who["person_id"], who["person_key"], *lists),
            tuple(said["rows"]),
            tuple(said["hanging"]),
            tuple(said.get("texts", ())),
            tuple((path, day) for path, day in said["days"]),
            tuple(Removed(**one) for one in said["removed"]),
        )

    def steps(self, work: UnderWay) -> Iterator[Removed]:
        """Do all, and say what was removed where; the last step looks for the person in every byte of the home."""
        erased = self._listed(work)
        for step in (self._collector, self._lake_days, self._derived, self._marts, self._files):
            for removed in step(work, erased):
                work.removed = (*work.removed, removed)
                yield removed
            if not self._dry_run:
                self._remember(work)
        if self._dry_run:
            return
        left = search(self._settings.home, work.person.needles, leave_out=("privacy/under_way", "models/"))
        if left:
            first = ", ".join(sorted(left)[:5])
            raise PrivacyError(
                f"{len(left)} files of the home still hold the person, as {first}. Another process may write there:"
                " stop it, then run people erase --resume."
            )
        yield Removed("every file of the home", 0, "files that still hold an identifier of the person")
        self._note(work)
        self._file.unlink()

    def _listed(self, work: UnderWay) -> Erased:
        """The list with this person on it; for a dry run only in memory."""
        if not self._dry_run:
            assert self._lake.erasures is not None  # noqa: S101 - open_lake gives one
            self._lake.erasures.add(work.identifiers)
            return self._lake.erasures.read(work.person.needles)
        key = "dry run"
        return Erased(((key, frozenset(hashed(key, one) for one in work.identifiers)),), work.person.needles)

    def _collector(self, _work: UnderWay, erased: Erased) -> Iterator[Removed]:
        from analytics_platform.collector.store.databases import open_database
        from analytics_platform.collector.store.erasing import erase, identities_of, vacuum

        if not self._settings.collector_store_url and not Path(self._settings.collector_store).exists():
            return
        database = open_database(self._settings.collector_store)
        connection = database.connect()
        try:
            taken = erase(connection, erased, identities_of(connection, erased), self._dry_run)
            if not self._dry_run:
                vacuum(connection, database.name)
        finally:
            connection.close()
        for what, count in asdict(taken).items():
            said = "statements of others that mention the person less" if what == "hidden" else what
            yield Removed("collector", count, said)

    def _lake_days(self, work: UnderWay, erased: Erased) -> Iterator[Removed]:
        days = {(path, date.fromisoformat(day)) for path, day in work.days} | set(self._days_of(erased))
        if self._dry_run:
            with holdings(self._lake, work.person) as held:
                for path in RAW:
                    if path in TABLES or path in ("people/roster", "people/links", "responses/exports"):
                        yield Removed(f"landing and lake: {path}", held.count(path), "rows")
            return
        work.days = tuple(sorted((path, str(day)) for path, day in days))
        self._remember(work)
        for path in sorted({path for path, _ in days}):
            table, of_table = RAW[path], sorted(day for one, day in days if one == path)
            before = _erased_lines(self._lake, path, of_table)
            _, less = self._lake.scrub(table, of_table, erased)
            entries = self._lake.build(table, of_table)
            if any(not entry.balances for entry in entries):
                raise PrivacyError(
                    f"The ledger of {path} does not balance after the erasure. Run people erase --resume."
                )
            emptied = sum(entry.reasons.get("erased", 0) for entry in entries) - before
            yield Removed(f"landing and lake: {path}", emptied, f"lines on {len(of_table)} days")
            if less:
                yield Removed(f"landing and lake: {path}", less, "lines of others that mention the person less")

    def _days_of(self, erased: Erased) -> Iterator[tuple[str, date]]:
        for path, table in RAW.items():
            for day in sorted({segment.day for segment in self._lake.landing.segments(table)}):
                with self._lake.store.workspace() as folder:
                    keys = [segment.key for segment in self._lake.landing.segments(table, day)]
                    if holding(table, self._lake.store.local(keys, folder), erased):
                        yield path, day

    def _derived(self, work: UnderWay, _erased: Erased) -> Iterator[Removed]:
        for path, column in DERIVED.items():
            ids = ids_for(column, work.person, work.rows)
            count = without_rows(self._lake, LAKE_TABLES[path], column, ids, self._dry_run)
            yield Removed(f"lake: {path}", count, "rows")

    def _marts(self, _work: UnderWay, _erased: Erased) -> Iterator[Removed]:
        """What was built goes, and is made from the lake: steps and older snapshots hold the person, too."""
        warehouse = open_warehouse(self._settings)
        if warehouse.current() is None:
            return
        if self._dry_run:
            yield Removed("warehouse and snapshots", len(warehouse.older()) + 1, "removed after a whole build")
            return
        warehouse.forget()
        if not self._rebuild():
            raise PrivacyError(
                "The marts could not be built, so readers still see the old snapshot with the person in it. Mend what"
                " the run says, then: analytics-platform people erase --resume"
            )
        yield Removed("warehouse", 1, "built from scratch and published")
        yield Removed("published snapshots", warehouse.forget_older(), "old ones removed")

    def _files(self, work: UnderWay, _erased: Erased) -> Iterator[Removed]:
        for change in clean(self._settings.home, work.person, work.texts, self._dry_run):
            said = {"removed": "file removed", "rows": "rows removed", "hidden": "places hidden"}[change.what]
            yield Removed(change.file, change.count, said)

    def _remember(self, work: UnderWay) -> None:
        self._file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = self._file.with_name(".under_way.draft")
        draft.unlink(missing_ok=True)
        draft.touch(mode=0o600)
        draft.write_bytes(orjson.dumps(asdict(work)))
        draft.replace(self._file)

    def _note(self, work: UnderWay) -> None:
        """Counts by place. File names are left out: who names a file after a person would name them here."""
        counts: Counter[str] = Counter()
        for one in work.removed:
            counts[one.place.partition("/")[0] if "." in one.place else one.place] += one.count
        line = {"at": datetime.now(UTC).isoformat(timespec="seconds"), "removed": counts}
        with (self._file.parent / "erasures.ndjson").open("ab") as out:
            out.write(orjson.dumps(line) + b"\n")


def _erased_lines(lake: Lake, path: str, days: list[date]) -> int:
    found = (lake.ledger.read(RAW[path], day) for day in days)
    return sum(entry.reasons.get("erased", 0) for entry in found if entry is not None)


def not_reached(settings: Settings) -> Iterator[str]:
    """What an erasure cannot change, and how to treat it."""
    yield (
        "Backups (backup FILE) hold the person still: write a new one and destroy the older ones. After a restore of an"
        " older one copy erased/ and privacy/key of this home into it first; its next build then erases them again."
    )
    yield "The systems that deliver (LMS, NocoDB, Kafka, mail boxes that got a report) keep their own copies."
    if settings.lake_url:
        yield f"{settings.lake_url}: where the bucket keeps old versions, delete those of landing, lake and quarantine."
    if settings.warehouse == "bigquery":
        yield (
            "BigQuery's time travel keeps deleted rows for up to 7 days, its fail-safe for 7 more; results of queries"
            " stay in its cache for a day."
        )
    if settings.collector_store_url:
        yield "PostgreSQL: run VACUUM FULL while the collector is idle; its backups and WAL archives keep the person."
    if settings.dagster_storage_url.get_secret_value():
        yield "Dagster's PostgreSQL holds runs and events; it has no rows of people but what an error message quoted."
    if settings.dagster_logs_url:
        yield f"{settings.dagster_logs_url}: output of steps, which may quote a value. Delete what is not needed."
