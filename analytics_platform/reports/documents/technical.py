"""How the machinery did: what came in and what became of it, the app's API, errors, AI processes, the machine."""

from datetime import date

from analytics_platform.contracts import TABLES
from analytics_platform.lake.ledger import Entry, Ledger
from analytics_platform.reports.documents.document import Figure, Section, share, table
from analytics_platform.reports.documents.marts import Marts, Row
from analytics_platform.reports.documents.periods import Period


def sections(marts: Marts, ledger: Ledger, period: Period, now: Row, then: Row) -> list[Section]:
    return [
        _intake(marts, ledger, period),
        _quarantine(ledger, period),
        _api(marts, period),
        _errors(marts, period),
        _ai(marts, period),
        _machine(marts, period),
        _chat(now, then),
        _sessions(now, then),
    ]


def numbers(marts: Marts, ledger: Ledger, period: Period) -> Row:
    """What the rules look at: missing days, the worst quarantine, failed requests."""
    rows = _sources(marts, ledger, period)
    found: Row = {"days_missing": sum(row["missing"] or 0 for row in rows)}
    shares = [row for row in rows if row["received"]]
    if shares:
        worst = max(shares, key=lambda row: row["quarantined"] / row["received"])
        found |= {
            "quarantine_source": worst["source"],
            "quarantine_received": worst["received"],
            "quarantine_lines": worst["quarantined"],
        }
    if marts.has("api_performance"):
        found |= marts.row(
            """select coalesce(sum(requests), 0) as requests, coalesce(sum(errors), 0) as request_errors
            from api_performance where grain = 'day' and day between $1 and $2""",
            period.first,
            period.last,
        )
    return found


def _entries(ledger: Ledger, source: str, days: list[date]) -> list[Entry]:
    return [entry for day in days if (entry := ledger.read(TABLES[source], day)) is not None]


def _sources(marts: Marts, ledger: Ledger, period: Period) -> list[Row]:
    """One row for each source; a day counts as missing from the source's first day to the snapshot's last one."""
    until = date.fromisoformat(marts.snapshot.last_day) if marts.snapshot.last_day else None
    days = [day for day in period.days if until and day <= until]
    rows = []
    for source in TABLES:
        entries = _entries(ledger, source, days)
        names = ("received", "stored", "duplicate", "quarantined")
        counts = {name: sum(getattr(entry, name) for entry in entries) for name in names}
        known = ledger.days(TABLES[source])
        missing = sum(day >= known[0] for day in days) - len(entries) if known else None
        balances = all(entry.balances for entry in entries)
        rows.append(
            {
                "source": source,
                "days": len(entries),
                "missing": missing,
                **{name: count if entries else None for name, count in counts.items()},
                "duplicates": share(counts["duplicate"], counts["received"]),
                "refused": share(counts["quarantined"], counts["received"]),
                "balances": ("yes" if balances else "NO") if entries else None,
            }
        )
    return rows


def _intake(marts: Marts, ledger: Ledger, period: Period) -> Section:
    columns = (("source", "source", "text"), ("days", "days built", "count"), ("missing", "days missing", "count"),
               ("received", "received", "count"), ("stored", "stored", "count"), ("duplicate", "duplicates", "count"),
               ("quarantined", "quarantined", "count"), ("duplicates", "duplicates / received", "share"),
               ("refused", "quarantined / received", "share"), ("balances", "balances", "text"))  # fmt: skip
    note = "From the ledger, by UTC day. Received = stored + duplicates + quarantined where it balances."
    rows = _sources(marts, ledger, period)
    return Section("What came in", tables=(table("intake", "By source", columns, rows, note=note),))


def _quarantine(ledger: Ledger, period: Period) -> Section:
    counts: dict[tuple[str, str], int] = {}
    for source in TABLES:
        for entry in _entries(ledger, source, period.days):
            for reason, count in entry.reasons.items():
                counts[source, reason] = counts.get((source, reason), 0) + count
    rows = [
        {"source": source, "reason": reason, "lines": lines}
        for (source, reason), lines in sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    ]
    columns = (("source", "source", "text"), ("reason", "reason", "text"), ("lines", "lines", "count"))
    found = (table("quarantine", "By reason", columns, rows),) if rows else ()
    return Section("Quarantine", tables=found, notes=() if rows else ("No line of this period is in quarantine.",))


def _api(marts: Marts, period: Period) -> Section:
    title = "The app's API"
    if lacks := marts.lacks("api_performance"):
        return Section(title, missing=lacks)
    rows = marts.rows(
        """
        select endpoint, sum(requests) as requests, sum(errors) as errors, sum(client_errors) as client_errors,
            sum(timed_requests) as timed, sum(avg_ms * timed_requests) as total_ms, max(p95_ms) as worst_p95
        from api_performance where grain = 'day' and day between $1 and $2
        group by endpoint order by errors desc, requests desc, endpoint limit 30""",
        period.first,
        period.last,
    )
    for row in rows:
        row |= {"rate": share(row["errors"], row["requests"]), "mean": share(row["total_ms"], row["timed"])}
    columns = (("endpoint", "endpoint", "text"), ("requests", "requests", "count"),
               ("errors", "500 and above", "count"),
               ("rate", "errors / requests", "share"), ("client_errors", "400 to 499", "count"),
               ("timed", "timed", "count"), ("mean", "mean time", "ms"),
               ("worst_p95", "95 % within, worst day", "ms"))  # fmt: skip
    found = (table("api", "By endpoint", columns, rows),) if rows else ()
    return Section(title, tables=found, notes=() if rows else ("There was no request in this period.",))


