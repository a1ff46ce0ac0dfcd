"""Attachments come along, are checked against their hash, and are given back."""

import hashlib
import json
from typing import Any

import httpx
import pytest

from .conftest import Collector
from .samples import with_id

PICTURE = b"\x89PNG\r\n\r\n--not-a-boundary\r\n\x00\xff"


def declared(content: bytes, **changes: Any) -> dict[str, Any]:
    return {
        "usageType": "http://u.example/picture",
        "display": {"en": "A picture"},
        "contentType": "image/png",
        "length": len(content),
        "sha2": hashlib.sha256(content).hexdigest(),
        **changes,
    }


def send(client: httpx.Client, statement: Any, *contents: bytes, hashes: list[str] | None = None) -> httpx.Response:
    parts = [b"Content-Type: application/json\r\n\r\n" + json.dumps(statement).encode()]
    for content, name in zip(contents, hashes or [hashlib.sha256(c).hexdigest() for c in contents], strict=True):
        head = f"Content-Type: image/png\r\nContent-Transfer-Encoding: binary\r\nX-Experience-API-Hash: {name}\r\n\r\n"
        parts.append(head.encode() + content)
    body = b"".join(b"--edge\r\n" + part + b"\r\n" for part in parts) + b"--edge--\r\n"
    return client.post("/xapi/statements", content=body, headers={"Content-Type": 'multipart/mixed; boundary="edge"'})


def test_there_and_back(collector: Collector) -> None:
    answer = send(collector.client, with_id(attachments=[declared(PICTURE)]), PICTURE)
    assert answer.status_code == 200, answer.text
    back = collector.client.get("/xapi/statements", params={"attachments": "true"})
    assert back.headers["Content-Type"].startswith("multipart/mixed")
    assert PICTURE in back.content
    assert collector.client.get("/xapi/statements").headers["Content-Type"] == "application/json"


@pytest.mark.parametrize(
    ("statement", "contents", "hashes"),
    [
        (with_id(attachments=[declared(PICTURE)]), [], None),
        (with_id(attachments=[declared(PICTURE)]), [b"other"], None),
        (with_id(), [PICTURE], None),
        (with_id(attachments=[declared(PICTURE)]), [b"other"], [hashlib.sha256(PICTURE).hexdigest()]),
        (
            with_id(attachments=[declared(PICTURE, usageType="http://adlnet.gov/expapi/attachments/signature")]),
            [PICTURE],
            None,
        ),
    ],
    ids=["missing", "another", "undeclared", "wrong hash", "no signature"],
)
def test_what_does_not_fit_is_refused(
    collector: Collector, statement: Any, contents: list[bytes], hashes: list[str] | None
) -> None:
    assert send(collector.client, statement, *contents, hashes=hashes).status_code == 400
    assert collector.client.get("/xapi/statements").json()["statements"] == []
