"""Each oddity of real statements, events and rows becomes the column that the contract promises."""

import json
from typing import Any

import pytest

from analytics_platform.lake.lake import Lake
from analytics_platform_tests.lines import DAY, NOON, land, message, rows, statement

XAPI = "xapi/statements"


def column(lake: Lake, path: str, payload: dict[str, Any], name: str) -> Any:
    land(lake, path, payload)
    from analytics_platform.contracts import TABLES

    lake.build(TABLES[path], [DAY])
    ((value,),) = rows(lake, path, columns=name)
    return value


ADA = {"mbox": "mailto:ada@example.org"}
AGENTS = [
    ({"account": {"name": "ab", "homePage": "https://7taps.com/"}}, "account:https://7taps.com|ab"),
    ({"mbox": "mailto:Ann.Lee@Example.org"}, "mbox:ann.lee@example.org"),
    ({"mbox": "MAILTO:ann@example.org"}, "mbox:ann@example.org"),
    ({"mbox_sha1sum": "ABCD"}, "mbox_sha1sum:abcd"),
    ({"openid": "https://id.example.org/ann"}, "openid:https://id.example.org/ann"),
]


@pytest.mark.parametrize(("agent", "expected"), AGENTS)
def test_every_form_of_actor_has_a_key(lake: Lake, agent: dict[str, Any], expected: str) -> None:
    assert column(lake, XAPI, statement(actor=agent), "actor_key") == expected


def test_a_group_without_identifier_is_known_by_its_members(lake: Lake) -> None:
    group = {"objectType": "Group", "member": [{"mbox": "mailto:a@example.org"}]}
    assert column(lake, XAPI, statement(actor=group), "actor_key").startswith("group:")


def test_who_else_had_a_part_is_kept_as_it_was_sent(lake: Lake) -> None:
    """xAPI 2.0; a form that it does not allow is kept as well, and breaks no day."""
    coach = {"objectType": "contextAgent", "agent": ADA, "relevantTypes": ["https://a.example/coach"]}
    payload = statement(context={"contextAgents": [coach], "contextGroups": "nobody"})
    agents = column(lake, XAPI, payload, "context_agents")
    assert json.loads(agents) == [coach]
    ((groups,),) = rows(lake, XAPI, columns="context_groups")
    assert json.loads(groups) == "nobody"


def test_a_quill_title_becomes_plain_text(lake: Lake) -> None:
    assert column(lake, XAPI, statement(), "object_name") == "How do you feel? 🙂\nBe honest."


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ({"en-US": "Plain"}, "Plain"),
        ({"th": "สวัสดี"}, "สวัสดี"),
        ({'odd"key': "x"}, "x"),
        ({"en-US": '{"ops": broken'}, '{"ops": broken'),
        ({"en-US": '{"ops":[{"insert":{"image":"x.png"}},{"insert":"After"}]}'}, "After"),
        ("bare text", "bare text"),
        (None, None),
    ],
)
def test_any_name_becomes_text_and_none_breaks_the_day(lake: Lake, name: object, expected: str | None) -> None:
    payload = statement(object={"id": "https://x.example/1", "definition": {"name": name}})
    assert column(lake, XAPI, payload, "object_name") == expected


@pytest.mark.parametrize("parent", [{"id": "https://l.example/9"}, [{"id": "https://l.example/9/"}]])
def test_the_lesson_is_the_parent_as_object_or_array(lake: Lake, parent: object) -> None:
    payload = statement(context={"contextActivities": {"parent": parent}})
    assert column(lake, XAPI, payload, "lesson_url") == "https://l.example/9"


def test_without_a_parent_the_lesson_is_cut_from_the_card(lake: Lake) -> None:
    answer = column(lake, XAPI, statement(context=None), "(lesson_url, card_type, card_id)")
    assert answer == ("https://courses.example.org/abc123", "form", "2861644")


@pytest.mark.parametrize(
    ("duration", "seconds"),
    [("PT1M5S", 65), ("PT0.5S", 0.5), ("P1DT2H", 93600), ("P1W", 604800), ("PT", None), ("soon", None), ("P1Y", None),
     ("P0Y0M0DT0H0M12S", 12), ("PT1,5S", 1.5), ("P0Y", 0), ("P0Y1MT5S", None), ("PT1.S", None)],
)  # fmt: skip
def test_iso_durations_become_seconds(lake: Lake, duration: str, seconds: float | None) -> None:
    assert column(lake, XAPI, statement(result={"duration": duration}), "duration_seconds") == seconds


