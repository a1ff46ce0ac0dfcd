"""Raw lines to typed rows, as one SQL statement made from a contract. Pure: text in, text out.

Lives here: the order of the steps (unwrap, shape, time, rules) and the one rule of time for every table. Does not
live here: which columns there are (``contracts/``), running the statement (``lake``), duplicates (``verdicts``).
"""

import json
from datetime import date

from analytics_platform.contracts import Table

# Bytes; a statement is about 1,000. The collector takes a mebibyte, and adds id, authority, version and time to it.
MAX_PAYLOAD = (1 << 20) + (64 << 10)
LINE_COLUMNS = "{received_at: 'TIMESTAMPTZ', origin: 'VARCHAR', problem: 'VARCHAR', payload: 'JSON'}"
# DuckDB reads an object of this size at most; a longer line takes the slow way through salvage.
MAX_LINE = 16 << 20

NO_LINES = (
    "(select null::timestamptz as received_at, null::varchar as origin, null::varchar as problem,"
    " null::json as payload, null::varchar as filename where false)"
)


def scan_lines(files: list[str]) -> str:
    """Read landing segments: one row per line, with the segment it came from."""
    names = ", ".join(quote_text(name) for name in files)
    return (
        f"read_ndjson([{names}], columns={LINE_COLUMNS}, filename=true, hive_partitioning=false,"
        f" compression='auto', maximum_object_size={MAX_LINE})"
    )


def timed(table: Table, lines: str, first_day: date) -> str:
    """Lines with ``p`` (the payload in the table's shape) and the four columns of time.

    The day of a line is the UTC day of its event time. A claimed time is used unless it lies more than five minutes
    after receipt or before the first day: then receipt time counts and ``clock_skewed`` says so. No claim is no skew.
    """
    return f"""
    select *, cast(event_time at time zone 'UTC' as date) as day
    from (
        select *,
            case when claimed_at is null or clock_skewed then received_at else claimed_at end as event_time
        from (
            select *,
                {_time("claimed")} as claimed_at,
                coalesce(claimed_at > received_at + interval 5 minute
                    or claimed_at < timestamptz '{first_day} 00:00:00+00', false) as clock_skewed
            from (
                select *, {table.claimed_sql} as claimed
                from ({_shaped(table, lines)})
            )
        )
    )"""


def typed(table: Table, lines: str, first_day: date) -> str:
    """Typed rows with ``reason`` (NULL for a good line), in the order of the lines; late columns are still to come."""
    own = ",\n        ".join(f"{column.sql} as {quote_name(column.name)}" for column in table.columns)
    common = ", ".join(quote_name(column.name) for column in table.all_columns[len(table.columns) :])
    prepared = "".join(f", {sql} as {quote_name(part)}" for part, sql in table.prepared.items())
    values = "".join(f", {lookup.of} as {value_of(part)}" for part, lookup in table.lookups.items())
    kept = "".join(f", {value_of(part)}" for part in table.lookups)
    rules = "\n        ".join(f"when {rule.sql} then {quote_text(rule.reason)}" for rule in table.rules)
    columns = ", ".join(quote_name(column.name) for column in table.all_columns)
    return f"""
    select {columns}{kept}, filename, payload,
        case
        when problem is not null then problem
        when strlen(raw) > {MAX_PAYLOAD} then 'too_large'
        when p is null then case when json_type(payload) = 'OBJECT' then 'wrong_shape' else 'not_json' end
        when claimed is not null and claimed_at is null then 'impossible_time'
        {rules}
        end as reason
    from (
        select {own},
        {common}{values}, filename, problem, payload, payload::varchar as raw, p, claimed
        from (select *{prepared} from ({timed(table, _without_nul(lines), first_day)}))
    )"""


def _time(claimed: str) -> str:
    """The time that a text means. ISO 8601 allows a comma and small letters; those that have neither are cast once."""
    plain = f"upper(replace({claimed}, ',', '.'))"
    return f"coalesce(try_cast({claimed} as timestamptz), try_cast({plain} as timestamptz))"


def _without_nul(lines: str) -> str:
    """U+FFFD for each U+0000 in a text: it is honest input, and databases, CSV and readers below would break at it."""
    escaped = r"""regexp_replace(payload::varchar, '((?:^|[^\\])(?:\\\\)*)\\u0000', '\1\\ufffd', 'g')"""
    # Two that touch share the sign between them, so a second pass takes what the first one could not.
    twice = escaped.replace("payload::varchar", escaped)
    has_nul = r"contains(payload::varchar, '\u0000')"
    return f"(select * replace (case when {has_nul} then ({twice})::json else payload end as payload) from {lines})"


def _shaped(table: Table, lines: str) -> str:
    """Lines with ``p``, the payload in the table's shape, taken out of its envelope if it came in one."""
    shape = quote_text(json.dumps(table.shape))
    bare = f"select *, from_json(payload, {shape}) as p from {lines}"
    if table.enveloped_sql is None:
        return bare
    inner = f"from_json({table.enveloped_sql}, {shape})"
    return f"select * replace (case when {table.enveloped_sql} is not null then {inner} else p end as p) from ({bare})"


def value_of(lookup: str) -> str:
    """The column that holds a lookup's value until the day is written."""
    return quote_name(f"{lookup} value")


def quote_text(value: str) -> str:
    """A SQL string literal."""
    return "'" + value.replace("'", "''") + "'"


def quote_name(value: str) -> str:
    """A quoted SQL name."""
    return '"' + value.replace('"', '""') + '"'
