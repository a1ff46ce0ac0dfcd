"""The homes of older releases, upgraded, have the marts that today's code makes of the same raw lines, row by row.

``lake/homes`` holds what ``demo --people 6 --days 2`` wrote, without what an upgrade makes anew, by the commit that was
the newest then. Does not live here: what an old lake lacks (``lake/test_outdated``).
"""

import shutil
import tarfile
from pathlib import Path
from typing import Any

import duckdb
import pytest

from analytics_platform.commands.materializing import materialize
from analytics_platform.commands.upgrading import upgrade
from analytics_platform.lake import open_lake
from analytics_platform.lake.day_files import day_files, day_of
from analytics_platform.settings import Settings
from analytics_platform.warehouse.publishing import current
from analytics_platform_tests.lake.test_outdated import HOME
from analytics_platform_tests.organisation import share_models

pytestmark = pytest.mark.proof

HOMES = sorted(HOME.parent.glob("*.tar.xz"))
RAW = ("landing", "imports", "keys")  # what sources and people brought, and how people are hashed; all else is made
# An alarm that fires under new rules, too, keeps when and by which rules it fired first.
WHEN_BUILT = {"received_at", "imported_at", "labelled_at", "scored_at", "made_at", "found_at", "fired_at"}
OF_FIRST_FIRING = {"safety_flags": {"version"}}


def marts(settings: Settings) -> dict[str, tuple[dict[str, str], list[tuple[Any, ...]]]]:
    """Of each published mart its columns with their types, and its rows without the moments at which it was built."""
    snapshot = current(settings)
    assert snapshot is not None
    found = {}
    with duckdb.connect(str(settings.published_folder / snapshot.file), read_only=True) as connection:
        connection.execute("set timezone = 'UTC'")
        for mart in snapshot.rows:
            described = connection.execute(f'describe "{mart}"').fetchall()
            columns = {name: kind for name, kind, *_ in described}
            kept = [name for name in columns if name not in WHEN_BUILT | OF_FIRST_FIRING.get(mart, set())]
            listed = ", ".join(f'"{name}"' for name in kept)
            rows = connection.execute(f'select {listed} from "{mart}" order by all').fetchall()
            found[mart] = (columns, [tuple(map(_rounded, row)) for row in rows])
    return found


def _rounded(value: Any) -> Any:
    """Sums of fractions by two threads differ in their last digits from one build to the next."""
    return float(f"{value:.9g}") if isinstance(value, float) else value


@pytest.mark.parametrize("home", HOMES, ids=[home.name.partition(".")[0] for home in HOMES])
def test_an_upgraded_home_has_the_marts_of_a_new_one(home: Path, tmp_path: Path) -> None:
    with tarfile.open(home) as archive:
        archive.extractall(tmp_path / "old", filter="data")
    for folder in RAW:
        if (tmp_path / "old" / folder).exists():
            shutil.copytree(tmp_path / "old" / folder, tmp_path / "new" / folder)
    old, new = (Settings(platform_home=tmp_path / name, _env_file=None) for name in ("old", "new"))
    share_models(old)
    share_models(new)
    assert upgrade(old)
    assert materialize(new, sorted({day_of(key) for key in day_files(open_lake(old).store)}))  # neither's day is today
    upgraded, fresh = marts(old), marts(new)
    assert upgraded.keys() == fresh.keys()
    assert len([mart for mart, (_, rows) in fresh.items() if rows]) > 30
    differing = {mart: (len(upgraded[mart][1]), len(fresh[mart][1])) for mart in fresh if upgraded[mart] != fresh[mart]}
    assert differing == {}
