"""A day of 20,000 exchanges, each with a text of its own, from the lake to all labels of chats; and the day once more.

The texts are the packaged holdout's, each with a number behind it, so that none is equal to another. Cold is the same
with the time in which a new process loads the model. The reference is the engine alone over the same texts in one
process: what reading, joining and writing the day add.
"""

import time
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from bench.labels import _holdout, warm
from bench.measuring import Result, at_most, run_part, temporary_home

EXCHANGES, PER_SECOND, COLD, AGAINST_ENGINE = 20_000, 3_000, 2_000, 1.25
DAY = date(2026, 3, 10)


def measure(scale: float) -> list[Result]:
    count = max(500, round(EXCHANGES * scale))
    with temporary_home() as home:
        run_part(warm, home)  # trains the model, once for each version
        run_part(land, home, count)
        alone = run_part(engine_alone, home, count).answer
        first, again = run_part(label, home).answer, run_part(label, home).answer
    rate = count / first["seconds"]
    cold = count / first["cold_seconds"]
    facts = {"labelled": first["labelled"], "again": again["labelled"], "again_seconds": round(again["seconds"], 2)}
    facts["cpu_seconds"] = round(first["cpu_seconds"], 2)
    nothing = again["labelled"] == 0 and first["labelled"] == count
    return [
        Result(
            *("chat_labels", rate, "texts/s", PER_SECOND, rate / PER_SECOND),
            *(f"value >= {PER_SECOND}, a rerun labels nothing", rate >= PER_SECOND and nothing, facts),
        ),
        Result("chat_labels_cold", cold, "texts/s", COLD, cold / COLD, f"value >= {COLD}", cold >= COLD),
        at_most("chat_labels_against_engine", first["seconds"], alone, AGAINST_ENGINE),
    ]


def texts(count: int) -> list[str]:
    known = _holdout()
    return [f"{known[number % len(known)]} {number}" for number in range(count)]


def land(home: str, count: int) -> int:
    import orjson

    from analytics_platform.contracts import TABLES
    from analytics_platform.lake import open_lake
    from analytics_platform.lake.landing import RawLine
    from analytics_platform.settings import Settings

    lake, table = open_lake(Settings(platform_home=Path(home), _env_file=None)), TABLES["nocodb/messages"]
    at = datetime(DAY.year, DAY.month, DAY.day, 12, tzinfo=UTC)
    lines = [
        RawLine(
            orjson.dumps(
                {"id": f"m{n}", "conversation_id": f"c{n // 5}", "query": text, "answer": "Yes.", "created_at": at}
            ),
            at,
        )
        for n, text in enumerate(texts(count))
    ]
    lake.landing.append(table, lines, "bench")
    return lake.build(table, [DAY])[0].stored


def engine_alone(home: str, count: int) -> float:
    from analytics_platform.enrichment.methods.engine import Engine

    engine, said = Engine(model_folder=Path(home) / "models"), texts(count)
    engine.label(said[:5])
    began = time.perf_counter()
    for first in range(0, count, 2_000):
        engine.label(said[first : first + 2_000])
    return time.perf_counter() - began


def label(home: str) -> dict[str, Any]:
    from analytics_platform.enrichment.chats.chat_labeller import label_chats, open_chat_labeller
    from analytics_platform.settings import Settings

    settings = Settings(platform_home=Path(home), _env_file=None)
    started = time.perf_counter()
    labeller = open_chat_labeller(settings)
    labeller.label([("k", "warm up")])  # loading the model is not part of texts/s
    began, worked = time.perf_counter(), time.process_time()
    (day,) = label_chats(settings, [DAY], labeller)
    spent = {"seconds": time.perf_counter() - began, "cpu_seconds": time.process_time() - worked}
    return spent | {"cold_seconds": time.perf_counter() - started, "labelled": day.labelled}
