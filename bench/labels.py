"""All local labels together on free text: texts a second warm and cold, time to load, memory.

Warm: two processes, and the packaged holdout's texts, repeated: real lengths in three languages, which training never
saw. Cold: one process that was just started, and each text of the holdouts once, so that it knows no word before it
stands in a text; imports and the model are told apart, as the time to load.
"""

import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

from bench.measuring import THREADS, Result, run_part, temporary_home

TEXTS, FASTEST_LOAD, SLOWEST_RATE, SLOWEST_COLD, MEMORY_MB = 6_000, 3.0, 3_000, 2_000, 1_024


def measure(scale: float) -> list[Result]:
    with temporary_home() as home:
        run_part(warm, home)  # trains the model, once for each version
        load = run_part(warm, home)
        cold = run_part(first_pass, home, scale).answer
        measured = run_part(rate, home, int(TEXTS * scale))
    texts, seconds, alone = measured.answer
    per_second, reference = texts / seconds, texts / alone
    return [
        Result(
            *("labels", per_second, "texts/s", reference, per_second / reference),
            *(f"value >= {SLOWEST_RATE}", per_second >= SLOWEST_RATE, {"texts": texts, "reference": "one process"}),
        ),
        Result(
            *("labels_cold", cold["per_second"], "texts/s", SLOWEST_COLD, cold["per_second"] / SLOWEST_COLD),
            *(f"value >= {SLOWEST_COLD}", cold["per_second"] >= SLOWEST_COLD, cold),
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


def first_pass(home: str, scale: float) -> dict[str, float]:
    """A fresh process labels each text of the holdouts once, after its imports and the model."""
    texts = _every_holdout()
    texts = texts[: max(100, int(len(texts) * scale))]
    load = warm(home)
    started, cpu = time.monotonic(), time.process_time()
    _label(home, texts)
    seconds, cpu = time.monotonic() - started, time.process_time() - cpu
    return {
        "seconds": seconds,
        "per_second": len(texts) / seconds,
        "texts": len(texts),
        "texts_per_cpu_second": round(len(texts) / cpu),
        "load_seconds": round(load, 2),
    }


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
    from analytics_platform.enrichment.methods.engine import Engine

    if home not in _engines:
        _engines[home] = Engine(model_folder=Path(home) / "models")
    return len(_engines[home].label(texts))


def _holdout() -> list[str]:
    import csv

    import analytics_platform.enrichment as room

    files = sorted((Path(room.__file__).parent / "holdout").glob("??.csv"))
    return [row["text"] for file in files for row in csv.DictReader(file.open(encoding="utf-8"), delimiter="|")]


def _every_holdout() -> list[str]:
    """Each text of all holdouts once, in an order that mixes languages and kinds."""
    import random

    from analytics_platform.enrichment.measuring.behaviour import FIRST, SECOND, behaviour_examples
    from analytics_platform.enrichment.measuring.holdout import LANGUAGES, rows_of
    from analytics_platform.enrichment.measuring.safety_measures import everyday_texts

    texts = [*_holdout(), *(row["text"] for name in ("safety.csv", "safety_indirect.csv") for row in rows_of(name))]
    for language in LANGUAGES:
        texts += [one.text for folder in (FIRST, SECOND) for one in behaviour_examples(language, folder)]
        texts += everyday_texts(language)
    texts = list(dict.fromkeys(texts))
    random.Random(6).shuffle(texts)
    return texts
