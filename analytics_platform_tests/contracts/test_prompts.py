"""A prompt list says what the user wrote, as JSON and as the repr of a Python list."""

import json
from typing import Any

import duckdb
import pytest

from analytics_platform.contracts.sql import last_user_text

TALK = [
    {"role": "system", "text": "Be kind."},
    {"role": "user", "text": "first"},
    {"role": "assistant", "text": 'I said "ok"'},
    {"role": "user", "text": 'It\'s "it"\nราคา \\'},
]


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        (json.dumps(TALK), TALK[-1]["text"]),
        (repr(TALK), TALK[-1]["text"]),
        (repr([{"role": "user", "content": "it's"}]), "it's"),
        (json.dumps([{"role": "user", "content": "plain"}]), "plain"),
        (json.dumps([{"role": "assistant", "text": "hello"}]), None),
        ("[]", None),
        ("no list", None),
        ("[{'role': 'user', 'text': 'torn", None),
        ("", None),
        (None, None),
    ],
)
def test_the_last_text_of_the_user(prompt: str | None, expected: Any) -> None:
    with duckdb.connect() as connection:
        found = connection.execute(f"select {last_user_text('v')} from (select $1::varchar as v)", [prompt]).fetchone()
    assert found == (expected,)
