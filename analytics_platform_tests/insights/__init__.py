"""Tests of insights, and the harness that measures the detector on generated series of known truth."""
