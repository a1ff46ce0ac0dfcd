"""Pieces of DuckDB SQL that several contracts share: plain text out of titles, seconds out of ISO durations.

Pure functions from an expression to an expression. They run vectorised inside the one read of a day.
"""


def iso_duration_seconds(value: str) -> str:
    """Seconds of an ISO 8601 duration (``PT1M5S``); NULL when it is none. Years and months have no fixed length."""
    pattern = "^P(?:([0-9.]+)W)?(?:([0-9.]+)D)?(?:T(?:([0-9.]+)H)?(?:([0-9.]+)M)?(?:([0-9.]+)S)?)?$"
    parts = f"regexp_extract({value}, '{pattern}', ['w', 'd', 'h', 'm', 's'])"
    seconds = " + ".join(
        f"coalesce(try_cast(part.{unit} as double), 0) * {factor}"
        for unit, factor in (("w", 604800), ("d", 86400), ("h", 3600), ("m", 60), ("s", 1))
    )
    any_part = "part.w || part.d || part.h || part.m || part.s"
    # Groups that do not match are '': an empty sum is no duration. The one-element list binds the name ``part``.
    return f"""case when {value} is not null
        then [{parts}].list_transform(lambda part: case when {any_part} <> '' then {seconds} end)[1] end"""


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
    pieces = f"""from_json({text}, '{{"ops":[{{"insert":"VARCHAR"}}]}}').ops"""
    return f"""case when starts_with({text}, '{{"ops"') then coalesce(try(trim(array_to_string(list_transform(
        {pieces}, lambda op: case when starts_with(op.insert, '{{') then '' else op.insert end), ''), E' \\n\\t')),
        {text})
    else {text} end"""
