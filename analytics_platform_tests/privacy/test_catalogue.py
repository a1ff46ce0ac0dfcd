"""The data dictionary says what contracts and dbt say; the bill of materials is that of the lock files."""

import re

import orjson
import pytest

from analytics_platform.contracts import LAKE_TABLES
from analytics_platform.errors import PrivacyError
from analytics_platform.privacy.catalogue import PERSONAL, Entry, as_html, as_json, as_markdown, catalogue
from analytics_platform.privacy.sbom import bill_of_materials
from analytics_platform.settings import PROJECT_ROOT
from analytics_platform_tests.organisation import Organisation


@pytest.fixture(scope="module")
def entries(organisation: Organisation) -> dict[str, Entry]:
    return {f"{entry.layer}/{entry.name}": entry for entry in catalogue(organisation.settings)}


def test_every_table_and_column_is_there_with_all_that_is_asked_of_it(entries: dict[str, Entry]) -> None:
    assert {f"lake/{path}" for path in LAKE_TABLES} <= set(entries)
    assert len([name for name in entries if name.startswith("marts/")]) >= 48
    for entry in entries.values():
        assert entry.meaning, entry.name
        assert entry.grain.startswith("One row per"), entry.name
        assert entry.owner.startswith("team:"), entry.name
        assert entry.kept, entry.name
        assert entry.readers, entry.name
        assert all(field.meaning and field.type and field.lineage for field in entry.fields), entry.name


def test_personal_columns_and_lineage_are_those_of_the_code(entries: dict[str, Entry]) -> None:
    statements = {field.name: field for field in entries["lake/xapi/statements"].fields}
    assert statements["actor_name"].sensitivity == PERSONAL
    assert statements["actor_name"].lineage == ("payload.actor.name",)
    users = {field.name: field for field in entries["marts/users"].fields}
    assert users["email"].sensitivity == PERSONAL
    assert users["email"].lineage == ("people/roster.email",)
    assert "people/roster" in entries["marts/users"].inputs
    assert "personal columns empty" in entries["marts/users"].readers
    assert entries["marts/lessons"].readers.startswith("viewer")


def test_all_forms_hold_every_column(entries: dict[str, Entry]) -> None:
    some = list(entries.values())
    count = sum(len(entry.fields) for entry in some)
    assert len(orjson.loads(as_json(some))) == len(some)
    headers = 2 * len(some)
    assert len(re.findall(r"^\| .* \|$", as_markdown(some), flags=re.M)) == count + headers
    assert as_html(some).count("<td>") == 5 * count


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-ui.lock", "requirements-dev.lock"])
def test_the_bill_of_materials_is_that_of_the_lock_file(lock: str) -> None:
    bill = bill_of_materials(PROJECT_ROOT / lock)
    text = (PROJECT_ROOT / lock).read_text()
    assert len(bill["components"]) == len(re.findall(r"^[A-Za-z].*==", text, flags=re.M))
    assert sum(len(one["hashes"]) for one in bill["components"]) == text.count("--hash=sha256:")
    assert {"pkg:pypi/duckdb@2.0.0"} & {one["purl"] for one in bill["components"]} or lock.endswith("ui.lock")
    assert bill == bill_of_materials(PROJECT_ROOT / lock)
    with pytest.raises(PrivacyError, match="names no package"):
        bill_of_materials(PROJECT_ROOT / "LICENSE")
