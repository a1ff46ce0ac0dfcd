"""A script run statement by statement: each is analysed against the real schemas, linted, and then carried out.

Google's evaluator runs queries. What changes tables is carried out from the statement's own text: its parts are cut
out at the places where Google's parser saw them, and run as queries. What is not understood is an error, never a guess.
Does not live here: what each kind of
statement does (``actions``), what the analyzer misses (``lint``).
"""

from collections.abc import Sequence
from typing import Any

from analytics_platform_tests.bigquery import googlesql, lint
from analytics_platform_tests.bigquery.actions import ACTIONS
from analytics_platform_tests.bigquery.errors import ApiError, beyond_the_double, invalid_query, not_found
from analytics_platform_tests.bigquery.googlesql import Analysed, Refused, nodes, place
from analytics_platform_tests.bigquery.memory import Memory
from analytics_platform_tests.bigquery.outcome import Outcome, outputs
from analytics_platform_tests.bigquery.partition_filter import check_filters
from analytics_platform_tests.bigquery.storage import Column, Path, Storage, split
from analytics_platform_tests.bigquery.types import ARRAY, name_of, size_of
from analytics_platform_tests.bigquery.writing import WRITES

LEAST_BILLED = 10 << 20  # bytes of a query that reads anything


class Runner:
    """Runs scripts for one project over one storage."""

    def __init__(self, storage: Storage, project: str, default_dataset: str = "", memory: Memory | None = None) -> None:
        self.storage, self.project, self.default_dataset = storage, project, default_dataset
        self.memory = memory or Memory(storage)
        self.parameters: list[googlesql.Parameter] = []

    def run(self, sql: str, dry_run: bool = False, most_billed: int | None = None) -> Outcome:
        """Run a script, or only analyse it. The first refusal ends it; what came before it stays done."""
        script, position, outcome = sql.encode(), 0, Outcome()
        while not googlesql.is_over(script, position):
            statement = self.analyse(script, position)
            outcome.kind, outcome.statements = statement.kind, outcome.statements + 1
            outcome.bytes_processed += self.bytes_of(statement)
            billed = billed_bytes(outcome.bytes_processed)
            if most_billed is not None and billed > most_billed:
                limit = f"Query exceeded limit for bytes billed: {most_billed}. {billed} or higher required."
                raise ApiError(400, "bytesBilledLimitExceeded", limit)
            outcome.read |= self.tables_read(statement)
            outcome.rows, outcome.affected, outcome.target, outcome.columns = None, None, None, []
            if not dry_run:
                ACTIONS[statement.kind](self, statement, outcome)
            elif statement.kind == "query_stmt":
                outcome.columns = outputs(statement.tree)
            position = statement.end
        if not outcome.statements:
            raise invalid_query("Syntax error: Unexpected end of script")
        return outcome

    def analyse(self, script: bytes, position: int = 0) -> Analysed:
        """One statement, accepted by Google's analyzer and by the lint, with the filters that its tables require."""
        statement = self.resolve(script, position)
        check_filters(statement, self.storage, lambda view: self.resolve((view.view or "").encode()))
        return statement

    def resolve(self, script: bytes, position: int = 0) -> Analysed:
        """One statement, accepted by Google's analyzer and by the lint."""
        default = f"{self.project}.{self.default_dataset}"
        try:
            if self.parameters:
                statement = self._analyse(script, position)
            else:
                statement = self.memory.statement(script, position, default, lambda: self._analyse(script, position))
        except Refused as refused:
            missing = "not found" in str(refused) and str(refused).startswith(("Table", "Dataset"))
            raise (not_found(str(refused)) if missing else invalid_query(str(refused))) from None
        if statement.kind not in ACTIONS:
            raise beyond_the_double(f"statements of the kind {statement.kind}")
        lint.check(statement)
        return statement

    def _analyse(self, script: bytes, position: int) -> Analysed:
        catalog = self.storage.catalog(self.project, script.decode(), self.default_dataset)
        return googlesql.analyse(script, position, catalog, self.parameters)

    def cut(self, statement: Analysed, start: int, end: int) -> str:
        """A part of a statement's text, with each table's name as the one quoted name that the evaluator knows."""
        pieces, position = [], start
        scans = sorted(
            (*place(scan), scan.table.full_name, scan.alias) for scan in nodes(statement.tree, "ResolvedTableScanProto")
        )
        for first, last, name, alias in scans:
            if position <= first and last <= end:
                alias = "" if alias else f" as `{name.rpartition('.')[2]}`"
                pieces += [statement.script[position:first].decode(), f"`{name}`{alias}"]
                position = last
        return "".join([*pieces, statement.script[position:end].decode()])

    def query(self, text: str, statement: Analysed) -> tuple[list[tuple[str, Any]], list[Any]]:
        """Evaluate a query made of parts of a statement, over the tables that the statement names."""
        names = {scan.table.full_name for scan in nodes(statement.tree, "ResolvedTableScanProto")}
        try:
            if self.parameters:
                columns, rows = self._evaluate(text, names)
            else:
                read = self.tables_read(statement)
                columns, rows = self.memory.answer(text, read, lambda: self._evaluate(text, names))
        except Refused as refused:
            raise invalid_query(str(refused)) from None
        _no_null_elements(columns, rows)
        return columns, rows

    def _evaluate(self, text: str, names: set[str]) -> tuple[list[tuple[str, Any]], list[Any]]:
        contents = {name: self.rows_of(split(name)) for name in names}
        catalog = self.storage.catalog(self.project, text, self.default_dataset)
        return googlesql.evaluate(text, catalog, contents, self.parameters)

    def rows_of(self, path: Path) -> list[Any]:
        """The rows of a table, or those that a view has now."""
        table = self.storage.table(path)
        if table.view is None:
            return table.rows
        view = self.resolve(table.view.encode())
        return self.query(self.cut(view, 0, view.end), view)[1]

    def tables_read(self, statement: Analysed) -> set[Path]:
        """The tables and views that a statement names, and those below the views."""
        found: set[Path] = set()
        for scan in nodes(statement.tree, "ResolvedTableScanProto"):
            table = self.storage.table(split(scan.table.full_name))
            found.add(table.path)
            if table.view is not None:
                found |= self.tables_read(self.resolve((table.view or "").encode()))
        return found

    def bytes_of(self, statement: Analysed) -> int:
        """Bytes of the columns read. No partition is pruned and no view is narrowed: the most that it could cost."""
        if statement.kind not in ("query_stmt", "create_table_as_select_stmt", *WRITES):
            return 0
        total = 0
        for scan in nodes(statement.tree, "ResolvedTableScanProto"):
            table = self.storage.table(split(scan.table.full_name))
            if table.view is not None:
                total += self.bytes_of(self.resolve((table.view or "").encode()))
                continue
            for index in {table.index_of(column.name) for column in scan.parent.column_list}:
                total += sum(size_of(row.cell[index], table.columns[index].type) for row in table.rows)
        return total

    def coerced(self, text: str, statement: Analysed, columns: Sequence[Column]) -> list[Any]:
        """Rows of a query as a table's columns want them: BigQuery widens INT64 to FLOAT64 or NUMERIC by itself."""
        found, rows = self.query(text, statement)
        if [name_of(kind) for _, kind in found] == [name_of(column.type) for column in columns]:
            return rows
        names = [name for name, _ in found]
        if len({name.lower() for name in names}) < len(names) or any(name.startswith("$") for name in names):
            raise beyond_the_double("widening columns that have no name of their own; write the casts")
        pairs = zip(names, columns, strict=True)
        casts = ", ".join(f"cast(`{name}` as {name_of(column.type)}) as `{name}`" for name, column in pairs)
        return self.query(f"select {casts} from ({text}\n)", statement)[1]

    def path(self, names: Sequence[str]) -> Path:
        """The full path of a name in a statement."""
        parts = [part for name in names for part in name.split(".")]
        if len(parts) == 1 and self.default_dataset:
            parts = [self.default_dataset, *parts]
        if len(parts) == 2:
            parts = [self.project, *parts]
        if len(parts) != 3:
            raise invalid_query(f'Table "{".".join(parts)}" must be qualified with a dataset (e.g. dataset.table).')
        return parts[0], parts[1], parts[2]


def billed_bytes(processed: int) -> int:
    """Bytes billed: whole MiB, at least ten of them where anything is read."""
    return max(LEAST_BILLED, -(-processed // (1 << 20)) * (1 << 20)) if processed else 0


def _no_null_elements(columns: list[tuple[str, Any]], rows: list[Any]) -> None:
    """Arrays may hold NULL while a query runs, and not in what it returns."""
    for index, (name, kind) in enumerate(columns):
        if kind.type_kind == ARRAY:
            elements = (element for row in rows for element in row.cell[index].array_value.element)
            if any(element.WhichOneof("value") is None for element in elements):
                raise invalid_query(f"Array cannot have a null element; error in writing field {name}")
