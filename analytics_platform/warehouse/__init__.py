"""The warehouse: calling dbt, describing what it built, publishing a snapshot, and the locked reader of snapshots.

Lives here: ``dbt`` (what dbt is told, and what it answered), ``manifest`` and ``lineage`` (the project and
its marts), ``tables`` (counts and previews of the built marts), ``publishing`` and ``reader``. Only the run that builds
opens the warehouse file; every reader opens a published snapshot. Does not live here: SQL of marts (``dbt_project/``).
"""
