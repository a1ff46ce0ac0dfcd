"""All local labels together on free text: texts a second on two processes, time to load, memory.

The texts are the packaged holdout's, repeated: real lengths in three languages, which training never saw.
"""

import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

from bench.measuring import THREADS, Result, run_part, temporary_home

TEXTS, FASTEST_LOAD, SLOWEST_RATE, MEMORY_MB = 6_000, 3.0, 3_000, 1_024


def measure(scale: float) -> list[Result]:
    with temporary_home() as home:
        run_part(warm, home)  # trains the model, once for each version
        load = run_part(warm, home)
        measured = run_part(rate, home, int(TEXTS * scale))
    texts, seconds, alone = measured.answer
    per_second, reference = texts / seconds, texts / alone
    return [
        Result(
            *("labels", per_second, "texts/s", reference, per_second / reference),
            *(f"value >= {SLOWEST_RATE}", per_second >= SLOWEST_RATE, {"texts": texts, "reference": "one process"}),
        ),
        Result(
            *("labels_load", load.answer, "s", FASTEST_LOAD, load.answer / FASTEST_LOAD),
            *(f"value <= {FASTEST_LOAD:g}", load.answer <= FASTEST_LOAD, {}),
        ),
        Result(
            *("labels_memory", measured.peak_mb, "MB", MEMORY_MB, measured.peak_mb / MEMORY_MB),
            *(f"value <= {MEMORY_MB}", measured.peak_mb <= MEMORY_MB, {}),
        ),
    ]


def warm(home: str) -> float:
    """Seconds until the first text has its labels, imports included."""
    started = time.monotonic()
    _label(home, ["The first text."])
    return time.monotonic() - started


def rate(home: str, count: int) -> list[Any]:
    """Seconds for the texts on two processes that are warm, and on one."""
    texts = (_holdout() * (count // len(_holdout()) + 1))[:count]
    with ProcessPoolExecutor(THREADS) as pool:
        list(pool.map(_label, [home] * THREADS, [texts[:5]] * THREADS))
        started = time.monotonic()
        list(pool.map(_label, [home] * THREADS, [texts[part::THREADS] for part in range(THREADS)]))
        seconds = time.monotonic() - started
        started = time.monotonic()
        list(pool.map(_label, [home], [texts]))
    return [len(texts), seconds, time.monotonic() - started]


_engines: dict[str, Any] = {}


def _label(home: str, texts: list[str]) -> int:
    from analytics_platform.enrichment.engine import Engine

    if home not in _engines:
        _engines[home] = Engine(model_folder=Path(home) / "models")
    return len(_engines[home].label(texts))


def _holdout() -> list[str]:
    import csv

    import analytics_platform.enrichment as room

    files = sorted((Path(room.__file__).parent / "holdout").glob("??.csv"))
    return [row["text"] for file in files for row in csv.DictReader(file.open(encoding="utf-8"), delimiter="|")]
