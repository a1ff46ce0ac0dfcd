"""One person who must never be seen where they may not be: her names, address, phone, diagnosis and words, planted in
every source of a copy of the organisation, which is then run, reported, exported and alerted like any other.
"""

import hashlib
import shutil
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from analytics_platform.alerts.delivering import tell
from analytics_platform.alerts.safety import new_alerts
from analytics_platform.commands.materializing import reopened
from analytics_platform.connectors.files.importing import import_file
from analytics_platform.connectors.files.kind import Options
from analytics_platform.defs.running import run_days
from analytics_platform.lake import open_lake
from analytics_platform.reports.documents.document import KINDS
from analytics_platform.reports.documents.periods import parse
from analytics_platform.reports.documents.report_files import write_reports
from analytics_platform.reports.message_files import write_messages
from analytics_platform.settings import Settings
from analytics_platform_tests.lines import land
from analytics_platform_tests.organisation import DAYS, START, Organisation

DAY = START + timedelta(days=DAYS - 2)
ADDRESS = "wilhelmina.quastenflosser@canary.example"
# Of each kind one thing that stands nowhere else.
CANARIES = {
    "name": "Wilhelmina Quastenflosser",
    "address": ADDRESS,
    "phone": "+49 30 5550199",
    "member": "EMP-77341-Q",
    "account": "9f3c0ffee1234567890abcdef5550199",
    "chat": "chatuser-quasten-01",
    "app": "appuser-quasten-01",
    "diagnosis": "bipolar disorder type two since 2019",
    "street": "Quastenweg 17, 12047 Berlin",
    "secret": "the canary saw the third floor archive",
    "ip": "203.0.113.177",
    "trace": "quastenflosser_handler",
}
WORDS = tuple(CANARIES.values())
ACTOR: dict[str, Any] = {"account": {"homePage": "https://7taps.com", "name": CANARIES["account"]}}
MAIL: dict[str, Any] = {"mbox": f"mailto:{ADDRESS}", "name": CANARIES["name"]}


def at(hour: int, minute: int = 0, day: date = DAY) -> str:
    return f"{datetime.combine(day, time(hour, minute), UTC):%Y-%m-%dT%H:%M:%SZ}"


def statement(id: str, actor: dict[str, Any], response: str, minute: int = 0, **more: Any) -> dict[str, Any]:
    return {
        "id": f"c0ffee00-0000-4000-8000-{int(hashlib.md5(id.encode()).hexdigest()[:11], 16):012d}",
        "timestamp": at(10, minute),
        "actor": actor,
        "verb": {"id": "http://adlnet.gov/expapi/verbs/answered"},
        "object": {
            "id": "https://courses.example.org/canary/form/1",
            "definition": {"name": {"en": "How are you?"}, "type": "http://adlnet.gov/expapi/activities/question"},
        },
        "result": {"response": response},
        "context": {"contextActivities": {"parent": [{"id": "https://courses.example.org/canary"}]}},
    } | more


