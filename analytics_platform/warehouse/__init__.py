"""The warehouse behind one interface (``engine``): DuckDB on this machine (``on_duckdb``), or BigQuery (``bigquery/``).

Lives here: ``dbt`` (what dbt is told, and what it answered), ``manifest`` and ``lineage`` (the project and its marts),
``lake_copy`` and ``lake_state`` (which lake days changed), ``tables`` (counts and previews of the built marts),
``publishing`` and ``reader``. Only the run that builds opens the warehouse; every reader opens a published snapshot.
Does not live here: SQL of marts (``dbt_project/``).
"""
