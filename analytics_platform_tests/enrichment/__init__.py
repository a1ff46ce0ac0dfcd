"""Tests of the room enrichment."""
