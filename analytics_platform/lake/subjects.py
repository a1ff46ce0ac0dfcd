"""Whom a raw payload is about, for each source: the identifiers of its subjects, and of people whom it only mentions.

The rule is written twice: as SQL, which finds the few segments that hold somebody, and as Python, which judges their
lines one by one. Subjects are who acts, and the agent that a statement is about; mentioned are instructors, teams,
members of groups and every e-mail address in a text. Does not live here: what becomes of a line (``scrubbing``).
"""

import re
from collections.abc import Callable, Iterator
from typing import Any

_ADDRESS = "[a-z0-9!#$%&*+/=?^_`{|}~.-]+@[a-z0-9-]+(?:[.][a-z0-9-]+)+"
ADDRESS = re.compile(_ADDRESS, re.IGNORECASE)
Payload = dict[str, Any]


def agent_ids(agent: object) -> Iterator[str]:
    """Every identifier of an agent; some send its address as its name."""
    if not isinstance(agent, dict):
        return
    account = agent.get("account")
    if isinstance(account, dict) and "name" in account:
        yield f"account:{str(account.get('homePage', '')).rstrip('/')}|{account['name']}"
    if isinstance(agent.get("mbox"), str):
        yield f"mbox:{re.sub('^mailto:', '', agent['mbox'].strip(), flags=re.IGNORECASE)}"
    for kind in ("mbox_sha1sum", "openid"):
        if isinstance(agent.get(kind), str):
            yield f"{kind}:{agent[kind]}"
    if isinstance(agent.get("name"), str) and ADDRESS.fullmatch(agent["name"].strip()):
        yield f"mbox:{agent['name'].strip()}"


def is_agent(value: Payload) -> bool:
    return any(name in value for name in ("mbox", "mbox_sha1sum", "openid", "account"))


def _statement(payload: Payload) -> Iterator[str]:
    inner = payload.get("data") if payload.get("event_type") == "xapi_statement" else payload
    if isinstance(inner, dict):
        yield from agent_ids(inner.get("actor"))
        yield from agent_ids(inner.get("object"))


def _fields(**kinds: str) -> Callable[[Payload], Iterator[str]]:
    def found(payload: Payload) -> Iterator[str]:
        for field, kind in kinds.items():
            if payload.get(field) not in (None, ""):
                yield f"{kind}:{payload[field]}" if kind else str(payload[field])

    return found


def _session(payload: Payload) -> Iterator[str]:
    """A session counts where the line names no user: a player or an app that does not know who it is."""
    if payload.get("user_id") not in (None, ""):
        yield f"user:{payload['user_id']}"
    elif payload.get("session_id") not in (None, ""):
        yield f"session:{payload['session_id']}"


def _member(payload: Payload) -> Iterator[str]:
    yield from _fields(email="mbox", external_id="id")(payload)
    yield f"name:{payload.get('cohort')}|{payload.get('full_name')}"


_CHAT = {"from_end_user_id": "chat", "from_account_id": "chat_account"}
_SUBJECTS: dict[str, Callable[[Payload], Iterator[str]]] = {
    "xapi/statements": _statement,
    "nocodb/conversations": _fields(**_CHAT, id="conversation"),
    "nocodb/messages": _fields(**_CHAT, conversation_id="conversation"),
    "video/events": _session,
    "telemetry/events": _session,
    "people/roster": _member,
    "people/links": _fields(identifier_a="", identifier_b=""),
    "responses/exports": _fields(actor_key=""),
}


def subjects(path: str, payload: Payload) -> list[str]:
    """The identifiers of whom a payload of a table is about."""
    return list(_SUBJECTS[path](payload)) if path in _SUBJECTS else []


# Taken out of a statement's text: reading its JSON at every place where an agent may stand took four times as long.
_TEXT = r'"(?:[^"\\\\]|\\\\.)*"'
_ACCOUNT = rf'"account"\s*:\s*(\{{(?:[^{{}}"]|{_TEXT})*\}})'
_OPENID = rf'"openid"\s*:\s*({_TEXT})'
_DIGEST = r'"mbox_sha1sum"\s*:\s*"([0-9a-fA-F]{40})"'


def _statement_sql() -> str:
    said = "payload::varchar"
    return f"""list_concat(
        list_transform(regexp_extract_all({said}, '{_ACCOUNT}', 1), lambda a: 'account ' || a),
        list_transform(regexp_extract_all({said}, '{_OPENID}', 1), lambda a: 'openid ' || a),
        list_transform(regexp_extract_all({said}, '{_DIGEST}', 1), lambda a: 'mbox_sha1sum:' || a)
    )"""


def identifier_sql(piece: str) -> str:
    """SQL of the identifier in a piece of ``pieces_sql``; most pieces are one already."""
    account, openid = f"substr({piece}, 9)", f"substr({piece}, 8)"
    return f"""case
        when starts_with({piece}, 'account {{') and json_valid({account}) then 'account:'
            || rtrim(coalesce({account} ->> '$.homePage', ''), '/') || '|' || ({account} ->> '$.name')
        when starts_with({piece}, 'openid "') and json_valid({openid}) then 'openid:' || ({openid} ->> '$')
        else {piece} end"""


def _field_sql(field: str, kind: str) -> str:
    return f"'{kind}:' || (payload ->> '$.{field}')" if kind else f"payload ->> '$.{field}'"


_SESSION_SQL = """[case when coalesce(payload ->> '$.user_id', '') <> '' then 'user:' || (payload ->> '$.user_id')
    else 'session:' || (payload ->> '$.session_id') end]"""
_CHAT_SQL = [_field_sql(field, kind) for field, kind in _CHAT.items()]
_SQL = {
    "xapi/statements": _statement_sql(),
    "nocodb/conversations": f"[{', '.join([*_CHAT_SQL, _field_sql('id', 'conversation')])}]",
    "nocodb/messages": f"[{', '.join([*_CHAT_SQL, _field_sql('conversation_id', 'conversation')])}]",
    "video/events": _SESSION_SQL,
    "telemetry/events": _SESSION_SQL,
    "people/roster": f"[{_field_sql('email', 'mbox')}, {_field_sql('external_id', 'id')},"
    " 'name:' || coalesce(payload ->> '$.cohort', 'None') || '|' || coalesce(payload ->> '$.full_name', 'None')]",
    "people/links": f"[{_field_sql('identifier_a', '')}, {_field_sql('identifier_b', '')}]",
    "responses/exports": f"[{_field_sql('actor_key', '')}]",
}


def pieces_sql(path: str) -> str:
    """SQL of a list: what in ``payload`` names somebody, as identifiers or as text that holds one."""
    said = r"replace(lower(payload::varchar), '\u0040', '@')"
    addresses = f"list_transform(regexp_extract_all({said}, '{_ADDRESS}'), lambda a: 'mbox:' || a)"
    return f"list_concat({_SQL.get(path, '[]::varchar[]')}, {addresses})"
