-- Exchanges, conversations, sessions, and what people did across all sources.
create table exchanges as
select
    * exclude (answer, error),
    parent_message_id is not null
    and day - cast(lag(exchanged_at) over siblings as date) <= 7 as is_regenerated,
    coalesce(error, '') <> '' or coalesce(status = 'error', false) as has_error,
    coalesce(contains(answer, '#AGENT'), false) as is_handed_over
from messages
window siblings as (partition by conversation_id, parent_message_id order by exchanged_at, message_id);

create table conversations as
select
    conversation_id,
    max(actor_key) as actor_key,
    max(app_id) as app_id,
    max(mode) as mode,
    max(status) as status,
    bool_or(is_row) as is_row_received,
    bool_or(is_deleted) as is_deleted,
    min(happened_at) as first_at,
    max(happened_at) as last_at,
    sum(messages) as message_count,
    sum(exchanges) as exchange_count,
    sum(errors) as error_count,
    bool_or(is_handed_over) as is_handed_over,
    sum(query_tokens) as query_tokens,
    sum(answer_tokens) as answer_tokens,
    case when min(currency) = max(currency) then sum(total_price) end as total_price,
    case when min(language) = max(language) then min(language) end as language
from (
    select
        conversation_id, actor_key, app_id, null as mode, null as status, false as is_row, false as is_deleted,
        exchanged_at as happened_at, 1 as messages, cast(not coalesce(is_regenerated, false) as integer) as exchanges,
        cast(has_error as integer) as errors, is_handed_over, query_tokens, answer_tokens,
        case when currency is not null then total_price end as total_price, currency, language
    from exchanges
    union all
    select
        conversation_id, actor_key, app_id, mode, status, true, is_deleted, created_at, 0, 0, 0, false, null, null,
        null, null, language
    from conversation_rows
)
group by conversation_id;

-- No session lasts longer than 24 hours: what would is cut at midnight.
create table sessions as
select
    max(session_id) as session_id,
    max(actor_key) as actor_key,
    min(first_at) as started_at,
    max(last_at) as ended_at,
    md5(concat_ws('|', visitor_key, epoch_us(started_at))) as session_key,
    (epoch_us(ended_at) - epoch_us(started_at)) / 1e6 as duration_seconds,
    sum(events) as events,
    sum(actions) as actions,
    sum(requests) as requests,
    sum(errors) as errors
from (
    select
        *,
        case when epoch_us(max(last_at) over visit) - epoch_us(min(first_at) over visit) > 86400e6 then day end as cut
    from (
        select
            visitor_key,
            visit_number,
            day,
            max(session_id) as session_id,
            max(actor_key) as actor_key,
            min(event_time) as first_at,
            max(event_time) as last_at,
            count(*) as events,
            count(*) filter (where kind = 'action') as actions,
            count(*) filter (where kind = 'api_request') as requests,
            count(*) filter (where kind = 'error' or (kind = 'api_request' and status_code >= 500)) as errors
        from (
            select
                *,
                sum(case
                    when session_id is null and silence > 1800e6 then 1
                    when silence > 86400e6 then 1
                    else 0
                end) over (visiting rows between unbounded preceding and current row) as visit_number
            from (
                select
                    *,
                    coalesce('session:' || session_id, actor_key) as visitor_key,
                    epoch_us(event_time) - epoch_us(lag(event_time) over (
                        partition by visitor_key order by event_time, event_id
                    )) as silence
                from telemetry_events
                where visitor_key is not null
            )
            window visiting as (partition by visitor_key order by event_time, event_id)
        )
        group by visitor_key, visit_number, day
    )
    window visit as (partition by visitor_key, visit_number)
)
group by visitor_key, visit_number, cut;

create table user_activities as
select 'xapi' as source, statement_id as activity_id, day, event_time as happened_at, actor_key, verb as activity,
    object_id as subject
from statements where not is_video and actor_key is not null
union all
select 'nocodb', message_id, day, exchanged_at, actor_key, 'exchanged', conversation_id
from messages where actor_key is not null
union all
select 'video', view_id, day, started_at, actor_key, 'viewed', video_id
from video_views where actor_key is not null
union all
select 'telemetry', event_id, day, event_time, actor_key, 'acted', action
from telemetry_events where kind = 'action' and actor_key is not null;

create table users as
select
    actor_key,
    min(first_at) as first_seen_at,
    max(last_at) as last_seen_at,
    count(distinct day) as active_days,
    count(distinct source) as sources_seen,
    sum(case when source = 'xapi' then events else 0 end) as statements,
    sum(case when source = 'nocodb' then events else 0 end) as chats,
    sum(case when source = 'video' then events else 0 end) as video_events,
    sum(case when source = 'telemetry' then events else 0 end) as telemetry_events
from (
    select 'xapi' as source, actor_key, day, count(*) as events, min(event_time) as first_at, max(event_time) as last_at
    from statements group by all
    union all
    select 'nocodb', actor_key, day, count(*), min(exchanged_at), max(exchanged_at) from messages group by all
    union all
    select 'nocodb', actor_key, day, count(*), min(created_at), max(created_at) from conversation_rows group by all
    union all
    select 'video', actor_key, day, count(*), min(event_time), max(event_time) from video_events group by all
    union all
    select 'telemetry', actor_key, day, count(*), min(event_time), max(event_time) from telemetry_events group by all
)
where actor_key is not null
group by actor_key;
