"""A day is pulled whole: whatever NocoDB and the network do meanwhile, nothing is lost and nothing lands twice."""

import json
import time
from collections.abc import Callable

import pytest

from analytics_platform.errors import SourceError
from analytics_platform.lake import open_lake
from analytics_platform.settings import Settings

from .conftest import CONVERSATIONS, DAY, MESSAGES, pull, stored
from .standin import NocoDB, Trouble, message

ALL = [(f"m{n:06d}",) for n in range(250)]


def at(*numbers: int, **trouble: object) -> Callable[[int], Trouble | None]:
    return lambda number: Trouble(**trouble) if number in numbers else None  # type: ignore[arg-type]


def segments(settings: Settings) -> int:
    return len(open_lake(settings).store.keys("landing"))


def test_a_day_has_its_rows_and_no_others(settings: Settings) -> None:
    (pulled,) = pull(settings)
    assert (pulled.counted, pulled.came, pulled.landed, pulled.passes) == (255, 250, 250, 1)
    assert stored(settings, "message_id") == ALL
    (talks,) = pull(settings, CONVERSATIONS)
    assert (talks.came, talks.landed) == (5, 5)
    assert len(stored(settings, "conversation_id", CONVERSATIONS)) == 5


def test_again_adds_nothing(settings: Settings) -> None:
    pull(settings, days=2)
    before = segments(settings)
    again = pull(settings, days=2)
    assert [(one.came, one.landed, one.unchanged, one.gone) for one in again] == [(250, 0, 250, 0), (5, 0, 5, 0)]
    assert segments(settings) == before


def test_an_edit_replaces_the_older_version(settings: Settings, nocodb: NocoDB) -> None:
    pull(settings)
    nocodb.tables["t_messages"][7] |= {"answer": "Edited.", "UpdatedAt": "2026-03-12 08:00:00+00:00"}
    (pulled,) = pull(settings)
    assert (pulled.landed, pulled.unchanged) == (1, 249)
    assert len(stored(settings, "message_id")) == 250
    assert ("m000007", "Edited.") in stored(settings, "message_id, answer")


def test_of_inputs_and_prompt_only_what_is_meant_reaches_landing(settings: Settings, nocodb: NocoDB) -> None:
    prompt = [{"role": "system", "text": "The balance is 1234.56."}, {"role": "user", "text": "It's how much?"}]
    nocodb.tables["t_messages"][7] |= {"query": "", "message": repr(prompt)}
    nocodb.tables["t_messages"][8] |= {"query": None, "message": json.dumps(prompt)}
    pull(settings)
    asked = stored(settings, "message_id, query")
    assert [words for name, words in asked if name in ("m000007", "m000008")] == ["It's how much?"] * 2
    assert set(stored(settings, "language, inputs_currency, tier")) == {("th", "THB", "gold")}
    for segment in open_lake(settings).store.keys("landing"):
        import pyarrow as pa

        with pa.input_stream(str(settings.home / segment), compression="zstd") as stream:
            text = stream.read()
        assert b"1234.56" not in text
        assert b"nobody's business" not in text
        assert b"You answer questions" not in text


TROUBLES = {
    "429": at(3, 4, 9, kind="refuse", status=429, headers=(("Retry-After", "0.05"),)),
    "429 without a time": at(2, 6, kind="refuse", status=429),
    "500": at(1, 2, 5, 6, 7, kind="refuse", status=500),
    "reset in mid-body": at(3, 6, kind="break"),
    "half a body": at(4, 8, kind="cut"),
    "silence": at(5, kind="silent", seconds=2.0),
}


@pytest.mark.parametrize("name", TROUBLES)
def test_trouble_on_the_way_loses_nothing(settings: Settings, nocodb: NocoDB, name: str) -> None:
    nocodb.troubles = [TROUBLES[name]]
    (pulled,) = pull(settings)
    assert (pulled.came, pulled.landed) == (250, 250)
    assert stored(settings, "message_id") == ALL


@pytest.mark.parametrize("at_once", [1, 4])
def test_rows_that_shift_while_paging_are_caught(settings: Settings, nocodb: NocoDB, at_once: int) -> None:
    """Others delete early rows in mid-scan: the rows behind them move to pages that were read already."""
    rows = nocodb.tables["t_messages"]

    def delete(number: int) -> None:
        if number in (3, 4, 5):
            del rows[:3]

    nocodb.between = delete
    (pulled,) = pull(settings, at_once=at_once)
    left = {row["id"] for row in rows if row["CreatedAt"].startswith("2026-03-10")}
    assert pulled.passes > 1
    assert left <= {name for (name,) in stored(settings, "message_id")}
    nocodb.between = lambda _number: None
    (second,) = pull(settings)
    assert (second.came, second.landed) == (241, 0)
    assert stored(settings, "message_id") == ALL  # marked, not forgotten
    assert len([1 for _, gone in stored(settings, "message_id, is_deleted") if gone]) == 9


def test_a_table_that_shrinks_below_the_next_page(settings: Settings, nocodb: NocoDB) -> None:
    rows = nocodb.tables["t_messages"]

    def shrink(number: int) -> None:
        if number == 4:
            del rows[60:]

    nocodb.between = shrink
    (pulled,) = pull(settings, at_once=1)
    assert {name for (name,) in stored(settings, "message_id")} >= {row["id"] for row in rows}
    assert pulled.came >= 60


