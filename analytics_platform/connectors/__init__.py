"""Connectors: what brings raw lines in from outside. Each is a source of the pump (``lake/pump``), and ends in landing.

- ``files/``   files that people bring by hand or drop into a folder: rosters, links, lesson maps, answers, exports
- ``nocodb/``  the tables of a chatbot builder, pulled from NocoDB's record API
- ``kafka/``   a topic of video events
- ``lrs/``     the statements of another LRS

Does not live here: what a row means later (``contracts/``), what is pushed over HTTP (``collector/``).
"""
