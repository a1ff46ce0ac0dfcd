"""The seam holds for a folder and for an object store's interface (here Arrow's, over a local bucket)."""

from pathlib import Path

import pytest

from analytics_platform.lake.lake import Lake
from analytics_platform.lake.store import LocalStore, ObjectStore, Store, open_store
from analytics_platform_tests.lines import DAY, NOON, STATEMENTS, land, statement


@pytest.fixture(params=["folder", "bucket"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    (tmp_path / "root").mkdir()
    if request.param == "folder":
        return LocalStore(tmp_path / "root")
    return ObjectStore(f"file://{tmp_path}/root", tmp_path / "scratch")


def put(store: Store, key: str, content: bytes) -> None:
    with store.workspace() as folder:
        (folder / "draft").write_bytes(content)
        store.publish(folder / "draft", key)


def test_what_is_published_is_listed_read_and_deleted(store: Store) -> None:
    assert store.keys("a") == []
    assert store.read("a/b") is None
    put(store, "a/c", b"2")
    put(store, "a/b", b"1")
    put(store, "a/b", b"1 again")
    assert store.keys("a") == ["a/b", "a/c"]
    assert store.read("a/b") == b"1 again"
    store.delete("a/b")
    store.delete("a/b")
    assert not store.exists("a/b")


def test_a_day_is_built_on_either(store: Store) -> None:
    lake = Lake(store, DAY, 1 << 29, 2)
    lake.prepare()
    land(lake, "xapi/statements", statement("a"), statement("a"), at=NOON)
    (entry,) = lake.build(STATEMENTS, [DAY])
    assert (entry.stored, entry.duplicate) == (1, 1)
    assert lake.ledger.read(STATEMENTS, DAY) == entry


def test_an_unfinished_file_is_no_key(tmp_path: Path) -> None:
    store = LocalStore(tmp_path)
    with store.workspace() as folder:
        (folder / "half").write_bytes(b"")
        assert store.keys("landing") == []
    assert list((tmp_path / "scratch").iterdir()) == []


def test_the_root_names_the_kind_of_store(tmp_path: Path) -> None:
    assert isinstance(open_store(str(tmp_path), tmp_path), LocalStore)
