"""Tests of the room connectors/kafka, against the mock cluster of its client."""
