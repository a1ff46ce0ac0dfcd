{# What has a right answer: an opinion is never right or wrong. #}
with

people as (

    select
        *,
        case when is_first_right then 1.0 else 0.0 end as score,
        {{ ratio('others_right', 'other_cards') }} as rest_score
    from {{ ref('fact_first_tries') }}

),

questions as (

    select * from {{ ref('questions') }}

),

totals as (

    select
        question_key,
        count(*) as people_attempted,
        {{ count_where('is_first_right') }} as people_right_at_first,
        count(attempts_to_right) as people_right,
        {{ total('attempts') }} as attempts,
        count(rest_score) as people_compared,
        avg(case when rest_score is not null then score end) as mean_score,
        avg(rest_score) as mean_rest,
        avg(score * rest_score) as mean_product,
        avg(case when rest_score is not null then score * score end) as mean_square,
        avg(rest_score * rest_score) as mean_rest_square
    from people
    group by question_key

),

-- The median is the mean of the one or two middle places.
numbers as (

    select
        question_key,
        attempts_to_right,
        count(*) as right_now
    from people
    where attempts_to_right is not null
    group by question_key, attempts_to_right

),

placed_numbers as (

    select
        *,
        {{ total_over('right_now', 'question_key', 'attempts_to_right') }} as last_place
    from numbers

),

medians as (

    select
        placed_numbers.question_key,
        avg(placed_numbers.attempts_to_right) as attempts_to_right
    from placed_numbers
    inner join totals
        on placed_numbers.question_key = totals.question_key
    cross join {{ numbers_below('2', 'middle') }}
    where floor((totals.people_right + 1 + middle) / 2.0) > placed_numbers.last_place - placed_numbers.right_now
        and floor((totals.people_right + 1 + middle) / 2.0) <= placed_numbers.last_place
    group by placed_numbers.question_key

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
        questions.activity_id,
        questions.question,
        spread.people_attempted,
        spread.people_right_at_first,
        spread.people_right,
        spread.attempts,
        {{ ratio('spread.people_right_at_first', 'spread.people_attempted') }} as first_try_correct,
        medians.attempts_to_right,
        spread.people_compared,
        -- Pearson's r with a score of 0 or 1 is the point-biserial; without any spread there is none.
        case
            when spread.people_compared > 2 and spread.variance > 1e-12 and spread.rest_variance > 1e-12
                then (spread.mean_product - spread.mean_score * spread.mean_rest)
                    / sqrt(spread.variance * spread.rest_variance)
        end as discrimination
    from spread
    inner join questions
        on spread.question_key = questions.question_key
    left join medians
        on spread.question_key = medians.question_key

)

select * from question_difficulty
