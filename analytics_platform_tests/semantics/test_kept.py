"""What was answered once is not asked again, for as long as its snapshot is the newest."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pyarrow as pa
import pytest

from analytics_platform.semantics.kept import Kept

HOME = ("home", "duckdb", 100)


def test_the_same_question_over_the_same_version_is_asked_once() -> None:
    kept, asked = Kept(), []

    def ask(sql: str, version: str = "1", place: tuple[object, ...] = HOME) -> pa.Table:
        def run() -> pa.Table:
            asked.append((sql, version))
            return pa.table({"n": [len(asked)]})

        return kept.answer(place, version, sql, run)

    assert ask("a") is ask("a")
    ask("b")
    ask("a", "2")
    ask("a", "2", ("elsewhere", "duckdb", 100))
    assert asked == [("a", "1"), ("b", "1"), ("a", "2"), ("a", "2")]
    ask("a", "1")  # the newer version made it go
    assert asked[-1] == ("a", "1")


def test_bytes_are_bounded_and_large_tables_are_not_kept() -> None:
    table = pa.table({"n": pa.array(range(100), pa.int64())})  # 800 bytes
    kept, asked = Kept(most_bytes=2_000, largest=1_000), []

    def ask(sql: str, of: pa.Table = table) -> None:
        def run() -> pa.Table:
            asked.append(sql)
            return of

        kept.answer(HOME, "1", sql, run)

    for sql in ("a", "b", "a", "c", "a", "b"):  # c takes the place of b, which nobody asked for lately
        ask(sql)
    assert asked == ["a", "b", "c", "b"]
    large = pa.table({"n": pa.array(range(200), pa.int64())})
    ask("large", large)
    ask("large", large)
    assert asked[-2:] == ["large", "large"]


def test_who_asks_meanwhile_waits_for_the_one_answer_or_its_error() -> None:
    kept, asked, go = Kept(), [], threading.Event()

    def slow() -> pa.Table:
        asked.append(1)
        go.wait(10)
        raise ValueError("refused")

    with ThreadPoolExecutor(4) as threads:
        waiting = [threads.submit(kept.answer, HOME, "1", "a", slow) for _ in range(4)]
        while not asked or not all(one.running() for one in waiting):
            time.sleep(0.01)
        time.sleep(0.1)
        assert len(asked) == 1  # nobody asks beside another
        go.set()
        for one in waiting:
            with pytest.raises(ValueError, match="refused"):
                one.result(10)
    assert kept.answer(HOME, "1", "a", lambda: pa.table({"n": [1]})).num_rows == 1
