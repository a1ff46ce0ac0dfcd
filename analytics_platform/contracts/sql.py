"""Pieces of DuckDB SQL that several contracts share: plain text out of titles, seconds out of ISO durations.

Pure functions from an expression to an expression. They run vectorised inside the one read of a day.
"""

_UNITS = {"w": 604800, "d": 86400, "h": 3600, "m": 60, "s": 1}


def iso_duration_parts(value: str) -> str:
    """The parts of an ISO 8601 duration as a struct of texts; a part that is not there is ''. A comma is a point.

    Years and months come as one text each (``y``, ``o``): H5P writes them as zeros, ``P0Y0M0DT0H0M12S``.
    """
    number = "([0-9]+(?:[.,][0-9]+)?)"
    pattern = (
        f"^P(?:{number}Y)?(?:{number}M)?(?:{number}W)?(?:{number}D)?(?:T(?:{number}H)?(?:{number}M)?(?:{number}S)?)?$"
    )
    return f"regexp_extract({value}, '{pattern}', ['y', 'o', 'w', 'd', 'h', 'm', 's'])"


def iso_duration_seconds(parts: str) -> str:
    """Seconds of a duration (``PT1M5S`` is 65), NULL when it is none. Years and months have no fixed length: only 0 of
    them is a number of seconds.
    """
    amounts = {unit: f"try_cast(replace({parts}.{unit}, ',', '.') as double)" for unit in ("y", "o", *_UNITS)}
    seconds = " + ".join(
        f"case when {parts}.{unit} = '' then 0 else {amounts[unit]} * {factor} end" for unit, factor in _UNITS.items()
    )
    given = " || ".join(f"{parts}.{unit}" for unit in amounts)
    endless = " or ".join(f"coalesce({amounts[unit]}, 0) <> 0" for unit in ("y", "o"))
    return f"case when {given} <> '' and not ({endless}) then {seconds} end"


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


_USERS = '[{"role":"VARCHAR","text":"VARCHAR","content":"VARCHAR"}]'
_PYTHON = r"""'role': 'user'[^{}]*?'(?:text|content)': (?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")"""
_ESCAPES = ((r"\n", "\n"), (r"\t", "\t"), (r"\'", "'"), (r"\"", '"'), ("\\\\", "\\"))


def last_user_text(prompt: str) -> str:
    """The user's last text in a prompt list, which is JSON or the repr of a Python list; NULL when it is neither."""
    said = f"list_filter(from_json({prompt}, {_text(_USERS)}), lambda one: one.role = 'user')[-1]"
    single, double = (f"regexp_extract_all({prompt}, {_text(_PYTHON)}, {group})[-1]" for group in (1, 2))
    written = f"coalesce(nullif({single}, ''), {double})"
    for escape, meant in _ESCAPES:
        written = f"replace({written}, {_text(escape)}, {_text(meant)})"
    return f"case when json_valid({prompt}) then coalesce({said}.text, {said}.content) else {written} end"


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
