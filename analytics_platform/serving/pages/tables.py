"""How rows look in a table: columns in words, the telling ones first, numbers as people read them, no holes.

Values are rounded for the eye only: the explorer and its downloads have them whole. Does not live here: what is asked.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from analytics_platform.semantics import Definition
from analytics_platform.serving.pages.asking import settings
from analytics_platform.serving.pages.words import say_if_known

_SHARES = ("_rate", "_share", "_retention", "drop_off", "hazard", "chance", "survival", "success_rate",
           "first_try_correct")  # fmt: skip
SHARE_DIGITS, DIGITS = 3, 2
NOTHING = "–"
SAID_UNITS = ("seconds",)


def table_of(
    rows: pd.DataFrame,
    meanings: Iterable[Definition],
    key: str | None = None,
    columns: Sequence[str] = (),
    rounded: bool = True,
    pick: bool = False,
) -> list[int]:
    """Rows whose columns have these meanings; ``columns`` come first, what is left behind them. Rows that are not
    ``rounded`` keep their columns' names, too: whoever explores writes them in SQL.

    With ``pick`` a row can be chosen; the places of the chosen ones.
    """
    by_name = {meaning.name: meaning for meaning in meanings}
    config = {name: _column(name, rows[name], by_name.get(name), in_words=rounded) for name in rows.columns}
    first = [name for name in columns if name in rows.columns]
    order = first + [name for name in _words_first(rows) if name not in first]
    look: dict[str, Any] = {
        "hide_index": True,
        "column_config": config,
        "column_order": order,
        "key": f"table_{key}" if key else None,
        "placeholder": NOTHING,
    }
    shown = _rounded(rows, by_name) if rounded else rows
    if not pick:
        st.dataframe(shown, **look)
        return []
    chosen = st.dataframe(shown, on_select="rerun", selection_mode="single-row", **look)
    return list(chosen["selection"]["rows"])


def is_share(name: str, meaning: Definition | None) -> bool:
    return bool(meaning and meaning.unit == "share") or name == "share" or name.endswith(_SHARES)


def label_of(name: str, meaning: Definition | None) -> str:
    """A column's name in words: the pages' own, else the metric's, else the column's with a capital."""
    given = meaning.label if meaning else ""
    unit = f" ({meaning.unit})" if meaning and meaning.unit in SAID_UNITS else ""
    if given and given != name.replace("_", " "):
        return given + unit
    told = say_if_known(f"columns.{name}") or name.replace("_", " ")
    return told[:1].upper() + told[1:]


def _column(name: str, values: Any, meaning: Definition | None, in_words: bool) -> Any:
    label, help_text = label_of(name, meaning) if in_words else name, meaning.description if meaning else None
    if is_share(name, meaning):
        return st.column_config.NumberColumn(label, help=help_text, format="percent")
    if isinstance(values.dtype, pd.DatetimeTZDtype):  # the days beside it are local days
        zone = settings().platform_timezone
        return st.column_config.DatetimeColumn(label, help=help_text, format="localized", timezone=zone)
    if pd.api.types.is_datetime64_any_dtype(values):
        return st.column_config.DatetimeColumn(label, help=help_text, format="localized")
    if pd.api.types.is_bool_dtype(values):
        return st.column_config.CheckboxColumn(label, help=help_text)
    if pd.api.types.is_numeric_dtype(values):
        return st.column_config.NumberColumn(label, help=help_text, format="localized")
    return st.column_config.Column(label, help=help_text)


def _rounded(rows: pd.DataFrame, meanings: Mapping[str, Definition]) -> pd.DataFrame:
    """An empty string is as empty as NULL; nobody reads the fourth digit of a share."""
    digits = {
        name: SHARE_DIGITS if is_share(name, meanings.get(name)) else DIGITS
        for name in rows.columns
        if pd.api.types.is_float_dtype(rows[name])
    }
    return rows.assign(**{name: rows[name].round(many) + 0.0 for name, many in digits.items()})  # + 0.0: no -0


def _words_first(rows: pd.DataFrame) -> list[str]:
    ids = [str(name) for name in rows.columns if str(name).endswith(("_id", "_key"))]
    return [str(name) for name in rows.columns if name not in ids] + ids
