"""Parity: the whole dbt project on DuckDB and on BigQuery, from the same lake, must say the same."""
