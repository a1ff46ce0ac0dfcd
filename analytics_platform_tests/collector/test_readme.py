"""The commands of the room's README are run as they stand there."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

import analytics_platform.collector as room

from .conftest import Collector


def test_the_curl_examples(collector: Collector) -> None:
    if shutil.which("curl") is None:
        pytest.skip("needs curl")
    text = (Path(room.__file__).parent / "README.md").read_text()
    [script] = re.findall(r"```bash\n(.*?)```", text, re.DOTALL)
    who = ":".join(collector.credential("admin"))
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        env={"COLLECTOR": collector.url, "WHO": who, "PATH": "/usr/local/bin:/usr/bin:/bin"},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr + done.stdout
    assert '"refused":2' in done.stdout
    assert "collector_unshipped_lines 7" in done.stdout
