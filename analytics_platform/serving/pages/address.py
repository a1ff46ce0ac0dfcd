"""Filters that live in the address: a link shows what its sender saw.

Each function draws one widget, reads its value from the URL's query parameters and writes it back. A value in the
address that is no choice (any more) is left out. Does not live here: what is filtered.
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date
from typing import Any

import streamlit as st

from analytics_platform.serving.pages.words import say


@dataclass(frozen=True)
class Tab:
    """The tab that is open. Only its content is asked for: the others wait until somebody looks."""

    name: str
    place: AbstractContextManager[Any]


def tab(page: str, names: Sequence[str]) -> Tab:
    """Tabs of a page, called ``<page>.tab_<name>`` in the texts."""
    labels = [say(f"{page}.tab_{name}") for name in names]
    key, written = f"f_{page}_tab", f"written_{page}_tab"
    asked = st.query_params.get("tab", "")
    wanted = asked if asked in names else names[0]
    # Not as a default: Streamlit takes tabs with another default for other tabs, and forgets which one was clicked.
    if key not in st.session_state or st.session_state.get(written) != wanted:
        st.session_state[key] = labels[names.index(wanted)]
    places = st.tabs(labels, key=key, on_change="rerun")
    number = next((number for number, place in enumerate(places) if place.open), 0)
    st.session_state[written] = names[number]
    _write("tab", names[number] if number else "")
    return Tab(names[number], places[number])


def leads_to(path: str, label: str, **address: str) -> None:
    """A link to another page that keeps the session: no new tab, and nothing is loaded anew."""
    pages = st.session_state.get("pages", {})
    if path in pages:
        st.page_link(pages[path], label=label, icon=":material/arrow_forward:", query_params=address)
    else:  # one view by itself, as in a test
        asked = "&".join(f"{name}={value}" for name, value in address.items())
        st.markdown(f"[{label}](/{path}{'?' if asked else ''}{asked})")


def choice(
    label: str, name: str, options: Sequence[Any], any_label: str | None = None, shown: Callable[[Any], str] = str
) -> Any | None:
    """One of some values; with ``any_label`` also none of them."""
    values: list[Any] = [None, *options] if any_label is not None else list(options)
    if not values:
        return None
    texts = {value: "" if value is None else str(value) for value in values}
    wanted = st.query_params.get(name, "")
    index = next((i for i, value in enumerate(values) if texts[value] == wanted), 0)
    picked = st.selectbox(
        label,
        values,
        index=index,
        format_func=lambda value: str(any_label) if value is None else shown(value),
        key=f"f_{name}",
    )
    _write(name, texts[picked])
    return picked


def one_of(label: str, name: str, options: Sequence[str], any_label: str, shown: Callable[[str], str]) -> str | None:
    """One of a few values, or any of them, as buttons: one click each."""
    wanted = st.query_params.get(name, "")
    picked = st.segmented_control(
        label,
        ["", *options],
        default=wanted if wanted in options else "",
        format_func=lambda value: shown(value) if value else any_label,
        key=f"f_{name}",
        required=True,
    )
    _write(name, picked or "")
    return picked or None


def several(label: str, name: str, options: Sequence[str], default: Sequence[str], of: str) -> list[str]:
    """Some of several values; ``of`` names what they belong to, so that another one begins anew."""
    asked = [value for value in st.query_params.get(name, "").split(",") if value in options]
    picked = st.multiselect(label, options, default=asked or list(default), key=f"f_{name}_{of}")
    _write(name, "" if picked == list(default) else ",".join(picked))
    return picked


def amount(label: str, name: str, low: int, high: int, default: int, shown: str) -> int:
    """A whole number between two, on a slider."""
    asked = st.query_params.get(name, "")
    value = min(max(int(asked), low), high) if asked.isdecimal() else default
    picked = st.slider(label, low, high, value, format=shown, key=f"f_{name}")
    _write(name, "" if picked == default else str(picked))
    return picked


def switch(label: str, name: str) -> bool:
    """On or off; off unless the address says on."""
    on = st.toggle(label, st.query_params.get(name) == "1", key=f"f_{name}")
    _write(name, "1" if on else "")
    return on


def day(label: str, name: str, default: date, first: date, last: date) -> date:
    """A day between two."""
    try:
        wanted = date.fromisoformat(st.query_params.get(name, ""))
    except ValueError:
        wanted = default
    picked = st.date_input(label, min(max(wanted, first), last), min_value=first, max_value=last, key=f"f_{name}")
    if isinstance(picked, date):
        _write(name, picked.isoformat())
        return picked
    return default


def words(label: str, name: str, placeholder: str = "") -> str:
    """Free text, as for a search."""
    typed = st.text_input(label, st.query_params.get(name, ""), placeholder=placeholder, key=f"f_{name}") or ""
    _write(name, typed.strip())
    return typed.strip()


def _write(name: str, text: str) -> None:
    if not text:
        st.query_params.pop(name, None)
    elif st.query_params.get(name) != text:
        st.query_params[name] = text
