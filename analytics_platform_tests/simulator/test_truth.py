"""What the truth claims can be found in the lines: people, lessons, answers, viewings, exchanges, the incident."""

import json
from decimal import Decimal
from typing import Any

import pytest

from analytics_platform.simulator.viewing import HEARTBEAT
from analytics_platform_tests.simulator.conftest import PLAN, Simulated


@pytest.fixture(scope="module")
def truth(simulated: Simulated) -> dict[str, Any]:
    return json.loads((simulated.root / "truth.json").read_text("utf-8"))


def test_every_actor_is_a_known_person_and_last_seen_when_the_truth_says(
    simulated: Simulated, truth: dict[str, Any]
) -> None:
    tables = ("xapi_statements", "nocodb_conversations", "nocodb_messages", "video_events", "telemetry_events")
    seen = " union all ".join(f"select actor_key, day from good_{name} where actor_key is not null" for name in tables)
    last = dict(simulated.rows(f"select actor_key, max(day)::varchar from ({seen}) group by 1"))
    known = {key: person["person"] for person in truth["people"] for key in person["identifiers"]}
    assert set(last) <= set(known)
    for person in truth["people"]:
        found = [last[key] for key in person["identifiers"] if key in last]
        assert max(found, default=None) == person["last_event_day"]
    people = simulated.rows(f"select day::varchar, list(distinct actor_key) from ({seen}) group by 1")
    assert {day: len({known[key] for key in keys}) for day, keys in people} == truth["active_people"]["days"]


def test_people_at_risk_fell_silent_in_the_midst_of_the_course(truth: dict[str, Any]) -> None:
    at_risk = truth["at_risk"]
    assert at_risk["planted"]
    assert set(at_risk["planted"]) <= set(at_risk["people"])
    latest = str(PLAN.date(PLAN.days - 1 - at_risk["silent_days"]))
    assert all(truth["people"][person]["last_event_day"] <= latest for person in at_risk["people"])


def test_people_reach_as_many_cards_as_the_truth_says(simulated: Simulated, truth: dict[str, Any]) -> None:
    furthest: dict[tuple[str, str], int] = {}
    place = {card["id"]: i for lesson in truth["course"]["lessons"] for i, card in enumerate(lesson["cards"])}
    cards = """
        select distinct actor_key, left(object_id, instr(object_id, '/' || split_part(object_id, '/', -2)) - 1),
            split_part(object_id, '/', -1)
        from good_xapi_statements where regexp_matches(object_id, '/(form|poll|quiz|rate|submit-media)/[0-9]+$')"""
    for actor, url, card in simulated.rows(cards):
        furthest[actor, url] = max(furthest.get((actor, url), 0), place[card])
    for lesson in truth["course"]["lessons"]:
        there = [card for (_, url), card in furthest.items() if url == lesson["url"]]
        assert [sum(card >= i for card in there) for i in range(len(lesson["cards"]))] == lesson["reached"]
    drop = truth["course"]["planted_drop"]
    assert drop["reached_next"] < 0.85 * drop["reached"]
    lessons = "select count(distinct lesson_url) from good_xapi_statements"
    assert simulated.one(lessons) == truth["course"]["lessons_started"]


def test_planted_answers_are_there_under_their_ids(simulated: Simulated, truth: dict[str, Any]) -> None:
    texts = dict(simulated.rows("select statement_id, response from good_xapi_statements where response is not null"))
    answers = truth["answers"]["safety"] + truth["answers"]["metaphors"] + truth["answers"]["quotes"]
    assert {answer["statement_id"]: answer["text"] for answer in answers}.items() <= texts.items()
    assert {answer["tier"] for answer in truth["answers"]["safety"]} == {"critical", "high", "medium"}
    planted = {answer["text"] for answer in answers}
    assert sum(text in planted for text in texts.values()) == len(answers)


