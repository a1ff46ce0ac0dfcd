"""BigQuery's types and values in the three shapes that the double meets: Google's messages, REST's JSON, Arrow.

A type is Google's ``TypeProto`` throughout; a value is a ``ValueProto``, which says nothing of its type. Lives here:
names of types, REST schemas and cells, and how Parquet's columns become values. Does not live here: tables.
"""

import base64
import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from zetasql.wasi._pb2.zetasql.public.type_pb2 import TypeProto
from zetasql.wasi._pb2.zetasql.public.value_pb2 import ValueProto

Json = dict[str, Any]

# https://cloud.google.com/bigquery/docs/reference/standard-sql/data-types
KINDS = {
    "INT64": 2, "BOOL": 5, "FLOAT64": 7, "STRING": 8, "BYTES": 9, "DATE": 10, "TIMESTAMP": 19,
    "TIME": 20, "DATETIME": 21, "NUMERIC": 23, "BIGNUMERIC": 24, "JSON": 25,
}  # fmt: skip
NAMES = {number: name for name, number in KINDS.items()}
ARRAY, STRUCT = 16, 17
# What REST's schemas say instead, and what they also accept.
_REST = {"INT64": "INTEGER", "FLOAT64": "FLOAT", "BOOL": "BOOLEAN"}
_ALIASES = {rest: name for name, rest in _REST.items()}
_EPOCH, _EPOCH_DAY = datetime(1970, 1, 1, tzinfo=UTC), date(1970, 1, 1)
_SCALE = {"NUMERIC": 9, "BIGNUMERIC": 38}
_PARAMETERS = re.compile(r"\(.*\)")


def named(name: str) -> Any:
    """The type of a name, as STRING, INTEGER or ARRAY<DATE>; parameters as in NUMERIC(38, 9) are dropped."""
    plain = _PARAMETERS.sub("", name).strip().upper()
    if plain.startswith("ARRAY<"):
        array = TypeProto(type_kind=ARRAY)
        array.array_type.element_type.CopyFrom(named(plain[6:-1]))
        return array
    return TypeProto(type_kind=KINDS[_ALIASES.get(plain, plain)])


def name_of(kind: Any) -> str:
    if kind.type_kind == ARRAY:
        return f"ARRAY<{name_of(kind.array_type.element_type)}>"
    if kind.type_kind == STRUCT:
        return f"STRUCT<{', '.join(f'{f.field_name} {name_of(f.field_type)}' for f in kind.struct_type.field)}>"
    return NAMES.get(kind.type_kind, f"type {kind.type_kind}")


def to_rest(name: str, kind: Any, mode: str = "NULLABLE", description: str = "") -> Json:
    """A column as a REST schema field."""
    if kind.type_kind == ARRAY:
        kind, mode = kind.array_type.element_type, "REPEATED"
    field: Json = {"name": name, "mode": mode}
    if description:
        field["description"] = description
    if kind.type_kind == STRUCT:
        fields = [to_rest(inner.field_name, inner.field_type) for inner in kind.struct_type.field]
        return field | {"type": "RECORD", "fields": fields}
    return field | {"type": _REST.get(name_of(kind), name_of(kind))}


def from_rest(field: Json) -> Any:
    """The type of a REST schema field."""
    kind = TypeProto()
    if field["type"].upper() in ("RECORD", "STRUCT"):
        kind.type_kind = STRUCT
        for inner in field["fields"]:
            kind.struct_type.field.add(field_name=inner["name"], field_type=from_rest(inner))
    else:
        kind = named(field["type"])
    if field.get("mode") != "REPEATED":
        return kind
    array = TypeProto(type_kind=ARRAY)
    array.array_type.element_type.CopyFrom(kind)
    return array


