"""Takes refused statements in again, as their own credential, after a rule or a scope of that credential has changed.

Does not live here: keeping what was refused (``store/refused``).
"""

import time

from analytics_platform.collector.access import may_void_all, need_write
from analytics_platform.collector.errors import Invalid, Refusal
from analytics_platform.collector.http import Request, parse_json
from analytics_platform.collector.resources.statement_bodies import all_declared, prepare_one, read_body
from analytics_platform.collector.store.connection import Connection
from analytics_platform.collector.store.credentials import Credential, find_credential
from analytics_platform.collector.store.refused import Kept, drop_refused
from analytics_platform.collector.store.transaction import perform
from analytics_platform.collector.store.writes import StoreStatements, Verdict
from analytics_platform.collector.xapi.preparing import Prepared
from analytics_platform.collector.xapi.versions import Spoken


def send_again(connection: Connection, kept: Kept, public_url: str) -> str:
    """What came of it, in words; what is stored now is no longer kept as refused."""
    refused = kept.refused
    if not refused.path.endswith("/statements"):
        return "only statements can be sent in again; ask the sender"
    if not kept.is_whole or not refused.body:
        return "its body was too long to be kept; ask the sender"
    try:
        who = find_credential(connection, refused.owner)
        if who is None:
            raise Refusal(403, "its credential is revoked, or it came with a token")
        need_write(who)
        outcome = _store(connection, kept, who, public_url)
    except Refusal as refusal:
        return f"refused again: {refusal}"
    drop_refused(connection, kept.place)
    return outcome


def _store(connection: Connection, kept: Kept, who: Credential, public_url: str) -> str:
    request = Request("POST", kept.refused.path, {}, {"content-type": kept.refused.content_type}, kept.refused.body)
    body, files = read_body(request)
    value = parse_json(body)
    authority = {"objectType": "Agent", "account": {"homePage": public_url, "name": who.id}}
    prepared: list[Prepared] = []
    for number, item in enumerate(value if isinstance(value, list) else [value]):
        try:
            prepared.append(prepare_one(item, authority, files, None, Spoken.UNSAID))
        except Invalid as error:
            error.within(number)
            raise
    all_declared(prepared, files)
    write = StoreStatements(prepared, who.id, void_all=may_void_all(who), attachments=files or [])
    [outcome] = perform(connection, [write], time.time_ns() // 1000)
    if isinstance(outcome, Exception):
        raise outcome
    verdicts = list(outcome or ())
    if Verdict.CONFLICT in verdicts:
        raise Refusal(409, "a statement with its id is stored with other content")
    return f"{verdicts.count(Verdict.STORED)} stored, {verdicts.count(Verdict.SAME)} were there already"
