"""Every text of the pages, by language: ``words/<language>.toml``. A text that a language lacks is shown in English.

Does not live here: names and definitions of metrics, which come from the semantics.
"""

import tomllib
from functools import lru_cache
from pathlib import Path

import streamlit as st

FOLDER = Path(__file__).parent / "words"
ENGLISH = "en"


@lru_cache(maxsize=8)
def texts(language: str) -> dict[str, str]:
    """Texts by dotted key, as ``today.title``."""
    found: dict[str, str] = {}
    for chapter, entries in tomllib.loads((FOLDER / f"{language}.toml").read_text()).items():
        found |= {f"{chapter}.{key}": text for key, text in entries.items()}
    return found


def languages() -> list[str]:
    return sorted(path.stem for path in FOLDER.glob("*.toml"))


def language() -> str:
    """The language that the person chose, else the browser's, else English."""
    chosen = st.query_params.get("lang") or (st.context.locale or ENGLISH).split("-")[0]
    return chosen if chosen in languages() else ENGLISH


def say(key: str, **values: object) -> str:
    """The text behind a key, in the person's language."""
    text = texts(language()).get(key) or texts(ENGLISH)[key]
    return text.format(**values) if values else text


def say_if_known(key: str) -> str:
    """The text behind a key; empty where there is none."""
    return texts(language()).get(key) or texts(ENGLISH).get(key, "")
