"""Google Pub/Sub between the front door and landing: many collectors publish, one pump lands.

- ``rest``        the few calls that are used, over HTTP: publish, pull, extend, acknowledge
- ``publishing``  a topic as the place where the collector's lines go instead of landing
- ``source``      a subscription as a source of the pump

Does not live here: trying again (``lake/pump``), what a line means (``contracts``).
"""
