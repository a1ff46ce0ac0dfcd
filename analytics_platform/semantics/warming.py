"""Loading MetricFlow before anybody asks, and answering what most people ask first as soon as a snapshot is new.

The answers are kept (``kept``): over millions of facts the first person would wait for seconds, everybody after them
for none. Does not live here: which questions those are (the readers say).
"""

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager

from analytics_platform.errors import PlatformError
from analytics_platform.semantics.asking import query
from analytics_platform.semantics.compiling import load_engine
from analytics_platform.semantics.questions import Named, Query
from analytics_platform.semantics.registry import registry
from analytics_platform.settings import Settings
from analytics_platform.warehouse.engine import open_warehouse

LOOKS_EVERY, LONGEST_GOODBYE = 5.0, 5.0  # seconds


def warm(settings: Settings) -> None:
    """Whatever is wrong is said to whoever asks, not here."""
    try:
        known = registry(settings)
        load_engine(known.semantic_manifest, known.engine)
    except PlatformError:
        return


@contextmanager
def kept_warm(
    settings: Settings, questions: Sequence[Query | Named], first: Callable[[], Sequence[Query | Named]] = tuple
) -> Iterator[threading.Event]:
    """While this lasts, a thread asks these questions of each new snapshot: ``first``, which may depend on it,
    then the others. The event is set as soon as the first are answered, or cannot be."""
    stop, ready = threading.Event(), threading.Event()
    thread = threading.Thread(target=_stay_warm, args=(settings, questions, first, stop, ready), daemon=True)
    thread.start()
    try:
        yield ready
    finally:  # a thread that still holds DuckDB when Python ends makes it print pages of warnings
        stop.set()
        thread.join(LONGEST_GOODBYE)


def _stay_warm(
    settings: Settings,
    questions: Sequence[Query | Named],
    first: Callable[[], Sequence[Query | Named]],
    stop: threading.Event,
    ready: threading.Event,
) -> None:
    warm(settings)
    if settings.warehouse != "duckdb":  # what BigQuery answers is billed: people ask there, and nobody before them
        ready.set()
        return
    version = ""
    while not stop.is_set():
        try:
            current = open_warehouse(settings).current()
            if current is not None and current.version != version:
                version = current.version
                _ask(settings, first(), stop)
                ready.set()
                _ask(settings, questions, stop)
        except PlatformError:  # as in ``warm``
            pass
        ready.set()
        stop.wait(LOOKS_EVERY)


def _ask(settings: Settings, questions: Iterable[Query | Named], stop: threading.Event) -> None:
    for question in questions:
        if stop.is_set():
            return
        try:
            query(settings, question)
        except PlatformError:  # a mart that is not there yet
            continue
