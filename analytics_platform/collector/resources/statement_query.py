"""The parameters of GET statements, as a question to the store.

https://github.com/adlnet/xAPI-Spec/blob/1.0.3/xAPI-Communication.md#2.1.3.s1
"""

from dataclasses import dataclass, field
from urllib.parse import urlencode

from analytics_platform.collector.errors import Invalid
from analytics_platform.collector.http import Request
from analytics_platform.collector.store.statement_queries import PageQuery
from analytics_platform.collector.xapi.agents import identity
from analytics_platform.collector.xapi.formats import preferred_languages
from analytics_platform.collector.xapi.marks import (
    ACTIVITY,
    AGENT,
    OTHER_ACTIVITY,
    OTHER_AGENT,
    REGISTRATION,
    VERB,
    Marks,
    foreign,
    mark,
)
from analytics_platform.collector.xapi.parameters import Parameters, language_header

_SINGLE = frozenset({"statementId", "voidedStatementId", "attachments", "format"})
_AFTER = "after_place"  # ours, within the "more" link, which clients take as it is
_ALLOWED = _SINGLE | frozenset(
    {"agent", "verb", "activity", "registration", "related_activities", "related_agents", "since", "until", "limit"}
    | {"ascending", _AFTER}
)


@dataclass(frozen=True)
class Query:
    """What a GET asks for: one statement, or a page."""

    page: PageQuery
    format: str
    languages: list[str]
    attachments: bool
    statement_id: str | None = None
    voided: bool = False
    parameters: dict[str, str] = field(default_factory=dict)

    def more(self, path: str, place: int) -> str:
        """The link to the next page: https://github.com/adlnet/xAPI-Spec/blob/1.0.3/xAPI-Data.md#2.5.s2.table1.row2"""
        return f"{path}?{urlencode({**self.parameters, _AFTER: str(place)})}"


def read_query(request: Request, owner: str | None, most: int) -> Query:
    """Read and check every parameter."""
    parameters = Parameters(request.query, _ALLOWED)
    form = parameters.values.get("format", "exact")
    if form not in ("ids", "exact", "canonical"):
        raise Invalid("must be ids, exact or canonical", "format")
    single = parameters.uuid("statementId")
    voided = parameters.uuid("voidedStatementId")
    if single is not None or voided is not None:
        # https://github.com/adlnet/xAPI-Spec/blob/1.0.3/xAPI-Communication.md#2.1.3.s2.b2 and b3
        if single is not None and voided is not None:
            raise Invalid("must not be used with statementId", "voidedStatementId")
        for name in parameters.values:
            if name not in _SINGLE:
                raise Invalid("must not be used with statementId or voidedStatementId", name)
    header = request.headers.get("accept-language")
    if form == "canonical":
        language_header(header)
    return Query(
        page=_page(parameters, owner, most),
        format=form,
        languages=preferred_languages(header),
        attachments=parameters.flag("attachments"),
        statement_id=single or voided,
        voided=voided is not None,
        parameters=request.query,
    )


def _page(parameters: Parameters, owner: str | None, most: int) -> PageQuery:
    marks: list[Marks] = []
    agent, activity = parameters.agent("agent"), parameters.iri("activity")
    verb, registration = parameters.iri("verb"), parameters.uuid("registration")
    agent_kinds = (AGENT, OTHER_AGENT) if parameters.flag("related_agents") else (AGENT,)
    activity_kinds = (ACTIVITY, OTHER_ACTIVITY) if parameters.flag("related_activities") else (ACTIVITY,)
    if agent is not None:
        marks.append(tuple(mark(kind, identity(agent) or "") for kind in agent_kinds))
    if activity is not None:
        marks.append(tuple(mark(kind, activity) for kind in activity_kinds))
    if verb is not None:
        marks.append((mark(VERB, verb),))
    if registration is not None:
        marks.append((mark(REGISTRATION, registration),))
    limit = parameters.natural("limit")
    if owner is None:
        marks = [(*some, *foreign(some)) for some in marks]
    return PageQuery(
        marks=tuple(marks),
        owner=owner,
        since=parameters.moment("since"),
        until=parameters.moment("until"),
        ascending=parameters.flag("ascending"),
        after=parameters.natural(_AFTER) if _AFTER in parameters else None,
        limit=min(limit or most, most),
    )
