"""Pages for people who write no SQL: ``analytics-platform ui``, on Streamlit and Plotly.

``app`` (the entry that Streamlit runs), ``launch`` (the command), ``serve`` (its process), ``asking`` (answers, cached
by snapshot), ``showing`` (a chart with its table, definition and age), ``charts`` (the visual language), ``address``
(filters in the URL), ``words`` (every text, by language), ``views/`` (one module a page). No page computes a number:
each one is a metric or a named query of ``semantics``. Does not live here: roles (``semantics/roles``).
"""
