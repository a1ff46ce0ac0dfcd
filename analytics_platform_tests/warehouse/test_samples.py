"""The few rows that a failed check shows: keys and numbers, nothing that says who somebody is."""

from typing import Any

import pytest

from analytics_platform.errors import WarehouseError
from analytics_platform.settings import Settings
from analytics_platform.warehouse import failing_rows
from analytics_platform.warehouse.failing_rows import sample
from analytics_platform.warehouse.lineage import MartTest, Model

PERSONAL = {"full_name", "email", "actor_key", "name_key"}


def shown(monkeypatch: pytest.MonkeyPatch, settings: Settings, row: dict[str, Any], column: str = "") -> str:
    columns = (("person_id", "text", ""), ("full_name", "text", ""), ("cohort", "text", ""))
    mart = Model("users", "m", "", (), columns, ("person_id", "full_name"), "", "", "")
    monkeypatch.setattr(failing_rows, "failing_rows", lambda *_: [row])
    return sample(settings, MartTest("t", "t", "users", "", False, column), mart, PERSONAL, lambda _: None)


def test_names_and_addresses_are_hidden_and_keys_stay(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> None:
    row = {"person_id": "p-1", "full_name": "Ann Lee", "cohort": "Spring", "email": "a@b.org", "lessons": 4}
    said = shown(monkeypatch, settings, {**row, "said": "my own words", "answer_id": "a-9", "name_key": "ann lee"})
    for seen in ("p-1", "Spring", "4", "a-9"):
        assert seen in said
    for hidden in ("Ann Lee", "a@b.org", "my own words", "ann lee"):
        assert hidden not in said


def test_the_tested_column_is_seen_unless_it_is_personal(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> None:
    row = {"unique_field": "value-1", "n_records": 2}
    assert "value-1" in shown(monkeypatch, settings, row, "lesson_id")
    said = shown(monkeypatch, settings, row, "email")
    assert "value-1" not in said
    assert "2" in said


def test_a_sample_that_cannot_be_had_is_no_failure(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> None:
    def refuse(*_: object) -> list[dict[str, Any]]:
        raise WarehouseError("dbt shows nothing")

    told: list[str] = []
    mart = Model("users", "m", "", (), (), (), "", "", "")
    monkeypatch.setattr(failing_rows, "failing_rows", refuse)
    assert sample(settings, MartTest("t", "t", "users", "", False), mart, PERSONAL, told.append) == ""
    assert told == ["No sample of the rows on which t fails: dbt shows nothing"]
