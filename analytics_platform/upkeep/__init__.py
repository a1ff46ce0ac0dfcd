"""Keeping an installation in order: old things go (``retention``), telemetry's daily rows stay (``settling``), what
cannot be made again is kept (``backup``), and the layout of a home is known (``layout``).

``commands`` is its command line. Does not live here: pruning Dagster's own runs (``defs.upkeep``, which calls this).
"""
