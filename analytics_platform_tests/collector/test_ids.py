"""Ids wait in a small table and move on to a large one; at every moment each is found, and none is taken twice."""

from hashlib import blake2b
from pathlib import Path

import pytest

from analytics_platform.collector.store import ids
from analytics_platform.collector.store.databases import open_database
from analytics_platform.collector.store.ids import add_ids, places_of_ids


def key(number: int) -> bytes:
    return blake2b(str(number).encode(), digest_size=16).digest()


@pytest.mark.parametrize("group", [1, 7, 40])
def test_every_id_is_found_at_every_moment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, group: int) -> None:
    monkeypatch.setattr(ids, "_WAITING", 50)
    connection = open_database(str(tmp_path / "store.db")).connect()
    edge = [(b"\xff" * 16, 9001), (b"\0" * 16, 9002)]
    with connection.transaction():
        add_ids(connection, edge, [(b"\x01" * 16, 9003)])
    for start in range(1, 400, group):
        with connection.transaction():
            add_ids(connection, [(key(n), n) for n in range(start, start + group)], [])
        known = range(1, start + group)
        assert places_of_ids(connection, [key(n) for n in known]) == {key(n): n for n in known}
        (waiting,), *_ = connection.rows("select count(*) from ids_new")
        assert waiting <= 50 + group
        assert connection.rows("select waiting from ids_moved") == [(waiting,)]
    assert set(places_of_ids(connection, [name for name, _ in edge] + [b"\x01" * 16]).values()) == {9001, 9002, 9003}
    assert connection.rows("select count(*) from ids")[0][0] > 300
    assert places_of_ids(connection, [key(100_000)]) == {}
    connection.close()
