"""Response exports: answers without time, id or e-mail. Each answer is new once, however often it is exported.

Rows are streamed into DuckDB, which splits them, gives them ids and finds the new ones. Ids are numbered and compared
without the texts, which are too wide to sort. Does not live here: which answer is also a statement (dbt).
"""

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

from analytics_platform.connectors.files.headers import Field, demand
from analytics_platform.connectors.files.kind import Import, Kind, Work, report, unknown_columns
from analytics_platform.connectors.files.reports import MOST_REJECTS, Reject, Rejects
from analytics_platform.connectors.files.sheets import Sheet, open_sheet
from analytics_platform.contracts.imports import EXPORTS
from analytics_platform.errors import FileRefused

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

FIELDS = (
    Field("learner", ("learner", "learner name", "name", "full name", "participant", "student")),
    Field("card", ("card", "card title", "question")),
    Field("card_type", ("card type", "type", "question type")),
    Field("lesson_number", ("lesson number", "lesson no", "lesson nr", "lesson")),
    Field("global_question", ("global q", "global question", "global question number", "global q no")),
    Field("pdf_page", ("pdf page", "pdf page number", "page")),
    Field("response", ("response", "answer", "responses")),
    Field("cohort", ("cohort", "cohort name")),
    Field("group_name", ("group", "group name")),
    Field("team_name", ("team", "team name")),
)
COLUMNS = tuple(field.name for field in FIELDS)
_AT_ONCE = 20_000  # rows that are Python objects at one time
_SEGMENT_LINES = 50_000  # answers of one segment

# A card reads "Card 3 (form): How …?", the colon or the type sometimes missing. A card that reads otherwise is all
# question. Types have a few names in exports; ours are those of the card's url.
_TAKEN_APART = r"""
create or replace temp table answers as
with cards as (
    select * replace (
            nullif(trim(regexp_replace(lesson_number, '(?i)^lesson\s+', '')), '') as lesson_number,
            coalesce(nullif(concat_ws(' / ', group_name, team_name), ''), cohort, $cohort) as cohort
        ),
        regexp_extract(
            card, '(?is)^card\s*#?\s*([0-9][0-9a-z.]*)\s*(?:\(([^()]*)\))?\s*[:.–-]?\s*(.*)$', ['number', 'type', 'ask']
        ) as parts
    from raw
),
typed as (
    select *,
        nullif(parts.number, '') as card_number,
        trim(case when parts.number = '' then card else parts.ask end) as question,
        replace(replace(lower(trim(coalesce(card_type, nullif(parts.type, '')))), ' ', '-'), '_', '-') as written_type
    from cards
),
keyed as (
    select * exclude (card, card_type, group_name, team_name, parts, problem, written_type),
        case
            when written_type in ('rating', 'stars') then 'rate'
            when written_type in ('media', 'upload') then 'submit-media'
            when written_type in ('text', 'open', 'free-text', 'open-question') then 'form'
            else written_type
        end as card_type,
        case when regexp_matches(learner, '(?i)^anonym') then 'anonymous:' else 'name:' end || cohort || '|' || learner
            as actor_key,
        case
            when problem is not null then problem
            when learner is null then 'names no learner'
            when cohort is null then 'is of no cohort: say --cohort, or add a column Group, Team or Cohort'
            when lesson_number is null and card is null then 'has neither a lesson number nor a card'
        end as reason
    from typed
)
select *,
    case when reason is null then md5(concat_ws(chr(31), cohort, learner, coalesce(lesson_number, ''),
        coalesce(card_number, ''), coalesce(question, ''), response)) end as content
from keyed"""

# Equal rows of one file are as many answers: the occurrence is a part of the id.
_NEW = """
create or replace temp table fresh as
select file_line, response_id
from (
    select file_line,
        md5(concat_ws(chr(31), content, row_number() over (partition by content order by file_line))) as response_id
    from answers
    where reason is null and response is not null
)
where response_id not in (select response_id from stored)"""

_PAYLOADS = """
select to_json({{
    response_id: response_id, batch_id: $batch_id, file_line: file_line, exported_on: $exported_on,
    actor_key: actor_key, learner: learner, cohort: cohort, lesson_number: lesson_number, card_number: card_number,
    card_type: card_type, question: question, global_question: global_question, pdf_page: pdf_page, response: response
}})::varchar
from fresh join answers using (file_line)
where file_line between {first} and {last}
order by file_line"""


