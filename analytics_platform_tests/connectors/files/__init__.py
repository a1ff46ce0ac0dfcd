"""Tests of the room connectors/files."""
