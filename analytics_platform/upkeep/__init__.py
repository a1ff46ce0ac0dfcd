"""Keeping an installation in order: old things go (``retention``), what cannot be made again is kept (``backup``).

``commands`` is its command line. Does not live here: pruning Dagster's own runs (``defs.upkeep``, which calls this).
"""
