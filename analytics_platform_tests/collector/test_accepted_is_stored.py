"""Accepted never means quarantined: whatever the front door takes becomes a row of the lake.

Statements are made widely from the rules of xAPI, and from our own samples with places mutated; those that the front
door accepts go through store, shipping and lake.
"""

import json
import os
import random
import time
from pathlib import Path
from typing import Any
from uuid import UUID

import duckdb

from analytics_platform.collector.intake.lenient import portions
from analytics_platform.collector.shipping import queue_source
from analytics_platform.collector.store.databases import open_database
from analytics_platform.collector.store.transaction import perform
from analytics_platform.collector.store.writes import Verdict
from analytics_platform.lake import open_lake
from analytics_platform.lake.pump import Pump
from analytics_platform.settings import Settings

from .conftest import build_lake
from .samples import referring, seven_taps, with_id
from .test_fuzz import mutated

COUNT = int(os.environ.get("COLLECTOR_ACCEPTED", "3000"))
CONFLICT = "refused: the id is stored with other content"
TEXTS = ["none", "a\x00b", "\x00\x00\x00", "\\u0000", "\\\x00", "😀", "}]" * 90,
         '{"ops":[{"insert":"a\x00"}]}',
         '{"ops":"x"}', "", " ", "'", "\r\n", "\u2028", "x" * 5000, "null", "[[[["]  # fmt: skip
DURATIONS = [
    "P0Y0M0DT0H0M12S",
    "PT1,5S",
    "P1Y",
    "P1W",
    "P0.5D",
    "P1Y2M3DT4H5M6.789S",
    "PT0S",
    "P1,5W",
    "PT99999999999H",
]
ZONES = ["", "Z", "z", "+05:30", "-0530", "+05", "+23:59", "-12:00"]
NUMBERS = [0, 1, -1, 0.5, 1e-300, 10**15, 10**25, 1e300, -(2**63)]


def agent(dice: random.Random, group: bool = True) -> dict[str, Any]:
    identifier = dice.choice(
        [
            {
                "account": {
                    "name": dice.choice(["a" * 32, "ann@example.org", "", "ü\x00"]),
                    "homePage": "https://7taps.com/",
                }
            },
            {"mbox": dice.choice(["mailto:Ann@Example.org", "mailto:a@b"])},
            {"mbox_sha1sum": "AB" * 20},
            {"openid": "https://openid.example.org/ann"},
        ]
    )
    named = {"name": dice.choice(TEXTS)} if dice.random() < 0.3 else {}
    if not group or dice.random() < 0.6:
        return identifier | named | ({"objectType": "Agent"} if dice.random() < 0.5 else {})
    members = [agent(dice, False) for _ in range(dice.randint(1, 3))]
    made = {"objectType": "Group", "member": members} | named
    return made | identifier if dice.random() < 0.5 else made


def moment(dice: random.Random) -> str:
    day = dice.choice(["2026-03-10", "2019-12-31", "0001-01-02", "9999-12-30", "2024-02-29", "2026-11-26"])
    clock = dice.choice(["12:00:00", "00:00", "23:59:59.999999", "12:00:00,5", "12:00:00.123456789012", "08:09:10.1"])
    return f"{day}{dice.choice('Tt ')}{clock}{dice.choice(ZONES)}"


def deep(levels: int) -> Any:
    value: Any = 1
    for number in range(levels):
        value = [value] if number % 2 else {"a": value}
    return value


def extensions(dice: random.Random) -> dict[str, Any]:
    video = "https://w3id.org/xapi/video/extensions/"
    values = [*NUMBERS, *TEXTS, None, True, [], {}, deep(dice.choice([1, 3, 63])), {"Time": 1, "time": 2, "": 3}]
    names = [
        video + "time",
        video + "TIME",
        video + "played-segments",
        video + "length",
        "http://a.example/'\"x".replace('"', ""),
    ]
    return {dice.choice(names): dice.choice(values) for _ in range(dice.randint(0, 3))}


