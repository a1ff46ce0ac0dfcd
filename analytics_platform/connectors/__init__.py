"""Connectors: what brings raw lines in from files that people bring by hand. All of it ends in landing.

- ``sheets``     a file as rows, whatever Excel did to it: encodings, separators, header variants, blank lines
- ``roster``, ``links``, ``lesson_map``, ``responses``   one module a kind: from rows to clean payloads and rejects
- ``stored``     what is already there, so that importing a file twice changes nothing
- ``importing``  the one door: file in, report out; ``reports`` what it says; ``dropping`` the watched folder

Does not live here: what a row means later (``contracts/imports``), who is who and which answers are the same (dbt).
"""