def test_a_table_that_grows_meanwhile(settings: Settings, nocodb: NocoDB) -> None:
    rows = nocodb.tables["t_messages"]

    def grow(number: int) -> None:
        if number < 30:
            rows.append(message(300 + number, f"2026-03-10 23:{number:02}:00+00:00"))

    nocodb.between = grow
    pull(settings)
    nocodb.between = lambda _number: None
    pull(settings)
    there = {row["id"] for row in rows if row["CreatedAt"].startswith("2026-03-10")}
    assert {name for (name,) in stored(settings, "message_id")} == there


def test_a_page_that_never_comes_fails_the_day_and_says_how_to_go_on(settings: Settings, nocodb: NocoDB) -> None:
    nocodb.troubles = [lambda number: Trouble("refuse", 503) if number > 4 else None]
    with pytest.raises(SourceError, match=r"records \d+ to \d+ of nocodb/messages .*503.*materialise the partition"):
        pull(settings, patience=0.5, at_once=1)
    landed = segments(settings)
    assert landed > 0
    nocodb.troubles = []
    (pulled,) = pull(settings)
    assert pulled.unchanged > 0
    assert stored(settings, "message_id") == ALL


def test_retry_after_holds_all_requests(settings: Settings, nocodb: NocoDB) -> None:
    from analytics_platform.connectors.nocodb.client import Client

    from .conftest import connection

    nocodb.troubles = [at(1, kind="refuse", status=429, headers=(("Retry-After", "0.4"),))]
    began = time.monotonic()
    with Client(connection(settings)) as client:
        page = client.page(MESSAGES, "", "Id", 0, 10)
    assert len(page.rows) == 10
    assert time.monotonic() - began >= 0.35


def test_requests_keep_the_pace(settings: Settings) -> None:
    from analytics_platform.connectors.nocodb.client import Client

    from .conftest import connection

    waits: list[float] = []
    with Client(connection(settings, per_second=10), waits.append) as client:
        for _ in range(4):
            client.page(MESSAGES, "", "Id", 0, 1)
    assert len(waits) >= 3
    assert 0.2 < max(waits) <= 0.3


def test_a_smaller_page_than_asked_for(settings: Settings, nocodb: NocoDB) -> None:
    nocodb.largest = 7
    (pulled,) = pull(settings)
    assert (pulled.came, pulled.passes) == (250, 1)


def test_a_server_that_gives_one_row_a_page_is_no_empty_table(settings: Settings, nocodb: NocoDB) -> None:
    nocodb.largest = 1
    with pytest.raises(SourceError, match="the server counts 255 rows, 1 came"):
        pull(settings)


def test_rows_without_an_id_get_one(settings: Settings, nocodb: NocoDB) -> None:
    for row in nocodb.tables["t_messages"]:
        del row["id"]
    nocodb.tables["t_messages"][0] |= {"Id": None}
    pull(settings)
    names = [name for (name,) in stored(settings, "message_id")]
    assert len(names) == 250
    assert names[0].startswith("made:")
    assert names[1] == "nocodb:1"
    assert pull(settings)[0].landed == 0


def test_deleted_rows_are_marked_and_come_back(settings: Settings, nocodb: NocoDB) -> None:
    pull(settings)
    lost = nocodb.tables["t_messages"].pop(17)
    (pulled,) = pull(settings)
    assert (pulled.came, pulled.gone, pulled.landed) == (249, 1, 0)
    assert stored(settings, "message_id") == ALL
    assert [name for name, gone in stored(settings, "message_id, is_deleted") if gone] == ["m000017"]
    assert pull(settings)[0].gone == 0
    nocodb.tables["t_messages"].append(lost)
    assert pull(settings)[0].landed == 1
    assert not any(gone for (gone,) in stored(settings, "is_deleted"))
    assert pull(settings)[0].landed == 0


def test_is_deleted_of_a_conversation(settings: Settings, nocodb: NocoDB) -> None:
    pull(settings, CONVERSATIONS)
    nocodb.tables["t_talks"][2] |= {"is_deleted": 1, "UpdatedAt": "2026-03-11 00:00:00+00:00"}
    pull(settings, CONVERSATIONS)
    assert stored(settings, "conversation_id", CONVERSATIONS, DAY)[2] == ("c2",)
    assert [gone for _, gone in stored(settings, "conversation_id, is_deleted", CONVERSATIONS)] == [0, 0, 1, 0, 0]


def test_refusals_say_what_to_set(settings: Settings, nocodb: NocoDB) -> None:
    with pytest.raises(SourceError, match=r"401 .*Authentication required.*set NOCODB_TOKEN"):
        pull(settings, token="wrong")
    with pytest.raises(SourceError, match=r"404 .*set NOCODB_MESSAGES_TABLE"):
        pull(settings, tables={MESSAGES: "gone"})
    fields = {MESSAGES: {"created_at": "made_at"}, CONVERSATIONS: {}}
    with pytest.raises(SourceError, match=r"422 .*Field 'made_at' not found.*NOCODB_FIELDS"):
        pull(settings, fields=fields)
    assert nocodb.requests == 4
