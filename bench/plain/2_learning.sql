-- Lessons, questions and answers.
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

create table user_responses as
select
    statement_id,
    day,
    event_time as responded_at,
    actor_key,
    lesson_url,
    card_type,
    card_id,
    title as question,
    case card_type
        when 'poll' then 'choice'
        when 'rate' then 'rating'
        when 'submit-media' then 'media'
        when 'quiz' then 'quiz'
        else 'text'
    end as response_type,
    response,
    case when card_type in ('poll', 'rate', 'form', 'submit-media') then null else success end as is_correct,
    score_scaled,
    duration_seconds
from statements
left join titles on statements.object_name = titles.name
where verb = 'answered'
    and (response is not null or card_id is not null);

create table lessons as
select
    lesson_url,
    count(distinct card_id) as cards_seen,
    count(distinct actor_key) as people_reached,
    count(distinct actor_key) filter (where verb = 'answered') as people_answered,
    nullif(count(distinct actor_key) filter (
        where (verb in ('completed', 'passed') or completion) and rtrim(object_id, '/') = lesson_url
    ), 0) as people_completed,
    count(*) filter (where verb = 'answered') as answers,
    people_answered / people_reached as engagement_rate,
    people_completed / people_reached as completion_rate,
    min(event_time) as first_seen_at,
    max(event_time) as last_seen_at
from statements
where lesson_url is not null
group by lesson_url;

create table questions as
select
    md5(concat_ws('|', lesson_url, card_id)) as question_id,
    lesson_url,
    card_id,
    arg_max(card_type, event_time) as card_type,
    arg_max(title, event_time) as question,
    count(distinct actor_key) as people_reached,
    count(distinct actor_key) filter (where verb = 'answered') as people_answered,
    count(*) filter (where verb = 'answered') as answers,
    min(event_time) as first_seen_at,
    max(event_time) as last_seen_at
from statements
left join titles on statements.object_name = titles.name
where card_id is not null
group by lesson_url, card_id;
