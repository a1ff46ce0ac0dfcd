"""dbt's view of the contracts: the text of ``dbt_project/models/staging/_sources.yml``.

A pure function from the contracts to YAML, and the one line that writes it. A test holds the file equal to the
function, so a column that a contract gains is documented and readable in dbt in the same change.
"""

from pathlib import Path

import yaml

from analytics_platform.contracts import LAKE_TABLES
from analytics_platform.contracts.model import Column, LakeTable
from analytics_platform.settings import PROJECT_ROOT

SOURCES_FILE = PROJECT_ROOT / "dbt_project" / "models" / "staging" / "_sources.yml"

# On BigQuery the lake is a dataset of tables; on DuckDB the days' files are read where they lie. With day as a typed
# hive column a condition on it decides which files are opened. ``template`` is the formatter that leaves {} alone.
_LOCATION = (
    "read_parquet('{{{{ env_var('DBT_LAKE_ROOT', '.platform') }}}}/lake/{path}/*/part-0.parquet', "
    "hive_partitioning = true, hive_types = {{'day': date}})"
)
_HEADER = (
    "# Made from analytics_platform/contracts by contracts/dbt_sources.py; edit the contract, then write this anew.\n"
)


def dbt_sources() -> str:
    """The sources file: one dbt source per source, one table per contract, every column with its type."""
    by_source: dict[str, list[dict[str, object]]] = {}
    for table in LAKE_TABLES.values():
        by_source.setdefault(table.source, []).append(_table(table))
    sources = [
        {
            "name": source,
            "description": f"The lake's tables of {source}.",
            "database": "{{ target.database }}",
            "schema": "{{ 'lake' if target.type == 'duckdb' else target.schema ~ '_lake' }}",
            "tables": tables,
        }
        for source, tables in by_source.items()
    ]
    document = {"version": 2, "sources": sources}
    return _HEADER + str(yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=110))


def write_dbt_sources(file: Path = SOURCES_FILE) -> Path:
    """Write the sources file and say where it is."""
    file.write_text(dbt_sources(), encoding="utf-8")
    return file


def _table(table: LakeTable) -> dict[str, object]:
    return {
        "name": table.name,
        "identifier": f"{table.source}_{table.name}",
        "description": f"{table.description} {table.grain}",
        "config": {
            "meta": {
                "external_location": _LOCATION.format(path=table.path),
                "formatter": "template",
                "key": table.key,
                "personal_columns": sorted(table.personal_columns),
            }
        },
        "columns": [_column(column) for column in table.all_columns],
    }


def _column(column: Column) -> dict[str, object]:
    return {"name": column.name, "description": column.description, "data_type": column.type}
