"""Insights over series and people."""
