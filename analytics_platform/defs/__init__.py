"""The control room: what Dagster shows and starts. Thin: every decision is made in another room and tested there.

``days`` (the partitions), ``sources`` (raw lines → lake days, with their checks), ``imports`` (files), ``labels`` (on
answers), ``chats`` (labels on chats), ``marts`` (dbt), ``published`` (the snapshot), ``insights`` (what is found in the
snapshot), ``reports`` (the evening message), ``automation`` (job, schedule, sensor), ``standing`` (checks of each
morning), ``assemble`` (all of it for one settings object).
"""
