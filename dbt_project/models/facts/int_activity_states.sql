{# When each person completed each activity, and by which rule. #}
{{ config(materialized='ephemeral') }}

with

told as (

    select
        completions.*,
        activities.activity_type,
        activities.activity_name,
        activities.course_url,
        activities.move_on,
        {{ earliest_of(['completions.completed_at', 'completions.resulted_at']) }} as ended_at
    from {{ ref('fact_completions') }} as completions
    left join {{ ref('known_activities') }} as activities
        on completions.activity_url = activities.activity_url

),

finished as (

    select
        *,
        {{ completed_by('move_on', 'started_at', 'ended_at', 'passed_at', 'satisfied_at') }} as finished_at
    from told

),

int_activity_states as (

    select
        person_key,
        activity_url,
        activity_type,
        activity_name,
        course_url,
        started_at,
        last_at,
        finished_at as completed_at,
        case
            when finished_at is null then null
            when finished_at = satisfied_at then 'satisfied'
            when move_on in ('Passed', 'Completed', 'CompletedAndPassed', 'NotApplicable') then 'moveOn ' || move_on
            when finished_at = completed_at then 'completed'
            when finished_at = passed_at then 'passed'
            else 'result'
        end as completion_rule,
        success,
        score_scaled,
        attempts
    from finished

)

select * from int_activity_states
