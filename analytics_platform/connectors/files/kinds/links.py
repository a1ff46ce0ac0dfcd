"""links.csv: pairs of identifiers that a person has confirmed to be one person. The newest file is the state.

Identifiers are written as ``actor_key`` in the lake; a bare e-mail address, its SHA-1 (40 hex digits) and a bare URL
(an OpenID) are accepted, too. Does not live here: following the links (dbt).
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from analytics_platform.connectors.files.headers import Field, demand
from analytics_platform.connectors.files.kind import Import, Kind, Work, demand_rows, lines, report, unknown_columns
from analytics_platform.connectors.files.kinds.roster import email_of
from analytics_platform.connectors.files.reports import Rejects
from analytics_platform.connectors.files.sheets import Sheet, open_sheet
from analytics_platform.contracts.imports import LINKS

FIELDS = (
    Field("identifier_a", ("identifier a", "identifier 1", "a", "from", "identifier", "unmatched identifier")),
    Field("identifier_b", ("identifier b", "identifier 2", "b", "to", "same as", "belongs to", "email", "e mail")),
    Field("note", ("note", "notes", "comment", "confirmed by", "reason")),
)
STATE = "select * from stored qualify batch_id = max(batch_id) over ()"
FORMS = (
    "mbox:<e-mail>, mbox_sha1sum:<40 hex>, openid:<url>, account:<home page>|<name>, chat:<id>, chat_account:<id>,"
    " user:<id>, name:<cohort>|<learner>, anonymous:<cohort>|<label>; a bare e-mail address, 40 hex digits or an"
    " https:// address will do"
)

_SHA1 = re.compile(r"[0-9a-fA-F]{40}")
_KIND = re.compile(r"(mbox|mbox_sha1sum|openid|account|chat|chat_account|user|name|anonymous):\s*(.+)", re.DOTALL)
_PAIRED = ("account", "name", "anonymous")


@dataclass(frozen=True)
class Link:
    """One pair; the smaller identifier first, so that a pair is one however it was written."""

    identifier_a: str
    identifier_b: str
    note: str | None
    file_line: int

    @property
    def pair(self) -> tuple[str, str]:
        return self.identifier_a, self.identifier_b


def identifier(value: str) -> str | None:
    """An ``actor_key`` out of what people write; None when it is none."""
    written = _KIND.fullmatch(value)
    if written is None:
        address = email_of(value)
        if address:
            return f"mbox:{address}"
        if _SHA1.fullmatch(value):
            return f"mbox_sha1sum:{value.lower()}"
        if re.match(r"https?://", value):
            return identifier(f"account:{value}") if "|" in value else f"openid:{value}"
        return None
    kind, rest = written[1], written[2].strip()
    if kind == "mbox":
        address = email_of(rest)
        return f"mbox:{address}" if address else None
    if kind == "mbox_sha1sum":
        return f"mbox_sha1sum:{rest.lower()}" if _SHA1.fullmatch(rest) else None
    if kind in _PAIRED:
        place, sign, name = rest.partition("|")
        place = place.rstrip("/") if kind == "account" else place.strip()
        return f"{kind}:{place}|{name.strip()}" if sign and name.strip() else None
    return f"{kind}:{rest}"


def read(sheet: Sheet, rejects: Rejects) -> Iterable[Link]:
    """The links of a file."""
    for name in ("identifier_a", "identifier_b"):
        demand(sheet.columns, FIELDS, (name,), sheet.file.name, sheet.header)
    seen: dict[tuple[str, str], int] = {}
    for row in sheet.rows():
        problem = row.problem
        pair = [identifier(row.values.get(name, "")) for name in ("identifier_a", "identifier_b")]
        known = sorted(key for key in pair if key is not None)
        if not problem and len(known) < 2:
            which = " and ".join(f"identifier {sign}" for sign, key in zip("ab", pair, strict=True) if key is None)
            problem = f"{which} cannot be read; write {FORMS}"
        elif not problem and known[0] == known[1]:
            problem = "links an identifier with itself"
        elif not problem and seen.setdefault((known[0], known[1]), row.line) != row.line:
            problem = f"repeats line {seen[known[0], known[1]]}"
        if problem:
            rejects.add(row.line, problem)
        else:
            yield Link(known[0], known[1], row.values.get("note") or None, row.line)


def take(work: Work) -> Import:
    """The file as a batch, if its list of links differs from the one in force."""
    from analytics_platform.connectors.files.stored import rows_of

    sheet, rejects = open_sheet(work.file, FIELDS, work.options.encoding), Rejects()
    found = {link.pair: link for link in read(sheet, rejects)}
    demand_rows(work.file, found, rejects)
    state = {(row["identifier_a"], row["identifier_b"]): row for row in rows_of(work.lake, LINKS, STATE)}
    noted = [pair for pair, link in found.items() if pair in state and link.note != state[pair]["note"]]
    changes = {
        "new links": len(found.keys() - state.keys()),
        "dropped links": len(state.keys() - found.keys()),
        "changed notes": len(noted),
        "unchanged": len(found.keys() & state.keys()) - len(noted),
    }
    batch_id = work.batch_id if work.changed(changes) else None
    if batch_id:
        rows = [
            {"identifier_a": a, "identifier_b": b, "note": link.note, "file_line": link.file_line}
            for (a, b), link in found.items()
        ]
        yield work.batch((LINKS, lines(batch_id, rows, valid_from=work.day)))
    details = [f"dropped: {a} = {b}" for a, b in state if (a, b) not in found]
    details += [f"new: {a} = {b}" for a, b in found if (a, b) not in state]
    notes = ("The file is the whole list of links: what it does not name is dropped.", unknown_columns(sheet))
    return report("links", work, len(found), changes, batch_id, rejects, notes, details)


KIND = Kind(
    name="links",
    help="Which identifiers are one person, confirmed by hand. The newest file is the whole list.",
    read=take,
    order=3,
)
