"""What a response to an interaction says in words, and whether the definition's pattern holds for it, as DuckDB SQL.

Lives here: xAPI's interaction types, their components and delimiters
(https://github.com/adlnet/xAPI-Spec/blob/1.0.3/xAPI-Data.md#interaction-activities and appendix C). A response is right
or wrong only where the pattern decides it; otherwise the result is NULL. Not here: what counts as a question or an
answer.
"""

COMPONENTS = ("choices", "scale", "source", "target", "steps")
SHAPE = {"interactionType": "VARCHAR", "correctResponsesPattern": "JSON", **dict.fromkeys(COMPONENTS, "JSON")}
# Longer lists than people answer: anybody may send any length, and comparing two is slow.
_MOST = 200

_D = "p.object.definition"
INTERACTION_OF = f"""case
    when p.result.response is not null and {_D}.interactionType is not null
        and coalesce({_D}.correctResponsesPattern, {", ".join(f"{_D}.{part}" for part in COMPONENTS)}) is not null
        then json_object(
            'type', {_D}.interactionType, 'response', p.result.response, 'pattern', {_D}.correctResponsesPattern,
            {", ".join(f"'{part}', {_D}.{part}" for part in COMPONENTS)}
        )::varchar
end"""


# Whose ids a type's responses name; a pair names one of each side.
_LEFT = """case type when 'choice' then '$.choices' when 'sequencing' then '$.choices' when 'likert' then '$.scale'
    when 'matching' then '$.source' when 'performance' then '$.steps' end"""


def _components(path: str) -> str:
    """The components at a path as a list of {id, words}, English first."""
    words = "one -> '$.description'"
    said = f"""case json_type({words})
        when 'OBJECT' then coalesce({words} ->> '$."en-US"', {words} ->> '$.en', ({words} ->> '$.*')[1])
        else {words} ->> '$' end"""
    found = f"json_extract(value::json, {path})"
    listed = f"case json_type({found}) when 'ARRAY' then json_extract({found}, '$[*]')[:{_MOST}] else []::json[] end"
    return f"list_transform({listed}, lambda one: {{'id': one ->> '$.id', 'words': {said}}})"


def _worded(piece: str, side: str) -> str:
    """A component's words; what is no component stays as it is."""
    return f"coalesce(list_filter({side}, lambda known: known.id = {piece})[1].words, {piece})"


def _in_words(response: str) -> str:
    """A response with its components' words."""
    halves = "string_split(piece, '[.]')"
    pair = f"{_worded(f'{halves}[1]', 'components')} || '[.]' || {_worded(f'{halves}[2]', 'targets')}"
    each = f"case when is_paired and len({halves}) = 2 then {pair} else {_worded('piece', 'components')} end"
    pieces = f"string_split({response}, '[,]')"
    return f"""case when len(components) = 0 or len({pieces}) > {_MOST} then {response}
        else array_to_string(list_transform({pieces}, lambda piece: {each}), '[,]') end"""


def _set_of(text: str) -> str:
    return f"list_sort(list_distinct(string_split({text}, '[,]')))"


_OPTIONS = r"^(?:[{](?:lang|case_matters|order_matters)=[^}]*[}])+"


def _items(text: str, pattern: str) -> str:
    """The texts of a fill-in as the pattern's options want them compared."""
    bare = f"regexp_replace({text}, '{_OPTIONS}', '')"
    options = f"regexp_extract({pattern}, '{_OPTIONS}')"
    cased = f"case when contains({options}, 'case_matters=true') then {bare} else lower({bare}) end"
    items = f"list_transform(string_split({cased}, '[,]'), lambda item: trim(item))"
    return f"case when contains({options}, 'order_matters=false') then list_sort({items}) else {items} end"


def _number_holds(pattern: str) -> str:
    """The response within ``low[:]high``, each end of which may be missing, or equal to the one number."""
    low, high = (f"string_split({pattern}, '[:]')[{place}]" for place in (1, 2))
    return f"""case when contains({pattern}, '[:]')
        then (trim({low}) = '' or number >= try_cast({low} as double))
            and (trim({high}) = '' or number <= try_cast({high} as double))
        else number = try_cast({pattern} as double) end"""


_HOLDS = f"""case
    when type in ('choice', 'matching') then {_set_of("pattern")} = {_set_of("response")}
        or {_set_of(_in_words("pattern"))} = {_set_of("words")}
    when type = 'sequencing' then pattern = response or {_in_words("pattern")} = words
    when type = 'performance' then
        case when not contains(pattern, '[:]') then {_set_of("pattern")} = {_set_of("response")} end
    when type = 'true-false' then lower(trim(pattern)) = lower(trim(response))
    when type in ('fill-in', 'long-fill-in') then {_items("pattern", "pattern")} = {_items("response", "pattern")}
    when type = 'numeric' then {_number_holds("pattern")}
    when type = 'other' then pattern = response
end"""

INTERACTION_TYPE = "STRUCT(words VARCHAR, holds BOOLEAN)"
# {words, holds} of one value: any pattern that holds suffices; none decides where one could not be judged.
INTERACTION = f"""(
    select {{
        'words': words,
        'holds': case when len(string_split(response, '[,]')) <= {_MOST} then case
            when list_contains(holding, true) then true
            when len(holding) > 0 and len(list_filter(holding, lambda held: held is null)) = 0 then false
        end end
    }}
    from (
        select *, list_transform(patterns, lambda pattern: {_HOLDS}) as holding
        from (
            select *, {_in_words("response")} as words
            from (
                select *, try_cast(response as double) as number, type in ('matching', 'performance') as is_paired,
                    case json_type(value::json, '$.pattern')
                        when 'ARRAY' then json_extract_string(value::json, '$.pattern[*]')[:{_MOST}]
                        else []::varchar[] end as patterns,
                    {_components(_LEFT)} as components, {_components("'$.target'")} as targets
                from (select value::json ->> '$.type' as type, value::json ->> '$.response' as response)
            )
        )
    )
)"""
