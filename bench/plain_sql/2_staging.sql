-- The tables under the names and columns of dbt's staging. What no mart reads yet is NULL.
-- A statement's title is a Quill delta: its text is taken out once for each title.
create table titles as
select
    name,
    case
        when starts_with(raw_title, '{{"ops"')
            then coalesce(try(trim(array_to_string(raw_title ->> '$.ops[*].insert', ''), E' \n\t')), raw_title)
        else raw_title
    end as title
from (
    select distinct
        object_name as name,
        coalesce(object_name ->> '$."en-US"', object_name ->> '$.en', object_name ->> '$') as raw_title
    from statements
);

create table steps.staging.stg_xapi__statements as
select
    statements.* exclude (object_name),
    titles.title as object_name,
    -- 7taps' habits: the card is the question, the parent the lesson, and nothing lies above it.
    rtrim(statements.object_id, '/') as object_url,
    statements.card_id is not null as is_question,
    statements.response as response_words,
    false as clock_skewed,
    null::varchar as interaction_type,
    null::varchar as course_url,
    null::varchar as attempt_id,
    null::varchar as move_on,
    null::boolean as matches_pattern
from statements
left join titles on statements.object_name = titles.name;

create view steps.staging.stg_video__events as select *, null::varchar as device from video_events;

create view steps.staging.stg_telemetry__events as select * from telemetry_events;

create view steps.staging.stg_nocodb__messages as select * rename (exchanged_at as created_at) from messages;

create view steps.staging.stg_nocodb__conversations as select *, null::varchar as tier from conversation_rows;
