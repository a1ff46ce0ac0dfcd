"""Tests of the room connectors/nocodb, against a stand-in on loopback."""
