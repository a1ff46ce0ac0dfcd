"""What lies above a statement's activity: its lesson, its course, and which attempt it belongs to, as DuckDB SQL.

Lives here: how ``contextActivities`` and the urls of attempts are read. Senders differ: 7taps gives one parent, Open
edX the course as parent, Moodle the course and each attempt as grouping, cmi5 the publisher's id as grouping.
https://github.com/adlnet/xAPI-Spec/blob/1.0.3/xAPI-Data.md#context-activities-property. Not here: what a statement on
such an activity means (``dbt_project/models``), questions (``xapi_interactions``).
"""

from analytics_platform.contracts.sql import without_slash

_CMI5 = "https://w3id.org/xapi/cmi5/context/"
MOVE_ON = f'p.context.extensions."{_CMI5}extensions/moveon"'
_SESSION = f'p.context.extensions."{_CMI5}extensions/sessionid"'
EXTENSIONS = {f"{_CMI5}extensions/moveon": "VARCHAR", f"{_CMI5}extensions/sessionid": "VARCHAR"}

_ATTEMPT = "[?&](?:attempt|attemptid|attempt_id|registration)="
_ATTEMPTS = "([?&])(?:attempt|attemptid|attempt_id|registration)=[^&#]*"
# Nobody learns these: a site, a source of statements, a goal; and what is itself asked is nobody's lesson.
_MOST = 100
_NO_LESSON = "/(?:objective|lms|source|system|site|profile|cmi[.]interaction|question)$"

# https://github.com/moodle/moodle/blob/main/mod/quiz/attempt.php: an attempt at the quiz with the module id cmid.
_MOODLE = r"^(.*)/attempt[.]php[?](?:[^#]*&)?cmid=([0-9]+)[^#]*(#.*)?$"


def is_attempt(url: str, kind: str = "''") -> str:
    """True where an activity is one attempt at another, by its type or by what its url says."""
    return f"(suffix({kind}, '/attempt') or regexp_matches({url}, '{_ATTEMPT}', 'i'))"


def folded(url: str) -> str:
    """A url without the attempt in its query string and without trailing slashes; NULL where that leaves no activity.

    Moodle's ``attempt.php?attempt=7&cmid=5`` is an attempt at ``view.php?id=5``.
    """
    left = f"regexp_replace({url}, '{_ATTEMPTS}', '\\1', 'gi')"
    tidy = f"regexp_replace(regexp_replace(regexp_replace({left}, '&&+', '&', 'g'), '[?]&+', '?'), '[?&]+(#|$)', '\\1')"
    return f"""case
        when not regexp_matches({url}, '{_ATTEMPT}', 'i') then {without_slash(url)}
        when regexp_matches({url}, '{_MOODLE}') then regexp_replace({url}, '{_MOODLE}', '\\1/view.php?id=\\2\\3')
        when regexp_matches({url}, '/attempt[.]php[?]') then null
        else {without_slash(tidy)}
    end"""


# The lookup's value: the JSON, and in front of it whether a cmi5 session says it (its category does not always).
ABOVE_OF = (
    f"case when {_SESSION} is not null then 'cmi5' else '' end || nullif(p.context.contextActivities::varchar, '{{}}')"
)


def _elements(kind: str) -> str:
    """The activities of one kind as a list of {place, id, kind}."""
    found = f"""case json_type(activities, '$.{kind}')
        when 'ARRAY' then json_extract(activities, '$.{kind}[*]')[:{_MOST}]
        when 'OBJECT' then [json_extract(activities, '$.{kind}')] else []::json[] end"""
    one = "'id': one ->> '$.id', 'kind': coalesce(one ->> '$.definition.type', '')"
    return f"list_transform({found}, lambda one: {{'place': '{kind}', {one}}})"


_READ = f"""list_transform(
    list_filter(
        list_concat({_elements("parent")}, {_elements("grouping")}, {_elements("other")}),
        lambda one: one.id is not null
    ),
    lambda one: {{
        'place': one.place,
        'attempt': case when {is_attempt("one.id", "one.kind")} then one.id end,
        'is_course': suffix(one.kind, '/course'),
        'url': case when (suffix(one.kind, '/attempt') and not regexp_matches(one.id, '{_ATTEMPT}', 'i'))
            or regexp_matches(one.kind, '{_NO_LESSON}') then null else {folded("one.id")} end
    }}
)"""


def _those(place: str, is_course: bool) -> str:
    course = "one.is_course" if is_course else "not one.is_course"
    return f"list_filter(above, lambda one: one.place = '{place}' and {course} and one.url is not null)"


ABOVE_TYPE = 'STRUCT(parent VARCHAR, "grouping" VARCHAR, course VARCHAR, attempt VARCHAR)'
# The first parent and the last grouping are nearest, the first grouping is outermost. A cmi5 publisher's id is no
# course. What cmi5 itself defines speaks of the unit, and the publisher's id is another name of it, also as a parent.
# https://github.com/AICC/CMI-5_Spec_Current/blob/quartz/cmi5_spec.md#publisher_id
_PUBLISHER = (
    f"""case when is_defined then list_transform({_those("grouping", False)}, lambda one: one.url) else [] end"""
)
ABOVE = f"""(
    select {{
        'parent': coalesce(
            list_filter({_those("parent", False)}, lambda one: not list_contains({_PUBLISHER}, one.url))[1].url,
            {_those("parent", True)}[1].url
        ),
        'grouping': coalesce({_those("grouping", False)}[-1].url, {_those("grouping", True)}[1].url),
        'course': coalesce(
            {_those("grouping", True)}[1].url, {_those("parent", True)}[1].url,
            case when not is_cmi5 then {_those("grouping", False)}[1].url end
        ),
        'attempt': list_filter(above, lambda one: one.attempt is not null)[1].attempt
    }}
    from (
        select is_defined, is_defined or is_session as is_cmi5, {_READ} as above
        from (
            select starts_with(value, 'cmi5') as is_session, contains(value, '{_CMI5}categories/cmi5') as is_defined,
                case when starts_with(value, 'cmi5') then value[5:] else value end::json as activities
        )
    )
)"""
