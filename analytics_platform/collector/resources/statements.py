"""The Statement Resource: https://github.com/adlnet/xAPI-Spec/blob/1.0.3/xAPI-Communication.md#2.1

Does not live here: reading the parameters of GET (``statement_query``), bodies (``statement_bodies``).
"""

import orjson

from analytics_platform.collector.access import may_void_all, need_write, visible_owner
from analytics_platform.collector.errors import Refusal
from analytics_platform.collector.http import Request, Response, json_response
from analytics_platform.collector.resources.known import Definitions
from analytics_platform.collector.resources.statement_bodies import all_declared, prepare_all, prepare_body, read_body
from analytics_platform.collector.resources.statement_query import Query, read_query
from analytics_platform.collector.services import Services
from analytics_platform.collector.store.connection import Connection
from analytics_platform.collector.store.statement_queries import StoredStatement, attachments, page, statement_by_id
from analytics_platform.collector.store.writes import StoreStatements, Verdict
from analytics_platform.collector.xapi import preparing
from analytics_platform.collector.xapi.dates import http_date
from analytics_platform.collector.xapi.formats import canonical, ids_only
from analytics_platform.collector.xapi.multipart import Attachment, write_multipart
from analytics_platform.collector.xapi.parameters import Parameters
from analytics_platform.collector.xapi.preparing import ATTACHED, Prepared

_PUT = frozenset({"statementId"})
_POST: frozenset[str] = frozenset()


async def put(request: Request, services: Services) -> Response:
    """Store one statement under the id of the request: https://github.com/adlnet/xAPI-Spec/blob/1.0.3/xAPI-Communication.md#2.1.1"""
    need_write(request.who)
    parameters = Parameters(request.query, _PUT)
    parameters.need("statementId")
    statement_id = parameters.uuid("statementId")
    body, files = read_body(request)
    prepared = prepare_body(body, services.access.authority(request.who), files, statement_id, request.spoken)
    all_declared([prepared], files)
    await _store(request, services, [prepared], _work(request, [prepared], files))
    return Response(204)


async def post(request: Request, services: Services) -> Response:
    """Store statements, all or none; the answer is their ids in order: https://github.com/adlnet/xAPI-Spec/blob/1.0.3/xAPI-Communication.md#2.1.2"""
    need_write(request.who)
    Parameters(request.query, _POST)
    body, files = read_body(request)
    authority = services.access.authority(request.who)
    prepared = await prepare_all(body, authority, files, services.limits.statements, services.preparing, request.spoken)
    if prepared:
        await _store(request, services, prepared, _work(request, prepared, files))
    return json_response([statement.id for statement in prepared])


def _work(request: Request, prepared: list[Prepared], files: list[Attachment] | None) -> StoreStatements:
    void_all = may_void_all(request.who)
    return StoreStatements(prepared, request.who.id, void_all=void_all, attachments=files or [])


async def _store(request: Request, services: Services, prepared: list[Prepared], write: StoreStatements) -> None:
    verdicts = await services.writer.store(write)
    if Verdict.CONFLICT in verdicts:
        # https://github.com/adlnet/xAPI-Spec/blob/1.0.3/xAPI-Communication.md#2.1.1.s2.b3
        name = prepared[verdicts.index(Verdict.CONFLICT)].id
        raise Refusal(409, f"Statement {name} is stored with other content; it stays, and nothing was stored.")


async def get(request: Request, services: Services) -> Response:
    """One statement, or a page of them: https://github.com/adlnet/xAPI-Spec/blob/1.0.3/xAPI-Communication.md#2.1.3"""
    owner = visible_owner(request.who)
    query = read_query(request, owner, services.limits.page)
    if query.statement_id is not None:
        return await services.readers.ask(lambda connection: _single(connection, query, owner))
    return await services.readers.ask(lambda connection: _page(connection, query, request.prefix + request.path))


def _single(connection: Connection, query: Query, owner: str | None) -> Response:
    found = statement_by_id(connection, query.statement_id or "", owner)
    if found is not None and found.gone:
        raise Refusal(404, "The store no longer keeps the text of this statement; the platform's lake does.")
    if found is None or found.voided != query.voided:
        # https://github.com/adlnet/xAPI-Spec/blob/1.0.3/xAPI-Communication.md#2.1.4.s1
        raise Refusal(404, f"No {'voided ' if query.voided else ''}statement has this id.")
    headers = [("Last-Modified", http_date(found.stored))]
    return _answer(connection, query, [found], _formatted(connection, query, [found])[0], headers)


def _page(connection: Connection, query: Query, path: str) -> Response:
    found, is_more = page(connection, query.page)
    more = query.more(path, found[-1].place) if is_more else ""
    texts = _formatted(connection, query, found)
    # https://github.com/adlnet/xAPI-Spec/blob/1.0.3/xAPI-Data.md#2.5.s2
    body = b'{"statements":[' + b",".join(texts) + b'],"more":' + orjson.dumps(more) + b"}"
    headers = [("Last-Modified", http_date(max(s.stored for s in found)))] if found else []
    return _answer(connection, query, found, body, headers)


def _formatted(connection: Connection, query: Query, found: list[StoredStatement]) -> list[bytes]:
    if query.format == "exact":
        return [statement.json.encode() for statement in found]
    statements = [orjson.loads(statement.json) for statement in found]
    if query.format == "ids":
        return [orjson.dumps(ids_only(statement)) for statement in statements]
    definition_of = Definitions(connection, query.page.owner)
    return [orjson.dumps(canonical(statement, query.languages, definition_of)) for statement in statements]


def _answer(
    connection: Connection, query: Query, found: list[StoredStatement], body: bytes, headers: list[tuple[str, str]]
) -> Response:
    if not query.attachments:
        return Response(200, body, headers=headers)
    declared = {
        file["sha2"].lower()
        for statement in found
        if statement.flags & ATTACHED
        for file in preparing.attachments(orjson.loads(statement.body))
    }
    content_type, content = write_multipart(body, attachments(connection, sorted(declared), query.page.owner))
    return Response(200, content, content_type, headers)
