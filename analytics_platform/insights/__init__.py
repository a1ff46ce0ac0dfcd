"""Insights over series and people: anomalies, forecasts, who is about to leave. The engines are pure functions.

From the published snapshot into the lake, as the assets do it:
- ``watched`` (and ``watched.yaml``)  which series there are; ``gathering``, ``platform_days``  reading them;
  ``missing``  days without; ``history``  them as the engines take them
- ``finding``, ``explained``, ``said``  incidents, the members that made them, what people said of them
- ``projecting``  forecasts; ``markdown``, ``drawing``  all of it for people; ``live``  the last hour, from landing

The engines:

- ``detector``  strictly causal verdicts on series × time; its parts ``seasons``, ``baseline``, ``signals``, ``shape``,
  ``counts``, ``surprise``, ``incidents``, ``recurring``; the one default setting is in ``options``
- ``scoring``   many series in, ``verdicts`` out; ``feedback`` what people said of incidents
- ``causes``    members that explain a deviation; ``gaps`` a data gap or behaviour
- ``forecasting/``  forecasts that dare abstain, capacity; ``risk/``  an explained, calibrated chance of leaving
- ``parsing``, ``series_csv``, ``sorted_file``, ``verdict_formats``  CSV files in and out, of any size;
  ``file_verdicts`` all of it in a row
- ``explaining``, ``records``, ``commands``  causes of a file, feedback and checks in files, the command line

Does not live here: when any of it runs (``defs``), metric definitions (dbt).
"""
