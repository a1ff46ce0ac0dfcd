"""7taps into Pub/Sub by one Cloud Function: statements under the collector's own rules, without a server or a store.

PUT and POST of xAPI statements only. Whoever asks needs the name and secret of SEVEN_TAPS_CREDENTIAL, written as
``NAME:SHA-256 of the secret in hexadecimal digits``. What is good goes to PUBSUB_TOPIC and is acknowledged when the
topic has it; ``analytics-platform pump pubsub`` lands it, and the lake stores a repeat once and quarantines an id that
comes again with other content: with no store that is not known here, so there is no 409. Attachments that come along
need the collector. How to deploy it: docs/cloud.md.
"""

import asyncio
import hmac
import os
import re
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Request, Response

from analytics_platform.collector.access import basic, unauthorized
from analytics_platform.collector.errors import Invalid, Overloaded, Refusal
from analytics_platform.collector.http import Response as Answer
from analytics_platform.collector.http import json_response, parse_query
from analytics_platform.collector.limits import Limits
from analytics_platform.collector.refusals import answer_of
from analytics_platform.collector.resources.statement_bodies import prepare_all, prepare_body
from analytics_platform.collector.store.credentials import digest
from analytics_platform.collector.store.queue import shipped_text
from analytics_platform.collector.xapi.dates import now_micros
from analytics_platform.collector.xapi.parameters import Parameters
from analytics_platform.collector.xapi.preparing import Prepared
from analytics_platform.collector.xapi.versions import Spoken, spoken_in
from analytics_platform.contracts.xapi import STATEMENTS
from analytics_platform.errors import SettingsError, SourceError
from analytics_platform.lake.landing import RawLine
from analytics_platform.pubsub.publishing import TopicSink
from analytics_platform.settings import Settings, load

CREDENTIAL = "SEVEN_TAPS_CREDENTIAL"


def statements(request: Request) -> Response:
    """The entry point."""
    spoken = spoken_in(request.headers.get("X-Experience-API-Version"))
    try:
        answer = _answer(request, spoken)
    except Refusal as refusal:
        answer = answer_of(refusal)
    except SourceError:
        answer = answer_of(
            Overloaded("The lines cannot be passed on now; nothing was taken. Send it again.", seconds=5)
        )
    headers = [("X-Experience-API-Version", (spoken or Spoken.ONE).value), ("X-Content-Type-Options", "nosniff")]
    return Response(answer.body, answer.status, [*headers, *answer.headers], content_type=answer.content_type)


def _answer(request: Request, spoken: Spoken | None) -> Answer:
    settings = load()
    limits, authority = Limits.from_settings(settings), _authority(request.headers.get("Authorization"), settings)
    if request.method not in ("PUT", "POST"):
        raise Refusal(405, "This entry takes statements only.", (("Allow", "POST, PUT"),))
    if spoken is None:
        raise Invalid("is missing or none of 1.0, 1.0.x, 2.0, 2.0.x", "X-Experience-API-Version")
    if request.mimetype not in ("application/json", ""):
        raise Refusal(415, "This entry takes application/json; the collector takes attachments, too.")
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise Refusal(415, "Bodies are not packed here.")
    body = _body(request, limits)
    query = parse_query(request.query_string)
    if request.method == "PUT":
        parameters = Parameters(query, frozenset({"statementId"}))
        parameters.need("statementId")
        _publish(settings, [prepare_body(body, authority, None, parameters.uuid("statementId"), spoken)])
        return Answer(204)
    Parameters(query, frozenset())
    prepared = asyncio.run(prepare_all(body, authority, None, limits.statements, asyncio.Lock(), spoken))
    _publish(settings, prepared)
    return json_response([one.id for one in prepared])


def _authority(header: str | None, settings: Settings) -> dict[str, Any]:
    """Who vouches for the statements; 401 for everybody else."""
    name, colon, expected = os.environ.get(CREDENTIAL, "").partition(":")
    if not colon or not re.fullmatch("[0-9a-f]{64}", expected):
        raise SettingsError(
            f"{CREDENTIAL} must be a name, a colon and the SHA-256 of its secret in hexadecimal digits."
        )
    if header is None:
        raise unauthorized("Authentication is needed.")
    given, secret = basic(header)
    right = hmac.compare_digest(digest(secret), bytes.fromhex(expected))
    if not (hmac.compare_digest(given.encode(), name.encode()) and right):
        raise unauthorized("Name or secret is wrong.")
    return {"objectType": "Agent", "account": {"homePage": settings.collector_public_url, "name": name}}


def _body(request: Request, limits: Limits) -> bytes:
    request.max_content_length = limits.body
    try:
        return request.get_data(cache=False)
    except HTTPException:
        raise Refusal(413, f"The body is larger than the {limits.body} bytes that are allowed.") from None


def _publish(settings: Settings, prepared: list[Prepared]) -> None:
    """Returns when the topic has them all."""
    if prepared:
        stored, received = now_micros(), datetime.now(UTC)
        lines = [RawLine(shipped_text(stored, one.body), received) for one in prepared]
        _sink(settings.pubsub_topic, settings.pubsub_endpoint).append(STATEMENTS, lines, "function")


@lru_cache(maxsize=1)
def _sink(topic: str, endpoint: str) -> TopicSink:
    """One connection of the instance."""
    sink = TopicSink.of(load().model_copy(update={"pubsub_topic": topic, "pubsub_endpoint": endpoint}))
    if sink is None:
        raise SettingsError("No topic is set: set PUBSUB_TOPIC, as projects/PROJECT/topics/NAME.")
    return sink
