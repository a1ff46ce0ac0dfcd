"""Folders that killed processes left behind go away by themselves; those in use stay."""

import os
import time
from pathlib import Path

from analytics_platform.lake.store import ABANDONED_SECONDS, LocalStore


def test_an_abandoned_workspace_is_removed_and_one_in_use_is_not(tmp_path: Path) -> None:
    store = LocalStore(tmp_path)
    with store.workspace() as in_use:
        abandoned = tmp_path / "scratch" / "left-by-a-killed-process"
        abandoned.mkdir()
        long_ago = time.time() - ABANDONED_SECONDS - 60
        os.utime(abandoned, (long_ago, long_ago))
        with store.workspace():
            assert not abandoned.exists()
            assert in_use.exists()
