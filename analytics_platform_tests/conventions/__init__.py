"""Tests of what holds everywhere: imports, signs, sizes, documentation."""
