"""Who is who: stated bonds join identifiers, likenesses only suggest."""

import hashlib

import pytest

from analytics_platform_tests.dbt_project.people import export, links, roster, statement

ANN, BEN = "ann.lee@example.org", "ben@example.org"
ANN_HASH = "mbox_sha1sum:" + hashlib.sha1(f"mailto:{ANN}".encode()).hexdigest()
BARE_HASH = "mbox_sha1sum:" + hashlib.sha1(BEN.encode()).hexdigest()
PHONE = "account:https://7taps.com|a1"
# A chain: 0 - 1 - 2 - … - 8, each bond a confirmed link.
CHAIN = [(f"user:chain{n}", f"user:chain{n + 1}") for n in range(8)]

STATEMENTS = [
    statement(1, "2026-03-02 09:00", f"mbox:{ANN}", actor_name="Ann Lee"),
    statement(2, "2026-03-02 10:00", ANN_HASH),
    # The vendor sends the e-mail address as the name of an account.
    statement(3, "2026-03-03 09:00", PHONE, actor_name=" Ann.Lee@Example.org "),
    statement(4, "2026-03-03 10:00", BARE_HASH),
    statement(5, "2026-03-03 11:00", "openid:https://id.example.org/cem", actor_name="Cem Okafor"),
    statement(6, "2026-03-03 12:00", "account:https://7taps.com|zz"),
    *(statement(10 + n, "2026-03-04 09:00", one) for n, (one, _) in enumerate(CHAIN)),
]
MEMBERS = [("Ann Lee", ANN, "North"), ("Ben Ek", BEN, "North"), ("Cem Okafor", "cem.o@example.org", "South")]


@pytest.fixture(scope="module")
def warehouse(make_warehouse):
    warehouse = make_warehouse()
    warehouse.put("xapi/statements", STATEMENTS)
    warehouse.put("video/events", [video("user:u1"), video("user:annlee")])
    warehouse.put("people/links", links("b1", ("user:u1", PHONE), *CHAIN))
    exports = [export(n, learner, "1", "Why?", "Because") for n, learner in enumerate(["Anonymous 1", "Anonymous 2"])]
    warehouse.put("responses/exports", [*exports, export(3, "Ben  Eck", "1", "Why?", "So")])
    warehouse.put("people/roster", roster("b1", *MEMBERS))
    warehouse.build(select="+unmatched_identifiers +users +assert_people_are_whole")
    return warehouse


def video(who):
    moment = "2026-03-04 10:00:00+00"
    return {"event_id": who, "event_time": moment, "actor_key": who, "video_id": "v", "event_type": "play"}


def person_of(warehouse, identifier):
    ((person,),) = warehouse.rows(f"select person_id from person_identifiers where identifier = '{identifier}'")
    return person


def test_address_hash_name_and_link_are_one_person(warehouse):
    people = {person_of(warehouse, key) for key in (f"mbox:{ANN}", ANN_HASH, PHONE, "user:u1")}
    assert len(people) == 1
    assert warehouse.rows(f"""
        select full_name, email, cohort, is_on_roster, identifiers, statements, video_events, active_days, sources_seen
        from users where person_id = '{people.pop()}'
    """) == [("Ann Lee", ANN, "North", True, 4, 3, 1, 3, 2)]


def test_a_hash_of_the_bare_address_is_known_too(warehouse):
    assert person_of(warehouse, BARE_HASH) == person_of(warehouse, f"mbox:{BEN}")


def test_the_bond_is_told(warehouse):
    found = dict(warehouse.rows("select identifier, linked_by from person_identifiers"))
    assert (found[ANN_HASH], found[PHONE], found["user:u1"]) == ("sha1", "link", "link")
    assert found["openid:https://id.example.org/cem"] is None


def test_a_long_chain_of_links_is_one_person(warehouse):
    assert len({person_of(warehouse, f"user:chain{n}") for n in range(9)}) == 1


