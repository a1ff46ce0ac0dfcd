"""The calls to Google's GoogleSQL: analyse the next statement of a script, parse one, evaluate a query over rows.

Everything here speaks Google's protocol messages; positions are byte offsets into the UTF-8 text. One statement is
analysed at a time, because the next one may need what this one makes. The module in wasm is one and not thread-safe,
so every call takes the lock. Does not live here: what a statement does (``statements``), where rows are (``storage``).
"""

import re
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from google.protobuf.message import Message
from zetasql.core.exceptions import ZetaSQLError
from zetasql.types import LanguageOptions, ProductMode, ZetaSQLBuiltinFunctionOptions
from zetasql.wasi._pb2.zetasql.local_service import local_service_pb2 as service_pb2
from zetasql.wasi._pb2.zetasql.proto import options_pb2, simple_catalog_pb2
from zetasql.wasi._pb2.zetasql.public.options_pb2 import (
    ERROR_MESSAGE_ONE_LINE,
    PARSE_LOCATION_RECORD_CODE_SEARCH,
    LanguageFeature,
)

from analytics_platform_tests.bigquery.wasm_cache import service

Parameter = tuple[str, Any, Any]  # name, type and value
_ONE_AT_A_TIME = threading.RLock()
_REST = re.compile(rb"(\s|;|--[^\n]*(\n|$)|#[^\n]*(\n|$)|/\*.*?\*/)*", re.DOTALL)
# Features that are off by default: https://cloud.google.com/bigquery/docs/reference/standard-sql/data-definition-language
OF_BIGQUERY = ("CREATE_TABLE_CLONE", "CREATE_VIEW_WITH_COLUMN_LIST", "CREATE_VIEWS_WITH_COLUMN_OPTIONS")
# Features of GoogleSQL that other products have: https://cloud.google.com/bigquery/docs/reference/standard-sql
BEYOND_BIGQUERY = (
    "V_1_4_AGGREGATE_FILTERING", "V_1_4_MULTILEVEL_AGGREGATION", "V_1_4_LATERAL_JOIN", "V_1_4_MAP_TYPE",
    "V_1_4_UUID_TYPE", "V_1_4_ALIASES_FOR_STRING_AND_DATE_FUNCTIONS", "ADDITIONAL_DATE_TIME_FUNCTIONS",
    "V_1_4_FOR_UPDATE", "V_1_4_INSERT_ON_CONFLICT_CLAUSE", "V_1_3_DML_RETURNING", "V_1_4_FIRST_AND_LAST_N",
    "V_1_4_PI_FUNCTIONS", "V_1_4_NULLIFZERO_ZEROIFNULL", "V_1_4_ARRAY_FIND_FUNCTIONS", "V_1_3_INLINE_LAMBDA_ARGUMENT",
    "V_1_4_ARRAY_AGGREGATION_FUNCTIONS", "V_1_4_ENABLE_MEASURES", "LATERAL_COLUMN_REFERENCES", "ROW_TYPE",
)  # fmt: skip
# Not part of a statement's meaning, and the bulk of its messages.
_SKIPPED = {"zetasql.TypeProto", "zetasql.ValueProto", "zetasql.AnnotationMapProto", "zetasql.FunctionSignatureProto"}


class Refused(Exception):
    """The statement that BigQuery would not take, in Google's words."""


@dataclass(frozen=True)
class Analysed:
    """One statement of a script: where it stands, its kind (``query_stmt``, ``merge_stmt`` …), its resolved tree."""

    script: bytes
    start: int
    end: int
    kind: str
    tree: Any

    @property
    def text(self) -> str:
        return self.script[self.start : self.end].decode().strip().rstrip(";")


@lru_cache(maxsize=1)
def language() -> Any:
    with _ONE_AT_A_TIME:
        service()  # before the library makes one of its own, without the cache
        options = LanguageOptions.maximum_features()
    options.product_mode = ProductMode.PRODUCT_EXTERNAL  # FLOAT64, not DOUBLE
    options.reserved_keywords = ["QUALIFY"]
    return options


@lru_cache(maxsize=1)
def language_proto() -> Any:
    """The language as BigQuery has it: GoogleSQL can more, and would take another dialect's words for its own."""
    proto = language().to_proto()
    beyond = {LanguageFeature.Value(f"FEATURE_{name}") for name in BEYOND_BIGQUERY}
    enabled = [feature for feature in proto.enabled_language_features if feature not in beyond]
    del proto.enabled_language_features[:]
    proto.enabled_language_features.extend(enabled)
    proto.enabled_language_features.extend(LanguageFeature.Value(f"FEATURE_{name}") for name in OF_BIGQUERY)
    return proto


