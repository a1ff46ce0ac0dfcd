{# Quiz cards only: an opinion is never right or wrong. #}
with

people as (

    select * from {{ ref('int_quiz_people') }}

),

questions as (

    select * from {{ ref('questions') }}

),

scored as (

    select
        people.*,
        questions.question_id,
        questions.lesson_id,
        case when people.is_first_right then 1.0 else 0.0 end as score
    from people
    inner join questions
        on people.question_key = questions.question_key

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
