"""The rules of xAPI 1.0.3 and 2.0, each with a link to its paragraph.

- ``primitives``, ``rules``   what a text, IRI, time, language map is; how a table of rules is walked
- ``versions``                which versions there are, and which one a request or a statement is checked by
- ``agents``, ``activities``, ``statements``   the rules themselves, as tables
- ``preparing``, ``fast_path``   a statement made ready to be stored; the fast path for parts that were seen before
- ``comparison``, ``formats``   when two statements are the same; exact, ids, canonical
- ``multipart``, ``signatures``   attachments

Does not live here: the resources (``resources/``), storing (``store/``), HTTP (``http``, ``app``).
"""
