"""What people say is wrong with an answer: kept as a proposal for ``reviewed.yml``, which a person decides on.

Nothing learns from it by itself. Does not live here: the reviewed questions.
"""

from datetime import UTC, datetime

import orjson

from analytics_platform.semantics import Viewer
from analytics_platform.semantics.errors import WrongQuestion
from analytics_platform.serving.seven.reply import Reply
from analytics_platform.settings import Settings

LONGEST, LARGEST = 1_000, 5_000_000


def propose(settings: Settings, question: str, reply: Reply, correction: str, viewer: Viewer) -> None:
    """One line more in ``seven/proposals.ndjson`` below the home."""
    if not correction.strip() or len(correction) > LONGEST:
        raise WrongQuestion(f"Say in 1 to {LONGEST} letters what would be right.", "correction")
    file = settings.home / "seven" / "proposals.ndjson"
    file.parent.mkdir(parents=True, exist_ok=True)
    if file.exists() and file.stat().st_size > LARGEST:
        raise WrongQuestion(f"{file.name} is full: review what is there first.", "correction")
    line = {
        "at": datetime.now(UTC),
        "by": viewer.name,
        "question": question[:LONGEST],
        "status": reply.status,
        "reading": reply.reading,
        "sql": reply.sql,
        "correction": correction.strip(),
    }
    with file.open("ab") as out:
        out.write(orjson.dumps(line) + b"\n")
