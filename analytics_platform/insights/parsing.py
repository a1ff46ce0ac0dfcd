"""Text columns of a CSV file to times and numbers, and a message that names the line where one is wrong.

Does not live here: which columns (series_csv), what becomes of rows without a value (scoring, forecasting).
"""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from analytics_platform.insights.errors import FileRefused
from analytics_platform.insights.rolling import Array

MISSING = ["", "nan", "null", "none", "na", "n/a", "-"]
LARGEST = 1e100  # squares of what is larger do not fit into a number
HEADER = 2  # line of the first row


def are_numbers(text: pa.Array) -> bool:
    """Are these times seconds or milliseconds since 1970?"""
    return bool(pc.all(pc.match_substring_regex(pc.utf8_trim_whitespace(text), r"^-?\d{9,13}(\.\d+)?$")).as_py())


def times_of(text: pa.Array, numbers: bool, name: str, first: int) -> NDArray[np.int64]:
    """Seconds since 1970: ISO 8601 (no zone: UTC), or ``numbers``. ``first`` is the number of the first row."""
    try:
        if numbers:
            seconds = pc.cast(pc.utf8_trim_whitespace(text), pa.float64()).to_numpy(zero_copy_only=False)
            return np.asarray(np.where(np.abs(seconds) >= 1e11, seconds / 1000, seconds).astype(np.int64))
        return _seconds(pc.cast(text, pa.timestamp("s")).to_numpy(zero_copy_only=False))  # without zone or fraction
    except pa.ArrowInvalid:
        return _any_times(pc.utf8_trim_whitespace(text), name, first)


def _any_times(text: pa.Array, name: str, first: int) -> NDArray[np.int64]:
    import pandas as pd

    moments = pd.to_datetime(text.to_pandas(), format="ISO8601", utc=True, errors="coerce")
    wrong = np.flatnonzero(moments.isna().to_numpy())
    if wrong.size:
        row = int(wrong[0])
        raise FileRefused(
            f"{name}, line {first + row + HEADER}: {text[row].as_py()!r} is no time. Write times as ISO 8601, as in"
            f" 2026-03-01T10:00:00Z or 2026-03-01 10:00:00, in every row, or in every row seconds since 1970."
        )
    return _seconds(moments.dt.tz_localize(None).to_numpy())


def _seconds(moments: NDArray[np.datetime64]) -> NDArray[np.int64]:
    return np.asarray(moments.astype("datetime64[s]").astype(np.int64))


def values_of(text: pa.Array, name: str, first: int) -> Array:
    """Numbers; NaN where there is none."""
    try:
        numbers = pc.cast(text, pa.float64()).to_numpy(zero_copy_only=False)
    except pa.ArrowInvalid:
        numbers = _any_values(pc.utf8_trim_whitespace(text), name, first)
    wild = np.flatnonzero(np.isfinite(numbers) & (np.abs(numbers) > LARGEST))
    if wild.size:
        row = int(wild[0])
        raise FileRefused(
            f"{name}, line {first + row + HEADER}: {text[row].as_py()} is larger than {LARGEST:g}. Correct it, or"
            " leave it empty."
        )
    return np.where(np.isfinite(numbers), numbers, np.nan)


def _any_values(text: pa.Array, name: str, first: int) -> Array:
    empty = pc.is_in(pc.utf8_lower(text), pa.array(MISSING))
    kept = pc.if_else(empty, pa.scalar(None, pa.string()), text)
    try:
        return np.asarray(pc.cast(kept, pa.float64()).to_numpy(zero_copy_only=False))
    except pa.ArrowInvalid:
        row = next(row for row, word in enumerate(kept.to_pylist()) if word is not None and not _is_number(word))
        raise FileRefused(
            f"{name}, line {first + row + HEADER}: {text[row].as_py()!r} is no number. Write a plain number such as"
            " 12.5, or leave the value empty where it is missing."
        ) from None


def _is_number(word: str) -> bool:
    try:
        pc.cast(pa.array([word]), pa.float64())
    except pa.ArrowInvalid:
        return False
    return True
