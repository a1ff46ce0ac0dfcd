{# Quiz cards only: an opinion is never right or wrong. #}
with

quiz_days as (

    select
        quiz_days.*,
        coalesce(merged.person_key, quiz_days.identifier_key) as person_key
    from {{ ref('int_quiz_person_days') }} as quiz_days
    left join {{ ref('person_identifiers') }} as merged
        on quiz_days.identifier_key = merged.identifier_key
            and merged.identifier_key <> merged.person_key

),

placed as (

    select
        *,
        row_number() over (partition by question_key, person_key order by first_at, identifier_key) as place,
        coalesce(
            sum(attempts) over (
                partition by question_key, person_key order by first_at, identifier_key
                rows between unbounded preceding and 1 preceding
            ),
            0
        ) as attempts_before
    from quiz_days

),

people as (

    select
        question_key,
        person_key,
        {{ any_true('place = 1 and is_first_right') }} as is_first_right,
        {{ total('attempts') }} as attempts,
        {{ whole_number('min(attempts_before + attempts_to_right)') }} as attempts_to_right
    from placed
    group by question_key, person_key

),

questions as (

    select * from {{ ref('questions') }}

),

-- The median is the mean of the one or two middle places.
ranked as (

    select
        *,
        row_number() over (
            partition by question_key
            order by case when attempts_to_right is null then 1 else 0 end, attempts_to_right, person_key
        ) as place,
        count(attempts_to_right) over (partition by question_key) as people_right
    from people

),

scored as (

    select
        ranked.*,
        questions.question_id,
        questions.lesson_id,
        case when ranked.is_first_right then 1.0 else 0.0 end as score
    from ranked
    inner join questions
        on ranked.question_key = questions.question_key

),

-- The rest of the lesson: the share of the person's other quiz cards that were right at first.
rested as (

    select
        *,
        {{ ratio(
            '(sum(score) over (partition by lesson_id, person_key) - score)',
            '(count(*) over (partition by lesson_id, person_key) - 1)'
        ) }} as rest_score
    from scored

),

totals as (

    select
        question_id,
        count(*) as people_attempted,
        {{ count_where('is_first_right') }} as people_right_at_first,
        max(people_right) as people_right,
        {{ total('attempts') }} as attempts,
        avg(
            case
                when place in (floor((people_right + 1) / 2.0), floor((people_right + 2) / 2.0)) then attempts_to_right
            end
        ) as attempts_to_right,
        count(rest_score) as people_compared,
        avg(case when rest_score is not null then score end) as mean_score,
        avg(rest_score) as mean_rest,
        avg(score * rest_score) as mean_product,
        avg(case when rest_score is not null then score * score end) as mean_square,
        avg(rest_score * rest_score) as mean_rest_square
    from rested
    group by question_id

),

spread as (

    select
        *,
        mean_square - mean_score * mean_score as variance,
        mean_rest_square - mean_rest * mean_rest as rest_variance
    from totals

),

question_difficulty as (

    select
        questions.question_id,
        questions.lesson_id,
        questions.lesson_number,
        questions.card_id,
        questions.question,
        spread.people_attempted,
        spread.people_right_at_first,
        spread.people_right,
        spread.attempts,
        {{ ratio('spread.people_right_at_first', 'spread.people_attempted') }} as first_try_correct,
        spread.attempts_to_right,
        spread.people_compared,
        -- Pearson's r with a score of 0 or 1 is the point-biserial; without any spread there is none.
        case
            when spread.people_compared > 2 and spread.variance > 1e-12 and spread.rest_variance > 1e-12
                then (spread.mean_product - spread.mean_score * spread.mean_rest)
                    / sqrt(spread.variance * spread.rest_variance)
        end as discrimination
    from spread
    inner join questions
        on spread.question_id = questions.question_id

)

select * from question_difficulty
