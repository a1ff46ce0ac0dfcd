"""Insights over series and people: anomalies, forecasts, who is about to leave. Pure functions; used by the assets.

- ``detector``  strictly causal verdicts on series × time; its parts ``seasons``, ``baseline``, ``signals``, ``shape``,
  ``counts``, ``surprise``, ``incidents``, ``recurring``; the one default setting is in ``options``
- ``scoring``   many series in, ``verdicts`` out; ``feedback`` what people said of incidents
- ``causes``    members that explain a deviation; ``gaps`` a data gap or behaviour
- ``forecasting/``  forecasts that dare abstain, capacity; ``risk/``  an explained, calibrated chance of leaving
- ``parsing``, ``reading``, ``spool``, ``writing``  CSV files in and out, of any size; ``answering`` all of it in a row
- ``explaining``, ``records``, ``commands``  causes of a file, feedback and checks in files, the command line

Does not live here: where series come from and where verdicts go (assets), metric definitions (dbt).
"""
