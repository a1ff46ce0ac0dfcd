"""What can be asked of the writer. A write is done whole or refused whole, in one transaction with its neighbours.

Does not live here: how (``transaction``), when (``writer``).
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum

from analytics_platform.collector.xapi.document_rules import Document
from analytics_platform.collector.xapi.multipart import Attachment
from analytics_platform.collector.xapi.preparing import Prepared


class Verdict(Enum):
    """What became of one statement."""

    STORED = "stored"
    SAME = "duplicate"  # the same id with the same content was there
    CONFLICT = "conflict"  # the same id with other content was there, and stays
    FORBIDDEN = "refused"  # it voids a statement of somebody else, without the right to


@dataclass(frozen=True)
class Line:
    """A raw line for a table of landing that is no stored statement. An ``id`` is accepted once per path.

    A ``problem`` is why the line was refused: it goes to quarantine with this reason.
    """

    path: str
    payload: bytes
    id: str | None = None
    problem: str | None = None


def refused_statement(raw: bytes, why: str) -> Line:
    """A statement that the lenient intake refused, on its way to quarantine: the text as sent, and why.

    Reasons are counted in the ledger, so ``why`` has nothing of the statement in it.
    """
    return Line("xapi/statements", raw, problem=f"refused: {why}")


@dataclass
class StoreStatements:
    """Store statements; ``whole`` means that one conflict refuses them all. ``refused`` goes to quarantine.

    ``void_all`` is the right to void what others have stored.
    """

    statements: list[Prepared]
    owner: str
    whole: bool = True
    void_all: bool = False
    attachments: list[Attachment] = field(default_factory=list)
    refused: list[Line] = field(default_factory=list)

    @property
    def size(self) -> int:
        return len(self.statements) + len(self.refused)


@dataclass
class StoreLines:
    """Take in lines; the outcome says of each whether it is new."""

    lines: list[Line]

    @property
    def size(self) -> int:
        return len(self.lines)


@dataclass(frozen=True)
class DocumentKey:
    """Which document: https://github.com/adlnet/xAPI-Spec/blob/1.0.3/xAPI-Communication.md#2.2. Unused parts are ''."""

    kind: str
    activity: str = ""
    agent: str = ""
    registration: str = ""
    name: str = ""


@dataclass
class ChangeDocument:
    """Change a document. ``change`` sees what is there and gives what shall be there, or raises a Refusal.

    A document belongs to who made it. Who sees all changes what it sees, and the owner stays.
    """

    key: DocumentKey
    owner: str
    change: Callable[[Document | None], "tuple[str, bytes] | None"]  # content type and content; None deletes
    sees_all: bool = False
    size: int = 1


@dataclass
class DeleteDocuments:
    """Delete every document of a key whose name is left open; '' as registration means any.

    Without an owner those of everybody.
    """

    key: DocumentKey
    owner: str | None
    size: int = 1


@dataclass(frozen=True)
class Refused:
    """A request of the strict routes that was refused. ``rule`` has nothing of what was sent, ``reason`` may have."""

    owner: str
    method: str
    path: str
    content_type: str
    status: int
    rule: str
    reason: str
    body: bytes


@dataclass
class KeepRefused:
    """Keep a refused request for some days, so that somebody can look at it."""

    refused: Refused
    size: int = 1


Write = StoreStatements | StoreLines | ChangeDocument | DeleteDocuments | KeepRefused
Outcome = list[Verdict] | list[bool] | None | Exception
