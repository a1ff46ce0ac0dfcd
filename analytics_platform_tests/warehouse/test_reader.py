"""What readers may not do, they cannot do; what is too much is refused with the limit's name."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from analytics_platform.errors import QueryRefused, WarehouseError
from analytics_platform.settings import Settings
from analytics_platform.warehouse.publishing import publish
from analytics_platform.warehouse.reader import Reader
from analytics_platform_tests.warehouse.conftest import fill


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[Reader]:
    settings = Settings(
        platform_home=tmp_path / "home",
        reader_max_rows=100,
        reader_timeout_seconds=0.5,
        reader_memory="100MB",
        _env_file=None,
    )
    fill(settings, 1000)
    publish(settings, "run", datetime.now(UTC), lambda _line: None)
    with Reader(settings) as opened:
        yield opened


def test_an_answer_is_a_table_with_types(reader: Reader) -> None:
    answer = reader.query("select day, response from user_responses where response = ?", ["answer 2"])
    assert answer.to_pylist() == [{"day": datetime(2026, 3, 3).date(), "response": "answer 2"}]  # noqa: DTZ001


@pytest.mark.parametrize(
    "sql",
    [
        "drop table user_responses",
        "create table x as select 1",
        "delete from users",
        "copy users to '/tmp/stolen.csv'",
        "select * from read_text('/etc/hostname')",
        "select * from '/etc/hostname'",
        "attach '/tmp/other.duckdb'",
        "install httpfs",
        "load httpfs",
        "set enable_external_access = true",
        "set lock_configuration = false",
        "set memory_limit = '100GB'",
        "pragma database_list; drop table users",
        "call pragma_version(); copy users to '/tmp/x'",
        "export database '/tmp/all'",
    ],
)
def test_readers_only_read(reader: Reader, sql: str) -> None:
    with pytest.raises(QueryRefused):
        reader.query(sql)
    assert reader.query("select count(*) as n from users").to_pylist() == [{"n": 1}]


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("select * from user_responses", "more than 100 rows"),
        ("select count(*) from range(100000) a, range(10000000) b where a.range % 7 = b.range % 3", "ran longer"),
        ("select list(i::varchar || repeat('x', 100)) from range(20000000) t(i)", "needs more memory|ran longer"),
        ("select nothing from users", "refused the query: Binder Error"),
    ],
)
def test_too_much_is_refused_by_name(reader: Reader, sql: str, said: str) -> None:
    with pytest.raises(QueryRefused, match=said):
        reader.query(sql)


def test_before_the_first_publish_it_says_what_to_do(settings: Settings) -> None:
    with pytest.raises(WarehouseError, match="make demo"):
        Reader(settings)


def test_several_readers_of_one_snapshot_at_once(reader: Reader, tmp_path: Path) -> None:
    settings = Settings(platform_home=tmp_path / "home", reader_memory="100MB", _env_file=None)
    with Reader(settings) as other:
        for one in (reader, other):
            assert one.query("select current_setting('timezone') as zone").to_pylist() == [{"zone": "UTC"}]
            with pytest.raises(QueryRefused):
                one.query("set threads = 9")


def test_a_limit_holds_above_an_empty_outer_join(reader: Reader) -> None:
    sql = """
        select one.x from range(9) as one(x)
        left join (select x from range(9) as other(x) where x < 0) as other on other.x = one.x
        where one.x is not null order by one.x limit 4
    """
    assert reader.query(sql).num_rows == 4
