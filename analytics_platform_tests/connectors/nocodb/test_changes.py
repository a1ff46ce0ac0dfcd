"""What is created or edited is followed from a position; what is gone is found by a daily sweep."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest

from analytics_platform.connectors.nocodb.changes import ChangeSource, positions_of
from analytics_platform.connectors.nocodb.client import Client
from analytics_platform.connectors.positions import Positions
from analytics_platform.errors import SourceError
from analytics_platform.lake import open_lake
from analytics_platform.lake.pump import Pump
from analytics_platform.settings import Settings

from .conftest import CONVERSATIONS, MESSAGES, connection, quick, stored
from .standin import NocoDB, Trouble, message

TODAY = datetime.now(UTC).replace(microsecond=0)


@pytest.fixture
def nocodb(nocodb: NocoDB) -> NocoDB:
    """120 exchanges of the last ten hours, many of one second, none edited; a hundred more of a month ago."""
    rows = [message(n, str(TODAY - timedelta(hours=10, minutes=-n // 30))) for n in range(120)]
    rows += [message(n, str(TODAY - timedelta(days=30))) for n in range(500, 600)]
    nocodb.tables = {"t_messages": rows, "t_talks": []}
    return nocodb


def follow(settings: Settings, ended: Callable[[], bool] = lambda: False, **changes: object) -> tuple[int, set[date]]:
    lake, chosen = open_lake(settings), connection(settings, **{"sweep_days": 2, **changes})
    with Client(chosen, quick) as client:
        source = ChangeSource(lake, client, chosen, positions_of(settings))
        return Pump(source, lake.landing).once(ended), source.days


def days_of(nocodb: NocoDB) -> set[date]:
    return {datetime.fromisoformat(row["CreatedAt"]).date() for row in nocodb.tables["t_messages"][:120]}


def test_the_first_look_takes_the_latest_day_and_the_next_one_nothing(settings: Settings, nocodb: NocoDB) -> None:
    landed, days = follow(settings)
    assert (landed, days) == (120, days_of(nocodb))
    assert follow(settings) == (0, set())
    positions = positions_of(settings).read()
    assert set(positions) == {f"{MESSAGES}.created_at", f"{MESSAGES}.updated_at", f"{CONVERSATIONS}.created_at",
                              f"{CONVERSATIONS}.updated_at", "swept", "sweeping"}  # fmt: skip


def test_new_and_edited_rows_come_and_say_their_days(settings: Settings, nocodb: NocoDB) -> None:
    follow(settings)
    rows = nocodb.tables["t_messages"]
    rows.append(message(200, str(TODAY)))
    rows[150] |= {"answer": "Edited.", "UpdatedAt": str(TODAY)}  # a month old
    landed, days = follow(settings)
    old = (TODAY - timedelta(days=30)).date()
    assert (landed, days) == (2, {TODAY.date(), old})
    assert stored(settings, "message_id, answer", MESSAGES, old) == [(rows[150]["id"], "Edited.")]
    assert follow(settings) == (0, set())


def test_many_rows_of_one_second_are_all_followed(settings: Settings, nocodb: NocoDB) -> None:
    nocodb.tables["t_messages"] = [message(n, str(TODAY - timedelta(minutes=1))) for n in range(100)]
    assert follow(settings, page_size=7)[0] == 100
    assert follow(settings, page_size=7)[0] == 0


def test_a_row_of_a_clock_that_is_ahead_hides_nothing(settings: Settings, nocodb: NocoDB) -> None:
    rows = nocodb.tables["t_messages"]
    rows.append(message(900, str(TODAY + timedelta(days=900))))
    assert follow(settings)[0] == 121
    now = datetime.now(UTC).replace(microsecond=0)  # TODAY is minutes old by now
    rows.append(message(901, str(now)))
    assert follow(settings) == (1, {now.date()})


def test_a_failure_goes_on_at_its_position(settings: Settings, nocodb: NocoDB) -> None:
    nocodb.troubles = [lambda number: Trouble("refuse", 500) if number > 4 else None]
    with pytest.raises(SourceError, match="answered 500"):
        follow(settings, patience=0.2)
    assert f"{CONVERSATIONS}.created_at" in positions_of(settings).read()
    assert "swept" not in positions_of(settings).read()
    nocodb.troubles = []
    follow(settings)
    names = {name for day in days_of(nocodb) for (name,) in stored(settings, "message_id", MESSAGES, day)}
    assert len(names) == 120


def test_the_sweep_marks_what_is_gone_once_a_day(settings: Settings, nocodb: NocoDB) -> None:
    follow(settings)
    lost = nocodb.tables["t_messages"].pop(119)
    assert follow(settings) == (0, set())  # swept a moment ago
    positions = Positions(positions_of(settings).file)
    positions.write("swept", f"{TODAY - timedelta(days=2):%Y-%m-%dT%H:%M:%SZ}")
    landed, days = follow(settings)
    day = datetime.fromisoformat(lost["CreatedAt"]).date()
    assert (landed, days) == (1, {day})
    assert [name for name, gone in stored(settings, "message_id, is_deleted", MESSAGES, day) if gone] == [lost["id"]]


def test_a_sweep_that_is_cut_off_goes_on_where_it_stopped(settings: Settings, nocodb: NocoDB) -> None:
    for _ in range(20):
        assert "swept" not in positions_of(settings).read()
        batches = iter(range(12))  # what a tick has time for
        follow(settings, ended=lambda batches=batches: next(batches, None) is None, sweep_days=5)  # type: ignore[misc]
        if "swept" in positions_of(settings).read():
            break
    assert "swept" in positions_of(settings).read()
    assert positions_of(settings).read()["sweeping"] == []
