"""The lake's day files on this machine, where dbt's DuckDB reads them; a local lake is there already.

DuckDB's own way to an object store is an extension that must be downloaded, so the days are copied instead, each once
and again when it changed. A copy is renamed into place whole; what is gone from the lake goes here too.
"""

from pathlib import Path

from analytics_platform.lake.day_files import Marks, all_files, only_days
from analytics_platform.lake.lake import Lake
from analytics_platform.lake.store import LocalStore
from analytics_platform.settings import Settings
from analytics_platform.warehouse.dbt import lake_root
from analytics_platform.warehouse.lake_state import Known
from analytics_platform.warehouse.protocol import Log

PREFIX = "lake"


def refresh(settings: Settings, lake: Lake, log: Log) -> Marks:
    """Make the copy equal to the lake. Days that did not change are not read. Returns the marks of what dbt reads."""
    found = all_files(lake.store)
    if isinstance(lake.store, LocalStore):
        return only_days(found)
    folder = Path(lake_root(settings))
    state = folder / "state.json"
    known = Known.read(state.read_bytes() if state.exists() else None)
    changed = [key for key, mark in found.items() if known.marks.get(key) != mark or not (folder / key).exists()]
    with lake.store.workspace() as workspace:
        for key, copy in zip(changed, lake.store.local(changed, workspace), strict=True):
            (folder / key).parent.mkdir(parents=True, exist_ok=True)
            copy.replace(folder / key)
    for gone in known.marks.keys() - found.keys():
        (folder / gone).unlink(missing_ok=True)
    folder.mkdir(parents=True, exist_ok=True)
    draft = folder / ".state.json"
    draft.write_bytes(Known(found).content())
    draft.replace(state)
    if changed:
        log(f"Copied {len(changed)} lake days from {lake.store.url}.")
    return only_days(found)
