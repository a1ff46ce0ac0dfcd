"""Statements and events as real sources send them, made up here."""

from typing import Any
from uuid import uuid4

CARD = "https://courses.example.org/abc123def456/form/2861644"
LESSON = "https://courses.example.org/abc123def456"
ANSWERED = "http://adlnet.gov/expapi/verbs/answered"


def seven_taps(learner: str = "a" * 32, **changes: Any) -> dict[str, Any]:
    """As 7taps sends it: account only, no id, no timestamp, one parent object."""
    return {
        "actor": {"account": {"name": learner, "homePage": "https://7taps.com"}},
        "verb": {"id": ANSWERED},
        "object": {
            "id": CARD,
            "definition": {
                "type": "http://adlnet.gov/expapi/activities/question",
                "name": {"en-US": '{"ops":[{"insert":"How are you? 😀\\n"}]}'},
            },
        },
        "result": {"success": True, "response": "none"},
        "context": {"contextActivities": {"parent": {"id": LESSON}}},
        **changes,
    }


def with_id(**changes: Any) -> dict[str, Any]:
    return seven_taps(id=str(uuid4()), **changes)


def referring(target: str, verb: str = "http://adlnet.gov/expapi/verbs/voided") -> dict[str, Any]:
    return with_id(verb={"id": verb}, object={"objectType": "StatementRef", "id": target}, result={"success": True})
