"""Pieces of DuckDB SQL that several contracts share: plain text out of titles, seconds out of ISO durations.

Pure functions from an expression to an expression. They run vectorised inside the one read of a day.
"""


def iso_duration_parts(value: str) -> str:
    """The parts of an ISO 8601 duration as a struct of texts; a part that is not there is ''."""
    pattern = "^P(?:([0-9.]+)W)?(?:([0-9.]+)D)?(?:T(?:([0-9.]+)H)?(?:([0-9.]+)M)?(?:([0-9.]+)S)?)?$"
    return f"regexp_extract({value}, '{pattern}', ['w', 'd', 'h', 'm', 's'])"


def iso_duration_seconds(parts: str) -> str:
    """Seconds of a duration (``PT1M5S`` is 65), NULL when it is none. Years and months have no fixed length."""
    factors = {"w": 604800, "d": 86400, "h": 3600, "m": 60, "s": 1}
    seconds = " + ".join(
        f"case when {parts}.{unit} = '' then 0 else try_cast({parts}.{unit} as double) * {factor} end"
        for unit, factor in factors.items()
    )
    return f"case when {' || '.join(f'{parts}.{unit}' for unit in factors)} <> '' then {seconds} end"


def without_slash(value: str) -> str:
    """A URL without its trailing slashes; most have none, and asking first is three times as fast as rtrim."""
    return f"case when suffix({value}, '/') then rtrim({value}, '/') else {value} end"


def plain_text(name: str) -> str:
    """The text of an xAPI language map (or bare string) whose value may be a Quill delta kept as a JSON string.

    https://github.com/adlnet/xAPI-Spec/blob/1.0.3/xAPI-Data.md#lang-maps, https://quilljs.com/docs/delta
    English first, else the first language there is. A delta's embeds (pictures) carry no text and are left out.
    """
    first = f"case json_type({name}) when 'OBJECT' then ({name} ->> '$.*')[1] else {name} ->> '$' end"
    text = f"""coalesce({name} ->> '$."en-US"', {name} ->> '$.en', {first})"""
    return quill_text(text)


def quill_text(text: str) -> str:
    """A Quill delta's inserts joined; any other text, a broken delta included, as it is."""
    inserts = f"({text} ->> '$.ops[*].insert')"
    # Embeds are objects; asking first whether there are any saves a third of the time.
    texts = f"""case when contains({text}, '"insert":{{') or contains({text}, '"insert": {{')
        then list_filter({inserts}, lambda piece: not starts_with(piece, '{{')) else {inserts} end"""
    return f"""case when starts_with({text}, '{{"ops"')
        then coalesce(try(nullif(trim(array_to_string({texts}, ''), E' \\n\\t'), '')), {text})
        else {text} end"""
