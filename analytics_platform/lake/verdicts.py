"""What becomes of each parsed line: stored, duplicate, superseded, or quarantined. Pure: SQL text from a contract.

``parsed`` holds the lines of one day in the order of receipt. ``verdicts`` names only those that are not stored, so
that the many rows without a twin are never sorted or hashed. Does not live here: running any of it (``days``).
"""

from analytics_platform.contracts import Table
from analytics_platform.lake.reading import name, text, value_of


def verdicts(table: Table) -> str:
    """(line, fate, reason) of every line that is not stored. fate: duplicate, superseded or quarantined.

    Rows that never change keep the first delivery; a repeat is a duplicate if the compared columns are equal, else a
    conflict, which is quarantined and never merged. Rows with versions keep the newest; older ones are superseded.
    """
    twins = f"""
        select rowid as line, * from parsed
        where reason is null and {name(table.key)} in (
            select {name(table.key)} from parsed where reason is null group by 1 having count(*) > 1
        )"""
    if table.version is None:
        compared = ", ".join(name(column.name) for column in table.all_columns if column.compared)
        fates = f"""
        select line, case when content = first_content then 'duplicate' else 'quarantined' end as fate,
            case when content <> first_content then 'conflict' end as reason
        from (
            select line, content, first_value(content) over repeats as first_content,
                row_number() over repeats as delivery
            from (select *, hash({compared}) as content from twins)
            window repeats as (partition by {name(table.key)} order by received_at, line)
        )
        where delivery > 1"""
    else:
        version = name(table.version)
        fates = f"""
        select line, case when {version} is distinct from newest then 'superseded' else 'duplicate' end as fate,
            null as reason
        from (
            select line, {version}, first_value({version}) over versions as newest, row_number() over versions as place
            from twins
            window versions as (
                partition by {name(table.key)} order by {version} desc nulls last, received_at desc, line desc
            )
        )
        where place > 1"""
    return f"""
    with twins as ({twins})
    select rowid as line, 'quarantined' as fate, reason from parsed where reason is not null
    union all
    {fates}"""


def stored_rows(table: Table) -> str:
    """The rows of the day in their final columns, in the order of receipt."""
    columns = ", ".join(
        f"{column.late_sql} as {name(column.name)}" if column.late_sql else name(column.name)
        for column in table.all_columns
    )
    joins = "\n".join(
        f"""left join (
            select value, {lookup.sql} as {name(part)} from (select distinct {value_of(part)} as value from parsed)
        ) as {name(f"{part} lookup")} on {name(f"{part} lookup")}.value = parsed.{value_of(part)}"""
        for part, lookup in table.lookups.items()
    )
    return f"select {columns} from parsed {joins} where parsed.rowid not in (select line from verdicts)"


def quarantined_rows(table: Table, lines: str) -> str:
    """The day's quarantine: the reason and the payload (byte for byte it is in its segment).

    ``lines`` reads the segments again, for conflicts only.
    """
    rest = "day, received_at, origin, segment"
    return f"""
    select {text(table.source)} as source, {text(table.name)} as "table", v.reason, {rest}, p.payload
    from verdicts v join parsed p on p.rowid = v.line
    where v.fate = 'quarantined' and v.reason <> 'conflict'
    union all
    select {text(table.source)}, {text(table.name)}, v.reason, {rest}, raw.payload
    from verdicts v join parsed p on p.rowid = v.line
    join (select row_number() over () - 1 as line, payload::varchar as payload from {lines}) raw on raw.line = v.line
    where v.reason = 'conflict'"""
