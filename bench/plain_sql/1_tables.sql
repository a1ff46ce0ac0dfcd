-- The five tables, straight from the landing lines. A field of another type than expected is NULL (ignore_errors), a
-- line without its id, actor or time is left out, and of an id's deliveries one row is kept.
create macro happened_at(claimed, received) as
case
    when try_cast(claimed as timestamptz) between timestamptz '{first_day} 00:00:00+00' and received + interval 5 minute
        then try_cast(claimed as timestamptz)
    else received
end;

create macro is_time(claimed) as claimed is null or try_cast(claimed as timestamptz) is not null;

-- Older exports wrap a statement into an envelope, as its data.
set variable statement = 'id varchar, "timestamp" varchar,
    actor struct(name varchar, "objectType" varchar, mbox varchar, mbox_sha1sum varchar, openid varchar,
        account struct(name varchar, "homePage" varchar), member json),
    verb struct(id varchar),
    object struct("objectType" varchar, id varchar, definition struct(type varchar, name json)),
    result struct(success boolean, completion boolean, response varchar, duration varchar,
        score struct(scaled double),
        extensions struct(
            "https://w3id.org/xapi/video/extensions/time" double,
            "https://w3id.org/xapi/video/extensions/time-from" double,
            "https://w3id.org/xapi/video/extensions/time-to" double,
            "https://w3id.org/xapi/video/extensions/played-segments" varchar)),
    context struct(registration varchar, "contextActivities" struct(parent json),
        extensions struct(
            "https://w3id.org/xapi/video/extensions/length" double,
            "https://w3id.org/xapi/video/extensions/session-id" varchar))';

create table statements as
select
    lower(payload.id) as statement_id,
    try_cast(payload."timestamp" as timestamptz) as claimed_at,
    received_at,
    payload.actor.name as actor_name,
    coalesce(payload.object."objectType", 'Activity') as object_type,
    payload.object.definition.type as activity_type,
    payload.context.registration as registration,
    happened_at(payload."timestamp", received_at) as event_time,
    cast(event_time as date) as day,
    case
        when payload.actor.account.name is not null and payload.actor.account."homePage" is not null
            then 'account:' || rtrim(payload.actor.account."homePage", '/') || '|' || payload.actor.account.name
        when payload.actor.mbox is not null
            then 'mbox:' || lower(regexp_replace(trim(payload.actor.mbox), '^mailto:', '', 'i'))
        when payload.actor.mbox_sha1sum is not null then 'mbox_sha1sum:' || lower(payload.actor.mbox_sha1sum)
        when payload.actor.openid is not null then 'openid:' || payload.actor.openid
        when payload.actor."objectType" = 'Group' then 'group:' || md5(cast(payload.actor.member as varchar))
    end as actor_key,
    lower(split_part(rtrim(payload.verb.id, '/'), '/', -1)) as verb,
    payload.object.id as object_id,
    cast(payload.object.definition.name as varchar) as object_name,
    regexp_extract(payload.object.id, '^(.+)/(form|poll|quiz|rate|submit-media)/([0-9]+)$', ['url', 'type', 'number'])
        as card,
    coalesce(
        payload.context."contextActivities".parent ->> '$.id',
        payload.context."contextActivities".parent ->> '$[0].id',
        nullif(card['url'], '')
    ) as parent_url,
    coalesce(
        payload.object.definition.type = 'https://w3id.org/xapi/video/activity-type/video'
        or payload.context.extensions."https://w3id.org/xapi/video/extensions/session-id" is not null
        or payload.result.extensions."https://w3id.org/xapi/video/extensions/played-segments" is not null
        or payload.result.extensions."https://w3id.org/xapi/video/extensions/time" is not null,
        false
    ) as is_video,
    rtrim(parent_url, '/') as lesson_url,
    nullif(card['type'], '') as card_type,
    nullif(card['number'], '') as card_id,
    payload.result.success,
    payload.result.completion,
    payload.result.response,
    payload.result.score.scaled as score_scaled,
    regexp_extract(
        payload.result.duration, '^PT(?:([0-9.]+)H)?(?:([0-9.]+)M)?(?:([0-9.]+)S)?$', ['h', 'm', 's']
    ) as duration_parts,
    coalesce(try_cast(duration_parts['h'] as double) * 3600, 0) + coalesce(try_cast(duration_parts['m'] as double) * 60, 0)
        + try_cast(duration_parts['s'] as double) as duration_seconds,
    payload.result.extensions."https://w3id.org/xapi/video/extensions/time" as video_time_seconds,
    payload.result.extensions."https://w3id.org/xapi/video/extensions/time-from" as video_from_seconds,
    payload.result.extensions."https://w3id.org/xapi/video/extensions/time-to" as video_to_seconds,
    payload.result.extensions."https://w3id.org/xapi/video/extensions/played-segments" as video_played_segments,
    payload.context.extensions."https://w3id.org/xapi/video/extensions/length" as video_length_seconds,
    coalesce(
        payload.context.extensions."https://w3id.org/xapi/video/extensions/session-id", payload.context.registration
    ) as video_session_id
from (
    select
        received_at,
        coalesce(payload.data, {{
            'id': payload.id, 'timestamp': payload."timestamp", 'actor': payload.actor, 'verb': payload.verb,
            'object': payload.object, 'result': payload.result, 'context': payload.context
        }}) as payload
    from read_ndjson('{landing}/xapi/statements/*/*.zst', ignore_errors = true, columns = {{
        received_at: 'timestamptz',
        payload: 'struct(' || getvariable('statement') || ', data struct(' || getvariable('statement') || '))'
    }})
)
where payload.id <> ''
    and payload.verb.id <> ''
    and object_id is not null
    and actor_key is not null
    and is_time(payload."timestamp")