@lru_cache(maxsize=1)
def _options() -> Any:
    options = options_pb2.AnalyzerOptionsProto(default_timezone="UTC", prune_unused_columns=True)
    options.error_message_mode = ERROR_MESSAGE_ONE_LINE  # with "[at 1:8]"
    options.language_options.CopyFrom(language_proto())
    options.parse_location_record_type = PARSE_LOCATION_RECORD_CODE_SEARCH
    return options


def _options_for(parameters: Sequence[Parameter]) -> Any:
    if not parameters:
        return _options()
    options = options_pb2.AnalyzerOptionsProto()
    options.CopyFrom(_options())
    for name, kind, _ in parameters:
        options.query_parameters.add(name=name, type=kind)
    return options


@lru_cache(maxsize=1)
def _functions() -> Any:
    functions = ZetaSQLBuiltinFunctionOptions(language_options=language()).to_proto()
    functions.language_options.CopyFrom(language_proto())
    return functions


def empty_catalog() -> Any:
    """A catalog that knows BigQuery's functions and no table."""
    return simple_catalog_pb2.SimpleCatalogProto(name="bigquery", builtin_function_options=_functions())


def analyse(script: bytes, position: int, catalog: Any, parameters: Sequence[Parameter] = ()) -> Analysed:
    """The statement that begins at a position of a script, resolved against real schemas; or Google's refusal."""
    request = service_pb2.AnalyzeRequest(options=_options_for(parameters), simple_catalog=catalog)
    request.parse_resume_location.input = script.decode()
    request.parse_resume_location.byte_position = position
    request.parse_resume_location.allow_resume = True
    answer = call("Analyze", request, service_pb2.AnalyzeResponse)
    end = answer.resume_byte_position or len(script)
    tree = answer.resolved_statement
    kind = ""
    while tree.DESCRIPTOR.name.startswith("AnyResolved"):
        field = tree.WhichOneof("node")
        kind, tree = field.removeprefix("resolved_").removesuffix("_node"), getattr(tree, field)
    return Analysed(script, position, end, kind, tree)


def is_over(script: bytes, position: int) -> bool:
    """Whether nothing but blanks and comments follows."""
    match = _REST.match(script, position)
    return match is not None and match.end() == len(script)


def parse(statement: Analysed) -> Any:
    """The syntax tree of a statement, each node with its place in the script."""
    request = service_pb2.ParseRequest(options=language_proto())
    request.parse_resume_location.input = statement.script.decode()
    request.parse_resume_location.byte_position = statement.start
    request.parse_resume_location.allow_resume = True
    tree = call("Parse", request, service_pb2.ParseResponse).parsed_statement
    while tree.DESCRIPTOR.name.startswith("AnyAST"):
        tree = getattr(tree, tree.WhichOneof("node"))
    return tree


def place(node: Any) -> tuple[int, int]:
    """Where a node of a syntax tree or of a resolved tree stands in the script."""
    while not (node.DESCRIPTOR.fields_by_name.get("parse_location_range")):
        node = getattr(node, node.WhichOneof("node")) if node.DESCRIPTOR.name.startswith("Any") else node.parent
    return node.parse_location_range.start, node.parse_location_range.end


def evaluate(
    query: str, catalog: Any, contents: Mapping[str, Sequence[Any]], parameters: Sequence[Parameter] = ()
) -> tuple[list[tuple[str, Any]], list[Any]]:
    """The columns (name, type) and rows of a query over tables that stand at the catalog's root."""
    request = service_pb2.EvaluateQueryRequest(sql=query, options=_options_for(parameters), simple_catalog=catalog)
    for name, _, value in parameters:
        request.params.add(name=name, value=value)
    for name, rows in contents.items():
        request.table_content[name].table_data.row.extend(rows)
    answer = call("EvaluateQuery", request, service_pb2.EvaluateQueryResponse)
    columns = [(column.name, column.type) for column in answer.prepared.columns]
    return columns, list(answer.content.table_data.row)


def call(name: str, request: Message, answer: Any) -> Any:
    with _ONE_AT_A_TIME:
        try:
            return service().wasm_client.call_grpc_func(f"ZetaSqlLocalService_{name}", request, answer)
        except ZetaSQLError as error:
            raise Refused(getattr(error, "message", str(error))) from None


def nodes(tree: Message, kind: str) -> Iterator[Any]:
    """Every message of a kind in a tree, the tree itself included."""
    if tree.DESCRIPTOR.name == kind:
        yield tree
    for field, value in tree.ListFields():
        if field.message_type is not None and field.message_type.full_name not in _SKIPPED:
            for child in value if field.is_repeated else (value,):
                yield from nodes(child, kind)
