"""Tests of metrics, named queries, roles and the guard, over a published snapshot made by hand."""
