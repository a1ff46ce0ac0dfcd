"""Speed and memory, each as a ratio against a reference measured in the same run: ``python -m bench``.

Lives here: one module per benchmark, ``measuring`` (child processes, time, peak memory, results) and ``plain/`` (the
DuckDB script that the backfill is measured against). Each benchmark has a PLATFORM_HOME of its own, and whatever is
measured runs in a process of its own. Does not live here: anything that the platform imports, or any expected number
but the limits.
"""