def plant(settings: Settings) -> None:
    """Land lines of the person, and of others who mention her, and bring the files that name her."""
    lake = open_lake(settings)
    now = datetime.combine(DAY, time(18), UTC)
    digest = hashlib.sha1(f"mailto:{ADDRESS}".encode(), usedforsecurity=False).hexdigest()
    other = {"mbox": "mailto:other.teacher@example.org"}
    land(
        lake,
        "xapi/statements",
        statement("a", ACTOR, f"I have {CANARIES['diagnosis']} and I want to kill myself"),
        statement("b", MAIL, f"I live at {CANARIES['street']}", 1),
        statement("c", {"mbox_sha1sum": digest}, CANARIES["secret"], 2),
        statement("d", other, f"Ask {ADDRESS.upper()}", 3, context={"instructor": MAIL}),
        statement("e", other, "seen", 4, object={"objectType": "Agent", **MAIL}),
        f'{{"actor": {{"mbox": "mailto:{ADDRESS}"',
        at=now,
    )
    chat = {"conversation_id": "canary-conversation", "app_id": "app-support", "CreatedAt": at(11)}
    named = {"id": "canary-conversation", "from_end_user_id": CANARIES["chat"], "name": CANARIES["secret"]}
    land(lake, "nocodb/conversations", chat | named, at=now)
    land(
        lake,
        "nocodb/messages",
        chat | {"id": "cm1", "from_end_user_id": CANARIES["chat"],
                "query": f"I want to kill myself, call me: {CANARIES['phone']}",
                "answer": f"Dear {CANARIES['name']}", "total_price": "0.01", "currency": "USD"},
        chat | {"id": "cm2", "query": f"It is {CANARIES['diagnosis']}", "answer": "I see.", "currency": "USD"},
        at=now,
    )  # fmt: skip
    app = {"user_id": CANARIES["app"], "session_id": "canary-session"}
    land(
        lake,
        "telemetry/events",
        app | {"event_id": "ct1", "event_type": "api_request", "timestamp": at(9), "endpoint": "/cards",
               "method": "GET", "status_code": 200, "response_time": 12, "ip": CANARIES["ip"]},
        {"event_id": "ct2", "event_type": "error", "timestamp": at(9, 1), "session_id": "canary-session",
         "error_type": "ValueError", "error_message": CANARIES["secret"], "stack_trace": CANARIES["trace"],
         "context": {"street": CANARIES["street"]}},
        app | {"event_id": "ct3", "event_type": "action", "timestamp": at(9, 2), "action": "open",
               "details": {"said": CANARIES["diagnosis"]}},
        at=now,
    )  # fmt: skip
    land(
        lake,
        "video/events",
        {"event_id": "cv1", "video_id": "vid-sleep", "user_id": CANARIES["app"], "session_id": "canary-view",
         "event_type": "play", "event_timestamp": at(12), "video_time_sec": 0},
        at=now,
    )  # fmt: skip
    # Later than the organisation's own files: the newest links are the state.
    _bring(settings, datetime.combine(START + timedelta(days=DAYS - 1), time(19), UTC))


def _bring(settings: Settings, now: datetime) -> None:
    folder = settings.home / "simulated"
    first, last = CANARIES["name"].split()
    roster = folder / "canary-roster.csv"
    roster.write_text(
        "Email,First name,Last name,Group,Team,Phone,ID\n"
        f"{ADDRESS},{first},{last},Canary,Nest,{CANARIES['phone']},{CANARIES['member']}\n"
        "robin.nest@example.org,Robin,Nest,Canary,Nest,,\n"
    )
    links = folder / "links.csv"
    with links.open("a") as out:
        for own in (f"account:https://7taps.com|{CANARIES['account']}", f"chat:{CANARIES['chat']}",
                    f"user:{CANARIES['app']}"):  # fmt: skip
            out.write(f"{own},mbox:{ADDRESS},asked\n")
    import_file(settings, "roster", roster, Options(valid_from=DAY, now=now))
    import_file(settings, "links", links, Options(valid_from=DAY, now=now + timedelta(seconds=1)))


def planted_settings(organisation: Organisation, home: Path) -> Settings:
    return organisation.settings.model_copy(update={"platform_home": home, "report_names": "none"})


def make_planted(organisation: Organisation, home: Path) -> None:
    """A copy of the organisation with the person in it: built, reported, alerted."""
    shutil.copytree(organisation.settings.home, home, symlinks=True)
    settings = planted_settings(organisation, home)
    plant(settings)
    said: list[str] = []
    assert run_days(settings, reopened(settings), said.append), said[-20:]
    now = datetime.combine(DAY, time(20), UTC)
    assert tell(settings, new_alerts(settings, [DAY], now), now) > 0
    write_reports(settings, list(KINDS), parse(str(DAY)), [])
    write_messages(settings, DAY)
