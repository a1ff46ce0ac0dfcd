"""gs:// and s3:// as homes of the lake, against real servers: whole days, 5xx, slow reads, a crash between parts."""

import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from analytics_platform.lake import open_lake
from analytics_platform.lake.lake import Lake
from analytics_platform.settings import Settings
from analytics_platform.warehouse.lake_copy import refresh
from analytics_platform_tests.lake.buckets import BUCKET, KEYS, Proxy, Trouble, emulator, environment, serving
from analytics_platform_tests.lines import DAY, NOON, STATEMENTS, land, statement

pytestmark = pytest.mark.slow

XAPI = "xapi/statements"
WRITES = {"s3": "^PUT ", "gs": "^(PUT|POST) "}


@pytest.fixture(scope="module", params=["s3", "gs"])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def port(kind: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    with pytest.MonkeyPatch.context() as patch:
        for name, value in KEYS.items():
            patch.setenv(name, value)
        with emulator(kind, tmp_path_factory.mktemp("bucket")) as running:
            yield running


@pytest.fixture
def proxy(port: int) -> Iterator[Proxy]:
    with serving(Proxy(port)) as running:
        yield running


@pytest.fixture
def settings(kind: str, proxy: Proxy, tmp_path: Path) -> Settings:
    return Settings(
        platform_home=tmp_path / "home",
        lake_url=f"{kind}://{BUCKET}/{tmp_path.name}",
        lake_endpoint=f"http://127.0.0.1:{proxy.port}",
        _env_file=None,
    )


@pytest.fixture
def lake(settings: Settings) -> Lake:
    lake = open_lake(settings)
    lake.prepare()
    return lake


def ids(lake: Lake, tmp_path: Path) -> list[str]:
    """What the lake's day holds."""
    import pyarrow.parquet as pq

    (file,) = lake.store.local([f"lake/{XAPI}/day={DAY}/part-0.parquet"], tmp_path)
    return sorted(pq.read_table(file)["statement_id"].to_pylist())


def test_a_day_lives_there_from_landing_to_the_ledger(lake: Lake, tmp_path: Path) -> None:
    land(lake, XAPI, statement("a"), statement("a"), statement("b"), b"no json")
    (entry,) = lake.build(STATEMENTS, [DAY])
    assert (entry.received, entry.stored, entry.duplicate, entry.quarantined) == (4, 2, 1, 1)
    assert lake.ledger.read(STATEMENTS, DAY) == entry
    assert ids(lake, tmp_path) == ["a", "b"]
    assert lake.ledger.reopened(STATEMENTS, lake.landing) == []
    land(lake, XAPI, statement("late"), at=NOON + timedelta(days=2))
    assert lake.ledger.reopened(STATEMENTS, lake.landing) == [NOON.date() + timedelta(days=2)]


def test_a_look_for_new_lines_lists_no_landing(lake: Lake, proxy: Proxy) -> None:
    land(lake, XAPI, statement("a"))
    asked = len(proxy.requests)
    assert lake.ledger.reopened(STATEMENTS, lake.landing) == [DAY]
    assert [request for request in proxy.requests[asked:] if "landing" in request] == []
    lake.landing.inbox.announce(STATEMENTS, DAY, "20260101T000000000000Z-dead-1.ndjson.zst")  # its writer died
    lake.build(STATEMENTS, [DAY])
    assert lake.ledger.reopened(STATEMENTS, lake.landing) == []


def test_duckdb_reads_a_copy_that_follows_the_lake(lake: Lake, settings: Settings) -> None:
    land(lake, XAPI, statement("a"))
    lake.build(STATEMENTS, [DAY])
    said: list[str] = []
    refresh(settings, lake, said.append)
    copy = settings.home / "lake_copy" / "lake" / XAPI / f"day={DAY}" / "part-0.parquet"
    assert copy.exists()
    refresh(settings, lake, said.append)
    assert len(said) == 1, "an unchanged lake is not copied again"
    lake.store.delete(f"lake/{XAPI}/day={DAY}/part-0.parquet")
    refresh(settings, lake, said.append)
    assert not copy.exists()


@pytest.mark.parametrize("trouble", ["refuse", "dribble"])
def test_trouble_on_the_way_is_survived(lake: Lake, kind: str, proxy: Proxy, tmp_path: Path, trouble: str) -> None:
    land(lake, XAPI, statement("a"))
    proxy.troubles += [Trouble("^GET ", trouble), Trouble(WRITES[kind], trouble)]
    (entry,) = lake.build(STATEMENTS, [DAY])
    assert entry.balances
    assert ids(lake, tmp_path) == ["a"]


UPLOADS = """
import sys
from pathlib import Path
from analytics_platform.lake.store import open_store
url, endpoint, folder = sys.argv[1:]
file = Path(folder) / "large"
file.write_bytes(b"new" * 10_000_000)
open_store(url, Path(folder), endpoint).publish(file, "lake/large")
"""


def test_a_crash_between_the_parts_leaves_the_old_file(
    lake: Lake, settings: Settings, kind: str, proxy: Proxy, tmp_path: Path
) -> None:
    """The writer is killed when some parts have arrived: readers see the old file, and the next write is whole."""
    with lake.store.workspace() as folder:
        (folder / "old").write_bytes(b"old")
        lake.store.publish(folder / "old", "lake/large")
    parts = r"^PUT .*partNumber=2" if kind == "s3" else r"^PUT .*upload"
    proxy.troubles.append(Trouble(parts, "hang", 99))
    command = [sys.executable, "-c", UPLOADS, settings.lake_url, settings.lake_endpoint, str(tmp_path)]
    with subprocess.Popen(command, env=environment()) as writer:
        assert proxy.hanging.wait(60), "the upload was over before its second part"
        writer.kill()
    assert lake.store.read("lake/large") == b"old"
    assert lake.store.keys("lake/large"[:4]).count("lake/large") == 1
    proxy.troubles.clear()
    proxy.closing.set()
    done = subprocess.run(command, env=environment(), check=False)
    assert done.returncode == 0
    assert lake.store.read("lake/large") == b"new" * 10_000_000