@pytest.mark.parametrize(
    ("agent", "key"),
    [
        ({"account": {"name": "ann", "homePage": "https://x.org/"}}, "account:https://x.org|ann"),
        ({"mbox": "mailto:Ann@x.org"}, "mbox:ann@x.org"),
        ({"mbox_sha1sum": "AB" * 20}, "mbox_sha1sum:" + "ab" * 20),
        ({"openid": "https://x.org/ann"}, "openid:https://x.org/ann"),
    ],
)
def test_an_agent_as_object_is_known_as_it_is_as_an_actor(lake: Lake, agent: dict[str, object], key: str) -> None:
    payload = statement(actor=agent, object={"objectType": "Agent", **agent})
    assert column(lake, XAPI, payload, "(actor_key, object_id)") == (key, key)


def test_a_group_as_object_is_known_by_its_members(lake: Lake) -> None:
    group = {"objectType": "Group", "member": [{"mbox": "mailto:a@x.org"}]}
    actor, thing = column(lake, XAPI, statement(actor=group, object=group), "(actor_key, object_id)")
    assert actor == thing
    assert actor.startswith("group:")


@pytest.mark.parametrize("time", ["2026-03-10T08:00:00,5z", "2026-03-10t08:00:00.5Z", "2026-03-10 09:00:00,5+01:00"])
def test_iso_8601_times_with_a_comma_or_small_letters(lake: Lake, time: str) -> None:
    assert column(lake, XAPI, statement(timestamp=time), "claimed_at::varchar") == "2026-03-10 08:00:00.5+00"


def test_a_nul_character_becomes_a_sign_that_readers_can_have(lake: Lake) -> None:
    response = "a\x00\x00b \\u0000 \\\x00"
    expected = "a\ufffd\ufffdb \\u0000 \\\ufffd"
    assert column(lake, XAPI, statement(result={"response": response}), "response") == expected


@pytest.mark.parametrize("answer", ["none", "false", "0", "ไม่มี", "🙂", ""])
def test_honest_answers_are_kept_as_they_are(lake: Lake, answer: str) -> None:
    assert column(lake, XAPI, statement(result={"response": answer}), "response") == answer


def test_a_field_of_another_shape_is_null_and_the_row_stays(lake: Lake) -> None:
    payload = statement(result={"success": {"not": "a flag"}, "response": "kept"})
    assert column(lake, XAPI, payload, "(success, response)") == (None, "kept")


def test_an_envelope_is_unwrapped(lake: Lake) -> None:
    envelope = {"event_type": "xapi_statement", "timestamp": "2026-03-10T00:00:00Z", "data": statement("inner")}
    assert column(lake, XAPI, envelope, "statement_id") == "inner"


def test_without_a_timestamp_receipt_is_the_event_time_and_says_so(lake: Lake) -> None:
    assert column(lake, XAPI, statement(), "(event_time, claimed_at, clock_skewed)") == (NOON, None, False)


def test_a_clock_ahead_of_receipt_is_skewed_and_keeps_its_claim(lake: Lake) -> None:
    payload = statement(timestamp="2026-03-11T12:00:00Z")
    found = column(lake, XAPI, payload, "(event_time, claimed_at > event_time, clock_skewed)")
    assert found == (NOON, True, True)


def test_a_claim_in_another_zone_lies_on_its_utc_day(lake: Lake) -> None:
    assert column(lake, XAPI, statement(timestamp="2026-03-11T01:30:00+07:00"), "day") == DAY


def test_inputs_are_read_as_object_and_as_json_in_json(lake: Lake) -> None:
    for number, inputs in enumerate([{"language": "th"}, json.dumps({"language": "th"}), "not json", None]):
        land(lake, "nocodb/messages", message(f"m{number}", inputs=inputs))
    from analytics_platform_tests.lines import MESSAGES

    lake.build(MESSAGES, [DAY])
    assert rows(lake, "nocodb/messages", columns="message_id, language") == [
        ("m0", "th"),
        ("m1", "th"),
        ("m2", None),
        ("m3", None),
    ]


def test_a_video_event_without_id_is_named_by_its_text(lake: Lake) -> None:
    event = {"video_id": "v", "event_type": "VIEW_SEGMENT_START", "event_timestamp": "2026-03-10T10:00:00Z"}
    found = column(lake, "video/events", event, "(event_id, event_type)")
    assert found[0].startswith("md5:")
    assert found[1] == "segment_start"
