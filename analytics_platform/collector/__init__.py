"""The HTTP front door: a durable LRS of xAPI 1.0.3 and 2.0, with intake of video events and app telemetry.

- ``server``, ``app``    one ASGI process: connection to handler; ``http`` is the little of HTTP that handlers see,
                         ``percent`` its encoded parameters
- ``access``, ``bearer``   who may do what; ``limits`` how much, how long, how many at once
- ``xapi``               the rules of xAPI: validation, comparison, formats, attachments
- ``resources``          the resources of the LRS
- ``intake``             bulk statements, video events, telemetry
- ``store``              what is accepted: ids made unique, group commit, reading back (SQLite, PostgreSQL)
- ``shipping``           from the store to landing, in order, again after any crash
- ``forwarding``         from the store to other LRSs
- ``commands``           the command line

A write is acknowledged after its commit. Does not live here: what a statement becomes in the lake (``contracts/``,
``lake/``).
"""
