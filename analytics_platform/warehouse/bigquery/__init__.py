"""BigQuery as the warehouse: lake days loaded into day partitions, marts built there by dbt, readers on views.

Lives here: ``client`` (the connection, and what is tried again), ``lake_tables`` and ``loading`` (the lake's days),
``publishing`` (clones of the marts, and the views that readers see), ``reader``, ``costing``. Does not
live here: SQL of marts (``dbt_project/``). Google's libraries come with the gcp extra and are imported where used.
"""
