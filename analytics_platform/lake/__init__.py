"""The lake: landing (raw lines), Parquet days, quarantine and ledger, in a folder or an object store.

Lives here: ``store`` (the file-system seam), ``landing`` (the only entrance) and its ``inbox`` (what no day was built
from yet), ``parse_sql`` (raw lines to typed rows as one SQL statement), ``salvage`` (segments that no JSON reader
accepts), ``lake`` (a day written whole), ``ledger`` (received = stored + duplicate + quarantined). Does not live here:
what columns mean (``contracts/``), HTTP, Dagster.
"""

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from analytics_platform.lake.lake import Lake
    from analytics_platform.settings import Settings


def open_lake(settings: "Settings") -> "Lake":
    """The lake that the settings name."""
    from analytics_platform.lake.erased import Erasures
    from analytics_platform.lake.lake import Lake
    from analytics_platform.lake.store import open_store

    store = open_store(settings.lake_root, settings.home / "scratch", settings.lake_endpoint)
    erasures = Erasures(store, settings.privacy_key_file, settings.privacy_key.get_secret_value())
    return Lake(store, settings.platform_first_day, settings.lake_memory_bytes, os.cpu_count() or 1, erasures)