def activity(dice: random.Random) -> dict[str, Any]:
    kind = dice.choice(["form", "poll", "quiz", "rate", "submit-media"])
    ids = [f"https://c.example.org/a/{kind}/{dice.randint(0, 10**30)}", "urn:x", "http://a.example/é/../%00"]
    made: dict[str, Any] = {"id": dice.choice(ids)}
    if dice.random() < 0.5:
        made["objectType"] = "Activity"
    if dice.random() < 0.6:
        names = {dice.choice(["en-US", "en", "th", "und"]): dice.choice(TEXTS) for _ in range(dice.randint(0, 2))}
        made["definition"] = {"name": names, "type": "http://adlnet.gov/expapi/activities/question",
                              "extensions": extensions(dice)}  # fmt: skip
    return made


def statement(dice: random.Random, inner: bool = False) -> dict[str, Any]:
    reference = {"objectType": "StatementRef", "id": str(UUID(int=dice.getrandbits(128)))}
    objects = [activity(dice), activity(dice), agent(dice) | {"objectType": "Agent"}, reference]
    thing = dice.choice(objects)
    if "member" in thing:
        thing["objectType"] = "Group"
    if not inner and dice.random() < 0.15:
        thing = statement(dice, inner=True) | {"objectType": "SubStatement"}
    made: dict[str, Any] = {
        "actor": agent(dice),
        "verb": {
            "id": dice.choice(["http://adlnet.gov/expapi/verbs/answered", "urn:verb", "https://v.example.org/x//"])
        },
        "object": thing,
    }
    if dice.random() < 0.6:
        made["timestamp"] = moment(dice)
    if dice.random() < 0.6:
        scaled = dice.choice([0, 1, -1, 0.333])
        score = {"raw": dice.choice(NUMBERS), "scaled": scaled}
        made["result"] = {
            "success": dice.random() < 0.5,
            "completion": True,
            "response": dice.choice(TEXTS),
            "duration": dice.choice(DURATIONS),
            "score": score,
            "extensions": extensions(dice),
        }
    if dice.random() < 0.6:
        parent: Any = activity(dice)
        made["context"] = {
            "registration": str(UUID(int=dice.getrandbits(128))).upper(),
            "contextActivities": {"parent": dice.choice([parent, [parent], [parent, activity(dice)], []])},
            "language": "de-CH-1996",
            "extensions": extensions(dice),
        }
    if not inner:
        made["id"] = str(UUID(int=dice.getrandbits(128), version=4))
    return made


def made_and_mutated(count: int) -> list[bytes]:
    samples = [with_id, seven_taps, lambda: referring(with_id()["id"])]
    found = []
    for seed in range(count):
        dice = random.Random(seed)
        value = statement(dice) if seed % 3 else dice.choice(samples)()
        found.append(json.dumps(mutated(value, dice) if seed % 2 else value, ensure_ascii=seed % 5 > 0).encode())
    large = json.dumps(with_id(result={"response": "x" * ((1 << 20) - 800)})).encode()
    return [*found, large]


def quarantine(home: Path) -> list[tuple[str, str]]:
    files = [str(file) for file in home.glob("quarantine/xapi/statements/*/*.parquet")]
    return duckdb.sql(f"select reason, payload[:1500] from read_parquet({files})").fetchall()


def test_whatever_is_accepted_becomes_a_row(tmp_path: Path) -> None:
    settings = Settings(_env_file=None, platform_home=tmp_path)
    connection = open_database(settings.collector_store).connect()
    accepted: list[str] = []
    authority = {"objectType": "Agent", "account": {"homePage": "https://lrs.example.org", "name": "test"}}
    for portion in portions(made_and_mutated(COUNT), authority):
        portion.refused.clear()  # what is refused is quarantined rightly
        verdicts = perform(connection, [portion.write("test", void_all=True)], time.time_ns() // 1000)[0]
        accepted += [s.id for s, v in zip(portion.statements, verdicts, strict=True) if v is Verdict.STORED]
    connection.close()
    Pump(queue_source(settings), open_lake(settings).landing).once()
    entries = build_lake(tmp_path, "xapi/statements")
    # Mutated ids may meet: what the store refused as a conflict was not accepted.
    assert {reason for entry in entries for reason in entry.reasons} <= {CONFLICT}, quarantine(tmp_path)
    files = [str(file) for file in tmp_path.glob("lake/xapi/statements/*/*.parquet")]
    rows = dict(duckdb.sql(f"select statement_id, object_id is not null from read_parquet({files})").fetchall())
    print(f"{len(accepted)} of {COUNT} accepted, all of them rows")
    assert rows.keys() == set(accepted)
    assert len(accepted) > COUNT // 3
