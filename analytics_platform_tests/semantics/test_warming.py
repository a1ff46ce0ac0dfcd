"""What most people ask first is answered before they come, of each new snapshot."""

import threading
import time
from collections.abc import Callable

import pytest

from analytics_platform.semantics import Named, asking
from analytics_platform.semantics.warming import kept_warm
from analytics_platform.settings import Settings
from analytics_platform_tests.semantics.snapshot import put


def eventually(holds: Callable[[], bool]) -> None:
    until = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.02)


def test_each_new_snapshot_is_asked_once(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("analytics_platform.semantics.warming.LOOKS_EVERY", 0.05)
    monkeypatch.setattr("analytics_platform.semantics.warming.warm", lambda _settings: None)
    asked: list[str] = []
    kept = asking.KEPT.answer

    def noted(place: tuple[object, ...], version: str, sql: str, ask: Callable[[], object]) -> object:
        asked.append(version)
        return kept(place, version, sql, ask)  # type: ignore[arg-type]

    monkeypatch.setattr(asking.KEPT, "answer", noted)
    first = put(settings, absent=("lessons",), users=[{"person_id": "one"}])
    # A list whose mart is missing does not keep the others from being asked.
    threads = threading.active_count()
    questions = [Named("lessons"), Named("people")]
    with kept_warm(settings, questions):
        eventually(lambda: asked == [first.version])
        second = put(settings, users=[{"person_id": "two"}])
        eventually(lambda: asked == [first.version, second.version, second.version])
        time.sleep(0.2)
        assert len(asked) == 3
    assert threading.active_count() == threads
