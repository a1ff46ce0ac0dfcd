"""Tests mirror the rooms: each folder here is named for the room it speaks of. Real files, DuckDB, dbt and Dagster."""
