"""Loading MetricFlow before anybody asks, and answering what most people ask first as soon as a snapshot is new.

The answers are kept (``kept``): over millions of facts the first person would wait for seconds, everybody after them
for none. Does not live here: which questions those are (the readers say).
"""

import threading
from collections.abc import Iterable, Sequence

from analytics_platform.errors import PlatformError
from analytics_platform.semantics.asking import query
from analytics_platform.semantics.compiling import load_engine
from analytics_platform.semantics.questions import Named, Query
from analytics_platform.semantics.registry import registry
from analytics_platform.settings import Settings
from analytics_platform.warehouse.engine import open_warehouse

LOOKS_EVERY = 5.0  # seconds


def warm(settings: Settings) -> None:
    """Whatever is wrong is said to whoever asks, not here."""
    try:
        known = registry(settings)
        load_engine(known.semantic_manifest, known.engine)
    except PlatformError:
        return


def stay_warm(settings: Settings, questions: Sequence[Query | Named], stop: threading.Event | None = None) -> None:
    """Until ``stop``: ask these of each new snapshot, one after the other."""
    warm(settings)
    if settings.warehouse != "duckdb":  # what BigQuery answers is billed: people ask there, and nobody before them
        return
    stop, version = stop or threading.Event(), ""
    while True:
        try:
            current = open_warehouse(settings).current()
            if current is not None and current.version != version:
                version = current.version
                _ask(settings, questions)
        except PlatformError:  # as in ``warm``
            pass
        if stop.wait(LOOKS_EVERY):
            return


def _ask(settings: Settings, questions: Iterable[Query | Named]) -> None:
    for question in questions:
        try:
            query(settings, question)
        except PlatformError:  # a mart that is not there yet
            continue
