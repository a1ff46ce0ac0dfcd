"""From the body of a PUT or POST to prepared statements and attachments: what concerns the request as a whole.

https://github.com/adlnet/xAPI-Spec/blob/1.0.3/xAPI-Communication.md#2.1.1 and #2.1.2
Does not live here: the rules on one statement (``statements``), storing (``store/``).
"""

import asyncio
from collections.abc import Callable
from contextlib import nullcontext
from typing import Any, TypeVar

from analytics_platform.collector import exact
from analytics_platform.collector.errors import Invalid, Refusal, TooLarge
from analytics_platform.collector.http import Request, parse_json
from analytics_platform.collector.xapi import signatures
from analytics_platform.collector.xapi.fast_path import (
    NotOnFastPath,
    StatementParts,
    names_of,
    prepare_parts,
    split_batch,
    split_statement,
    together,
)
from analytics_platform.collector.xapi.multipart import Attachment, read_multipart
from analytics_platform.collector.xapi.preparing import Prepared, attachments, prepare, unwrapped
from analytics_platform.collector.xapi.statements import SIGNATURE, check
from analytics_platform.collector.xapi.versions import Spoken

T = TypeVar("T")
_MOST_SIGNATURES = 4  # each is compared with the whole statement
_TURN = 100  # statements checked before other requests have their turn


def read_body(request: Request) -> tuple[bytes, list[Attachment] | None]:
    """The JSON, and the attachments that came along; None when the request could not carry any."""
    kind = request.media_type
    if kind in ("application/json", ""):
        return request.body, None
    if kind == "multipart/mixed":
        return read_multipart(request.headers["content-type"], request.body)
    # https://github.com/adlnet/xAPI-Spec/blob/1.0.3/xAPI-Communication.md#1.5
    raise Invalid(f"Content-Type {kind[:80]} is neither application/json nor multipart/mixed.")


def prepare_body(
    body: bytes,
    authority: dict[str, Any],
    files: list[Attachment] | None,
    statement_id: str | None = None,
    spoken: Spoken = Spoken.ONE,
) -> Prepared:
    """Check and prepare the one statement of a body."""
    parts = split_statement(body) if files is None else None
    if parts is None:
        return prepare_one(parse_json(body), authority, files, statement_id, spoken)
    prepared = _prepare_parts(parts, authority, statement_id, spoken)
    if prepared.names != exact.names_of_all(body):
        exact.loads(body)
    return prepared


def prepare_one(
    value: Any,
    authority: dict[str, Any],
    files: list[Attachment] | None,
    statement_id: str | None = None,
    spoken: Spoken = Spoken.ONE,
) -> Prepared:
    """Check and prepare one parsed statement."""
    _check_files(value, files, spoken)
    return prepare(value, authority, statement_id, spoken)


def _prepare_parts(
    parts: StatementParts, authority: dict[str, Any], statement_id: str | None, spoken: Spoken
) -> Prepared:
    try:
        return prepare_parts(parts, authority, statement_id, spoken)
    except NotOnFastPath:
        prepared = prepare_one(together(parts), authority, None, statement_id, spoken)
        prepared.names = names_of(parts)
        return prepared


async def prepare_all(
    body: bytes,
    authority: dict[str, Any],
    files: list[Attachment] | None,
    most: int,
    turn: asyncio.Lock,
    spoken: Spoken = Spoken.ONE,
) -> list[Prepared]:
    """Check and prepare a POST's statements; the first bad one refuses them all, and is named.

    Those that take long have the ``turn`` one after another.
    """
    several = split_batch(body) if files is None else None
    if several is not None:
        prepared = await _prepare_each(
            several, lambda parts: _prepare_parts(parts, authority, None, spoken), most, turn
        )
        if sum(statement.names for statement in prepared) != exact.names_of_all(body):
            await asyncio.to_thread(exact.loads, body)  # names the one that is there twice
        return prepared
    value = parse_json(body)
    if type(value) is list:
        prepared = await _prepare_each(
            value, lambda item: prepare_one(item, authority, files, None, spoken), most, turn
        )
    else:
        prepared = [prepare_one(value, authority, files, None, spoken)]
    all_declared(prepared, files)
    return prepared


async def _prepare_each(
    items: list[T], prepare_item: Callable[[T], Prepared], most: int, turn: asyncio.Lock
) -> list[Prepared]:
    if len(items) > most:
        raise Refusal(413, f"More than {most} statements in one request; use /v1/xapi/batch.")
    prepared: list[Prepared] = []
    async with turn if len(items) > _TURN else nullcontext():
        for number, item in enumerate(items):
            try:
                prepared.append(prepare_item(item))
            except Invalid as error:
                error.within(number)
                raise
            if number % _TURN == _TURN - 1:
                await asyncio.sleep(0)
    if len({statement.key for statement in prepared}) < len(prepared):
        raise _repeated(prepared)
    return prepared


def _repeated(prepared: list[Prepared]) -> Invalid:
    """https://github.com/adlnet/xAPI-Spec/blob/1.0.3/xAPI-Communication.md#2.1.2.s2.b6"""
    seen: set[bytes] = set()
    for statement in prepared:
        if statement.key in seen:
            break
        seen.add(statement.key)
    return Invalid("is the id of another statement of the same request", len(seen), "id")


def all_declared(prepared: list[Prepared], files: list[Attachment] | None) -> None:
    """What came along must belong to a statement."""
    declared = {sha2 for statement in prepared for sha2 in statement.files}
    for file in files or ():
        if file.sha2 not in declared:
            # https://github.com/adlnet/xAPI-Spec/blob/1.0.3/xAPI-Communication.md#1.5.2.s3.b5
            raise Invalid(f"No statement declares the attachment with the hash {file.sha2}.")


def _check_files(value: Any, files: list[Attachment] | None, spoken: Spoken) -> None:
    """Each declared attachment came along or has a fileUrl: https://github.com/adlnet/xAPI-Spec/blob/1.0.3/xAPI-Communication.md#1.5.1.s1

    Its hash must fit, its length need not: ADL's suite sends a picture as hexadecimal digits, with its own length.
    """
    statement = unwrapped(value, spoken)
    if type(statement) is not dict:
        return
    inner = statement.get("object")
    if "attachments" not in statement and not (type(inner) is dict and "attachments" in inner):
        return
    check(statement, spoken)  # what follows may rely on its shape
    came, signed = {file.sha2: file for file in files or ()}, 0
    for number, declared in enumerate(attachments(statement)):
        file = came.get(declared["sha2"].lower())
        if file is None and "fileUrl" not in declared:
            raise Invalid("has no fileUrl, and its data did not come along", "attachments", number)
        if declared["usageType"] == SIGNATURE:
            signed += 1
            if signed > _MOST_SIGNATURES:
                raise TooLarge(f"A statement has at most {_MOST_SIGNATURES} signatures.", "attachments", number)
            if file is None:
                raise Invalid("is a signature, whose data must come along", "attachments", number)
            try:
                signatures.verify(statement, file.content)
            except Invalid as error:
                error.within(number)
                error.within("attachments")
                raise
