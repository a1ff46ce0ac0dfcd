"""Files that the tests' marks and order name are there: one that moved would quietly lose its mark."""

from analytics_platform.settings import PROJECT_ROOT
from analytics_platform_tests.conftest import LONGEST, SLOW_FILES


def test_every_file_with_a_mark_or_a_place_is_there() -> None:
    tests = {
        f"{file.parent.name}/{file.name}" for file in (PROJECT_ROOT / "analytics_platform_tests").rglob("test_*.py")
    }
    assert sorted({*SLOW_FILES, *LONGEST} - tests) == []
