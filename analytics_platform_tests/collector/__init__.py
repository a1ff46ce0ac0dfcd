"""Tests of the front door: real HTTP on loopback, real SQLite, real PostgreSQL where there is one."""
