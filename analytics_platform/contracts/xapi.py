"""xapi/statements: what a microlearning statement becomes.

Lives here: the statement's shape and columns, for 7taps and any other xAPI 1.0.x source, video profile included.
What such sources really send, and why each rule is here, is told beside the column. Not here: what lies above an
activity (``xapi_context``), what a response means (``xapi_interactions``), HTTP, people, lessons.
"""

from analytics_platform.contracts.model import Column, Lookup, Rule, Table
from analytics_platform.contracts.sql import iso_duration_parts, iso_duration_seconds, plain_text, without_slash
from analytics_platform.contracts.xapi_context import (
    ABOVE,
    ABOVE_OF,
    ABOVE_TYPE,
    EXTENSIONS,
    MOVE_ON,
    folded,
    is_attempt,
)
from analytics_platform.contracts.xapi_interactions import INTERACTION, INTERACTION_OF, INTERACTION_TYPE
from analytics_platform.contracts.xapi_interactions import SHAPE as INTERACTIONS

_VIDEO = "https://w3id.org/xapi/video/extensions/"
_AGENT = {
    "objectType": "VARCHAR",
    "name": "VARCHAR",
    "mbox": "VARCHAR",
    "mbox_sha1sum": "VARCHAR",
    "openid": "VARCHAR",
    "account": {"name": "VARCHAR", "homePage": "VARCHAR"},
    "member": "JSON",
}
_DEFINITION = {"type": "VARCHAR", "name": "JSON", "description": "JSON", **INTERACTIONS}
_SHAPE = {
    "event_type": "VARCHAR",
    "data": "JSON",
    "id": "VARCHAR",
    "timestamp": "VARCHAR",
    "stored": "VARCHAR",
    "actor": _AGENT,
    "verb": {"id": "VARCHAR"},
    # An agent or a group may be the object, too: known by what makes it known as an actor.
    "object": _AGENT | {"id": "VARCHAR", "definition": _DEFINITION},
    "result": {
        "success": "BOOLEAN",
        "completion": "BOOLEAN",
        "response": "VARCHAR",
        "duration": "VARCHAR",
        "score": {"scaled": "DOUBLE", "raw": "DOUBLE", "max": "DOUBLE"},
        "extensions": {
            _VIDEO + "time": "DOUBLE",
            _VIDEO + "time-from": "DOUBLE",
            _VIDEO + "time-to": "DOUBLE",
            _VIDEO + "progress": "DOUBLE",
            _VIDEO + "played-segments": "VARCHAR",
        },
    },
    "context": {
        "registration": "VARCHAR",
        "platform": "VARCHAR",
        "language": "VARCHAR",
        "contextActivities": "JSON",
        "contextAgents": "JSON",
        "contextGroups": "JSON",
        "extensions": {_VIDEO + "length": "DOUBLE", _VIDEO + "session-id": "VARCHAR", **EXTENSIONS},
    },
}


def _result_extension(name: str) -> str:
    return f'p.result.extensions."{_VIDEO}{name}"'


# An agent has exactly one identifier: https://github.com/adlnet/xAPI-Spec/blob/1.0.3/xAPI-Data.md#inversefunctional
# An anonymous group has none; it is known by its members.
def _agent_key(agent: str) -> str:
    return f"""case
    when {agent}.account.name is not null and {agent}.account.homePage is not null
        then 'account:' || {without_slash(f"{agent}.account.homePage")} || '|' || {agent}.account.name
    when {agent}.mbox is not null then 'mbox:' || lower(regexp_replace(trim({agent}.mbox), '^mailto:', '', 'i'))
    when {agent}.mbox_sha1sum is not null then 'mbox_sha1sum:' || lower({agent}.mbox_sha1sum)
    when {agent}.openid is not null then 'openid:' || {agent}.openid
    when {agent}.objectType = 'Group' and {agent}.member is not null then 'group:' || md5({agent}.member::varchar)
end"""


# A card's id is <lesson url>/<card type>/<number>: cut once per card, for three columns.
_CARD = """regexp_extract(
    value, '^(.+)/(form|poll|quiz|rate|submit-media)/([0-9]+)$', ['lesson_url', 'type', 'number']
)"""

_LATE = "cast(null as varchar)"  # nothing is known before the lookups

