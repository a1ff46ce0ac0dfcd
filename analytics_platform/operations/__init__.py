"""Operations: what waits at each step (``waiting``), what a person sees of it (``status``),
and of a run (``progress_line``).

Imports no Dagster. Does not live here: noting what a step was built from (``lake.notes``, ``warehouse.built``), asking
for runs (``defs``).
"""
