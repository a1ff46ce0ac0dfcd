"""What BigQuery would say to a statement, from Google's own analyzer (GoogleSQL), in process and without a network.

``BigQuery`` holds tables under project, dataset and table name with real types; ``query`` analyses a SELECT and
answers its output columns, or raises ``Refused`` with Google's message. It says nothing about cost or permissions.
"""

from dataclasses import dataclass, field

from zetasql.api import TableBuilder
from zetasql.core.exceptions import ZetaSQLError
from zetasql.types import (
    AnalyzeRequest,
    AnalyzerOptions,
    LanguageOptions,
    ProductMode,
    SimpleCatalog,
    TypeKind,
    ZetaSQLBuiltinFunctionOptions,
)
from zetasql.wasi._pb2.zetasql.local_service import local_service_pb2

from analytics_platform_tests.bigquery.wasm_cache import service

KINDS = {
    "STRING": TypeKind.TYPE_STRING,
    "INT64": TypeKind.TYPE_INT64,
    "FLOAT64": TypeKind.TYPE_DOUBLE,
    "NUMERIC": TypeKind.TYPE_NUMERIC,
    "BOOL": TypeKind.TYPE_BOOL,
    "TIMESTAMP": TypeKind.TYPE_TIMESTAMP,
    "DATE": TypeKind.TYPE_DATE,
}
NAMES = {int(kind): name for name, kind in KINDS.items()}


class Refused(Exception):
    """The statement that BigQuery would not take, in Google's words."""


def _language() -> LanguageOptions:
    service()  # before the library makes one of its own, without the cache
    language = LanguageOptions.maximum_features()
    language.product_mode = ProductMode.PRODUCT_EXTERNAL  # FLOAT64, not DOUBLE
    language.reserved_keywords = ["QUALIFY"]
    return language


@dataclass
class BigQuery:
    """Tables by (project, dataset, table), each a map from column to BigQuery type."""

    tables: dict[tuple[str, str, str], dict[str, str]] = field(default_factory=dict)

    def add(self, project: str, dataset: str, table: str, columns: dict[str, str]) -> None:
        self.tables[project, dataset, table] = columns

    def query(self, sql: str) -> dict[str, str]:
        """The columns that a query returns, in order, with their types."""
        language = _language()
        options = AnalyzerOptions(language_options=language, default_timezone="UTC")
        request = AnalyzeRequest(options=options, simple_catalog=self._catalog(language), sql_statement=sql)
        try:
            answer = service().wasm_client.call_grpc_func(
                "ZetaSqlLocalService_Analyze", request.to_proto(), local_service_pb2.AnalyzeResponse
            )
        except ZetaSQLError as error:
            raise Refused(str(error)) from None
        query = answer.resolved_statement.resolved_query_stmt_node
        return {
            output.name: NAMES.get(output.column.type.type_kind, str(output.column.type.type_kind))
            for output in query.output_column_list
        }

    def _catalog(self, language: LanguageOptions) -> SimpleCatalog:
        root = SimpleCatalog(
            name="bigquery", builtin_function_options=ZetaSQLBuiltinFunctionOptions(language_options=language)
        )
        for (project, dataset, name), columns in self.tables.items():
            table = TableBuilder(name)
            for column, kind in columns.items():
                table.add_column(column, KINDS[kind])
            _child(_child(root, project), dataset).table.append(table.build())
        return root


def _child(catalog: SimpleCatalog, name: str) -> SimpleCatalog:
    for child in catalog.catalog:
        if child.name == name:
            return child
    child = SimpleCatalog(name=name)
    catalog.catalog.append(child)
    return child