# contextActivities.parent is an object or an array:
# https://github.com/adlnet/xAPI-Spec/blob/1.0.3/xAPI-Data.md#context-activities-property
_PARENT_ID = """coalesce(
    p.context.contextActivities ->> '$.parent.id',
    p.context.contextActivities ->> '$.parent[0].id'
)"""

_VOIDED = "http://adlnet.gov/expapi/verbs/voided"

# What a definition says is a question; cards are by their url, and an answer's object where senders leave it out.
_IS_QUESTION = """(object_type = 'Activity' and (
    object.card.number <> '' or interaction_type is not null
    or regexp_matches(activity_type, '/(cmi[.]interaction|question)$')
    or verb = 'answered'
))"""
_IS_ATTEMPT = f"""(object_type = 'Activity' and {is_attempt("object_id", "coalesce(activity_type, '')")})"""
_OBJECT_URL = f"""case
    when object_type <> 'Activity' then null
    when object.url is null or (suffix(activity_type, '/attempt') and object.url = {without_slash("object_id")})
        then coalesce(above.parent, above.grouping, {without_slash("object_id")})
    else object.url
end"""
_LESSON_URL = f"""nullif(case
    when {_IS_QUESTION} then coalesce(above.parent, above.grouping, nullif(object.card.lesson_url, ''))
    when {_IS_ATTEMPT} then null
    else above.parent
end, {_OBJECT_URL})"""

