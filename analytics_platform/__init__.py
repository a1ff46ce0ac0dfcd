"""Learning analytics from four sources, right and repeatable. The rooms, in the order that data goes down:

- ``settings``    the only reader of the environment; ``setting_values`` says which values a setting may have
- ``tokens``      bearer tokens of an OpenID Connect issuer, verified
- ``contracts``   what a row of each source table is, and how it comes out of the raw payload
- ``lake``        landing (raw lines), Parquet days, quarantine, ledger; local, gs:// or s3://
- ``pubsub``      Google Pub/Sub between the front door and landing
- ``collector``   the HTTP front door: an xAPI LRS, video and telemetry intake, and shipping to landing
- ``connectors``  sources of the pump: files that people bring, a NocoDB, a Kafka topic
- ``simulator``   a demo organisation whose truth is known
- ``enrichment``  labels on free text: language, topic, intent, sentiment, themes, safety
- ``warehouse``   calling dbt, the DuckDB file, publishing, and the locked reader
- ``semantics``   metrics and named queries, who may see what, and the guard of strangers' SQL
- ``insights``    anomalies in series, forecasts that may abstain, who is about to leave, themes by week
- ``reports``     report documents from the published marts: Markdown, HTML, CSV
- ``operations``  what waits at each step, from landing to the snapshot
- ``serving``     what programs and people read: the API, the pages, Seven, and exports as files
- ``alerts``      what is worth telling whom, once: state, routes, Slack, e-mail, webhooks, log
- ``deploy``      what a deployment needs: the Dagster instance
- ``upkeep``      retention by kind and age, backup and restore
- ``privacy``     erasing and exporting a person, pseudonyms, the catalogue of what is held
- ``defs``        the control room: Dagster assets, checks, schedules, sensors (the only room that imports Dagster)
- ``commands``    what commands do that need several rooms: demo, dev, doctor, pump
- ``cli``, ``definitions``  the command line, and Dagster's entry point

A room may import only rooms above it in this list; a test (``test_rooms``) names which.
"""

__version__ = "0.1.0"