def _errors(marts: Marts, period: Period) -> Section:
    title = "Errors of the app"
    if lacks := marts.lacks("errors"):
        return Section(title, missing=lacks)
    rows = marts.rows(
        """select error_type, place, occurrences, days_seen, first_seen_day, last_seen_day,
            case when first_seen_day between $1 and $2 then 'new' else '' end as is_new
        from errors where last_seen_day >= $1 and first_seen_day <= $2
        order by occurrences desc, error_type, place limit 30""",
        period.first,
        period.last,
    )
    columns = (("error_type", "error", "text"), ("place", "place", "text"), ("occurrences", "times, ever", "count"),
               ("days_seen", "days", "count"), ("first_seen_day", "first", "day"), ("last_seen_day", "last", "day"),
               ("is_new", "", "day"))  # fmt: skip
    found = (table("errors", "Seen in or around this period", columns, rows),) if rows else ()
    return Section(title, tables=found, notes=() if rows else ("No error was seen in this period.",))


def _ai(marts: Marts, period: Period) -> Section:
    title = "AI processes"
    if lacks := marts.lacks("ai_performance"):
        return Section(title, missing=lacks)
    rows = marts.rows(
        """
        select process_kind, sum(runs) as runs, sum(succeeded) as succeeded, sum(failed) as failed,
            sum(timed_runs) as timed, sum(avg_ms * timed_runs) as total_ms, max(p95_ms) as worst_p95,
            sum(input_tokens) as input_tokens, sum(output_tokens) as output_tokens
        from ai_performance where grain = 'day' and day between $1 and $2
        group by process_kind order by runs desc, 1""",
        period.first,
        period.last,
    )
    for row in rows:
        row["known"] = row["succeeded"] + row["failed"]
        row |= {"rate": share(row["succeeded"], row["known"]), "mean": share(row["total_ms"], row["timed"])}
    columns = (("process_kind", "kind", "text"), ("runs", "runs", "count"), ("succeeded", "succeeded", "count"),
               ("known", "of known", "count"), ("rate", "succeeded / known", "share"), ("mean", "mean time", "ms"),
               ("worst_p95", "95 % within, worst day", "ms"), ("input_tokens", "tokens in", "count"),
               ("output_tokens", "tokens out", "count"))  # fmt: skip
    found = (table("ai", "By kind", columns, rows),) if rows else ()
    return Section(title, tables=found, notes=() if rows else ("No AI process ran in this period.",))


def _machine(marts: Marts, period: Period) -> Section:
    title = "The machine"
    if lacks := marts.lacks("system_health"):
        return Section(title, missing=lacks)
    rows = marts.rows(
        """select day, cpu_avg, cpu_max, memory_max, disk_max, samples, requests, error_events, p95_ms
        from system_health where grain = 'day' and has_data and day between $1 and $2 order by day""",
        period.first,
        period.last,
    )
    columns = (("day", "day (UTC)", "day"), ("cpu_avg", "CPU mean %", "number"), ("cpu_max", "CPU most %", "number"),
               ("memory_max", "memory most %", "number"), ("disk_max", "disk most %", "number"),
               ("samples", "readings", "count"), ("requests", "requests", "count"),
               ("error_events", "errors", "count"), ("p95_ms", "95 % within", "ms"))  # fmt: skip
    found = (table("machine", "By day", columns, rows),) if rows else ()
    return Section(title, tables=found, notes=() if rows else ("No reading of the machine came in this period.",))


def _chat(now: Row, then: Row) -> Section:
    if "exchanges" not in now:
        return Section("The bot", missing="No data: the published snapshot has no mart exchanges yet.")
    total, errors = now["exchanges"], now["exchange_errors"]
    return Section("The bot", (
        Figure("Exchanges with an error", share(errors, total), "share",
               f"{errors:,} of {total:,} exchanges" if total else "",
               share(then.get("exchange_errors"), then.get("exchanges")), "there was no exchange"),
        Figure("Mean time to the answer", now["latency"], "seconds",
               f"of {now['timed_messages']:,} answers with a time",
               then.get("latency"), "no answer has a time"),
    ))  # fmt: skip


def _sessions(now: Row, then: Row) -> Section:
    if "sessions" not in now:
        return Section("Visits to the app", missing="No data: the published snapshot has no mart sessions yet.")
    mean = now["session_seconds"]
    return Section("Visits to the app", (
        Figure("Visits", now["sessions"], before=then.get("sessions")),
        Figure("Mean length", mean and mean / 60, "minutes", f"of {now['sessions']:,} visits",
               then["session_seconds"] / 60 if then.get("session_seconds") else None, "there was no visit"),
    ))  # fmt: skip