STATEMENTS = Table(
    source="xapi",
    name="statements",
    description="xAPI statements: who did what with which learning activity.",
    grain="One row per statement.",
    key="statement_id",
    shape=_SHAPE,
    key_paths=("$.id", "$.data.id"),
    # Older exports wrap the statement: {"event_type": "xapi_statement", "timestamp": ..., "data": {statement}}.
    enveloped_sql="case when p.event_type = 'xapi_statement' then p.data end",
    prepared={"duration": iso_duration_parts("p.result.duration")},
    lookups={
        "object": Lookup("p.object.id", f"{{'card': {_CARD}, 'url': {folded('value')}}}"),
        "title": Lookup(
            "coalesce(p.object.definition.name, p.object.definition.description)::varchar", plain_text("value::json")
        ),
        "above": Lookup(ABOVE_OF, ABOVE, ABOVE_TYPE),
        "interaction": Lookup(INTERACTION_OF, INTERACTION, INTERACTION_TYPE),
    },
    claimed_sql="p.timestamp",
    columns=(
        Column("statement_id", "text", "The statement's id, lower case.", "lower(p.id)"),
        Column("actor_key", "text", "The actor's one identifier, with its kind in front.", _agent_key("p.actor"),
               personal=True),
        Column("actor_name", "text", "The actor's name as sent; sometimes an e-mail address.", "p.actor.name",
               personal=True),
        Column("verb", "text", "Last part of the verb's id: answered, completed, attempted, experienced, launched …",
               f"lower(split_part({without_slash('p.verb.id')}, '/', -1))"),
        Column("verb_id", "text", "The verb's whole id.", "p.verb.id"),
        Column("object_type", "text", "Activity, Agent, Group, StatementRef or SubStatement.",
               "coalesce(p.object.objectType, 'Activity')"),
        Column("object_id", "text", "The activity's id (of a card: lesson url, type, number); of an agent or group the"
               " identifier, with its kind in front.", f"coalesce(p.object.id, {_agent_key('p.object')})"),
        Column("activity_type", "text", "The activity's type as an IRI.", "p.object.definition.type"),
        Column("interaction_type", "text", "definition.interactionType: choice, true-false, numeric, likert …",
               "p.object.definition.interactionType"),
        Column("object_name", "text",
               "The activity's name, else its description, as plain text, taken out of a Quill delta where it is one.",
               _LATE, compared=False, late_sql="title"),
        Column("object_url", "text",
               "The activity without the attempt in its url and without a trailing slash; for an attempt what it is an"
               " attempt at.", _LATE, late_sql=_OBJECT_URL),
        Column("lesson_url", "text",
               "The activity above: the parent that is no attempt, for a question else its grouping, else the card's"
               " id without its last two parts.", _PARENT_ID, late_sql=_LESSON_URL),
        Column("course_url", "text", "The course above: by its type, else the outermost grouping.",
               _LATE, late_sql="above.course"),
        Column("attempt_id", "text", "The attempt: the object if it is one, else the first one named in the context.",
               _LATE, late_sql=f"coalesce(case when {_IS_ATTEMPT} then object_id end, above.attempt)"),
        Column("card_type", "text", "form, poll, quiz, rate or submit-media; NULL when the object is no card.",
               _LATE, late_sql="nullif(object.card.type, '')"),
        Column("card_id", "text", "The card's number; unique only within its lesson.",
               _LATE, late_sql="nullif(object.card.number, '')"),
        Column("is_question", "boolean",
               "True for what its definition calls a question, a card, and whatever an answer is given to.",
               "cast(null as boolean)", late_sql=f"coalesce({_IS_QUESTION}, false)"),
        Column("success", "boolean", "result.success as sent; means nothing on an opinion card.", "p.result.success"),
        Column("completion", "boolean", "result.completion as sent.", "p.result.completion"),
        Column("response", "text", "The learner's answer as sent.", "p.result.response", personal=True),
        Column("response_words", "text",
               "The answer with choices by id shown as the definition's text; any other answer as sent.",
               _LATE, late_sql="coalesce(interaction.words, response)", personal=True),
        Column("matches_pattern", "boolean",
               "Whether the answer fits the definition's correctResponsesPattern; NULL where that cannot be decided.",
               "cast(null as boolean)", late_sql="interaction.holds"),
        Column("score_scaled", "number", "result.score.scaled, -1 to 1.", "p.result.score.scaled"),
        Column("score_raw", "number", "result.score.raw.", "p.result.score.raw"),
        Column("score_max", "number", "result.score.max.", "p.result.score.max"),
        Column("duration_seconds", "number", "result.duration in seconds.", iso_duration_seconds("duration")),
        Column("registration", "text", "context.registration.", "p.context.registration"),
        Column("move_on", "text", "cmi5: the moveOn that the launch told: Passed, Completed, CompletedAndPassed …",
               MOVE_ON),
        Column("voids_statement_id", "text",
               "The statement that this one voids, lower case; both stay in the lake and are in no mart.",
               f"case when p.verb.id = '{_VOIDED}' and p.object.objectType = 'StatementRef'"
               " then lower(p.object.id) end"),
        Column("platform", "text", "context.platform.", "p.context.platform"),
        Column("language", "text", "context.language.", "p.context.language"),
        Column("context_agents", "json", "xAPI 2.0: context.contextAgents as JSON text: who else had a part.",
               "p.context.contextAgents::varchar", personal=True),
        Column("context_groups", "json", "xAPI 2.0: context.contextGroups as JSON text, in the same form.",
               "p.context.contextGroups::varchar", personal=True),
        Column("video_time_seconds", "number", "Video profile: position.", _result_extension("time")),
        Column("video_from_seconds", "number", "Video profile: a seek's start.", _result_extension("time-from")),
        Column("video_to_seconds", "number", "Video profile: a seek's end.", _result_extension("time-to")),
        Column("video_progress", "number", "Video profile: share played, 0 to 1.", _result_extension("progress")),
        Column("video_played_segments", "text", "Video profile: played segments, as 0[.]12.5[,]30[.]41.",
               _result_extension("played-segments")),
        Column("video_length_seconds", "number", "Video profile: the video's length.",
               f'p.context.extensions."{_VIDEO}length"'),
        Column("video_session_id", "text", "Video profile: the viewing session.",
               f'p.context.extensions."{_VIDEO}session-id"'),
        Column("stored_at", "timestamp", "When the sending LRS stored the statement (UTC), if it says so.",
               "try_cast(p.stored as timestamptz)", compared=False),
    ),
    rules=(
        Rule("missing_id", "statement_id is null or statement_id = ''", "send the statement's id"),
        Rule("missing_actor", "actor_key is null", "give the actor an account, mbox, mbox_sha1sum or openid"),
        Rule("missing_verb", "verb_id is null or verb_id = ''", "give the statement a verb with an id"),
        Rule("missing_object", "object_id is null and object_type <> 'SubStatement'",
             "give the object an id, an agent or group an identifier or members"),
    ),
)  # fmt: skip
