"""Tests of the dbt project, over lakes of hand-written rows."""
