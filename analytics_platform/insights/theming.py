"""Themes of chats and of free answers over the last whole ISO weeks: ``insights/themes``, made anew as of a day.

Texts come from the lake, people from the snapshot's ``person_identifiers``, so that somebody with two identifiers is
one person. All weeks are looked at together, or a theme would be another one each week; by what texts mean where the
extra ``embedding`` is installed, else by their words. A theme that too few people
wrote of in a week is left out of it; no text is stored, and with PRIVACY=pseudonymous no words of texts. Does not live
here: clusters and phrases (``enrichment/themes``).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from analytics_platform.contracts import INSIGHTS, TABLES
from analytics_platform.enrichment.answers.free_texts import read_answers
from analytics_platform.enrichment.answers.themes import Reflection, Theme, find_themes
from analytics_platform.enrichment.methods.embedding import packaged_encoder
from analytics_platform.enrichment.taxonomy import read_taxonomies
from analytics_platform.enrichment.texts.text_features import Reader
from analytics_platform.insights.gathering import patient
from analytics_platform.lake import open_lake
from analytics_platform.lake.lake import Lake
from analytics_platform.lake.parse_sql import quote_text
from analytics_platform.lake.workbench import days_sql, workbench, write_day
from analytics_platform.settings import Settings
from analytics_platform.warehouse.engine import open_warehouse

THEMES = INSIGHTS["insights/themes"]
ENGINE, BY_MEANING, WEEKS = "themes-2", "themes-2+encoder", 8
MOST_TEXTS = 50_000  # of a source: reading one takes about 50 µs and 1 kB
NEVER = 1 << 30
SOURCES = {"chats": "topic", "answers": "theme"}  # and the taxonomy that names their themes


@dataclass
class Themed:
    """What was found: the weeks looked at, themes by source, texts that there were, themes of too few people."""

    weeks: tuple[date, date]
    found: dict[str, list[Theme]] = field(default_factory=dict)
    texts: dict[str, int] = field(default_factory=dict)
    hidden: int = 0

    @property
    def rows(self) -> int:
        return sum(len(themes) for themes in self.found.values())


def whole_weeks(day: date, weeks: int = WEEKS) -> tuple[date, date]:
    """The first and last day of the last whole ISO weeks that ended by this day."""
    end = day if day.isoweekday() == 7 else day - timedelta(days=day.isoweekday())
    return end - timedelta(days=7 * weeks - 1), end


def write_themes(settings: Settings, day: date) -> Themed:
    """Find the themes as of a day and write that day anew."""
    lake, done = open_lake(settings), Themed(whole_weeks(day))
    fewest = settings.themes_fewest_people
    worded = fewest if settings.privacy == "full" else NEVER
    taxonomies, rows = read_taxonomies(), list[dict[str, Any]]()
    with workbench(lake) as (connection, folder):
        _people(settings, connection)
        reader, encode = None, packaged_encoder()
        for source, taxonomy in SOURCES.items():
            _read(source, connection, lake, folder, done.weeks, settings.platform_timezone)
            texts, reflections = _sample(connection)
            reader = reader or (Reader(taxonomies) if reflections else None)
            done.texts[source] = texts
            every = find_themes(reflections, reader, taxonomies[taxonomy], worded, encode) if reader else []
            done.found[source] = [theme for theme in every if theme.people >= fewest]
            done.hidden += len(every) - len(done.found[source])
            share = len(reflections) / texts if texts else 1.0
            version = BY_MEANING if encode else ENGINE
            rows += [_row(theme, source, day, fewest, share, version) for theme in done.found[source]]
        schema = connection.sql(f"select * from ({days_sql(lake, THEMES, [], folder)})").to_arrow_table().schema
        connection.register("made", pa.Table.from_pylist(rows, schema))
        write_day(connection, lake, folder, THEMES, day, "select * from made")
    return done


def _people(settings: Settings, connection: duckdb.DuckDBPyConnection) -> None:
    with open_warehouse(patient(settings)).reader() as reader:
        known = reader.query("select identifier, person_id from person_identifiers")
    connection.register("known", known)
    connection.execute("create temp table people as select identifier, person_id from known")
    connection.unregister("known")


def _read(
    source: str, connection: duckdb.DuckDBPyConnection, lake: Lake, folder: Path, weeks: tuple[date, date], zone: str
) -> None:
    """Fill ``texts`` (id, person, local_day, text); a text of nobody known is of nobody, and does not count."""
    first, last = weeks
    # Business days of any zone lie within a UTC day more on either side.
    days = [first + timedelta(days=number) for number in range(-1, (last - first).days + 2)]
    if source == "answers":
        read_answers(connection, folder, lake, days)
        statements = days_sql(lake, TABLES["xapi/statements"], days, folder / "who")
        rows = f"""select statement_id as id, actor_key, event_time, text from answers
            inner join (select statement_id, actor_key, event_time from ({statements})) on statement_id = answer_id"""
    else:
        messages = days_sql(lake, TABLES["nocodb/messages"], days, folder)
        rows = f"""select message_id as id, actor_key, event_time, trim(query) as text from ({messages})
            where trim(coalesce(query, '')) <> '' and not is_deleted"""
    local_day = f"timezone({quote_text(zone)}, event_time)::date"
    connection.execute(
        f"""
        create or replace temp table texts as
        select id, coalesce(person_id, actor_key) as person, {local_day} as local_day, text
        from ({rows}) as said left join people on people.identifier = said.actor_key
        where actor_key is not null and {local_day} between $1 and $2
    """,
        [first, last],
    )


def _sample(connection: duckdb.DuckDBPyConnection) -> tuple[int, Sequence[Reflection]]:
    """How many texts there are, and as many as are read: the same ones each time, of any person and week alike."""
    (count,) = connection.execute("select count(*) from texts").fetchone() or (0,)
    chosen = connection.execute(f"""
        select person, strftime(local_day, '%G-W%V'), text
        from (select * from texts order by md5(id) limit {MOST_TEXTS}) order by id
    """).fetchall()
    return int(count), [Reflection(person, week, text) for person, week, text in chosen]


def _row(theme: Theme, source: str, day: date, fewest: int, share: float, version: str) -> dict[str, Any]:
    return {
        "theme_id": f"{day}|{source}|{theme.week}|{theme.name}",
        "day": day,
        "source": source,
        "week": theme.week,
        "week_start": date.fromisoformat(f"{theme.week}-1"),
        "theme": theme.name,
        "texts": theme.texts,
        "people": theme.people,
        "people_before": None if theme.change is None else theme.people - theme.change,
        "change": theme.change,
        "phrases": "|".join(theme.phrases) or None,
        "fewest_people": fewest,
        "sampled_share": share,
        "version": version,
    }