def test_viewings_can_be_rebuilt_from_every_dialect(simulated: Simulated, truth: dict[str, Any]) -> None:
    simulated.duckdb.execute(_REBUILT)
    for video, claim in truth["videos"]["videos"].items():
        here = f"from stretches where video_id = '{video}'"
        assert simulated.one(f"select count(distinct session_id) {here}") == claim["views"]
        seconds = f"select distinct session_id, unnest(generate_series(a::int, b::int - 1)) as second {here} and b > a"
        found = dict(simulated.rows(f"select second, count(*) from ({seconds}) group by 1"))
        # Of a tab that was closed between two heartbeats the last seconds cannot be known.
        unsure = claim["views_without_end"]
        for second, views in enumerate(claim["views_at_second"]):
            assert views - unsure <= found.get(second, 0) <= views, (video, second)
        played = simulated.one(f"select sum(b - a)::bigint {here}")
        assert claim["play_seconds"] - HEARTBEAT * unsure <= played <= claim["play_seconds"]
    drop = truth["videos"]["planted_drop"]
    assert 0.25 < drop["left"] / drop["reached"] < 0.6


def test_exchanges_prices_and_hand_offs_add_up(simulated: Simulated, truth: dict[str, Any]) -> None:
    chat = truth["chat"]
    assert simulated.one("select count(*) from good_nocodb_messages") == chat["exchanges"]
    assert simulated.one("select count(*) from good_nocodb_conversations") == chat["conversations"]
    prices = simulated.rows("select currency, sum(total_price) from good_nocodb_messages group by 1")
    assert dict(prices) == {currency: Decimal(price) for currency, price in chat["prices"].items()}
    handed = "select count(*) from good_nocodb_messages where contains(answer, '#AGENT')"
    assert simulated.one(handed) == chat["handed_to_a_person"]
    siblings = "select count(*) - 1 as more from good_nocodb_messages group by conversation_id, parent_message_id"
    assert simulated.one(f"select sum(more) from ({siblings})") == chat["regenerated"]
    assert simulated.one("select count(*) from good_nocodb_messages where status = 'error'") == chat["failed"]
    lost = "from good_nocodb_messages anti join good_nocodb_conversations using (conversation_id, day)"
    assert simulated.one(f"select count(*) {lost}") == 0
    languages = "select count(distinct language), count(distinct inputs_currency) from good_nocodb_messages"
    assert simulated.rows(languages) == [(3, 3)]


def test_the_incident_shows_in_the_requests(simulated: Simulated, truth: dict[str, Any]) -> None:
    requests = "from good_telemetry_events where kind = 'api_request'"
    counts = "select count(*), count(*) filter (status_code >= 500)"
    assert simulated.rows(f"{counts} {requests}") == [(truth["api"]["requests"], truth["api"]["errors_5xx"])]
    incident = truth["api"]["incident"]
    window = f"event_time >= '{incident['from']}' and event_time < '{incident['to']}'"
    assert simulated.rows(f"{counts} {requests} and {window}") == [(incident["requests"], incident["errors_5xx"])]
    slow, usual = (
        simulated.one(f"select median(response_ms) {requests} and {side}") for side in (window, f"not ({window})")
    )
    assert slow > 4 * usual
    kinds = {kind for (kind,) in simulated.rows("select distinct kind from good_telemetry_events")}
    named = {"action", "api_request", "cognitive_process", "system_metrics", "error", "session_start", "session_end"}
    assert kinds == named


# Stretches [a, b) that were played: a second of each START, and from each event to the next up to a seek's start.
_REBUILT = """
create or replace temp table stretches as
with events as (
    select video_id, session_id, event_type, event_time, position_seconds as place, seek_from_seconds as left_at
    from good_video_events where event_type not like 'segment%'
    union all
    select split_part(object_id, '/', -1), video_session_id, case verb when 'seeked' then 'seek' else verb end,
        event_time, coalesce(video_time_seconds, 0), video_from_seconds
    from good_xapi_statements where video_session_id is not null
),
steps as (
    select *, lag(place) over (partition by session_id order by event_time) as before from events
)
select video_id, session_id, before as a, case event_type when 'seek' then left_at else place end as b
from steps
union all
select video_id, session_id, position_seconds, position_seconds + 1 from good_video_events
where event_type = 'segment_start'
"""
