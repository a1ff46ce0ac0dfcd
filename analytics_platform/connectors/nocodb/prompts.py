"""The user's last text in a prompt list, which NocoDB gives as JSON, as text of JSON, or as the repr of a Python list.

The rest of a prompt is the application's instructions with a person's ``inputs`` written into them; it is not kept.
"""

import ast
from typing import Any

import orjson

LONGEST = 1_000_000  # characters of a prompt that are looked at


def last_user_text(prompt: Any) -> str | None:
    """None where the prompt is no list or the user says nothing in it."""
    parts = _read(prompt) if isinstance(prompt, str) else prompt
    if not isinstance(parts, list):
        return None
    said = [part for part in parts if isinstance(part, dict) and part.get("role") == "user"]
    text = (said[-1].get("text") or said[-1].get("content")) if said else None
    return text if isinstance(text, str) else None


def _read(text: str) -> Any:
    if len(text) > LONGEST:
        return None
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        pass
    try:
        return ast.literal_eval(text.strip())  # literals only: nothing of the text is executed
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return None
