"""NocoDB: conversations and messages of a chatbot builder, pulled from the v2 record API.

- ``connection``  what the settings say: address, token, tables, names of fields, pace
- ``client``      one page over HTTP: pace, Retry-After, backoff and its budget, errors in words
- ``paging``      many pages: by offset with an overlap and a second pass, or by time
- ``rows``        a record as a payload: our names, an id, ``inputs`` cut down to what settings name
- ``known``       which version of each row landing has, so that a row is landed once a version
- ``days``, ``changes``   the two sources of the pump: whole days, and what was created or edited since a position

The facts about NocoDB (0.301) that each rule answers stand beside it. Does not live here: what a row means
(``contracts/nocodb``), Dagster (``defs/nocodb``).
"""
