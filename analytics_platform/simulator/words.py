"""The catalogues beside this file (``words/*.toml``): people, lessons, answers, chat. Read once."""

import tomllib
from functools import lru_cache
from importlib import resources
from typing import Any

LANGUAGES = ("en", "th", "id")


@lru_cache(maxsize=8)
def catalogue(name: str) -> dict[str, Any]:
    """The content of ``words/<name>.toml``."""
    return tomllib.loads((resources.files(__package__) / "words" / f"{name}.toml").read_text("utf-8"))