def cell(value: Any, kind: Any) -> Any:
    """A value as it stands in a REST row: text, nested, or null. Timestamps are microseconds since 1970."""
    which = value.WhichOneof("value")
    if which is None:
        return [] if kind.type_kind == ARRAY else None
    if kind.type_kind == ARRAY:
        return [{"v": cell(element, kind.array_type.element_type)} for element in value.array_value.element]
    if kind.type_kind == STRUCT:
        fields = zip(value.struct_value.field, kind.struct_type.field, strict=True)
        return {"f": [{"v": cell(inner, field.field_type)} for inner, field in fields]}
    return _TEXTS[name_of(kind)](value)


def _timestamp(value: Any) -> str:
    stamp = value.timestamp_value
    return str(stamp.seconds * 1_000_000 + stamp.nanos // 1000)


def _datetime(value: Any) -> str:
    bits = value.datetime_value.bit_field_datetime_seconds
    parts = bits >> 26, bits >> 22 & 15, bits >> 17 & 31, bits >> 12 & 31, bits >> 6 & 63, bits & 63
    return datetime(*parts, value.datetime_value.nanos // 1000).isoformat()  # noqa: DTZ001  a civil time


def decimal_of(packed: bytes, scale: int) -> Decimal:
    """NUMERIC's bytes: a little-endian whole number of 10^-scale."""
    return Decimal(int.from_bytes(packed, "little", signed=True)).scaleb(-scale)


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}" if number else "0"


_TEXTS = {
    "INT64": lambda value: str(value.int64_value),
    "BOOL": lambda value: str(value.bool_value).lower(),
    "FLOAT64": lambda value: repr(value.double_value),
    "STRING": lambda value: value.string_value,
    "BYTES": lambda value: base64.b64encode(value.bytes_value).decode(),
    "DATE": lambda value: (_EPOCH_DAY + timedelta(days=value.date_value)).isoformat(),
    "TIMESTAMP": _timestamp,
    "DATETIME": _datetime,
    "NUMERIC": lambda value: _plain(decimal_of(value.numeric_value, 9)),
    "BIGNUMERIC": lambda value: _plain(decimal_of(value.bignumeric_value, 38)),
    "JSON": lambda value: value.json_value,
}


def value_of(thing: Any, kind: Any) -> Any:
    """A Python value, as Arrow hands it out, as Google's message. The wrong Python type raises TypeError."""
    value = ValueProto()
    if thing is None:
        return value
    name = name_of(kind)
    if name == "STRING":
        value.string_value = thing
    elif name == "INT64":
        value.int64_value = thing
    elif name == "FLOAT64":
        value.double_value = thing
    elif name == "BOOL":
        value.bool_value = thing
    elif name == "BYTES":
        value.bytes_value = thing
    elif name == "DATE":
        value.date_value = (thing - _EPOCH_DAY).days
    elif name == "TIMESTAMP":
        micros = (thing - _EPOCH) // timedelta(microseconds=1)
        value.timestamp_value.seconds, rest = divmod(micros, 1_000_000)
        value.timestamp_value.nanos = rest * 1000
    elif name in _SCALE:
        number = int(Decimal(thing).scaleb(_SCALE[name]).to_integral_exact())
        packed = number.to_bytes(number.bit_length() // 8 + 1, "little", signed=True)
        setattr(value, f"{name.lower()}_value", packed)
    else:
        raise TypeError(f"the double cannot load {name}")
    return value


def size_of(value: Any, kind: Any) -> int:
    """Logical bytes, as BigQuery counts them for processing and billing.

    https://cloud.google.com/bigquery/pricing#data
    """
    if value.WhichOneof("value") is None:
        return 0
    name = name_of(kind)
    if name == "STRING":
        return 2 + len(value.string_value.encode())
    if kind.type_kind == ARRAY:
        return sum(size_of(element, kind.array_type.element_type) for element in value.array_value.element)
    if kind.type_kind == STRUCT:
        fields = zip(value.struct_value.field, kind.struct_type.field, strict=True)
        return sum(size_of(inner, field.field_type) for inner, field in fields)
    return {"BOOL": 1, "NUMERIC": 16, "BIGNUMERIC": 32, "BYTES": 2 + len(value.bytes_value)}.get(name, 8)
