"""The published file tells by itself what its tables and columns mean."""

import duckdb

from analytics_platform.warehouse.comments import comment
from analytics_platform.warehouse.lineage import Model
from analytics_platform_tests.organisation import Organisation


def test_every_mart_and_column_of_a_published_file_has_a_comment(organisation: Organisation) -> None:
    file = organisation.settings.published_folder / "marts.duckdb"
    with duckdb.connect(str(file), read_only=True) as connection:
        silent = connection.execute("""
            select table_name, column_name from duckdb_columns()
            where not internal and comment is null
            union all
            select table_name, '' from duckdb_tables() where comment is null
            union all
            select view_name, '' from duckdb_views() where not internal and comment is null
        """).fetchall()
        assert silent == []
        told = connection.execute("select comment from duckdb_columns() where column_name = 'is_on_roster'").fetchall()
        assert ("Whether a roster's newest file names the person.",) in told
        zone = connection.execute("select time_zone from about.snapshot").fetchone()
        assert zone == ("Europe/Berlin",)


def test_quotes_in_a_description_stay_text_and_what_is_unknown_stays_silent() -> None:
    columns = (("a", "integer", "It's one; -- not two."),)
    model = Model("t", "model.t", "A 'table'.", (), columns, (), "", "t.sql", "t")
    with duckdb.connect() as connection:
        connection.execute("create table t as select 1 as a, 2 as b; create view t_too as select 1 as a")
        comment(connection, {"t": model})
        assert connection.execute("select comment from duckdb_tables()").fetchall() == [("A 'table'.",)]
        found = connection.execute("select table_name, column_name, comment from duckdb_columns() where not internal")
        assert sorted(found.fetchall(), key=str) == [
            ("t", "a", "It's one; -- not two."),
            ("t", "b", None),
            ("t_too", "a", None),
        ]
