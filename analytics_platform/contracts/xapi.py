"""xapi/statements: what a microlearning statement becomes.

Lives here: the statement's shape and columns, for 7taps and any other xAPI 1.0.x source, video profile included.
What such sources really send, and why each rule is here, is told beside the column. Not here: HTTP, people, lessons.
"""

from analytics_platform.contracts.model import Column, Lookup, Rule, Table
from analytics_platform.contracts.sql import iso_duration_parts, iso_duration_seconds, plain_text, without_slash

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
_SHAPE = {
    "event_type": "VARCHAR",
    "data": "JSON",
    "id": "VARCHAR",
    "timestamp": "VARCHAR",
    "stored": "VARCHAR",
    "actor": _AGENT,
    "verb": {"id": "VARCHAR"},
    # An agent or a group may be the object, too: known by what makes it known as an actor.
    "object": _AGENT | {"id": "VARCHAR", "definition": {"type": "VARCHAR", "name": "JSON"}},
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
        "contextActivities": {"parent": "JSON"},
        "extensions": {_VIDEO + "length": "DOUBLE", _VIDEO + "session-id": "VARCHAR"},
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
    p.context.contextActivities.parent ->> '$.id',
    p.context.contextActivities.parent ->> '$[0].id'
)"""

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
        "card": Lookup("p.object.id", _CARD),
        "title": Lookup("p.object.definition.name::varchar", plain_text("value::json")),
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
        Column("object_name", "text", "The activity's name as plain text, taken out of a Quill delta where it is one.",
               _LATE, compared=False, late_sql="title"),
        Column("lesson_url", "text", "The lesson: the parent activity, else the card's id without its last two parts.",
               _PARENT_ID, late_sql=without_slash("coalesce(lesson_url, nullif(card.lesson_url, ''))")),
        Column("card_type", "text", "form, poll, quiz, rate or submit-media; NULL when the object is no card.",
               _LATE, late_sql="nullif(card.type, '')"),
        Column("card_id", "text", "The card's number; unique only within its lesson.",
               _LATE, late_sql="nullif(card.number, '')"),
        Column("success", "boolean", "result.success as sent; means nothing on an opinion card.", "p.result.success"),
        Column("completion", "boolean", "result.completion as sent.", "p.result.completion"),
        Column("response", "text", "The learner's answer as sent.", "p.result.response", personal=True),
        Column("score_scaled", "number", "result.score.scaled, -1 to 1.", "p.result.score.scaled"),
        Column("score_raw", "number", "result.score.raw.", "p.result.score.raw"),
        Column("score_max", "number", "result.score.max.", "p.result.score.max"),
        Column("duration_seconds", "number", "result.duration in seconds.", iso_duration_seconds("duration")),
        Column("registration", "text", "context.registration.", "p.context.registration"),
        Column("platform", "text", "context.platform.", "p.context.platform"),
        Column("language", "text", "context.language.", "p.context.language"),
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
