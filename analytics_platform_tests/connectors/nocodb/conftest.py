"""A stand-in with two tables, settings that name it, and how to pull from it into a lake."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
from pydantic import SecretStr

from analytics_platform.connectors.nocodb.client import Client
from analytics_platform.connectors.nocodb.connection import CONVERSATIONS, MESSAGES, Connection, connection_of
from analytics_platform.connectors.nocodb.days import DaySource, Pulled
from analytics_platform.contracts import TABLES
from analytics_platform.lake import open_lake
from analytics_platform.lake.lake import lake_key
from analytics_platform.lake.pump import Pump
from analytics_platform.settings import Settings

from .standin import TOKEN, NocoDB, conversation, message, serving

DAY = date(2026, 3, 10)


@pytest.fixture
def nocodb() -> Iterator[NocoDB]:
    """250 exchanges of 10 March, ten of the days before and after, five conversations."""
    messages = [message(n, f"2026-03-10 {n // 20:02}:{n % 20:02}:30+00:00") for n in range(250)]
    messages += [message(900 + n, "2026-03-09 23:59:59+00:00") for n in range(5)]
    messages += [message(950 + n, "2026-03-11 00:00:00+00:00") for n in range(5)]
    talks = [conversation(n, f"2026-03-10 0{n}:00:00+00:00") for n in range(5)]
    with serving(NocoDB({"t_messages": messages, "t_talks": talks})) as running:
        yield running


@pytest.fixture
def settings(tmp_path: Path, nocodb: NocoDB) -> Settings:
    return Settings(
        platform_home=tmp_path / "home",
        nocodb_url=nocodb.url,
        nocodb_token=SecretStr(TOKEN),
        nocodb_conversations_table="t_talks",
        nocodb_messages_table="t_messages",
        nocodb_page_size=40,
        nocodb_requests_per_second=0,
        nocodb_timeout_seconds=1,
        nocodb_retry_seconds=20,
        _env_file=None,
    )


def connection(settings: Settings, **changes: Any) -> Connection:
    found = connection_of(settings)
    assert found is not None
    return replace(found, **changes)


def quick(seconds: float) -> None:
    """Waits are not waited for; that they are asked for is tested where they matter."""


def pull(settings: Settings, path: str = MESSAGES, day: date = DAY, days: int = 1, **changes: Any) -> list[Pulled]:
    lake, chosen = open_lake(settings), connection(settings, **changes)
    asked = [(TABLES[path], day + timedelta(days=n)) for n in range(days)]
    with Client(chosen, quick) as client:
        source = DaySource(lake, client, chosen, asked)
        Pump(source, lake.landing).once()
    return source.done


def stored(settings: Settings, columns: str, path: str = MESSAGES, day: date = DAY) -> list[tuple[Any, ...]]:
    """The lake's day, built from what landed."""
    lake = open_lake(settings)
    (entry,) = lake.build(TABLES[path], [day])
    assert entry.balances
    assert not entry.quarantined, entry.reasons
    file = lake.store.root / lake_key(TABLES[path], day)  # type: ignore[union-attr]
    return duckdb.sql(f"select {columns} from read_parquet('{file}') order by all").fetchall()


__all__ = ["CONVERSATIONS", "MESSAGES"]
