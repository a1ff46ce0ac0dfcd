"""The control room: what Dagster shows and starts. Thin: every decision is made in another room and tested there.

``days`` (the partitions), ``sources`` (raw lines → lake days, with their checks), ``imports`` (files), ``labels`` (on
answers), ``marts`` (dbt), ``published`` (the snapshot), ``reports`` (the evening message), ``automation`` (job,
schedule, sensor), ``assemble`` (all of it for one settings object).
"""
