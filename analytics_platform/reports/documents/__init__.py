"""Periodic reports of the whole organisation: executive, technical, learning, conversations; by day, week and month.

``periods`` (which days), ``marts`` (asking the snapshot), one module for each kind of report, ``rules`` (what the
numbers recommend), ``document`` (what a report is made of), ``forms`` (HTML, Markdown, CSV), ``report_files`` (files
and their index). The same marts give the same bytes. Does not live here: the evening message (the room above), sending
(``alerts``), when a report is written (``defs``).
"""
