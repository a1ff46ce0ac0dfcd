{% set one = ['local_day', 'app_id', 'language', 'tier', 'length_band'] %}

with

outcomes as (

    select
        first_local_day as local_day,
        coalesce(app_id, 'unknown') as app_id,
        coalesce(language, 'unknown') as language,
        coalesce(tier, 'unknown') as tier,
        length_band,
        is_contained,
        is_abandoned,
        is_repeat_contact,
        sentiment_shift
    from {{ ref('conversation_outcomes') }}
    where length_band is not null

),

counted as (

    select
        {{ one | join(', ') }},
        count(*) as conversations,
        {{ count_where('is_contained') }} as contained,
        {{ count_where('is_abandoned is not null') }} as judged_conversations,
        {{ count_where('is_abandoned') }} as abandoned,
        {{ count_where('is_repeat_contact is not null') }} as known_contacts,
        {{ count_where('is_repeat_contact') }} as repeat_contacts,
        count(sentiment_shift) as shifts_known,
        {{ total('sentiment_shift') }} as shift_sum
    from outcomes
    group by {{ one | join(', ') }}

),

conversation_lengths as (

    select
        {{ one | join(', ') }},
        conversations,
        contained,
        {{ ratio('contained', 'conversations') }} as containment,
        judged_conversations,
        abandoned,
        {{ ratio('abandoned', 'judged_conversations') }} as abandonment,
        known_contacts,
        repeat_contacts,
        {{ ratio('repeat_contacts', 'known_contacts') }} as repeat_contact_rate,
        shifts_known,
        {{ ratio('shift_sum', 'shifts_known') }} as sentiment_shift
    from counted

)

select * from conversation_lengths