qualify row_number() over (partition by statement_id order by received_at) = 1;

create table video_events as
select
    coalesce(payload.event_id, md5(cast(payload as varchar))) as event_id,
    happened_at(payload.event_timestamp, received_at) as event_time,
    cast(event_time as date) as day,
    payload.video_id,
    'user:' || payload.user_id as actor_key,
    payload.session_id,
    lower(replace(payload.event_type, '-', '_')) as event_type,
    payload.video_time_sec as position_seconds,
    payload.duration as duration_seconds,
    payload.playback_rate,
    payload."from" as seek_from_seconds,
    payload."to" as seek_to_seconds
from read_ndjson('{landing}/video/events/*/*.zst', ignore_errors = true, columns = {{
    received_at: 'timestamptz',
    payload: 'struct(event_id varchar, video_id varchar, user_id varchar, session_id varchar, event_timestamp varchar,
        event_type varchar, video_time_sec double, duration double, playback_rate double, "from" double, "to" double)'
}})
where payload.video_id <> ''
    and payload.event_type <> ''
    and coalesce(payload.video_time_sec, 0) >= 0
    and is_time(payload.event_timestamp)
qualify row_number() over (partition by event_id order by received_at) = 1;

create table telemetry_events as
select
    coalesce(payload.event_id, md5(cast(payload as varchar))) as event_id,
    happened_at(payload."timestamp", received_at) as event_time,
    cast(event_time as date) as day,
    lower(replace(payload.event_type, '-', '_')) as kind,
    'user:' || payload.user_id as actor_key,
    payload.session_id,
    payload.action,
    payload.status_code
from read_ndjson('{landing}/telemetry/events/*/*.zst', ignore_errors = true, columns = {{
    received_at: 'timestamptz',
    payload: 'struct(event_id varchar, "timestamp" varchar, event_type varchar, user_id varchar, session_id varchar,
        action varchar, endpoint varchar, response_time double, status_code bigint)'
}})
where payload.event_type <> ''
    and is_time(payload."timestamp")
qualify row_number() over (partition by event_id order by received_at) = 1;

create table messages as
select
    payload.id as message_id,
    payload.conversation_id,
    nullif(payload.parent_message_id, '00000000-0000-0000-0000-000000000000') as parent_message_id,
    happened_at(coalesce(payload.created_at, payload."CreatedAt"), received_at) as exchanged_at,
    cast(exchanged_at as date) as day,
    coalesce('chat:' || payload.from_end_user_id, 'chat_account:' || payload.from_account_id) as actor_key,
    payload.app_id,
    payload.model_provider,
    payload.model_id,
    payload.status,
    payload.inputs ->> '$' ->> '$.language' as language,
    payload.inputs ->> '$' ->> '$.tier' as tier,
    payload.query,
    payload.answer,
    payload.message_tokens as query_tokens,
    payload.answer_tokens,
    try_cast(payload.total_price as decimal(38, 9)) as total_price,
    payload.currency,
    payload.provider_response_latency as latency_seconds,
    coalesce(try_cast(payload.agent_based as boolean), false) as is_agent_based,
    payload.error
from read_ndjson('{landing}/nocodb/messages/*/*.zst', ignore_errors = true, columns = {{
    received_at: 'timestamptz',
    payload: 'struct(id varchar, conversation_id varchar, parent_message_id varchar, created_at varchar,
        "CreatedAt" varchar, updated_at varchar, "UpdatedAt" varchar, from_end_user_id varchar, from_account_id varchar,
        app_id varchar, model_provider varchar, model_id varchar, status varchar, inputs json, query varchar, answer varchar,
        message_tokens bigint, answer_tokens bigint, total_price varchar, currency varchar,
        provider_response_latency double, agent_based varchar, error varchar)'
}})
where payload.id <> ''
    and payload.conversation_id <> ''
    and is_time(coalesce(payload.created_at, payload."CreatedAt"))
qualify row_number() over (
    partition by payload.id order by coalesce(payload.updated_at, payload."UpdatedAt") desc nulls last, received_at desc
) = 1;

create table conversation_rows as
select
    payload.id as conversation_id,
    happened_at(coalesce(payload.created_at, payload."CreatedAt"), received_at) as created_at,
    cast(created_at as date) as day,
    coalesce('chat:' || payload.from_end_user_id, 'chat_account:' || payload.from_account_id) as actor_key,
    payload.app_id,
    payload.mode,
    payload.status,
    payload.inputs ->> '$' ->> '$.language' as language,
    coalesce(try_cast(payload.is_deleted as boolean), false) as is_deleted
from read_ndjson('{landing}/nocodb/conversations/*/*.zst', ignore_errors = true, columns = {{
    received_at: 'timestamptz',
    payload: 'struct(id varchar, created_at varchar, "CreatedAt" varchar, updated_at varchar, "UpdatedAt" varchar,
        from_end_user_id varchar, from_account_id varchar, app_id varchar, mode varchar, status varchar, inputs json,
        is_deleted varchar)'
}})
where payload.id <> ''
    and is_time(coalesce(payload.created_at, payload."CreatedAt"))
qualify row_number() over (
    partition by payload.id order by coalesce(payload.updated_at, payload."UpdatedAt") desc nulls last, received_at desc
) = 1;
