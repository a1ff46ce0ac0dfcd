"""The user's last text in a prompt, whichever way the installation writes it, and nothing of what is no prompt."""

import json
from typing import Any

import pytest

from analytics_platform.connectors.nocodb.prompts import LONGEST, last_user_text

TALK = [
    {"role": "system", "text": "Be kind."},
    {"role": "user", "text": "first"},
    {"role": "assistant", "text": 'I said "ok"'},
    {"role": "user", "text": 'It\'s "it"\nราคา \\', "files": []},
]


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        (TALK, TALK[-1]["text"]),
        (json.dumps(TALK), TALK[-1]["text"]),
        (repr(TALK), TALK[-1]["text"]),
        (repr([{"role": "user", "content": "it's"}]), "it's"),
        ([{"role": "assistant", "text": "hello"}], None),
        ([{"role": "user", "content": [{"type": "image"}]}], None),
        ("__import__('os').getcwd()", None),
        ("[" * 100_000, None),
        ("[{'role': 'user', 'text': 'torn", None),
        (repr([{"role": "user", "text": "x" * LONGEST}]), None),
        ("", None),
        ({"role": "user"}, None),
        (7, None),
    ],
)
def test_the_last_text_of_the_user(prompt: Any, expected: str | None) -> None:
    assert last_user_text(prompt) == expected