def load(connection: "duckdb.DuckDBPyConnection", sheet: Sheet, cohort: str) -> None:
    """Read the file into the table ``answers``, a row each, with its id and the reason why it cannot be taken."""
    header, file = sheet.header, sheet.file.name
    demand(sheet.columns, FIELDS, ("learner",), file, header)
    demand(sheet.columns, FIELDS, ("response",), file, header)
    demand(sheet.columns, FIELDS, ("card", "lesson_number"), file, header)
    if not cohort:
        demand(sheet.columns, FIELDS, ("cohort", "group_name", "team_name"), f"{file} (read without --cohort)", header)
    texts = ", ".join(f"{name} varchar" for name in COLUMNS)
    connection.execute(f"create or replace temp table raw (file_line bigint, problem varchar, {texts})")
    for chunk in _chunks(sheet):
        connection.register("chunk", chunk)
        connection.execute("insert into raw select * from chunk")
        connection.unregister("chunk")
    connection.execute(_TAKEN_APART, {"cohort": cohort or None})
    connection.execute("drop table raw")


def _chunks(sheet: Sheet) -> "Iterator[pa.Table]":
    import pyarrow as pa

    names = ("file_line", "problem", *COLUMNS)
    schema = pa.schema([("file_line", pa.int64()), *((name, pa.string()) for name in names[1:])])
    columns: list[list[object]] = [[] for _ in names]
    for row in sheet.rows():
        columns[0].append(row.line)
        columns[1].append(row.problem or None)
        for place, name in enumerate(COLUMNS, 2):
            columns[place].append(row.values.get(name) or None)
        if len(columns[0]) == _AT_ONCE:
            yield pa.table(columns, schema=schema)
            columns = [[] for _ in names]
    yield pa.table(columns, schema=schema)


def find_new(connection: "duckdb.DuckDBPyConnection") -> dict[str, int]:
    """Fill ``fresh`` with the answers that ``stored`` lacks; how many of each fate."""
    connection.execute(_NEW)
    row = connection.execute(
        """select (select count(*) from fresh), count(*) filter (reason is null and response is not null),
            count(*) filter (reason is null and response is null)
        from answers"""
    ).fetchone()
    fresh, good, empty = row or (0, 0, 0)
    return {"new answers": fresh, "already stored": good - fresh, "without an answer": empty}


def rejects_of(connection: "duckdb.DuckDBPyConnection") -> Rejects:
    bad = "from answers where reason is not null"
    row = connection.execute(f"select count(*) {bad}").fetchone()
    first = connection.execute(f"select file_line, reason {bad} order by file_line limit {MOST_REJECTS}").fetchall()
    return Rejects(row[0] if row else 0, [Reject(line, reason) for line, reason in first])


def payloads(
    connection: "duckdb.DuckDBPyConnection", batch_id: str, exported_on: date, at_once: int
) -> Iterator[list[bytes]]:
    """The new answers as landing's payloads, some thousand at a time, in the order of the file."""
    values = {"batch_id": batch_id, "exported_on": str(exported_on)}
    edges = connection.execute(
        """select min(file_line), max(file_line)
        from (select file_line, (row_number() over (order by file_line) - 1) // $at_once as part from fresh)
        group by part order by part""",
        {"at_once": at_once},
    ).fetchall()
    for first, last in edges:
        found = connection.execute(_PAYLOADS.format(first=first, last=last), values).fetchall()
        yield [text.encode() for (text,) in found]


def take(work: Work) -> Import:
    """The new answers in pieces: each answer counts alone."""
    from analytics_platform.connectors.files.stored import attach
    from analytics_platform.lake.workbench import workbench

    sheet = open_sheet(work.file, FIELDS, work.options.encoding)
    with workbench(work.lake) as (connection, folder):
        load(connection, sheet, work.options.cohort)
        attach(connection, folder, work.lake, EXPORTS, "stored")
        changes, rejects = find_new(connection), rejects_of(connection)
        taken = changes["new answers"] + changes["already stored"]
        if not (taken or changes["without an answer"] or rejects.count):
            raise FileRefused(f"{work.file.name} has a header and no rows. Nothing was imported.")
        batch_id = work.batch_id if changes["new answers"] and not work.options.dry_run else None
        if batch_id:
            for some in payloads(connection, batch_id, work.day, _SEGMENT_LINES):
                yield work.batch((EXPORTS, some))
    notes = (f"Exported on {work.day}: the lesson map of that day names its lessons.", unknown_columns(sheet))
    return report("responses", work, taken, changes, batch_id, rejects, notes)


KIND = Kind(
    name="responses",
    help="Answers of a response export. Again, or a later export with the same answers: only what is new.",
    read=take,
    day=("--exported-on", "Day of the export; today otherwise."),
    cohort="The cohort that the export is of, as in the roster.",
    order=4,
)
