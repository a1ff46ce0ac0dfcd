"""The pages in a process of their own, and a real Chromium that looks at them."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from analytics_platform.serving.pages.launch import arguments
from analytics_platform.settings import PROJECT_ROOT, Settings

DONE = "document.querySelector('[data-testid=\"stApp\"]')?.dataset.testScriptState === 'notRunning'"
LONGEST = 120_000  # milliseconds, on a machine that does other things too


@contextmanager
def served_pages(settings: Settings) -> Iterator[str]:
    """Their address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {**os.environ, "PLATFORM_HOME": str(settings.home), "PLATFORM_TIMEZONE": settings.platform_timezone}
    command = arguments(settings.model_copy(update={"pages_port": port}))
    process = subprocess.Popen(command, env=environment, cwd=PROJECT_ROOT, stdout=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    try:
        until = time.monotonic() + 120
        while True:
            try:
                httpx.get(f"{address}/_stcore/health", timeout=5).raise_for_status()
                break
            except httpx.HTTPError:
                if process.poll() is not None or time.monotonic() > until:
                    raise
                time.sleep(0.1)
        yield address
    finally:
        process.terminate()
        process.wait(30)


@contextmanager
def chromium() -> Iterator[Any]:
    """A browser; None where there is none."""
    found = shutil.which("chromium")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        found = None
    if found is None:
        yield None
        return
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield browser
        browser.close()


def look(page: Any, address: str) -> float:
    """Open it and wait until it is whole; the seconds that took."""
    started = time.monotonic()
    page.goto(address)
    page.wait_for_function(DONE, timeout=LONGEST)
    return time.monotonic() - started


def axe_script() -> str | None:
    """axe-core, which is 500 kB and not ours: AXE_CORE names the file, or ``npm install axe-core`` put it here."""
    for place in (os.environ.get("AXE_CORE", ""), str(PROJECT_ROOT / "node_modules" / "axe-core" / "axe.min.js")):
        if place and Path(place).is_file():
            return Path(place).read_text("utf-8")
    return None
