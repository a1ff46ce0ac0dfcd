"""Statements on to other LRSs: a pump to the outside, at least once, in the order in which they were stored.

- ``targets``   where to and which: one YAML file, ``COLLECTOR_FORWARD_FILE``
- ``source``    what a target has not been sent yet, read from the store
- ``sending``   one LRS that takes statements
- ``running``   the process that does it, and once by hand

Waiting, trying again and the figures are the pump's (``lake/pump``, ``lake/pump_status``). Does not live here:
following another LRS (``connectors/lrs``).
"""
