"""What a moment needed goes back to the machine, though what is kept lies between."""

import subprocess
import sys

import pytest

NEEDED = """
import asyncio
from analytics_platform.collector import memory

async def give_back():
    task = asyncio.create_task(memory.give_back())
    for _ in range(200):
        await asyncio.sleep(0.05)
        if memory.held() < full - (60 << 20):
            break
    task.cancel()

memory.few_heaps()
memory._WORTH, memory._EVERY = 0, 0.05
many = [bytes(1000) for _ in range(100_000)]
full = memory.held()
many = many[::50]
before = memory.held()
asyncio.run(give_back())
print(full >> 20, before >> 20, memory.held() >> 20)
"""


def test_memory_between_what_is_kept_is_given_back() -> None:
    if sys.platform != "linux":
        pytest.skip("glibc's heaps are Linux's")
    done = subprocess.run([sys.executable, "-c", NEEDED], capture_output=True, text=True, check=True)
    full, before, after = map(int, done.stdout.split())
    assert before > full - 40  # the allocator kept it
    assert after < full - 60
