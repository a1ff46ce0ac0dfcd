"""The three document resources: State, Agent Profile, Activity Profile. One code, three descriptions.

https://github.com/adlnet/xAPI-Spec/blob/1.0.3/xAPI-Communication.md#2.2
Does not live here: which change is allowed (``document_rules``), keeping documents (``store/documents``).
"""

from dataclasses import dataclass

from analytics_platform.collector.access import need_write, sees_all, visible_owner
from analytics_platform.collector.errors import Refusal, TooLarge
from analytics_platform.collector.http import Request, Response, json_response
from analytics_platform.collector.services import Services
from analytics_platform.collector.store.documents import document_names, read_document
from analytics_platform.collector.store.writes import ChangeDocument, DeleteDocuments, DocumentKey
from analytics_platform.collector.xapi.agents import identity
from analytics_platform.collector.xapi.dates import http_date
from analytics_platform.collector.xapi.document_rules import Conditions, Document, Guard, merged, replaced
from analytics_platform.collector.xapi.media import SANDBOX, UNKNOWN, plain_type, shown_type
from analytics_platform.collector.xapi.parameters import Parameters
from analytics_platform.collector.xapi.versions import Spoken

_LONGEST_KEY = 2000  # bytes: an index of PostgreSQL takes no longer ones


@dataclass(frozen=True)
class DocumentResource:
    """One of the three. ``id_name`` is the parameter that names a document."""

    kind: str
    id_name: str
    required: tuple[str, ...]
    optional: tuple[str, ...] = ()
    guarded: bool = True  # in xAPI 1.0.x a change of what is there needs an ETag
    whole_delete: bool = False

    def _key(self, request: Request, listing: bool) -> DocumentKey:
        allowed = {self.id_name, *self.required, *self.optional} | ({"since"} if listing else set())
        parameters = Parameters(request.query, frozenset(allowed))
        for name in self.required:
            parameters.need(name)
        agent = parameters.agent("agent")
        key = DocumentKey(
            kind=self.kind,
            activity=parameters.iri("activityId") or "",
            agent=(identity(agent) or "") if agent is not None else "",
            registration=parameters.uuid("registration") or "",
            name="" if listing else parameters.need(self.id_name),
        )
        if sum(len(part.encode()) for part in (key.activity, key.agent, key.name)) > _LONGEST_KEY:
            raise TooLarge(f"The names of a document (activity, agent, id) have more than {_LONGEST_KEY} bytes.")
        return key

    async def get(self, request: Request, services: Services) -> Response:
        owner = visible_owner(request.who)
        if self.id_name not in request.query:
            key = self._key(request, listing=True)
            since = Parameters(request.query, frozenset(request.query)).moment("since")
            names = await services.readers.ask(lambda connection: document_names(connection, key, since or 0, owner))
            return json_response(names)
        key = self._key(request, listing=False)
        document = await services.readers.ask(lambda connection: read_document(connection, key, owner, request.who.id))
        if document is None:
            raise Refusal(404, "There is no such document.")
        return self._shown(document)

    @staticmethod
    def _shown(document: Document) -> Response:
        # https://github.com/adlnet/xAPI-Spec/blob/1.0.3/xAPI-Communication.md#2.2.s6.b1 and #3.1.s4.b1
        headers = [("ETag", document.etag), ("Last-Modified", http_date(document.updated))]
        return Response(200, document.content, shown_type(document.content_type), [*headers, *SANDBOX])

    async def put(self, request: Request, services: Services) -> Response:
        need_write(request.who)
        key, conditions = self._key(request, listing=False), Conditions.of(request.headers)
        content_type, content = _content_type(request), request.body

        def change(there: Document | None) -> tuple[str, bytes]:
            conditions.hold(there, self._guard(request.spoken))
            return replaced(content_type, content)

        await services.writer.change(ChangeDocument(key, request.who.id, change, sees_all(request.who)))
        return Response(204)

    def _guard(self, spoken: Spoken) -> Guard:
        """In xAPI 2.0 (IEEE 9274.1.1, 4.1.4) what is there is guarded in State as well, and what is new nowhere."""
        if spoken is Spoken.TWO:
            return Guard.WHAT_IS_THERE
        return Guard.ALWAYS if self.guarded else Guard.NEVER

    async def post(self, request: Request, services: Services) -> Response:
        need_write(request.who)
        key, conditions = self._key(request, listing=False), Conditions.of(request.headers)
        content_type, content = _content_type(request), request.body

        def change(there: Document | None) -> tuple[str, bytes]:
            conditions.hold(there, Guard.NEVER)
            return merged(there, content_type, content)

        await services.writer.change(ChangeDocument(key, request.who.id, change, sees_all(request.who)))
        return Response(204)

    async def delete(self, request: Request, services: Services) -> Response:
        need_write(request.who)
        if self.whole_delete and self.id_name not in request.query:
            # https://github.com/adlnet/xAPI-Spec/blob/1.0.3/xAPI-Communication.md#2.3.s5
            whole = self._key(Request("", "", {**request.query, self.id_name: "-"}, {}), listing=False)
            key = DocumentKey(whole.kind, whole.activity, whole.agent, whole.registration)
            owner = None if sees_all(request.who) else request.who.id
            await services.writer.change(DeleteDocuments(key, owner))
            return Response(204)
        key, conditions = self._key(request, listing=False), Conditions.of(request.headers)

        def change(there: Document | None) -> None:
            conditions.hold(there, Guard.NEVER)

        await services.writer.change(ChangeDocument(key, request.who.id, change, sees_all(request.who)))
        return Response(204)


def _content_type(request: Request) -> str:
    return plain_type(request.headers.get("content-type", UNKNOWN))


# https://github.com/adlnet/xAPI-Spec/blob/1.0.3/xAPI-Communication.md#2.3; its concurrency is optional: #3.1.s2
STATE = DocumentResource(
    "state", "stateId", ("activityId", "agent"), optional=("registration",), guarded=False, whole_delete=True
)
# https://github.com/adlnet/xAPI-Spec/blob/1.0.3/xAPI-Communication.md#2.6
AGENT_PROFILE = DocumentResource("agent_profile", "profileId", ("agent",))
# https://github.com/adlnet/xAPI-Spec/blob/1.0.3/xAPI-Communication.md#2.7
ACTIVITY_PROFILE = DocumentResource("activity_profile", "profileId", ("activityId",))
