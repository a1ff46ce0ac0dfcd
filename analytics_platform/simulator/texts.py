"""JSON text of many rows at once: a text is a constant or a function from row numbers to an Arrow string array.

Lives here: picking from a catalogue, numbers, times, identifiers, joining. Nothing loops over rows in Python; what
needs escaping is escaped once, in the catalogue. Does not live here: what any source says.
"""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Text = str | Callable[[Ints], Any]

_HEX = np.frombuffer("".join(f"{byte:02x}" for byte in range(256)).encode(), np.uint8).reshape(256, 2)
_UUID = ((0, 8, 0), (8, 12, 9), (12, 16, 14), (16, 20, 19), (20, 32, 24))  # from, to, place among the dashes


@dataclass(frozen=True)
class Catalogue:
    """One of few texts for each row."""

    values: Any
    index: Ints

    @classmethod
    def of(cls, values: Iterable[str], index: NDArray[Any]) -> "Catalogue":
        return cls(pa.array(list(values), pa.string()), index.astype(np.int64))

    def __call__(self, rows: Ints) -> Any:
        return self.values.take(pa.array(self.index[rows]))


def written(values: Any) -> Catalogue:
    """Texts that are made already, one for each row."""
    return Catalogue(values, np.arange(len(values), dtype=np.int64))


def chained(catalogues: list[Catalogue]) -> Catalogue:
    """The rows of one catalogue after those of another."""
    shifts = np.cumsum([0] + [len(catalogue.values) for catalogue in catalogues])
    index = [catalogue.index + shift for catalogue, shift in zip(catalogues, shifts, strict=False)]
    return Catalogue(pa.concat_arrays([catalogue.values for catalogue in catalogues]), np.concatenate(index))


def number(values: NDArray[Any]) -> Text:
    return lambda rows: pa.array(values[rows]).cast(pa.string())


def money(micros: Ints) -> Text:
    """Millionths as decimal text; a float would print small prices with an exponent."""

    def at(rows: Ints) -> Any:
        amount = micros[rows]
        fraction = pc.utf8_lpad(pa.array(amount % 1_000_000).cast(pa.string()), 6, "0")
        return pc.binary_join_element_wise(pa.array(amount // 1_000_000).cast(pa.string()), fraction, ".")

    return at


def iso_time(micros: Ints) -> Text:
    """``2026-01-01T08:30:00.123456Z``."""
    return lambda rows: pc.binary_join_element_wise(
        pc.binary_replace_slice(spaced_time(micros[rows]), 10, 11, "T"), "Z", ""
    )


def whole_seconds(micros: Ints) -> Text:
    """``2026-01-01 08:30:00+00:00``, as NocoDB writes its system columns."""
    return lambda rows: pc.binary_join_element_wise(
        pc.utf8_slice_codeunits(spaced_time(micros[rows]), 0, 19), "+00:00", ""
    )


def spaced_time(micros: Ints) -> Any:
    """``2026-01-01 08:30:00.123456``. Arrow takes seven times as long for a time with a zone."""
    return pa.array(micros).cast(pa.timestamp("us")).cast(pa.string())


def identifiers(rng: np.random.Generator, count: int) -> NDArray[np.uint8]:
    """Random identifiers (UUIDs of version 4)."""
    bits = rng.integers(0, 256, (count, 16), dtype=np.uint8)
    bits[:, 6] = bits[:, 6] & 0x0F | 0x40
    bits[:, 8] = bits[:, 8] & 0x3F | 0x80
    return bits


def others(bits: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Identifiers that belong to nothing else, one for each of these."""
    return bits ^ np.eye(1, 16, dtype=np.uint8) * np.uint8(255)


def uuid(bits: NDArray[np.uint8], of: Ints | None = None) -> Text:
    """Identifiers with dashes; ``of`` gives each row's place among them."""
    return lambda rows: uuid_texts(bits[rows if of is None else of[rows]])


def uuid_texts(bits: NDArray[np.uint8]) -> Any:
    digits = _HEX[bits].reshape(len(bits), 32)
    dashed = np.full((len(bits), 36), ord("-"), np.uint8)
    for first, end, place in _UUID:
        dashed[:, place : place + end - first] = digits[:, first:end]
    offsets = np.arange(0, 36 * (len(bits) + 1), 36, dtype=np.int32)
    return pa.Array.from_buffers(pa.string(), len(bits), [None, pa.py_buffer(offsets), pa.py_buffer(dashed)])


def joined(*texts: Text) -> Text:
    return lambda rows: join(texts, rows)


def optional(present: Bools, *texts: Text) -> Text:
    """The texts joined where ``present``, else nothing; what is absent is not made."""

    def at(rows: Ints) -> Any:
        there = present[rows]
        made = pa.concat_arrays([pa.array([""]), join(texts, rows[there])])
        return made.take(pa.array(np.where(there, np.cumsum(there), 0)))

    return at


def join(texts: Iterable[Text], rows: Ints) -> Any:
    """One string for each row."""
    parts = [text if isinstance(text, str) else text(rows) for text in texts]
    if all(isinstance(part, str) for part in parts):
        return pa.repeat("".join(parts), len(rows))
    return pc.binary_join_element_wise(*parts, "")


def escaped(texts: Any) -> Any:
    """Texts as the inside of a JSON string. They hold no control characters."""
    return pc.replace_substring(pc.replace_substring(texts, "\\", "\\\\"), '"', '\\"')


def to_json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def member(name: str, value: object) -> str:
    """``"name":value,`` as a piece of an object."""
    return f"{to_json(name)}:{to_json(value)},"