def test_anonymous_labels_stay_different_people(warehouse):
    assert person_of(warehouse, "anonymous:North|Anonymous 1") != person_of(warehouse, "anonymous:North|Anonymous 2")


def test_likeness_suggests_and_never_merges(warehouse):
    found = warehouse.rows("""
        select identifier, suggested_identifier, suggestion_reason from unmatched_identifiers
        where kind not in ('anonymous') and identifier not like 'user:chain%' order by identifier
    """)
    assert found == [
        ("account:https://7taps.com|zz", None, None),
        ("name:North|Ben  Eck", "mbox:ben@example.org", "near name"),
        ("openid:https://id.example.org/cem", "mbox:cem.o@example.org", "same name"),
        ("user:annlee", "mbox:ann.lee@example.org", "same local part"),
    ]
    assert person_of(warehouse, "openid:https://id.example.org/cem") != person_of(warehouse, "mbox:cem.o@example.org")


def test_unmatched_identifiers_say_how_often_and_where(warehouse):
    assert warehouse.rows("""
        select statements, chat_events, video_events, export_answers from unmatched_identifiers
        where identifier in ('account:https://7taps.com|zz', 'anonymous:North|Anonymous 1', 'user:annlee')
        order by identifier
    """) == [(1, 0, 0, 0), (0, 0, 0, 1), (0, 0, 1, 0)]


@pytest.mark.proof
def test_weeks_of_hashes_become_a_person_when_a_roster_names_the_address(make_warehouse):
    # No statement is parsed anew: one day is built, and all of history knows the person.
    warehouse = make_warehouse()
    hashed = [statement(n, f"2026-03-{n:02} 09:00", ANN_HASH, card="form/1", response="x") for n in range(1, 29, 7)]
    warehouse.put("xapi/statements", hashed)
    once = {"event_time": "2026-03-02 10:00:00+00", "actor_key": ANN_HASH}
    warehouse.put("telemetry/events", [once | {"event_id": "t", "kind": "action"}])
    warehouse.put("nocodb/messages", [once | {"message_id": "m", "conversation_id": "c", "is_agent_based": False}])
    warehouse.put("video/events", [video(ANN_HASH)])
    warehouse.build()
    assert warehouse.rows("select full_name, is_on_roster, active_days from users") == [(None, False, 6)]
    warehouse.put("people/roster", roster("b1", ("Ann Lee", ANN, "North"), on="2026-03-29"))
    warehouse.build("2026-03-29")
    assert warehouse.rows("select full_name, is_on_roster, active_days from users") == [("Ann Lee", True, 6)]
    assert warehouse.rows("select distinct full_name, cohort from user_responses") == [("Ann Lee", "North")]
    assert warehouse.rows("select full_name, cohort from lesson_progress") == [("Ann Lee", "North")]
    ann = person_of(warehouse, f"mbox:{ANN}")
    marts = marts_of_people(warehouse)
    assert {"exchanges", "sessions", "conversations", "conversation_outcomes", "video_views"} <= marts.keys()
    assert marts == {mart: {(ann, "North")} for mart in marts}
    # Who left is in no cohort any more, and is the same person in whatever mart.
    warehouse.put("people/roster", roster("b2", ("Ben Ek", BEN, "North"), on="2026-03-30"))
    warehouse.build("2026-03-30")
    assert marts_of_people(warehouse, f"where person_id = '{ann}'") == {mart: {(ann, None)} for mart in marts}


def marts_of_people(warehouse, of=""):
    """Person and cohort in each mart that has both, and rows."""
    found = warehouse.rows("""
        select table_name from information_schema.columns where table_catalog = 'warehouse' and table_schema = 'main'
        group by table_name having count(*) filter (column_name in ('person_id', 'cohort')) = 2
    """)
    rows = {mart: set(warehouse.rows(f"select person_id, cohort from {mart} {of}")) for (mart,) in found}
    return {mart: told for mart, told in rows.items() if told}
