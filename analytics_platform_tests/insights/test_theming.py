"""Themes of chats and answers by week: whose texts count, which weeks, what is told of few people."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from analytics_platform.contracts import INSIGHTS, TABLES
from analytics_platform.insights import theming
from analytics_platform.lake import open_lake
from analytics_platform.lake.lake import lake_key
from analytics_platform.lake.workbench import days_sql, workbench
from analytics_platform.settings import Settings
from analytics_platform_tests.lines import land

PRICE = ["how much is the price of a plan", "what does the plan cost, the price", "the price of the big plan please"]
SLEEP = ["I could not sleep and went to bed late", "my sleep is bad, in bed at two", "sleep was better, bed at ten"]
SUNDAY = date(2026, 3, 15)  # of week 11
LATER = datetime(2026, 3, 20, tzinfo=UTC)


def asked(person: int, day: date, text: str, number: int) -> dict[str, Any]:
    at = f"{day}T{number % 24:02}:00:00Z"
    return {"id": f"m{day}-{number}", "conversation_id": f"c{person}", "created_at": at, "query": text,
            "answer": "Yes.", "from_end_user_id": str(person)}  # fmt: skip


def answered(person: int, day: date, text: str) -> dict[str, Any]:
    return {
        "id": f"00000000-0000-4000-8000-{day:%Y%m%d}{person:04}",
        "actor": {"mbox": f"mailto:p{person}@example.org"},
        "verb": {"id": "http://adlnet.gov/expapi/verbs/answered"},
        "object": {"id": "https://x.example/l/form/1"},
        "result": {"response": text},
        "timestamp": f"{day}T12:00:00Z",
    }


class People:
    """The snapshot's one table: user 0 and user 1 are one person."""

    def __enter__(self) -> "People":
        return self

    def __exit__(self, *_: object) -> None: ...

    def query(self, _sql: str) -> pa.Table:
        return pa.table({"identifier": ["chat:0", "chat:1"], "person_id": ["p", "p"]})


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Week 10: 6 askers; week 11: 9 askers and 7 who answer; the day after belongs to a week that is not over."""
    settings = Settings(platform_home=tmp_path, themes_fewest_people=5, _env_file=None)
    lake = open_lake(settings)
    first, second = SUNDAY - timedelta(days=10), SUNDAY - timedelta(days=3)
    for day, people in ((first, 6), (second, 9), (SUNDAY + timedelta(days=1), 30)):
        land(lake, "nocodb/messages", *(asked(n, day, PRICE[n % 3], n) for n in range(people)), at=LATER)
    gone = asked(99, second, PRICE[0], 22) | {"is_deleted": 1}
    land(lake, "nocodb/messages", gone, asked(77, second, "my secret word is xyzzy", 23), at=LATER)
    land(lake, "xapi/statements", *(answered(n, second, SLEEP[n % 3]) for n in range(7)), at=LATER)
    days = [first + timedelta(days=n) for n in range(12)]
    for path in ("nocodb/messages", "xapi/statements"):
        lake.build(TABLES[path], days)

    class Snapshot:
        def reader(self) -> People:
            return People()

    monkeypatch.setattr(theming, "open_warehouse", lambda _settings: Snapshot())
    monkeypatch.setattr(theming, "packaged_encoder", lambda: None)  # with the extra, clusters are others
    return settings


def rows(settings: Settings, columns: str, day: date = SUNDAY) -> list[tuple[Any, ...]]:
    lake = open_lake(settings)
    with workbench(lake) as (connection, folder):
        found = days_sql(lake, INSIGHTS["insights/themes"], [day], folder)
        return connection.execute(f"select {columns} from ({found}) order by all").fetchall()


def test_themes_by_week_of_people_and_not_of_identifiers(settings: Settings) -> None:
    done_day = SUNDAY + timedelta(days=2)
    done = theming.write_themes(settings, done_day)
    assert done.weeks == (date(2026, 1, 19), SUNDAY)
    columns = "source, week, theme, texts, people, people_before, change, fewest_people, sampled_share"
    assert rows(settings, columns, done_day) == [
        ("answers", "2026-W11", "sleep", 7, 7, None, None, 5, 1.0),
        # Six identifiers are five people; nine are eight, and with the one who tells a secret nine.
        ("chats", "2026-W10", "pricing", 6, 5, None, None, 5, 1.0),
        ("chats", "2026-W11", "pricing", 10, 9, 5.0, 4.0, 5, 1.0),
    ]
    told = {phrase for (phrases,) in rows(settings, "phrases", done_day) for phrase in phrases.split("|")}
    assert {"price", "sleep"} <= told
    assert not any("secret" in phrase or "xyzzy" in phrase for phrase in told)
    assert done.texts == {"chats": 16, "answers": 7}
    file = Path(open_lake(settings).store.url) / lake_key(INSIGHTS["insights/themes"], done_day)
    before = file.read_bytes()
    theming.write_themes(settings, done_day)
    assert file.read_bytes() == before


def test_themes_of_few_people_are_not_told_and_pseudonymous_ones_have_no_words(settings: Settings) -> None:
    few = theming.write_themes(settings.model_copy(update={"themes_fewest_people": 9}), SUNDAY)
    assert rows(settings, "source, week, people") == [("chats", "2026-W11", 9)]
    assert (few.rows, few.hidden) == (1, 2)
    theming.write_themes(settings.model_copy(update={"privacy": "pseudonymous"}), SUNDAY)
    assert {phrases for (phrases,) in rows(settings, "phrases")} == {None}


def test_of_many_texts_the_same_sample_is_read(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(theming, "MOST_TEXTS", 12)
    theming.write_themes(settings.model_copy(update={"themes_fewest_people": 2}), SUNDAY)
    assert rows(settings, "distinct sampled_share, source") == [(0.75, "chats"), (1.0, "answers")]


@pytest.mark.parametrize(
    ("day", "first", "last"),
    [
        (date(2026, 3, 15), date(2026, 3, 9), date(2026, 3, 15)),
        (date(2026, 3, 14), date(2026, 3, 2), date(2026, 3, 8)),
        (date(2026, 1, 1), date(2025, 12, 22), date(2025, 12, 28)),
    ],
)
def test_weeks_that_are_over(day: date, first: date, last: date) -> None:
    assert theming.whole_weeks(day, 1) == (first, last)
