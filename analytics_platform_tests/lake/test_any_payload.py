"""Whatever bytes a connector hands over: the day is built, the ledger balances, and nothing is thrown."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analytics_platform.contracts import TABLES, Table
from analytics_platform.lake.lake import Lake
from analytics_platform.lake.store import LocalStore
from analytics_platform_tests.lines import DAY, NOON, Payload, land

pytestmark = pytest.mark.slow

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


def payloads(table: Table) -> st.SearchStrategy[Payload]:
    """Bytes, text, and objects that use the table's own fields with values of any shape."""

    def shaped(shape: Any) -> st.SearchStrategy[Any]:
        if isinstance(shape, dict):
            return anything | st.fixed_dictionaries({}, optional={key: shaped(value) for key, value in shape.items()})
        return anything | st.sampled_from(["2026-03-10T01:00:00Z", '{"ops":[{"insert":"x"}]}', "P1D", "a/form/1"])

    return st.binary(max_size=40) | st.text(max_size=40) | shaped(table.shape).filter(lambda v: isinstance(v, dict))


@pytest.mark.parametrize("path", TABLES)
def test_any_payload_is_stored_or_quarantined(path: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    table = TABLES[path]

    @settings(max_examples=6, suppress_health_check=list(HealthCheck), derandomize=True)
    @given(st.lists(payloads(table), min_size=20, max_size=60))
    def lands(lines: list[Payload]) -> None:
        with TemporaryDirectory(dir=tmp_path_factory.getbasetemp()) as folder:
            lake = Lake(LocalStore(Path(folder)), DAY, 1 << 29, 2)
            land(lake, path, *lines, at=NOON)
            entries = lake.build(table, sorted({segment.day for segment in lake.landing.segments(table)}))
            assert sum(entry.received for entry in entries) == len(lines)
            assert all(entry.balances for entry in entries)

    lands()
