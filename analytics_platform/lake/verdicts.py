"""What becomes of each parsed line: stored, duplicate, superseded, or quarantined. Pure: SQL text from a contract.

``parsed`` holds the lines of one day in the order of receipt. ``verdicts`` names only those that are not stored, so
that the many rows without a twin are never sorted or hashed. Does not live here: running any of it (``lake``).
"""

from collections.abc import Sequence
from datetime import date

from analytics_platform.contracts import Table
from analytics_platform.lake import parse_sql
from analytics_platform.lake.parse_sql import quote_name, quote_text, value_of
from analytics_platform.lake.repeats import content_of


def verdicts(table: Table, elsewhere: bool = False) -> str:
    """(line, fate, reason) of every line that is not stored. fate: duplicate, superseded or quarantined.

    Rows that never change keep the first delivery; a repeat is a duplicate if the compared columns are equal, else a
    conflict, which is quarantined and never merged. Rows with versions keep the newest; older ones are superseded.
    With ``elsewhere`` the table of that name has the ids that another day has first, and their content there.
    """
    key = quote_name(table.key)
    own = f"and {key} not in (select key from elsewhere)" if elsewhere else ""
    twins = f"""
        select rowid as line, * from parsed
        where reason is null {own} and {quote_name(table.key)} in (
            select {quote_name(table.key)} from parsed where reason is null group by 1 having count(*) > 1
        )"""
    if table.version is None:
        fates = f"""
        select line, case when content = first_content then 'duplicate' else 'quarantined' end as fate,
            case when content <> first_content then 'conflict' end as reason
        from (
            select line, content, first_value(content) over repeats as first_content,
                row_number() over repeats as delivery
            from (select *, hash({_compared(table)}) as content from twins)
            window repeats as (partition by {quote_name(table.key)} order by received_at, line)
        )
        where delivery > 1"""
    else:
        version = quote_name(table.version)
        fates = f"""
        select line, case when {version} is distinct from newest then 'superseded' else 'duplicate' end as fate,
            null as reason
        from (
            select line, {version}, first_value({version}) over versions as newest, row_number() over versions as place
            from twins
            window versions as (
                partition by {quote_name(table.key)} order by {version} desc nulls last, received_at desc, line desc
            )
        )
        where place > 1"""
    return f"""
    with twins as ({twins})
    select rowid as line, 'quarantined' as fate, reason from parsed where reason is not null
    union all
    {fates}
    {_FIRST_ELSEWHERE.format(key=key, content=content_of(table)) if elsewhere else ""}"""


_FIRST_ELSEWHERE = """
    union all
    select line, case when same then 'duplicate' else 'quarantined' end as fate,
        case when not same then 'conflict' end as reason
    from (
        select parsed.rowid as line, {content} = elsewhere.content as same
        from parsed join elsewhere on parsed.{key} = elsewhere.key
        where parsed.reason is null
    )"""


def used_lookups(table: Table) -> str:
    """How many values each lookup has that may have none; one row."""
    counted = (f"count({value_of(part)})" for part, lookup in table.lookups.items() if lookup.type)
    return f"select {', '.join(counted) or 'null'} from parsed"


def stored_rows(table: Table, values: Sequence[int | None]) -> str:
    """The rows of the day in their final columns, in the order of receipt; ``values`` as ``used_lookups`` found."""
    typed = [part for part, lookup in table.lookups.items() if lookup.type]
    unused = {part for part, count in zip(typed, values, strict=False) if not count}
    columns = ", ".join(
        f"{column.late_sql} as {quote_name(column.name)}" if column.late_sql else quote_name(column.name)
        for column in table.all_columns
    )
    found = {
        part: f"cast(null as {lookup.type})" if part in unused else lookup.sql for part, lookup in table.lookups.items()
    }
    joins = "\n".join(
        f"""left join (
            select value, {sql} as {quote_name(part)} from (select distinct {value_of(part)} as value from parsed)
        ) as {quote_name(f"{part} lookup")} on {quote_name(f"{part} lookup")}.value = parsed.{value_of(part)}"""
        for part, sql in found.items()
    )
    return f"select {columns} from parsed {joins} where parsed.rowid not in (select line from verdicts)"


def quarantined_rows(table: Table) -> str:
    """The day's quarantine but for conflicts: the reason and the payload (byte for byte it is in its segment)."""
    return f"""
    select {quote_text(table.source)} as source, {quote_text(table.name)} as "table", v.reason, {_ORIGIN}, p.payload
    from verdicts v join parsed p on p.rowid = v.line
    where v.fate = 'quarantined' and v.reason <> 'conflict'"""


def conflicting_rows(table: Table, lines: str, segment: str, first_day: date) -> str:
    """The conflicts of the day with their payload, which was not kept while reading: nobody knew yet.

    Only lines that carry a conflicting key are read again; equal lines of one delivery are told apart by number.
    """
    key, content = quote_name(table.key), f"hash({_compared(table)})"
    keys = ", ".join(f"payload ->> {quote_text(path)}" for path in table.key_paths)
    again = f"""(
        select * from {lines} where lower(coalesce({keys})) in (select lower({key}) from conflicts)
    )"""
    same = f"{key}, segment, received_at, content"
    number = f"row_number() over (partition by {same}) as number"
    return f"""
    with conflicts as (
        select p.*, {content} as content
        from verdicts v join parsed p on p.rowid = v.line where v.reason = 'conflict'
    )
    select {quote_text(table.source)} as source, {quote_text(table.name)} as "table", 'conflict' as reason,
        {_ORIGIN}, a.payload
    from (select *, {number} from conflicts) p
    join (
        select {same}, payload::varchar as payload, {number}
        from (select *, {segment} as segment, {content} as content from ({parse_sql.typed(table, again, first_day)}))
    ) a using ({same}, number)"""


_ORIGIN = "p.day, p.received_at, p.origin, p.segment"


def _compared(table: Table) -> str:
    """The columns in which two deliveries of one row must agree."""
    return ", ".join(quote_name(column.name) for column in table.all_columns if column.compared)
