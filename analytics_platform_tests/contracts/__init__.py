"""Tests of the room contracts."""
